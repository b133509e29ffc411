//! A clerk decides whom attributes mean that no rule decides: for the filings that wait for it, and for whoever asks again.
use uuid::Uuid;

use super::signer::Asked;
use crate::gateway::Gateway;
use crate::ids::AgencyCode;
use crate::registry::answer::{ClerkDecision, RegistryExcerpt};
use crate::registry::purpose::{Asker, Permit, permit};
use crate::registry::record::{RecordId, ResidentRecord};
use crate::store::StoreError;
use crate::store::registry::accesses::NewAccess;
use crate::store::registry::questions::Question;

/// For what a clerk looks at both sides, and on which clause.
const LOOK: (&str, &str) = ("signer-check", "bbra-30-10");

/// What a clerk chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It is this record, in the state that they saw.
    Record(RecordId, [u8; 32]),
    /// It is none of them.
    Nobody,
}

/// What became of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It holds, and so many filings have it as their answer now.
    Done(usize),
    /// Somebody decided it before.
    Before,
    /// The record has changed since it was looked at.
    Changed,
    /// There is no such question, or no such record beside it.
    Unknown,
}

impl Gateway {
    /// A question with both of its sides, for a clerk of the municipality; each record that is shown is noted first.
    ///
    /// # Errors
    /// When the record does not answer, or the look could not be noted.
    pub async fn registry_question(
        &self,
        municipality: AgencyCode,
        id: Uuid,
        clerk: &str,
    ) -> Result<Option<Question>, StoreError> {
        let Some(registry) = self.registry() else { return Ok(None) };
        let Some(question) = self.store.registry_question(registry.vault(), municipality, id).await? else {
            return Ok(None);
        };
        let looks = question.records.iter().filter_map(|record| self.look(record, clerk, "shown"));
        self.store.registry_access_note(looks.collect()).await?;
        Ok(Some(question))
    }

    fn look(&self, record: &ResidentRecord, clerk: &str, outcome: &'static str) -> Option<NewAccess> {
        Some(NewAccess {
            at: self.clock.now(),
            record: Some(record.id),
            municipality: record.municipality,
            viewer: clerk.to_owned(),
            action: "view",
            permit: look_permit()?,
            outcome,
        })
    }

    /// Notes what a clerk chose.
    ///
    /// # Errors
    /// When it cannot be signed or written; nothing is decided then.
    pub async fn registry_decide(
        &self,
        municipality: AgencyCode,
        id: Uuid,
        choice: Choice,
        clerk: &str,
    ) -> Result<Decided, StoreError> {
        let (Some(registry), Some(permit)) = (self.registry(), look_permit()) else { return Ok(Decided::Unknown) };
        let Some(question) = self.store.registry_question(registry.vault(), municipality, id).await? else {
            return Ok(Decided::Unknown);
        };
        if question.is_decided {
            return Ok(Decided::Before);
        }
        let decision = match choice {
            Choice::Nobody => ClerkDecision { record: None },
            Choice::Record(record, digest) => match question.records.iter().find(|one| one.id == record) {
                None => return Ok(Decided::Unknown),
                Some(now) if now.digest != digest => return Ok(Decided::Changed),
                Some(_) => ClerkDecision { record: Some((record, digest)) },
            },
        };
        let at = self.clock.now();
        let looked = question.records.iter().filter_map(|record| self.look(record, clerk, "decided")).collect();
        let claimed = question.body.claimed;
        let excerpt = RegistryExcerpt {
            records: question.records,
            is_complete: true,
            decided: Some(decision),
            asked_at: at,
            permit,
        };
        let answer = excerpt.answer(&claimed.claimed());
        let asked = Asked { claimed: &claimed, by: clerk.to_owned(), permit, at, usually: municipality };
        let mut answers = Vec::new();
        for filing in self.store.registry_open_filings(question.claim_hmac).await? {
            let new = self.filing_answer(registry, &asked, &answer, &filing.application_sha256);
            answers.push((
                filing.submission_id,
                new.map_err(|error| StoreError::Fault(format!("an answer cannot be signed: {error}")))?,
            ));
        }
        let filings = answers.len();
        let by = (clerk.to_owned(), at);
        let done = self.store.registry_question_decide(id, decision, by, looked, answers).await?;
        Ok(if done { Decided::Done(filings) } else { Decided::Before })
    }
}

fn look_permit() -> Option<Permit> {
    permit(Asker::Clerk, LOOK.0, LOOK.1, false).ok()
}
