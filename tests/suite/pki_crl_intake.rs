//! CRLs: what intake refuses and by which code, numbers, shards by the thousand.
use std::sync::Arc;

use chrono::Duration;
use madoguchi::pki::crl::{CrlStore, check_revocation};
use madoguchi::pki::path::{PathRequest, PolicyInputs, Purpose, validate};
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::verdict::SubIndication;

use crate::pki_crls::{shard, shard_name, sub, world};
use crate::support::der_pki::*;

#[test]
fn each_refusal_has_its_code() {
    let world = world();
    let date = at() - Duration::hours(2);
    let critical = extension("1.2.3.4", true, &[5, 0]);
    let idp = |more: Vec<u8>| CrlSpec::new(5).with(issuing_distribution_point(&[shard_name(1)], &[more]));
    let mut no_next = CrlSpec::new(5);
    no_next.next_update = None;
    let twice = entry(&[7], date, &[]);
    let cases = [
        ("unknown_critical_extension", CrlSpec::new(5).with(critical.clone())),
        ("unknown_critical_entry_extension", CrlSpec::new(5).entry(entry(&[7], date, &[critical]))),
        ("delta_numbers_contradict", CrlSpec::new(5).with(extension("2.5.29.27", true, &integer(5)))),
        ("entry_of_another_issuer", CrlSpec::new(5).entry(entry(&[7], date, &[certificate_issuer("CN=Other")]))),
        ("contradictory_scope", idp(tlv(0x83, &[7, 0x80]))),
        ("attribute_certificates_only", idp(tlv(0x85, &[0xff]))),
        ("contradictory_scope", idp([tlv(0x81, &[0xff]), tlv(0x82, &[0xff])].concat())),
        ("next_update_missing", no_next),
        ("next_update_not_after_this_update", CrlSpec::new(5).issued(at(), at())),
        ("this_update_in_future", CrlSpec::new(5).issued(at() + Duration::hours(1), at() + Duration::hours(2))),
        ("duplicate_serial", CrlSpec::new(5).entry(twice.clone()).entry(twice)),
        ("not_a_crl", CrlSpec::new(5).entry(tlv(0x30, &[2, 1, 7]))),
        ("not_a_crl", CrlSpec::new(5).entry(entry(&[0, 7], date, &[]))),
    ];
    for (code, spec) in cases {
        assert_eq!(world.refusal(&spec), code);
    }
    let der = CrlSpec::new(5).der(&world.ca);
    let refusal = |bytes: &[u8]| CrlStore::default().offer(bytes, &world.trust, at()).unwrap_err().code;
    assert_eq!(refusal(&der[..der.len() - 1]), "not_a_crl");
    assert_eq!(refusal(&[der.as_slice(), &[0]].concat()), "not_a_crl");
    let announced: Vec<u8> = [&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &der[4..]].concat();
    assert_eq!(refusal(&announced), "not_a_crl");
    let mut flipped = der.clone();
    *flipped.last_mut().unwrap() ^= 1;
    assert_eq!(refusal(&flipped), "wrong_signature");
}

#[test]
fn a_list_needs_an_issuer_that_is_trusted_and_may_sign_lists() {
    let world = world();
    let code = |entity: &Entity, trust: &TrustStore| {
        CrlStore::default().offer(CrlSpec::new(5).der(entity), trust, at()).unwrap_err().code
    };
    assert_eq!(code(&Entity::new("CN=Nobody"), &world.trust), "unknown_issuer");
    assert_eq!(code(&Entity::new("C=JP,CN=CA"), &world.trust), "wrong_signature");
    let with = |spec: CertSpec| {
        let ca = Entity::new("CN=Other");
        let certificate = spec.certificate(&world.root, &ca);
        (TrustStore::new(world.trust.anchors().to_vec(), vec![certificate]), ca)
    };
    let (trust, ca) = with(CertSpec::new(3).with(basic_constraints(true, None)).with(key_usage(&[5])));
    assert_eq!(code(&ca, &trust), "issuer_may_not_sign_crls");
    let (trust, ca) = with(CertSpec::ca(3).valid(at() - Duration::days(9), at() - Duration::days(1)));
    assert_eq!(code(&ca, &trust), "issuer_not_trusted");
    let trust = TrustStore::new(Vec::new(), vec![world.ca_certificate.clone()]);
    assert_eq!(code(&world.ca, &trust), "issuer_not_trusted");
}

