//! Paths that would take for ever: each ends within the budget, and what is below its bounds is judged.
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::verdict::SubIndication;

use crate::pki_paths::{constraints, failed, judge, sub};
use crate::support::der_pki::*;

#[test]
fn name_constraint_bombs_end_within_the_budget() {
    // 256 names against 2,000 subtrees, by each of eight CAs: four million comparisons.
    let names: Vec<Vec<u8>> = (0..256).map(|number| tlv(0x82, format!("h{number}.example").as_bytes())).collect();
    let subtrees: Vec<Vec<u8>> = (0..2_000).map(|number| tlv(0x82, format!("x{number}.test").as_bytes())).collect();
    let bomb = CertSpec::ca(2).with(constraints(&[], &subtrees));
    let (root, root_certificate) = root("CN=Root");
    let mut issuer = root;
    let mut intermediates = Vec::new();
    for level in 0..8 {
        let ca = Entity::new(&format!("CN=CA {level}"));
        intermediates.push(bomb.certificate(&issuer, &ca));
        issuer = ca;
    }
    let many = CertSpec::leaf(3).with(extension("2.5.29.17", false, &seq(&names)));
    let leaf = many.certificate(&issuer, &Entity::new("CN=leaf"));
    let watch = madoguchi::clock::Stopwatch::start();
    let outcome = judge(&TrustStore::new(vec![root_certificate.clone()], intermediates.clone()), &leaf, &[]);
    assert!(failed(&outcome).contains(&"name_constraints_hold"), "{:?}", failed(&outcome));
    assert!(failed(&outcome).contains(&"path_search_stays_within_its_budget"), "{:?}", failed(&outcome));
    assert!(outcome.chain.is_none());
    assert!(watch.elapsed().as_secs() < 10, "{:?}", watch.elapsed());
    // What is below the bounds is judged.
    let few = CertSpec::leaf(3).with(extension("2.5.29.17", false, &seq(&names[..8])));
    let leaf = few.certificate(&issuer, &Entity::new("CN=leaf"));
    assert_eq!(sub(&judge(&TrustStore::new(vec![root_certificate], intermediates), &leaf, &[])), None);
}

#[test]
fn loops_and_thirty_cross_signed_cas_end_within_the_budget() {
    let (_, root_certificate) = root("CN=Root");
    let cas: Vec<Entity> = (0..30).map(|_| Entity::new("CN=Cross")).collect();
    let mut extra = Vec::new();
    for (issuer, subject) in cas.iter().flat_map(|issuer| cas.iter().map(move |subject| (issuer, subject))) {
        extra.push(CertSpec::ca(2).without_key_ids().certificate(issuer, subject));
    }
    let leaf = CertSpec::leaf(3).without_key_ids().certificate(&cas[0], &Entity::new("CN=leaf"));
    let outcome = judge(&TrustStore::new(vec![root_certificate], Vec::new()), &leaf, &extra);
    assert_eq!(sub(&outcome), Some(SubIndication::NoCertificateChainFound));
    assert!(failed(&outcome).contains(&"path_search_stays_within_its_budget"), "{:?}", failed(&outcome));
}

#[test]
fn a_loop_of_cas_ends_and_a_way_out_of_it_is_found() {
    // A certifies B, B certifies C, C certifies A; a leaf hangs under C.
    let (root, root_certificate) = root("CN=Root");
    let [a, b, c] = ["CN=A", "CN=B", "CN=C"].map(Entity::new);
    let ring: Vec<_> = [(&a, &b), (&b, &c), (&c, &a)]
        .into_iter()
        .map(|(issuer, subject)| CertSpec::ca(2).certificate(issuer, subject))
        .collect();
    let leaf = CertSpec::leaf(3).certificate(&c, &Entity::new("CN=leaf"));
    let trust = TrustStore::new(vec![root_certificate.clone()], Vec::new());
    let outcome = judge(&trust, &leaf, &ring);
    assert_eq!(sub(&outcome), Some(SubIndication::NoCertificateChainFound));
    assert_eq!(failed(&outcome), ["path_to_trust_anchor_is_found"], "it ends by itself, well within the budget");
    // Self-issued and self-signed certificates of the ring turn nowhere either.
    let mut more = ring.clone();
    more.extend([&a, &b, &c].map(|ca| CertSpec::ca(4).certificate(ca, ca)));
    assert_eq!(sub(&judge(&trust, &leaf, &more)), Some(SubIndication::NoCertificateChainFound));
    // One certificate that the root gave to a member of the ring leads out of it, wherever it stands.
    for (place, member) in [&a, &b, &c].into_iter().enumerate() {
        let mut with_way = more.clone();
        with_way.insert(place, CertSpec::ca(5).certificate(&root, member));
        let outcome = judge(&trust, &leaf, &with_way);
        assert_eq!(sub(&outcome), None);
        assert_eq!(outcome.chain.unwrap().certificates().last(), Some(&root_certificate));
        let in_store = TrustStore::new(vec![root_certificate.clone()], with_way);
        assert_eq!(sub(&judge(&in_store, &leaf, &[])), None);
    }
}

#[test]
fn thirty_cross_signed_intermediates_stay_within_the_budget() {
    // Thirty CAs, each certified by each other, and none by the root.
    let (root, root_certificate) = root("CN=Root");
    let cas: Vec<Entity> = (0..30).map(|number| Entity::new(&format!("CN=Cross {number}"))).collect();
    let mut intermediates = Vec::new();
    for (at, issuer) in cas.iter().enumerate() {
        for subject in cas.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, subject)| subject) {
            intermediates.push(CertSpec::ca(2).certificate(issuer, subject));
        }
    }
    let leaf = CertSpec::leaf(3).certificate(&cas[0], &Entity::new("CN=leaf"));
    let watch = madoguchi::clock::Stopwatch::start();
    let outcome = judge(&TrustStore::new(vec![root_certificate.clone()], intermediates.clone()), &leaf, &[]);
    assert_eq!(sub(&outcome), Some(SubIndication::NoCertificateChainFound));
    assert!(failed(&outcome).contains(&"path_search_stays_within_its_budget"), "{:?}", failed(&outcome));
    assert!(watch.elapsed().as_secs() < 10, "{:?}", watch.elapsed());
    // One certificate that the root gave to the leaf's issuer is found among them, wherever it stands.
    intermediates.push(CertSpec::ca(4).certificate(&root, &cas[0]));
    let outcome = judge(&TrustStore::new(vec![root_certificate], intermediates), &leaf, &[]);
    assert_eq!((sub(&outcome), outcome.candidate.len()), (None, 3));
}
