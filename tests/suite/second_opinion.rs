//! The second opinion: it agrees with every kind of filing that is accepted, says otherwise where the verdict was wrong,
//! and flags the filing then; it searches lists as the index does.
use std::collections::HashSet;
use std::sync::Arc;

use chrono::Duration;
use diesel::RunQueryDsl;
use diesel::sql_types::Text;
use madoguchi::crypto::DigestAlgorithm;
use madoguchi::delivery::alarms::Alarms;
use madoguchi::delivery::second_opinion::SecondOpinionWork;
use madoguchi::gateway::second_opinion::OpinionRound;
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::crl::{CrlIdentity, KeepOrder, ListRank, ListRecord, ListRow};
use madoguchi::pki::crl::{EntriesByIssuer, ListBytes, ParsedCrl, Wanted, search_again};
use madoguchi::pki::name;
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::settings::SecondOpinionSettings;
use madoguchi::signature::cms::build::{BuildOptions, sign_with};
use madoguchi::signature::cms::software_key::Scheme;
use madoguchi::signature::second_opinion::{Doubt, SecondOpinion};
use madoguchi::signature::verifier::Verifier;
use madoguchi::store::connection::AnyConnection;
use proptest::prelude::*;
use serde_json::json;

use crate::support::case::{Case, DOCUMENT, WORLD};
use crate::support::der_pki::{self, CrlSpec, certificate_issuer, entry, issuing_distribution_point, reason};
use crate::support::desk::{Desk, recorded, run};
use crate::support::http::sha256_hex;
use crate::support::mini_pki::{Cms, Profile, at, issue, rsa};
use crate::support::pki::{TestPki, now};

fn opinions(desk: &Desk) -> OpinionRound {
    run(desk.gateway.second_opinions(1, desk.gateway.clock.now())).unwrap()
}

fn file(desk: &Desk, card: &str) -> madoguchi::ids::ArrivalNumber {
    let mut document = desk.document(card);
    if !card.starts_with("sign-") {
        document["applicant"]["address"] = json!("Somewhere 1");
    }
    recorded(desk.file(card, &serde_json::to_vec(&document).unwrap())).0
}

#[test]
fn it_agrees_with_every_kind_of_card() {
    for (policy, cards) in [
        ("jpki", ["sign-yamada", "sign-smith", "sign-watanabe", "sign-suzuki"]),
        ("generic", ["rsa2048-alice", "rsa3072-bob", "p256-carol", "p384-dave"]),
    ] {
        let desk = Desk::with(TestPki::shared(), policy, "hold", &[]);
        let numbers = cards.map(|card| file(&desk, card));
        let round = opinions(&desk);
        assert_eq!((round.looked_at, round.disagree, round.failed), (4, 0, 0), "{policy}");
        assert_eq!(opinions(&desk).looked_at, 0, "each is looked at once");
        for number in numbers {
            assert_eq!(run(desk.gateway.store.second_opinion_of(number)).unwrap(), None);
        }
    }
}

#[test]
fn what_waits_is_gathered_until_there_is_enough_or_it_is_due() {
    let desk = Desk::new();
    let now = desk.gateway.clock.now();
    file(&desk, "sign-yamada");
    let early = run(desk.gateway.second_opinions(2, now - Duration::minutes(1))).unwrap();
    assert_eq!((early.looked_at, early.waits_since), (0, Some(now)));
    file(&desk, "sign-smith");
    let enough = run(desk.gateway.second_opinions(2, now - Duration::minutes(1))).unwrap();
    assert_eq!((enough.looked_at, enough.waits_since), (2, None));
}

#[test]
fn a_path_that_openssl_does_not_find_is_a_disagreement_and_flags_the_filing() {
    let desk = Desk::new();
    let number = file(&desk, "sign-yamada");
    // The gateway took the filing under a trust that was tampered with: the one that is right has another anchor.
    let (_, other) = der_pki::root("CN=Other");
    let trust = Arc::new(TrustStore::new(vec![other], Vec::new()));
    let policy = Arc::new(madoguchi::signature::policy::SignaturePolicy::generic());
    desk.gateway.set_verifier(Arc::new(Verifier::new(policy, trust)));
    let round = opinions(&desk);
    assert_eq!((round.looked_at, round.disagree, round.failed), (1, 1, 0));
    let opinion = run(desk.gateway.store.second_opinion_of(number)).unwrap().unwrap();
    assert_eq!((opinion.kind.as_str(), opinion.subject.as_str()), ("disagrees", "signature"));
    assert!(opinion.detail.contains("certificate"), "{}", opinion.detail);
    let feed = run(desk.gateway.store.feed_after("131016".parse().unwrap(), 0, 10)).unwrap();
    assert_eq!(feed.iter().map(|entry| entry.kind.as_str()).collect::<Vec<_>>(), ["filed", "questioned"]);
    assert_eq!(run(desk.gateway.store.second_opinion_list(10)).unwrap(), [opinion]);
    assert_eq!(opinions(&desk).disagree, 0, "it is noted once");
}

