//! Links between an account (an authentication certificate) and a signature certificate, and what they open.
//!
//! A link is offered for a filing that was made while its account was signed in, takes effect when the person says yes,
//! and can be undone. It opens the filing that it was offered for and later ones of the same signature certificate, never
//! earlier ones. Every change is an audit line in the same transaction.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use uuid::Uuid;

use super::audit;
use super::connection::{AnyConnection, on_backend};
use super::resident_schema::resident_links;
use super::resident_sessions::{ResidentId, line};
use super::schema::submissions;
use super::submissions::StoredSubmission;
use super::{Store, StoreError, from_database, parse_stored, stored_digest, to_database};
use crate::ids::ArrivalNumber;

/// Where a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// The person has not said yet.
    Offered,
    /// It holds.
    Linked,
    /// The person said no.
    Refused,
    /// It held, and the person undid it.
    Undone,
    /// It held until the signature certificate was linked to another account.
    Moved,
}

const STATES: &[(LinkState, &str)] = &[
    (LinkState::Offered, "offered"),
    (LinkState::Linked, "linked"),
    (LinkState::Refused, "refused"),
    (LinkState::Undone, "undone"),
    (LinkState::Moved, "moved"),
];

impl LinkState {
    /// As it is stored: `offered`, `linked`, `refused`, `undone`, `moved`.
    pub fn as_str(self) -> &'static str {
        STATES.iter().find(|(state, _)| *state == self).map_or("", |(_, text)| text)
    }

    fn from_text(text: &str) -> Result<Self, StoreError> {
        let found = STATES.iter().find(|(_, known)| *known == text).map(|(state, _)| *state);
        found.ok_or_else(|| StoreError::Fault("a stored state of a link is not known".to_owned()))
    }
}

/// A link of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResidentLink {
    /// For forms.
    pub id: String,
    /// SHA-256 of the signature certificate.
    pub signer_sha256: [u8; 32],
    /// The filing that it was offered for.
    pub arrival_number: ArrivalNumber,
    /// When that was made.
    pub offered_at: DateTime<Utc>,
    /// Where it stands.
    pub state: LinkState,
    /// Since when, where it was decided.
    pub decided_at: Option<DateTime<Utc>>,
}

/// What the person says to a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkAnswer {
    /// Yes: it is my certificate too.
    Link,
    /// No.
    Refuse,
    /// Not any more.
    Undo,
}

/// What came of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkOutcome {
    /// It is as the person said.
    Done,
    /// There is no such link of this account in a state that allows it.
    NotThere,
    /// The account is linked to a certificate of somebody of another name or date of birth.
    AnotherPerson,
    /// Somebody linked the same certificate to another account in this very moment: nothing was changed; ask again.
    Raced,
}

impl Store {
    /// Notes that a filing was made while `account` was signed in: asks nothing where the signature certificate is linked
    /// to it, or the question is open already. Gives whether there is a question.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where there is no such filing; when the database does not answer.
    pub async fn link_offer(
        &self,
        account: ResidentId,
        number: ArrivalNumber,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let offered = self.write(move |conn| {
            let filing: Option<(i64, Vec<u8>)> = submissions::table
                .filter(submissions::arrival_number.eq(number.as_str()))
                .select((submissions::id, submissions::signer_sha256))
                .first(conn)
                .optional()?;
            let (submission_id, signer) = filing.ok_or(StoreError::NotFound)?;
            let open: Vec<String> = of_account(&account)
                .filter(resident_links::signer_sha256.eq(&signer))
                .filter(resident_links::state.eq_any([LinkState::Offered.as_str(), LinkState::Linked.as_str()]))
                .select(resident_links::state)
                .load(conn)?;
            if let Some(state) = open.first() {
                return Ok(state == LinkState::Offered.as_str());
            }
            let row = (
                resident_links::id.eq(Uuid::new_v4().to_string()),
                resident_links::account_id.eq(&account.0),
                resident_links::signer_sha256.eq(signer),
                resident_links::submission_id.eq(submission_id),
                resident_links::state.eq(LinkState::Offered.as_str()),
                resident_links::offered_at.eq(to_database(now)),
            );
            diesel::insert_into(resident_links::table).values(row).execute(conn)?;
            Ok(true)
        });
        match offered.await {
            // Another filing of theirs asked the same in this very moment.
            Err(StoreError::Duplicate) => Ok(true),
            otherwise => otherwise,
        }
    }

