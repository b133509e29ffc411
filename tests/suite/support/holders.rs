//! Residents of the registry: the holders of the test PKI's cards, and their certificates beside their records.
#![allow(dead_code)]
use chrono::NaiveDate;
use madoguchi::clock::{Clock, SystemClock};
use madoguchi::crypto::sha256;
use madoguchi::gateway::Gateway;
use madoguchi::registry::entry::Entry;
use madoguchi::registry::event::Change;
use madoguchi::registry::record::{ForeignResident, HouseholdId, PersonName, RecordId, ResidentRecord, Sex};
use madoguchi::store::papers::certificates::{CertificatePurpose, CertificateState, ResidentCertificate};
use madoguchi::store::registry::{NewEvent, NewRecord};

use super::pki::TestPki;
use super::visitor::wait;

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A household of its own.
pub fn household() -> HouseholdId {
    HouseholdId::made_at(SystemClock.now())
}

/// Somebody to be entered; the parts that tests change.
pub struct Person {
    pub name: PersonName,
    pub born: &'static str,
    pub sex: Sex,
    pub address: &'static str,
    pub household: HouseholdId,
    pub relation: &'static str,
    pub foreign: Option<ForeignResident>,
}

/// 山田　花子, the holder of the cards sign-yamada and auth-yamada.
pub fn yamada() -> Person {
    Person {
        name: PersonName { kana: Some("ヤマダ　ハナコ".to_owned()), ..PersonName::new("山田　花子") },
        born: "1985-04-12",
        sex: Sex::Female,
        address: "東京都千代田区千代田１丁目１番１号",
        household: household(),
        relation: "世帯主",
        foreign: None,
    }
}

/// SMITH JOHN WILLIAM, the holder of the cards sign-smith and auth-smith, a foreign resident until that day.
pub fn smith(until: Option<NaiveDate>) -> Person {
    Person {
        name: PersonName { alias: Some("スミス".to_owned()), ..PersonName::new("SMITH JOHN WILLIAM") },
        born: "1978-11-03",
        sex: Sex::Male,
        address: "神奈川県横浜市中区本町６丁目５０番地の１０",
        household: household(),
        relation: "世帯主",
        foreign: Some(ForeignResident {
            nationality: "USA".to_owned(),
            status_of_residence: "技術・人文知識・国際業務".to_owned(),
            period_until: until,
            residence_card_number: "AB12345678CD".to_owned(),
        }),
    }
}

/// Enters somebody in the register of Chiyoda.
pub fn enter(gateway: &Gateway, person: &Person) -> ResidentRecord {
    let vault = gateway.registry().unwrap().vault();
    let entry = Entry {
        code: wait(gateway.store.registry_free_code(vault)).unwrap(),
        name: person.name.clone(),
        date_of_birth: person.born.parse().unwrap(),
        sex: person.sex,
        address: person.address.to_owned(),
        postcode: None,
        household: person.household,
        relation: person.relation.to_owned(),
        resident_since: day("2015-04-01"),
        from: None,
        foreign: person.foreign.clone(),
    };
    let order = NewRecord {
        id: RecordId::made_at(gateway.clock.now()),
        municipality: "131016".parse().unwrap(),
        on: day("2015-04-01"),
        noted_at: gateway.clock.now(),
        noted_by: "clerk 131016 suzuki".to_owned(),
        change: Change::Registered { entry: Box::new(entry) },
        code_is_new: false,
    };
    wait(gateway.store.registry_enter(vault, order)).unwrap().unwrap()
}

/// Notes an event of a record.
pub fn note(gateway: &Gateway, record: RecordId, on: &str, change: Change) -> ResidentRecord {
    let order = NewEvent {
        record,
        seen: None,
        on: day(on),
        noted_at: gateway.clock.now(),
        noted_by: "clerk 131016 suzuki".to_owned(),
        change,
    };
    wait(gateway.store.registry_note(gateway.registry().unwrap().vault(), order)).unwrap().unwrap()
}

/// Notes that the certificate of a card of the test PKI is that of a record.
pub fn join(gateway: &Gateway, record: &ResidentRecord, card: &str, purpose: CertificatePurpose) -> [u8; 32] {
    let der = TestPki::shared().certificate(card);
    let now = gateway.clock.now();
    let certificate = ResidentCertificate {
        sha256: sha256(&der),
        record_id: record.id.to_string(),
        municipality: record.municipality,
        purpose,
        serial: "00".to_owned(),
        issued_at: now,
        not_after: now + chrono::Duration::days(365),
        revision: i64::try_from(record.revision).unwrap(),
        state: CertificateState::Valid,
        reason: None,
        state_at: now,
    };
    wait(gateway.store.certificate_add(certificate, "clerk 131016 suzuki".to_owned())).unwrap();
    sha256(&der)
}
