//! Row 4 of the network's promises: a certificate into a token whose key was made in it, renewal, hold and end; and a change of name or
//! address that ends the certificate for signing by itself, which the next list shows.
use std::process::Command;

use chrono::Duration;
use madoguchi::crypto::sha256;
use madoguchi::gateway::certificates::CounterRefusal;
use madoguchi::pki::certificate::Certificate;
use madoguchi::registry::event::Change;
use madoguchi::registry::history::day_in_japan;
use madoguchi::registry::record::{PersonName, ResidentRecord};
use madoguchi::store::papers::certificates::CertificatePurpose::{self, Authenticate, Sign};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::x509::{CrlStatus, X509, X509Crl, X509ReqBuilder};

use crate::support::client::Client;
use crate::support::gateway::{TestGateway, Wanted, application};
use crate::support::holders::{Person, enter, household, note, smith, yamada};
use crate::support::http::filing;
use crate::support::pki::TestPki;
use crate::support::softhsm::{PIN, Token, module};
use crate::support::visitor::wait;

const CLERK: &str = "clerk 131016 suzuki";

/// A gateway that keeps the register of Chiyoda, with an authority of its own behind the counter.
struct House {
    gateway: TestGateway,
    pki: TestPki,
}

impl House {
    fn open() -> Self {
        let pki = TestPki::copy();
        let folder = pki.dir().display().to_string();
        let settings = format!("[[registry.municipality]]\ncode = \"131016\"\n[issuing]\nauthority = {folder:?}\n");
        let wanted = Wanted { settings, crls: Some(pki.crls_dir()), ..Wanted::default() };
        Self { gateway: TestGateway::start_with(wanted), pki }
    }

    fn enter(&self, person: &Person) -> ResidentRecord {
        enter(&self.gateway.gateway, person)
    }

    fn try_issue(
        &self,
        record: &ResidentRecord,
        purpose: CertificatePurpose,
        request: &[u8],
    ) -> Result<Vec<u8>, CounterRefusal> {
        let id = record.id.to_string();
        wait(self.gateway.gateway.certificate_issue(&id, purpose, request, CLERK)).map(|issued| issued.der)
    }

    fn issue(&self, record: &ResidentRecord, purpose: CertificatePurpose, request: &[u8]) -> Vec<u8> {
        self.try_issue(record, purpose, request).unwrap()
    }

    /// Whether the newest lists name the certificate.
    fn is_listed(&self, der: &[u8]) -> bool {
        let certificate = X509::from_der(der).unwrap();
        self.pki.crls().iter().any(|list| {
            let list = X509Crl::from_der(list).unwrap();
            matches!(list.get_by_cert(&certificate), CrlStatus::Revoked(_))
                && list.issuer_name().try_cmp(certificate.issuer_name()).unwrap().is_eq()
        })
    }

    fn rounds(&self) {
        wait(madoguchi::delivery::registry::round(&self.gateway.gateway)).unwrap();
        self.gateway.background().take_in_lists();
    }

    /// State and reason of each certificate, newest first.
    fn states(&self, record: &ResidentRecord) -> Vec<(CertificatePurpose, &'static str, String)> {
        let certificates = wait(self.gateway.gateway.store.certificates_of(&record.id.to_string())).unwrap();
        let told = |one: &madoguchi::store::papers::certificates::ResidentCertificate| {
            (one.purpose, one.state.as_str(), one.reason.clone().unwrap_or_default())
        };
        certificates.iter().map(told).collect()
    }
}

/// A request of a key in memory.
fn request() -> Vec<u8> {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut builder = X509ReqBuilder::new().unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    builder.build().to_pem().unwrap()
}

/// The counter's reader: a token, and the client that speaks to it.
struct Counter {
    client: Client,
    _token: Token,
}

impl Counter {
    fn with(card: &str) -> Self {
        let token = Token::with(card);
        Self { client: Client::new().with("SOFTHSM2_CONF", token.config()), _token: token }
    }

    fn run(&self, arguments: &[&str]) -> crate::support::client::Said {
        let at = ["--pin-stdin", "--pkcs11", module()];
        self.client.run(&[arguments, &at[..]].concat(), &format!("{PIN}\n"))
    }

    /// Makes a key in the token; gives the request.
    fn request(&self) -> Vec<u8> {
        let file = self.client.path("request.pem");
        let _ = std::fs::remove_file(&file);
        self.run(&["request-certificate", "--out", &file]).worked();
        std::fs::read(file).unwrap()
    }