#[test]
fn operators_hear_of_a_disagreement_once_and_of_a_lag_that_passes_its_bound() {
    let desk = Desk::new();
    let settings = SecondOpinionSettings::default();
    let work = SecondOpinionWork::new(desk.gateway.clone(), &settings, Alarms::default()).unwrap();
    assert!(
        SecondOpinionWork::new(
            desk.gateway.clone(),
            &SecondOpinionSettings { enabled: false, ..settings },
            Alarms::default()
        )
        .is_none()
    );
    let number = file(&desk, "sign-yamada");
    assert_eq!(run(work.round()).unwrap(), Duration::zero());
    assert_eq!(run(work.tell(Duration::zero())).unwrap(), 0, "all is well at first sight");
    assert_eq!(run(work.tell(Duration::minutes(11))).unwrap(), 1, "late");
    assert_eq!(run(work.tell(Duration::minutes(12))).unwrap(), 0, "told already");
    assert_eq!(run(work.tell(Duration::zero())).unwrap(), 1, "in time again");
    rest_on(&desk, &"ab".repeat(32));
    desk.clock.advance(Duration::minutes(3));
    assert_eq!(run(work.round()).unwrap(), Duration::zero());
    assert_eq!(run(work.tell(Duration::zero())).unwrap(), 0, "one that could not be had raises no alarm");
    assert!(run(desk.gateway.store.second_opinion_of(number)).unwrap().is_some());
    let trust = Arc::new(TrustStore::new(vec![der_pki::root("CN=Other").1], Vec::new()));
    file(&desk, "sign-smith");
    let policy = Arc::new(madoguchi::signature::policy::SignaturePolicy::generic());
    desk.gateway.set_verifier(Arc::new(Verifier::new(policy, trust)));
    desk.clock.advance(Duration::minutes(3));
    run(work.round()).unwrap();
    assert_eq!((run(work.tell(Duration::zero())).unwrap(), run(work.tell(Duration::zero())).unwrap()), (1, 0));
}

/// Makes the verdict on a filing rest on another list, as it would if the index had not found what is on it.
fn rest_on(desk: &Desk, sha256: &str) {
    let report = json!({"signatures": [{"revocation": [{"crl": {"sha256": sha256}}]}]}).to_string();
    run(desk.gateway.store.write(move |conn| {
        let AnyConnection::Sqlite(conn) = conn else { panic!("SQLite") };
        let sql = "UPDATE verdicts SET report = ?, report_segment = NULL";
        diesel::sql_query(sql).bind::<Text, _>(report).execute(conn)?;
        Ok(())
    }))
    .unwrap();
}

/// Archives a list with one entry; gives its digest.
fn archived(desk: &Desk, issuer: &Certificate, serial: &[u8], before: Duration, extensions: &[Vec<u8>]) -> String {
    let now = desk.gateway.clock.now();
    let (mut der, own) = (CrlSpec::new(5).entry(entry(serial, now - before, extensions)), der_pki::Entity::new("CN=X"));
    der.this_update = now;
    // The name of the CA in the place of the entity's own.
    let der = der.der(&own);
    let parsed = ParsedCrl::from_der(&der).unwrap();
    let der = replace_once(&der, parsed.issuer, issuer.issuer_der());
    let sha256 = sha256_hex(&der);
    let identity = CrlIdentity {
        issuer: "x".to_owned(),
        number: None,
        this_update: now,
        next_update: None,
        sha256: sha256.clone(),
    };
    let record = ListRecord {
        row: ListRow { issuer_key: [7; 32], scope_key: [7; 32] },
        rank: ListRank { number: None, this_update: now, delta: false, sha256: sha256.clone() },
        identity: Arc::new(identity),
        base: None,
        scope: "x".to_owned(),
        entries: 1,
        bytes: ListBytes::in_memory(der),
    };
    run(desk.gateway.store.crl_archive_put(record, KeepOrder::Any, now)).unwrap();
    sha256
}