    /// Does what the person says to one of their links.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn link_answer(
        &self,
        account: ResidentId,
        id: String,
        answer: LinkAnswer,
        now: DateTime<Utc>,
    ) -> Result<LinkOutcome, StoreError> {
        let answered = self.write(move |conn| {
            let before = if answer == LinkAnswer::Undo { LinkState::Linked } else { LinkState::Offered };
            let found: Option<(Vec<u8>, i64, String)> = of_account(&account)
                .inner_join(submissions::table)
                .filter(resident_links::id.eq(&id))
                .filter(resident_links::state.eq(before.as_str()))
                .select((resident_links::signer_sha256, submissions::id, submissions::arrival_number))
                .first(conn)
                .optional()?;
            let Some((signer, submission_id, number)) = found else { return Ok(LinkOutcome::NotThere) };
            let (state, action) = match answer {
                LinkAnswer::Link => (LinkState::Linked, "link_certificate"),
                LinkAnswer::Refuse => (LinkState::Refused, "refuse_link"),
                LinkAnswer::Undo => (LinkState::Undone, "undo_link"),
            };
            if answer == LinkAnswer::Link {
                if !is_the_same_person(conn, &account, submission_id)? {
                    return Ok(LinkOutcome::AnotherPerson);
                }
                move_away(conn, &signer, now)?;
            }
            if !set_state(conn, &id, (before, state), now)? {
                return Ok(LinkOutcome::NotThere);
            }
            audit::append(conn, &line(now, action, number, "done"))?;
            Ok(LinkOutcome::Done)
        });
        match answered.await {
            // Where writers run side by side, only the unique index sees the other's link.
            Err(StoreError::Duplicate) => Ok(LinkOutcome::Raced),
            otherwise => otherwise,
        }
    }

    /// Every link of an account, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn links_list(&self, account: ResidentId) -> Result<Vec<ResidentLink>, StoreError> {
        type Row = (String, Vec<u8>, String, NaiveDateTime, String, Option<NaiveDateTime>);
        self.look_up(move |conn| {
            let rows: Vec<Row> = on_backend!(&mut *conn, c => of_account(&account)
                .inner_join(submissions::table)
                .order((resident_links::offered_at.desc(), resident_links::id))
                .limit(100)
                .select((
                    resident_links::id,
                    resident_links::signer_sha256,
                    submissions::arrival_number,
                    resident_links::offered_at,
                    resident_links::state,
                    resident_links::decided_at,
                )).load(c))?;
            let link = |(id, signer, number, offered_at, state, decided_at): Row| {
                Ok(ResidentLink {
                    id,
                    signer_sha256: stored_digest(&signer)?,
                    arrival_number: parse_stored(&number)?,
                    offered_at: from_database(offered_at),
                    state: LinkState::from_text(&state)?,
                    decided_at: decided_at.map(from_database),
                })
            };
            rows.into_iter().map(link).collect()
        })
        .await
    }

    /// Whether a link of the account opens this filing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn link_opens(&self, account: ResidentId, filing: &StoredSubmission) -> Result<bool, StoreError> {
        let (signer, id) = (filing.signer_sha256.to_vec(), filing.id);
        self.look_up(move |conn| {
            let links: i64 = on_backend!(&mut *conn, c => of_account(&account)
                .filter(resident_links::state.eq(LinkState::Linked.as_str()))
                .filter(resident_links::signer_sha256.eq(signer))
                .filter(resident_links::submission_id.le(id))
                .count().get_result(c))?;
            Ok(links > 0)
        })
        .await
    }
}

type OfAccount<'a> = diesel::dsl::Filter<resident_links::table, diesel::dsl::Eq<resident_links::account_id, &'a str>>;

pub(super) fn of_account(account: &ResidentId) -> OfAccount<'_> {
    resident_links::table.filter(resident_links::account_id.eq(account.0.as_str()))
}

/// Whether a filing's applicant is the one of the certificates that the account is linked to: of the same name and date of
/// birth. Who files for others while signed in themselves is not linked to them by it.
fn is_the_same_person(conn: &mut AnyConnection, account: &ResidentId, submission_id: i64) -> Result<bool, StoreError> {
    let person = (submissions::applicant_name, submissions::applicant_date_of_birth);
    let now: (String, Option<String>) = submissions::table.find(submission_id).select(person).first(conn)?;
    let linked: Vec<(String, Option<String>)> = of_account(account)
        .inner_join(submissions::table)
        .filter(resident_links::state.eq(LinkState::Linked.as_str()))
        .select(person)
        .load(conn)?;
    Ok(linked.iter().all(|one| *one == now))
}

/// Ends whatever link the signature certificate has: it is shown to the account that loses it.
fn move_away(conn: &mut AnyConnection, signer: &[u8], now: DateTime<Utc>) -> Result<(), StoreError> {
    let held: Vec<(String, String)> = resident_links::table
        .inner_join(submissions::table)
        .filter(resident_links::signer_sha256.eq(signer))
        // Written out: a bound value would keep SQLite from the index of these alone (`.cargo/config.toml`).
        .filter(sql::<Bool>("resident_links.state = 'linked'"))
        .select((resident_links::id, submissions::arrival_number))
        .load(conn)?;
    for (id, number) in held {
        set_state(conn, &id, (LinkState::Linked, LinkState::Moved), now)?;
        audit::append(conn, &line(now, "move_link", number, "done"))?;
    }
    Ok(())
}

/// From one state to another; `false` where it is in the first no more.
fn set_state(
    conn: &mut AnyConnection,
    id: &str,
    (before, after): (LinkState, LinkState),
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let row = resident_links::table.filter(resident_links::id.eq(id)).filter(resident_links::state.eq(before.as_str()));
    let set = (resident_links::state.eq(after.as_str()), resident_links::decided_at.eq(to_database(now)));
    Ok(diesel::update(row).set(set).execute(conn)? == 1)
}