#[test]
fn numbers_and_dates_never_fall_and_entries_do_not_vanish() {
    let world = world();
    let leaf = world.leaf(CertSpec::leaf(7));
    let store = world.store(&[CrlSpec::new(300).revoke(&leaf, at() - Duration::days(9), &[])]);
    let later = |number: u64| CrlSpec::new(number).issued(at() - Duration::minutes(5), at() + Duration::days(1));
    let keeping = |spec: CrlSpec| spec.revoke(&leaf, at() - Duration::days(9), &[]).der(&world.ca);
    let code = |der: &[u8]| store.offer(der, &world.trust, at()).unwrap_err().code;
    assert_eq!(code(&keeping(later(299))), "number_falls");
    assert_eq!(code(&keeping(later(2))), "number_falls");
    assert_eq!(code(&keeping(later(300))), "number_reused");
    let mut unnumbered = later(1);
    unnumbered.number = None;
    assert_eq!(code(&keeping(unnumbered)), "number_missing");
    let older = CrlSpec::new(301).issued(at() - Duration::days(2), at() + Duration::days(1));
    assert_eq!(code(&keeping(older)), "older_than_held");
    assert_eq!(code(&later(301).der(&world.ca)), "entries_lost");
    let held = store.list();
    assert!(held.iter().any(|crl| crl.identity.number.as_deref() == Some("300")));
    store.offer(keeping(later(301)), &world.trust, at()).unwrap();
    // Another scope of the same key counts for itself.
    store.offer(shard(1, 1).der(&world.ca), &world.trust, at()).unwrap();
    assert_eq!(store.list().len(), 3);
}

#[test]
fn a_hold_may_end_and_an_old_entry_may_go() {
    let world = world();
    let (held, old) = (world.leaf(CertSpec::leaf(7)), world.leaf(CertSpec::leaf(8)));
    let first = CrlSpec::new(1).revoke(&held, at() - Duration::days(9), &[reason(6)]).revoke(
        &old,
        at() - Duration::days(7 * 366),
        &[],
    );
    let store = world.store(&[first]);
    let next = CrlSpec::new(2).issued(at() - Duration::minutes(5), at() + Duration::days(1));
    store.offer(next.der(&world.ca), &world.trust, at()).unwrap();
}

#[test]
fn the_same_list_twice_is_no_refusal_and_no_new_snapshot() {
    let world = world();
    let store = world.store(&[]);
    let der = CrlSpec::new(5).der(&world.ca);
    let first = store.offer(&der, &world.trust, at()).unwrap();
    let snapshot = store.current();
    let pem = openssl::x509::X509Crl::from_der(&der).unwrap().to_pem().unwrap();
    assert_eq!(store.offer(&pem, &world.trust, at()).unwrap(), first);
    assert!(Arc::ptr_eq(&snapshot, &store.current()));
}

#[test]
fn two_thousand_shards_side_by_side_of_which_one_is_forged() {
    let (issuer, certificate) = root("C=JP,O=JPKI,OU=JPKI for digital signature");
    let forger = Entity::new(&issuer.name);
    let trust = TrustStore::new(vec![certificate], Vec::new());
    let store = CrlStore::default();
    let leaf = CertSpec::leaf(77)
        .with(distribution_points(&[vec![shard_name(1_234)]]))
        .certificate(&issuer, &Entity::new("CN=leaf"));
    for city in 0..2_000 {
        let mut spec = shard(1, city);
        if city == 1_234 {
            spec = spec.revoke(&leaf, at() - Duration::hours(3), &[]);
        }
        let signer = if city == 1_000 { &forger } else { &issuer };
        let offered = store.offer(spec.der(signer), &trust, at());
        assert_eq!(offered.err().map(|refusal| refusal.code), (city == 1_000).then_some("wrong_signature"));
    }
    assert_eq!(store.current().len(), 1_999);
    let of_the_forged = CertSpec::leaf(78).with(distribution_points(&[vec![shard_name(1_000)]]));
    let of_the_forged = of_the_forged.certificate(&issuer, &Entity::new("CN=other"));
    let policies = PolicyInputs::any();
    let request = PathRequest { at: at(), extra: &[], purpose: Purpose::Any, policies: &policies };
    for (leaf, expected) in [(&leaf, SubIndication::RevokedNoPoe), (&of_the_forged, SubIndication::TryLater)] {
        let chain = validate(&trust, leaf, &request).chain.unwrap();
        let outcome = check_revocation(&store.current(), &chain, at(), None);
        assert_eq!(sub(&outcome), Some(expected));
    }
}