/// The same list with another issuer's name; the lengths around it are written anew.
fn replace_once(der: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let list = madoguchi::asn1::single(der).unwrap();
    let mut fields = list.reader();
    let mut tbs = fields.any().unwrap().reader();
    let (mut parts, mut replaced) = (Vec::new(), false);
    while !tbs.is_empty() {
        let field = tbs.any().unwrap().full;
        let take = !replaced && field == old;
        replaced |= take;
        parts.push(if take { new.to_vec() } else { field.to_vec() });
    }
    let mut all = vec![der_pki::seq(&parts)];
    while !fields.is_empty() {
        all.push(fields.any().unwrap().full.to_vec());
    }
    der_pki::seq(&all)
}

#[test]
fn a_certificate_that_is_on_the_list_after_all_is_a_disagreement() {
    let signer = Certificate::from_der(TestPki::shared().certificate("sign-yamada")).unwrap();
    let judge = |before: Duration, extensions: &[Vec<u8>], serial: &[u8]| {
        let desk = Desk::new();
        let number = file(&desk, "sign-yamada");
        rest_on(&desk, &archived(&desk, &signer, serial, before, extensions));
        let round = opinions(&desk);
        assert_eq!((round.looked_at, round.failed), (1, 0));
        run(desk.gateway.store.second_opinion_of(number)).unwrap().map(|opinion| opinion.subject)
    };
    let hour = Duration::hours(1);
    assert_eq!(judge(hour, &[], signer.serial()).as_deref(), Some("revocation"));
    assert_eq!(judge(-hour, &[], signer.serial()), None, "a revocation after the receipt");
    assert_eq!(judge(hour, &[reason(8)], signer.serial()), None, "removeFromCRL");
    assert_eq!(judge(hour, &[], &[0x55]), None, "another's serial");
}

#[test]
fn an_opinion_that_cannot_be_had_is_noted_and_flags_nothing() {
    let desk = Desk::new();
    let number = file(&desk, "sign-yamada");
    rest_on(&desk, &"ab".repeat(32));
    let round = opinions(&desk);
    assert_eq!((round.looked_at, round.disagree, round.failed), (1, 0, 1));
    let opinion = run(desk.gateway.store.second_opinion_of(number)).unwrap().unwrap();
    assert_eq!((opinion.kind.as_str(), opinion.subject.as_str()), ("failed", "revocation"));
    let feed = run(desk.gateway.store.feed_after("131016".parse().unwrap(), 0, 10)).unwrap();
    assert_eq!(feed.len(), 1);
}

fn second(anchors: &[Vec<u8>], intermediates: &[Vec<u8>]) -> SecondOpinion {
    let parse =
        |ders: &[Vec<u8>]| ders.iter().map(|der| Arc::new(Certificate::from_der(der.as_slice()).unwrap())).collect();
    SecondOpinion::new(&TrustStore::new(parse(anchors), parse(intermediates))).unwrap()
}

#[test]
fn openssl_finds_good_what_is_good_and_nothing_else() {
    let world = &*WORLD;
    let opinion = second(&[world.root.der()], &[world.intermediate.der()]);
    let good = Case::good().signature;
    assert_eq!(opinion.check(&good, DOCUMENT, at()), Ok(()));
    let disagrees = |result: Result<(), Doubt>| assert!(matches!(result, Err(Doubt::Disagrees(_))), "{result:?}");
    disagrees(opinion.check(&good, b"another text", at()));
    let mut spoiled = Cms::cades(&world.leaf, DOCUMENT);
    spoiled.spoil_value = true;
    disagrees(opinion.check(&spoiled.build(), DOCUMENT, at()));
    disagrees(opinion.check(&good, DOCUMENT, at() + Duration::days(3_650)));
    disagrees(opinion.check(b"noise", DOCUMENT, at()));
    // The certificates of the message and of the trust store both help.
    assert!(second(&[world.root.der()], &[]).check(&good, DOCUMENT, at()).is_err());
    let mut carrying = Cms::cades(&world.leaf, DOCUMENT);
    carrying.certificates.push(world.intermediate.der());
    assert_eq!(second(&[world.root.der()], &[]).check(&carrying.build(), DOCUMENT, at()), Ok(()));
}

