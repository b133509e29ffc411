//! An agency asks whether a person's four attributes, and their Resident Record Code where it may use it, are current. The
//! answer is one word; the look is noted before it is given, and the resident sees it.
use chrono::Duration;

use super::signer::{Asked, access_of};
use crate::gateway::Gateway;
use crate::ids::AgencyCode;
use crate::registry::answer::{ClaimedAttributes, Found, RegistryAnswer};
use crate::registry::query::{IdentityAnswer, IdentityQuery, IdentityResult};
use crate::store::StoreError;
use crate::store::registry::accesses::NewAccess;

/// Why a question is not answered.
#[derive(Debug)]
pub enum IdentityRefusal {
    /// This gateway keeps no registry.
    NoRegistry,
    /// The asker has asked as often as it may within an hour.
    Limited,
    /// The record does not answer.
    Store(StoreError),
}

impl From<StoreError> for IdentityRefusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Gateway {
    /// Answers a question. `agency`: on whose behalf it is asked. Where no rule decides it, the answer is that the data are not
    /// known to be current, and a clerk is asked: asked again after they decided, it is answered by that.
    ///
    /// # Errors
    /// An [`IdentityRefusal`]; nothing is answered that was not noted.
    pub async fn registry_identity(
        &self,
        query: &IdentityQuery,
        agency: AgencyCode,
    ) -> Result<IdentityAnswer, IdentityRefusal> {
        let registry = self.registry().ok_or(IdentityRefusal::NoRegistry)?;
        let at = self.clock.now();
        self.within_limit(query, agency).await?;
        let claimed = ClaimedAttributes {
            name: Some(query.person.name.clone()),
            date_of_birth: Some(query.person.date_of_birth.clone()),
            sex: Some(query.person.sex.as_str().to_owned()),
            address: Some(query.person.address.clone()),
        };
        let mut excerpt = self.excerpt_of(registry, &claimed, query.permit, at).await?;
        if let Some(code) = &query.code {
            // A code names one person: nobody else is meant, and whoever lacks it is not.
            excerpt.records = self.store.registry_by_code(registry.vault(), code.clone()).await?;
            excerpt.is_complete = true;
            excerpt.decided = None;
        }
        let answer = excerpt.answer(&claimed.claimed());
        let asked = Asked { claimed: &claimed, by: query.asked_by.clone(), permit: query.permit, at, usually: agency };
        let question = match query.code {
            None => self.question_of(registry, &asked, &answer)?,
            Some(_) => None,
        };
        self.store.registry_asked(access_of(&asked, &answer), question).await?;
        Ok(minimal(answer, at))
    }

    /// How often one asker may ask within an hour; what goes beyond is noted once and answered no more.
    async fn within_limit(&self, query: &IdentityQuery, agency: AgencyCode) -> Result<(), IdentityRefusal> {
        let limit = self.registry().map_or(0, |registry| i64::from(registry.queries_per_hour()));
        let at = self.clock.now();
        let asked = self.store.registry_accesses_count(&query.asked_by, at - Duration::hours(1)).await?;
        if limit == 0 || asked < limit {
            return Ok(());
        }
        if asked == limit {
            let line = NewAccess {
                at,
                record: None,
                municipality: agency,
                viewer: query.asked_by.clone(),
                action: "identity",
                permit: query.permit,
                outcome: "limited",
            };
            self.store.registry_access_note(vec![line]).await?;
            tracing::warn!(target: "madoguchi::registry", asked_by = %query.asked_by, limit,
                "an asker reached the number of questions that it may ask within an hour");
        }
        Err(IdentityRefusal::Limited)
    }
}

/// One word, and no more of the record than the digest that names its state.
fn minimal(answer: RegistryAnswer, answered_at: chrono::DateTime<chrono::Utc>) -> IdentityAnswer {
    let result = match answer.found {
        Found::Match => IdentityResult::Match,
        Found::Moved => IdentityResult::Moved,
        Found::Dead => IdentityResult::Dead,
        Found::NoMatch | Found::Undecided => IdentityResult::NoMatch,
    };
    let record_digest = answer.digest.filter(|_| result == IdentityResult::Match);
    IdentityAnswer { result, answered_at, record_digest }
}
