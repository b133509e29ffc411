//! Notifications of moving out that were filed are followed here, off the path of the filing: who signed is found in the
//! registry, the move is noted there, and the new municipality is told. What cannot be decided waits for a clerk.
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::person::{Applicant, member_of, same_person};
use super::{NOTICE, tell, withdraw};
use crate::gateway::Gateway;
use crate::gateway::network::Network;
use crate::ids::{AgencyCode, ArrivalNumber};
use crate::procedures::definition::japan_day;
use crate::registry::event::Change;
use crate::registry::moving::MoveNotice;
use crate::registry::record::{BirthDate, ResidentRecord};
use crate::store::connection::AnyConnection;
use crate::store::feed::{FILED, FeedEntry, WITHDRAWN};
use crate::store::network::moves::{self, Direction, StoredMove};
use crate::store::registry::events::note;
use crate::store::registry::records::{candidates, members};
use crate::store::registry::{NewEvent, Vault};
use crate::store::submissions::StoredSubmission;
use crate::store::{DocumentRole, StoreError};

/// The procedure that begins a move.
const PROCEDURE: &str = "moving-out";
/// How many entries of the feed are followed at a time.
const AT_A_TIME: u32 = 50;
/// The most records that are compared with a certificate.
const CANDIDATES: i64 = 100;

/// What is read of the signed document; its form was judged when it was filed.
#[derive(Deserialize)]
struct Document {
    applicant: Applicant,
    answers: Answers,
}

#[derive(Deserialize)]
struct Answers {
    /// `self`, or in what capacity somebody else signed.
    filing_as: String,
    moves_on: NaiveDate,
    destination: String,
    new_municipality: Option<AgencyCode>,
    new_address: Option<String>,
    movers: String,
    #[serde(default)]
    members: Vec<Member>,
}

#[derive(Deserialize)]
struct Member {
    name: String,
    date_of_birth: String,
}

/// A filing that is to be noted.
struct Filed {
    number: ArrivalNumber,
    municipality: AgencyCode,
    on: NaiveDate,
    now: DateTime<Utc>,
    document: Option<Document>,
}

impl Gateway {
    /// Follows new notifications of moving out, and lets lapse what nobody came for; gives how many entries it looked at.
    ///
    /// # Errors
    /// [`StoreError`] when the record does not answer; what was not noted is looked at again.
    pub async fn moves_round(&self) -> Result<usize, StoreError> {
        let (Some(network), Some(registry)) = (self.network.clone(), self.registry()) else { return Ok(0) };
        let (vault, mut looked_at) = (registry.vault().clone(), 0);
        for municipality in registry.municipalities() {
            loop {
                let mut from = self.store.network_moves_followed(municipality.code).await?;
                let entries = self.store.feed_after(municipality.code, from, AT_A_TIME).await?;
                if entries.is_empty() {
                    break;
                }
                for entry in entries {
                    self.follow_entry((&network, &vault), municipality.code, from, &entry).await?;
                    from = entry.position;
                    looked_at += 1;
                }
            }
        }
        self.moves_lapse().await?;
        Ok(looked_at)
    }

    async fn follow_entry(
        &self,
        (network, vault): (&Arc<Network>, &Vault),
        municipality: AgencyCode,
        from: i64,
        entry: &FeedEntry,
    ) -> Result<(), StoreError> {
        let (network, vault, now) = (network.clone(), vault.clone(), self.clock.now());
        let (number, to) = (entry.arrival_number, entry.position);
        let filing = self.store.submission_find(number).await?.filter(|filing| filing.procedure.as_str() == PROCEDURE);
        let is_withdrawn = filing.is_some() && entry.kind == WITHDRAWN;
        let filed = match filing.filter(|_| entry.kind == FILED) {
            Some(filing) => Some(self.read_filing(&filing, now).await?),
            None => None,
        };
        let follow = move |conn: &mut AnyConnection| {
            // Another gateway of the same record may have been quicker.
            if !moves::followed(conn, municipality, from, to)? {
                return Ok(());
            }
            if let Some(filed) = filed {
                notify(conn, (&network, &vault), &filed)?;
            }
            let ends = if is_withdrawn { moves::of_filing(conn, number)? } else { Vec::new() };
            for end in ends.iter().filter(|end| end.direction == Direction::Out) {
                withdraw::withdraw(conn, (&network, &vault), end, "applicant", now)?;
            }
            Ok(())
        };
        self.store.write(follow).await
    }

    async fn read_filing(&self, filing: &StoredSubmission, now: DateTime<Utc>) -> Result<Filed, StoreError> {
        let found = self.store.submission_document(filing.arrival_number, DocumentRole::Application, 0).await?;
        let document = found.and_then(|(_, bytes)| serde_json::from_slice(&bytes).ok());
        let (number, municipality, on) = (filing.arrival_number, filing.recipient, japan_day(filing.received_at));
        Ok(Filed { number, municipality, on, now, document })
    }
}