#[test]
fn openssl_finds_pss_good() {
    let pki = TestPki::shared();
    let opinion = second(&pki.anchors(), &pki.intermediates());
    for (digest, salt_length) in [(DigestAlgorithm::Sha256, 222), (DigestAlgorithm::Sha512, 64)] {
        let signer = pki.signer("rsa2048-alice").with_digest(digest).with_scheme(Scheme::Pss { salt_length });
        let signature = sign_with(DOCUMENT, &signer, &BuildOptions::cades(now())).unwrap();
        assert_eq!(opinion.check(&signature, DOCUMENT, now()), Ok(()), "{digest:?}");
    }
}

#[test]
fn openssl_finds_a_path_through_a_cross_certificate() {
    let world = &*WORLD;
    let other = issue(None, &Profile::ca("Other root"), rsa(2048));
    // The intermediate's name and key, certified by another root.
    let cross = issue(Some(&other), &Profile::ca("Intermediate"), world.intermediate.key.clone());
    let name = |entity: &crate::support::mini_pki::Entity| entity.certificate.subject_name().to_der().unwrap();
    let leaf = issue(Some(&cross), &Profile::leaf("leaf"), rsa(2048));
    let signature = Cms::cades(&leaf, DOCUMENT).build();
    assert_eq!(name(&cross), name(&world.intermediate));
    assert_eq!(second(&[other.der()], &[cross.der()]).check(&signature, DOCUMENT, at()), Ok(()));
    let both = [world.intermediate.der(), cross.der()];
    assert_eq!(second(&[other.der(), world.root.der()], &both).check(&signature, DOCUMENT, at()), Ok(()));
    assert!(second(&[world.root.der()], &[cross.der()]).check(&signature, DOCUMENT, at()).is_err());
}

#[test]
fn in_an_indirect_list_a_serial_counts_together_with_its_issuer() {
    let ca = der_pki::Entity::new("CN=CA");
    let date = der_pki::at() - Duration::days(1);
    let list = CrlSpec::new(5)
        .with(issuing_distribution_point(&[], &[der_pki::tlv(0x84, &[0xff])]))
        .entry(entry(&[7], date, &[]))
        .entry(entry(&[8], date, &[certificate_issuer("CN=Other")]))
        .entry(entry(&[9], date, &[]))
        .der(&ca);
    let wanted =
        |issuer: &str, serial: u8| Wanted { issuer: name::normal_form(&der_pki::name(issuer)), serial: vec![serial] };
    let all: HashSet<Wanted> =
        ["CN=CA", "CN=Other"].iter().flat_map(|issuer| (7..=9).map(|serial| wanted(issuer, serial))).collect();
    let found: HashSet<Wanted> = search_again(&list, &all).unwrap().into_keys().collect();
    assert_eq!(found, HashSet::from([wanted("CN=CA", 7), wanted("CN=Other", 8), wanted("CN=Other", 9)]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_second_search_finds_what_the_first_reads(serials in prop::collection::btree_set(prop::collection::vec(1u8..0x7f, 1..20), 0..40)) {
        let entries = serials.iter().map(|serial| entry(serial, der_pki::at(), &[]));
        let der = entries.fold(CrlSpec::new(5), CrlSpec::entry).der(&der_pki::Entity::new("CN=CA"));
        let crl = ParsedCrl::from_der(&der).unwrap();
        let read = EntriesByIssuer::of(&crl).map(|entry| entry.unwrap());
        let read: HashSet<Wanted> = read.map(|(entry, issuer)| Wanted { issuer: issuer.to_vec(), serial: entry.serial.to_vec() }).collect();
        let found = search_again(&der, &read).unwrap();
        prop_assert_eq!(found.len(), serials.len());
        prop_assert!(found.keys().all(|one| read.contains(one)));
    }

    #[test]
    fn no_bytes_make_the_second_reader_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..400), cut in 0usize..300) {
        let _ = search_again(&bytes, &HashSet::new());
        let good = CrlSpec::new(5).entry(entry(&[7], der_pki::at(), &[reason(1)])).der(&der_pki::Entity::new("CN=CA"));
        bytes.splice(..0, good.into_iter().take(cut));
        let _ = search_again(&bytes, &HashSet::new());
    }
}