    fn install(&self, der: &[u8]) -> crate::support::client::Said {
        let file = self.client.path("issued.cer");
        std::fs::write(&file, der).unwrap();
        self.run(&["install-certificate", &file])
    }
}

#[test]
fn row_4_a_certificate_at_the_counter_into_a_token() {
    let house = House::open();
    let people = [("sign-yamada", yamada(), "山田　花子"), ("sign-smith", smith(None), "SMITH JOHN WILLIAM")];
    for (card, person, name) in people {
        let record = house.enter(&person);
        let counter = Counter::with(card);
        let der = house.issue(&record, Sign, &counter.request());
        counter.install(&der).worked();
        // The certificate says what the register says, in the profile of the certification service.
        let certificate = Certificate::from_der(der.clone()).unwrap();
        let attributes = madoguchi::pki::jpki::resident_attributes(&certificate).unwrap();
        assert_eq!(attributes.name.as_deref(), Some(name));
        assert_eq!(attributes.address.as_deref(), Some(person.address));
        // What was in the token before is gone; the new certificate is what it shows, and its key signs.
        let read = counter.client.path("read.pem");
        counter.run(&["read-certificate", "--out", &read]).worked();
        assert_eq!(X509::from_pem(&std::fs::read(&read).unwrap()).unwrap().to_der().unwrap(), der);
        let asked = counter.client.request("a.mgreq");
        counter.client.sign(&asked, &["--pkcs11", module()], PIN).worked();
        // Renewal: another key, and the certificate before it ends.
        let next = house.issue(&record, Sign, &counter.request());
        counter.install(&next).worked();
        let told = house.states(&record);
        assert_eq!(told[0], (Sign, "valid", String::new()));
        assert_eq!(told[1], (Sign, "revoked", "superseded".to_owned()));
        assert!(house.is_listed(&der) && !house.is_listed(&next));
        // A certificate whose key is not in the token cannot be written into it.
        counter.install(&house.issue(&record, Sign, &request())).refused("no-certificate");
    }
}

#[test]
fn row_4_a_change_of_name_or_address_ends_the_certificate_by_itself() {
    let house = House::open();
    let moved = Change::MovedWithin {
        address: "東京都千代田区霞が関２丁目１番２号".to_owned(),
        postcode: None,
        household: household(),
        relation: "世帯主".to_owned(),
    };
    let renamed = Change::NameChanged { name: PersonName::new("SMITH JOHN") };
    let cases = [(yamada(), moved, "moved"), (smith(None), renamed, "renamed"), (yamada(), Change::Death, "died")];
    for (person, change, reason) in cases {
        let record = house.enter(&person);
        let sign = house.issue(&record, Sign, &request());
        let auth = house.issue(&record, Authenticate, &request());
        let quiet = Change::HouseholdChanged { household: household(), relation: "子".to_owned() };
        note(&house.gateway.gateway, record.id, "2026-02-01", quiet);
        house.rounds();
        assert!(!house.is_listed(&sign) && !house.is_listed(&auth), "another household ends nothing");
        note(&house.gateway.gateway, record.id, "2026-03-01", change);
        house.rounds();
        assert!(house.is_listed(&sign), "{reason}: the next list shows it");
        assert_eq!(house.is_listed(&auth), reason == "died", "{reason}: one signs in after moving house all the same");
        let told = house.states(&record);
        assert!(told.contains(&(Sign, "revoked", reason.to_owned())), "{told:?}");
        assert_eq!(wait(house.gateway.gateway.certificates_round()).unwrap(), 0, "once");
    }
}

