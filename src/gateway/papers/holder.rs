//! Whose card it is: the record of an authentication certificate, and what of it is printed.
use std::sync::Arc;

use super::PaperIssuer;
use crate::gateway::Gateway;
use crate::registry::history::day_in_japan;
use crate::registry::papers::facts::FactKind;
use crate::registry::papers::kind::PaperKind;
use crate::registry::purpose::{Asker, permit};
use crate::registry::record::{RecordId, ResidentRecord, Sex};
use crate::store::StoreError;
use crate::store::papers::certificates::{CertificatePurpose, CertificateState};
use crate::store::registry::accesses::NewAccess;

/// Who stands before a kiosk.
pub enum Holder {
    /// The card is not entered in any record here, or its certificate is suspended or has ended.
    Unknown,
    /// They have moved out or the record is deleted: nothing is issued from it here.
    NotCurrent,
    /// A foreign resident whose period of residence has ended.
    PeriodEnded,
    /// Their municipality offers no kiosk.
    NotOffered,
    /// A resident whose municipality offers kiosks.
    Found(Box<(ResidentRecord, Arc<PaperIssuer>)>),
}

/// What is printed of a record or a household.
#[derive(Clone)]
pub struct PaperEntries {
    /// The entries, a list a person: label in both languages, and value.
    pub people: Vec<Vec<(String, String)>>,
    /// What can be compared with the paper afterwards.
    pub facts: Vec<(FactKind, String)>,
}

impl Gateway {
    /// The resident whose authentication certificate has that digest.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn kiosk_holder(&self, certificate: [u8; 32]) -> Result<Holder, StoreError> {
        let Some(found) = self.store.certificate_find(certificate).await? else { return Ok(Holder::Unknown) };
        let now = self.clock.now();
        let is_good = found.state == CertificateState::Valid
            && found.purpose == CertificatePurpose::Authenticate
            && found.not_after >= now;
        let record = if is_good { self.resident_record(&found.record_id).await? } else { None };
        let Some(record) = record else { return Ok(Holder::Unknown) };
        if !record.is_current() {
            return Ok(Holder::NotCurrent);
        }
        if record.foreign.as_ref().is_some_and(|foreign| foreign.has_ended_on(day_in_japan(now))) {
            return Ok(Holder::PeriodEnded);
        }
        let issuer = self.papers().and_then(|desk| desk.issuer(record.municipality)).filter(|issuer| issuer.kiosk);
        Ok(issuer.map_or(Holder::NotOffered, |issuer| Holder::Found(Box::new((record, issuer)))))
    }

    /// A record by its identifier as rows keep it; none where there is no registry here.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn resident_record(&self, id: &str) -> Result<Option<ResidentRecord>, StoreError> {
        let (Some(registry), Ok(id)) = (self.registry(), id.parse::<RecordId>()) else { return Ok(None) };
        self.store.registry_record(registry.vault(), id).await
    }

    /// What a document of that kind says of a resident; the look is noted, and the resident can read the note.
    ///
    /// # Errors
    /// When the record cannot be read or the note not written.
    pub async fn paper_entries(&self, record: &ResidentRecord, kind: PaperKind) -> Result<PaperEntries, StoreError> {
        let Some(registry) = self.registry() else { return Err(StoreError::NotFound) };
        let members = match kind {
            PaperKind::HouseholdCopy => self.store.registry_household(registry.vault(), record.household).await?,
            _ => vec![record.clone()],
        };
        let permit = permit(Asker::Resident, "own-data", "bbra-12", false)
            .map_err(|fault| StoreError::Fault(fault.to_string()))?;
        let now = self.clock.now();
        let note = |record: &ResidentRecord| NewAccess {
            at: now,
            record: Some(record.id),
            municipality: record.municipality,
            viewer: "kiosk".to_owned(),
            action: "copy",
            permit,
            outcome: "shown",
        };
        let members: Vec<&ResidentRecord> = members.iter().filter(|member| member.is_current()).collect();
        self.store.registry_access_note(members.iter().map(|member| note(member)).collect()).await?;
        Ok(entries(&members, kind))
    }
}

fn entries(members: &[&ResidentRecord], kind: PaperKind) -> PaperEntries {
    let mut facts = Vec::new();
    for member in members {
        facts.push((FactKind::Name, member.name.written.clone()));
        facts.extend(member.name.alias.iter().map(|alias| (FactKind::Name, alias.clone())));
        facts.push((FactKind::DateOfBirth, member.date_of_birth.to_string()));
        facts.push((FactKind::Address, member.address.text.clone()));
    }
    PaperEntries { people: members.iter().map(|member| person(member, kind)).collect(), facts }
}

/// The entries of one person: never the Resident Record Code (article 12, paragraph 5, lets it out only when asked for at the counter).
fn person(record: &ResidentRecord, kind: PaperKind) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let mut add = |label: &str, value: String| rows.push((label.to_owned(), value));
    let name = &record.name;
    add("氏名 / Name", name.written.clone());
    let further =
        [("フリガナ / Reading", &name.kana), ("ローマ字 / In alphabet", &name.alphabet), ("通称 / Alias", &name.alias)];
    for (label, value) in further {
        if let Some(value) = value {
            add(label, value.clone());
        }
    }
    add("生年月日 / Date of birth", record.date_of_birth.to_string());
    let sex = match record.sex {
        Sex::Male => "男 / Male",
        Sex::Female => "女 / Female",
        Sex::Unknown => "―",
    };
    add("性別 / Sex", sex.to_owned());
    add("住所 / Address", record.address.text.clone());
    if kind == PaperKind::EntryCertificate {
        return rows;
    }
    add("住所を定めた年月日 / Address since", record.address.since.to_string());
    if let Some(before) = record.addresses.last() {
        add("前住所 / Former address", before.text.clone());
    }
    add("住民となった年月日 / Resident since", record.resident_since.to_string());
    if kind == PaperKind::HouseholdCopy {
        add("続柄 / Relation to the head of the household", record.relation.clone());
    }
    if let Some(foreign) = &record.foreign {
        add("国籍・地域 / Nationality or region", foreign.nationality.clone());
        add("在留資格 / Status of residence", foreign.status_of_residence.clone());
        let until = foreign.period_until.map_or_else(|| "―".to_owned(), |until| until.to_string());
        add("在留期間の満了の日 / Period of residence until", until);
        add("在留カード等の番号 / Residence card number", foreign.residence_card_number.clone());
    }
    rows
}
