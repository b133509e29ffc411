//! Where the settings say so, lists and OCSP answers are fetched from where a verified signer's certificate says.
use std::sync::{Arc, Mutex};

use chrono::Duration;
use madoguchi::submission::status::SubmissionStatus;

use crate::support::der_pki::*;
use crate::support::desk::{recorded, refusal, run};
use crate::support::ocsp::{OpensslResponder, free_address, index_line};
use crate::support::origin::{Origin, answer};
use crate::support::world::World;

/// A server of what it is given later, and a world whose card names it as its distribution point.
fn published(follow: &str) -> (Origin, Arc<Mutex<Vec<u8>>>, World) {
    let list = Arc::new(Mutex::new(Vec::new()));
    let served = list.clone();
    let origin = Origin::start(move |_, stream| answer(stream, "200 OK", "", &served.lock().unwrap().clone()));
    let points = distribution_points(&[vec![uri(&origin.url("/town.crl"))]]);
    let settings = format!("follow_distribution_points = \"{follow}\"\nallow = [\"127.0.0.1/32\"]\n");
    let world = World::new(|card| card.with(points), "", &settings);
    *list.lock().unwrap() = world.list(1).der(&world.ca);
    (origin, list, world)
}

#[test]
fn the_list_that_a_held_filings_certificate_names_is_fetched_and_decides_it() {
    let (origin, _list, world) = published("filings");
    let (number, status, ..) = recorded(world.file());
    assert_eq!(status, SubmissionStatus::Held);
    let (mut background, mut fetching) = (world.background(), world.fetching());
    run(async {
        // Before the filing was judged again, nobody knows of the address.
        fetching.round().await.unwrap();
        fetching.settle().await.unwrap();
        assert!(origin.asked().is_empty());
        background.round().await;
        fetching.round().await.unwrap();
        fetching.settle().await.unwrap();
        assert_eq!(origin.asked().len(), 1);
        background.round().await;
    });
    assert_eq!(world.desk.status(number), SubmissionStatus::Received);
}

#[test]
fn filings_name_no_source_where_that_is_not_set() {
    for follow in ["never", "cas"] {
        let (origin, _list, world) = published(follow);
        let (number, ..) = recorded(world.file());
        let (mut background, mut fetching) = (world.background(), world.fetching());
        run(async {
            background.round().await;
            fetching.round().await.unwrap();
            fetching.settle().await.unwrap();
        });
        assert!(origin.asked().is_empty() && world.desk.gateway.sources.all().is_empty(), "{follow}");
        assert_eq!(world.desk.status(number), SubmissionStatus::Held);
    }
}

#[test]
fn a_signature_whose_chain_does_not_hold_names_no_source() {
    let (origin, _list, world) = published("filings");
    // The same address in a card of a CA that nobody trusts.
    let points = distribution_points(&[vec![uri(&origin.url("/town.crl"))]]);
    let stranger = World::new(|card| card.with(points), "", "");
    let (document, signature) = stranger.signed();
    refusal(world.desk.file_signed(&document, &signature, &[]));
    let (mut background, mut fetching) = (world.background(), world.fetching());
    run(async {
        background.round().await;
        fetching.round().await.unwrap();
        fetching.settle().await.unwrap();
    });
    assert!(origin.asked().is_empty());
}

/// authorityInfoAccess with an OCSP responder.
fn access(url: &str) -> Vec<u8> {
    extension("1.3.6.1.5.5.7.1.1", false, &seq(&[seq(&[oid("1.3.6.1.5.5.7.48.1"), uri(url)])]))
}

#[test]
fn the_responder_that_the_certificate_names_is_asked() {
    let address = free_address();
    let policy = "[revocation]\nocsp = \"when_undecided\"\nnonce = \"required\"\n";
    let settings = "[ocsp]\nallow = [\"127.0.0.1/32\"]\npatience = \"5s\"\n";
    let world = World::new(|card| card.with(access(&format!("http://{address}/"))), policy, settings);
    // Nobody answers there yet.
    let (number, status, ..) = recorded(world.file());
    assert_eq!(status, SubmissionStatus::Held);
    let (certificate, key) = (world.folder().join("ca.pem"), world.folder().join("ca.key"));
    let x509 = openssl::x509::X509::from_der(world.ca_certificate.der()).unwrap();
    std::fs::write(&certificate, x509.to_pem().unwrap()).unwrap();
    std::fs::write(&key, world.ca.key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    let index = index_line(world.card.der(), None);
    let _responder = OpensslResponder::start_at(address, &certificate, (&certificate, &key), &index, &["-ndays", "1"]);
    // It is left alone for a while, and asked again then.
    world.desk.clock.advance(Duration::minutes(1));
    let mut background = world.background();
    run(background.round());
    assert_eq!(world.desk.status(number), SubmissionStatus::Received);
    let report: serde_json::Value =
        serde_json::from_str(&world.record(number).verdicts.last().unwrap().report).unwrap();
    let status = &report["signatures"][0]["revocation"][0];
    assert_eq!((&status["status"], &status["ocsp"]["responder"]), (&"good".into(), &"CN=Town CA".into()));
    // A new filing is decided at once.
    assert_eq!(recorded(world.file()).1, SubmissionStatus::Received);
}

#[test]
fn a_responder_that_a_certificate_names_in_a_private_network_is_not_asked() {
    let origin = Origin::start(|_, stream| answer(stream, "200 OK", "", b""));
    let policy = "[revocation]\nocsp = \"when_undecided\"\n";
    let world = World::new(|card| card.with(access(&origin.url("/"))), policy, "");
    assert_eq!(recorded(world.file()).1, SubmissionStatus::Held);
    assert!(origin.asked().is_empty());
}