/// A filing that is signed with a certificate of the counter is taken until the person moves, and refused after.
#[test]
fn row_4_a_filing_is_taken_with_the_new_certificate_and_refused_after_the_move() {
    let house = House::open();
    let record = house.enter(&yamada());
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut builder = X509ReqBuilder::new().unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    let der = house.issue(&record, Sign, &builder.build().to_der().unwrap());
    let signer = madoguchi::signature::cms::software_key::SoftwareKey::new(der, key).unwrap();
    house.gateway.background().take_in_lists();
    let file = || {
        let document = application("sign-yamada").to_string().into_bytes();
        let at = house.gateway.gateway.clock.now();
        let signature = madoguchi::signature::cms::build::sign_detached(&document, &signer, &[], at).unwrap();
        house.gateway.client.post_multipart("/api/v1/submissions", &filing(&document, &signature, &[]))
    };
    let taken = file();
    assert_eq!(taken.status, 201, "{}", taken.text());
    let moved = Change::MovedOut { to: Some("271004".parse().unwrap()) };
    note(&house.gateway.gateway, record.id, "2026-03-01", moved);
    house.rounds();
    let refused = file();
    assert_eq!((refused.status, refused.problem_code().as_str()), (422, "signature-refused"), "{}", refused.text());
    assert_eq!(refused.json()["sub_indication"], "REVOKED_NO_POE", "{}", refused.text());
}

#[test]
fn a_lost_card_is_put_on_hold_and_found_again_or_ended() {
    let house = House::open();
    let record = house.enter(&yamada());
    let der = house.issue(&record, Sign, &request());
    let (gateway, digest) = (&house.gateway.gateway, sha256(&der));
    let is_state = |done: Result<(), CounterRefusal>| matches!(done, Err(CounterRefusal::State));
    assert!(is_state(wait(gateway.certificate_lift(digest, CLERK))), "it is not on hold");
    wait(gateway.certificate_suspend(digest, CLERK)).unwrap();
    assert!(house.is_listed(&der));
    assert_eq!(house.states(&record), [(Sign, "suspended", "lost".to_owned())]);
    wait(gateway.certificate_lift(digest, CLERK)).unwrap();
    assert!(!house.is_listed(&der), "a hold that ended is on no list");
    wait(gateway.certificate_suspend(digest, CLERK)).unwrap();
    wait(gateway.certificate_end(digest, "lost", CLERK)).unwrap();
    assert!(house.is_listed(&der));
    assert_eq!(house.states(&record), [(Sign, "revoked", "lost".to_owned())]);
    assert!(is_state(wait(gateway.certificate_suspend(digest, CLERK))), "an end is an end");
    assert!(is_state(wait(gateway.certificate_end(digest, "asked", CLERK))));
    // Another program reads the reason out of the list.
    let list = house.pki.crls_dir().join("jpki-sign-2023-131016.crl");
    let told = Command::new("openssl").args(["crl", "-inform", "DER", "-noout", "-text", "-in"]).arg(list).output();
    assert!(String::from_utf8(told.unwrap().stdout).unwrap().contains("Key Compromise"));
    let lines = wait(gateway.store.audit_list(None, 20)).unwrap();
    assert!(lines.iter().any(|line| line.action == "revoke_certificate" && line.actor == CLERK), "{lines:?}");
}

#[test]
fn what_is_no_request_and_who_is_no_resident_gets_no_certificate() {
    let house = House::open();
    let record = house.enter(&yamada());
    for bad in [b"".to_vec(), b"x".to_vec(), b"-----BEGIN CERTIFICATE REQUEST-----".to_vec(), vec![0x30; 17_000]] {
        assert!(matches!(house.try_issue(&record, Sign, &bad), Err(CounterRefusal::Request(_))));
    }
    note(&house.gateway.gateway, record.id, "2026-01-05", Change::Death);
    let refused = house.try_issue(&record, Sign, &request());
    assert!(matches!(refused, Err(CounterRefusal::NotCurrent)), "{refused:?}");
    assert!(house.states(&record).is_empty());
    let today = day_in_japan(house.gateway.gateway.clock.now());
    let over = house.enter(&smith(Some(today - Duration::days(1))));
    assert!(matches!(house.try_issue(&over, Sign, &request()), Err(CounterRefusal::PeriodEnded)));
    let tomorrow = today + Duration::days(1);
    let der = house.issue(&house.enter(&smith(Some(tomorrow))), Sign, &request());
    let end = day_in_japan(Certificate::from_der(der).unwrap().not_after());
    assert_eq!(end, tomorrow, "never longer than the period of residence");
    let settings = "[[registry.municipality]]\ncode = \"131016\"\n".to_owned();
    let without = TestGateway::start_with(Wanted { settings, ..Wanted::default() });
    let record = enter(&without.gateway, &yamada());
    let refused = wait(without.gateway.certificate_issue(&record.id.to_string(), Authenticate, &request(), CLERK));
    assert!(matches!(refused, Err(CounterRefusal::NoAuthority)));
}