/// Notes the move of everyone who moves, or that a clerk has to look.
fn notify(conn: &mut AnyConnection, (network, vault): (&Network, &Vault), filed: &Filed) -> Result<(), StoreError> {
    let Some(document) = &filed.document else { return for_a_clerk(conn, filed, "unreadable") };
    if document.answers.filing_as != "self" {
        return for_a_clerk(conn, filed, "representation");
    }
    let movers = match signer(conn, vault, filed.municipality, &document.applicant)? {
        Ok(signer) => movers(conn, vault, signer, &document.answers)?,
        Err(reason) => Err(reason),
    };
    match movers {
        Ok(movers) => {
            movers.iter().try_for_each(|record| move_out(conn, (network, vault), (filed, &document.answers), record))
        }
        Err(reason) => for_a_clerk(conn, filed, reason),
    }
}

fn for_a_clerk(conn: &mut AnyConnection, filed: &Filed, reason: &str) -> Result<(), StoreError> {
    let answers = filed.document.as_ref().map(|document| &document.answers);
    let intended = answers.map_or(filed.on, |answers| answers.moves_on);
    let other = answers.and_then(|answers| answers.new_municipality).unwrap_or(filed.municipality);
    let row = StoredMove { reason: Some(reason.to_owned()), ..end(filed, other, intended, "clerk") };
    moves::add(conn, &row).map(drop)
}

fn end(filed: &Filed, other: AgencyCode, intended: NaiveDate, state: &str) -> StoredMove {
    StoredMove {
        id: Uuid::now_v7(),
        direction: Direction::Out,
        municipality: filed.municipality,
        other,
        record: None,
        filing: Some(filed.number),
        state: state.to_owned(),
        reason: None,
        intended,
        body: None,
        noted_at: filed.now,
        changed_at: filed.now,
    }
}

fn signer(
    conn: &mut AnyConnection,
    vault: &Vault,
    municipality: AgencyCode,
    applicant: &Applicant,
) -> Result<Result<ResidentRecord, &'static str>, StoreError> {
    let born = applicant.date_of_birth.as_deref().and_then(|text| text.parse::<BirthDate>().ok());
    let sex = applicant.sex.as_deref().and_then(|text| text.parse().ok());
    let (Some(born), Some(sex)) = (born, sex) else { return Ok(Err("undecided")) };
    let mut found = candidates(conn, vault, Some(municipality), born, sex, CANDIDATES)?;
    found.retain(ResidentRecord::is_current);
    Ok(same_person(applicant, found))
}

/// Everybody who moves: the signer, and the members of their household who are named. One who is not found as named is for a
/// clerk, and nobody of the filing moves until then.
fn movers(
    conn: &mut AnyConnection,
    vault: &Vault,
    signer: ResidentRecord,
    answers: &Answers,
) -> Result<Result<Vec<ResidentRecord>, &'static str>, StoreError> {
    let mut movers = Vec::new();
    if answers.movers != "self" {
        let others = members(conn, vault, signer.household)?;
        for member in &answers.members {
            match member_of(&others, &member.name, &member.date_of_birth) {
                Some(record) if record.id != signer.id => movers.push(record.clone()),
                _ => return Ok(Err("member_not_found")),
            }
        }
    }
    if answers.movers != "others" {
        movers.insert(0, signer);
    }
    Ok(Ok(movers))
}

fn move_out(
    conn: &mut AnyConnection,
    (network, vault): (&Network, &Vault),
    (filed, answers): (&Filed, &Answers),
    record: &ResidentRecord,
) -> Result<(), StoreError> {
    let to = answers.new_municipality.filter(|_| answers.destination == "japan");
    let address = answers.new_address.clone().filter(|_| to.is_some());
    let event = NewEvent {
        record: record.id,
        seen: None,
        on: filed.on,
        noted_at: filed.now,
        noted_by: format!("filing {}", filed.number),
        change: Change::MoveOut { to, address: address.clone(), intended: answers.moves_on },
    };
    let row = StoredMove {
        record: Some(record.id),
        ..end(filed, to.unwrap_or(filed.municipality), answers.moves_on, "sending")
    };
    let record = match note(conn, vault, event)? {
        Ok(record) => record,
        Err(refusal) => {
            let reason = Some(refusal.code().to_owned());
            return moves::add(conn, &StoredMove { reason, state: "clerk".to_owned(), ..row }).map(drop);
        }
    };
    // Abroad nobody is told; the record says where to.
    let Some(to) = to else { return Ok(()) };
    moves::add(conn, &row)?;
    let notice = MoveNotice::of(row.id, &record, answers.moves_on, address);
    tell(conn, network, (filed.municipality, to), (NOTICE, row.id, &notice), filed.now)
}
