//! Revocation lists that are refused, a test a row: what the list is, and the code by which it is refused.
use std::sync::Arc;

use chrono::Duration;
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::crl::{CrlStore, check_revocation};
use madoguchi::pki::path::{PathRequest, PolicyInputs, Purpose, validate};
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::verdict::{SubIndication, conclude};

use crate::support::archive::issued;
use crate::support::der_pki::*;

struct World {
    ca: Entity,
    trust: TrustStore,
}

impl World {
    fn new() -> Self {
        let (ca, certificate) = root("CN=CA");
        Self { ca, trust: TrustStore::new(vec![certificate], Vec::new()) }
    }

    fn code(&self, der: &[u8]) -> Option<&'static str> {
        CrlStore::default().offer(der, &self.trust, at()).err().map(|refusal| refusal.code)
    }

    fn code_of(&self, spec: &CrlSpec) -> Option<&'static str> {
        self.code(&spec.der(&self.ca))
    }

    /// What is said of a certificate when these lists were offered, of which none is refused.
    fn judge(&self, leaf: &Arc<Certificate>, lists: &[CrlSpec]) -> Option<SubIndication> {
        let store = CrlStore::default();
        for list in lists {
            store.offer(list.der(&self.ca), &self.trust, at()).unwrap();
        }
        let policies = PolicyInputs::any();
        let request = PathRequest { at: at(), extra: &[], purpose: Purpose::Any, policies: &policies };
        let chain = validate(&self.trust, leaf, &request).chain.unwrap();
        conclude(&check_revocation(&store.current(), &chain, at(), None).checks).1
    }

    fn leaf(&self) -> Arc<Certificate> {
        CertSpec::leaf(7).certificate(&self.ca, &Entity::new("CN=leaf"))
    }
}

fn delta_of(base: u64) -> Vec<u8> {
    extension("2.5.29.27", true, &integer(base))
}

#[test]
fn a_truncated_list() {
    let world = World::new();
    let der = issued(5, 3).entry(entry(&[7], at(), &[])).der(&world.ca);
    for end in [0, 1, 4, der.len() / 2, der.len() - 1] {
        assert_eq!(world.code(&der[..end]), Some("not_a_crl"), "{end} octets");
    }
}

#[test]
fn a_list_with_trailing_bytes() {
    let world = World::new();
    assert_eq!(world.code(&[issued(5, 3).der(&world.ca), vec![0]].concat()), Some("not_a_crl"));
}

#[test]
fn a_list_of_version_1_cannot_be_told_from_a_list_without_number() {
    let world = World::new();
    let mut v1 = CrlSpec { version: None, number: None, key_id: false, ..issued(5, 3) };
    assert_eq!(world.code_of(&v1), None, "RFC 5280 lets relying parties take them; the lint tells");
    v1.number = Some(5);
    assert_eq!(world.code_of(&v1), Some("not_a_crl"), "extensions need version 2");
    let store = CrlStore::default();
    store.offer(issued(5, 3).der(&world.ca), &world.trust, at()).unwrap();
    let v1 = CrlSpec { version: None, number: None, key_id: false, ..issued(6, 2) };
    assert_eq!(store.offer(v1.der(&world.ca), &world.trust, at()).unwrap_err().code, "number_missing");
}

#[test]
fn a_list_without_next_update() {
    let list = CrlSpec { next_update: None, ..issued(5, 3) };
    assert_eq!(World::new().code_of(&list), Some("next_update_missing"));
}

#[test]
fn a_list_whose_next_update_has_passed_decides_nothing_and_is_no_upload() {
    let world = World::new();
    let stale = CrlSpec::new(5).issued(at() - Duration::days(9), at() - Duration::days(1));
    assert_eq!(world.judge(&world.leaf(), std::slice::from_ref(&stale)), Some(SubIndication::TryLater));
    let upload = CrlStore::default().would_accept(&stale.der(&world.ca), &world.trust, at());
    assert_eq!(upload.unwrap_err().code, "next_update_passed");
}

#[test]
fn a_list_signed_with_the_wrong_key() {
    let world = World::new();
    assert_eq!(world.code(&issued(5, 3).der(&Entity::new("CN=CA"))), Some("wrong_signature"));
    assert_eq!(world.code(&issued(5, 3).der(&Entity::new("CN=Nobody"))), Some("unknown_issuer"));
}

#[test]
fn a_list_of_the_wrong_scope() {
    let world = World::new();
    let attribute = issuing_distribution_point(&[], &[tlv(0x85, &[0xff])]);
    assert_eq!(world.code_of(&issued(5, 3).with(attribute)), Some("attribute_certificates_only"));
    let both = issuing_distribution_point(&[], &[tlv(0x81, &[0xff]), tlv(0x82, &[0xff])]);
    assert_eq!(world.code_of(&issued(5, 3).with(both)), Some("contradictory_scope"));
    let cas = issued(5, 3).with(issuing_distribution_point(&[], &[tlv(0x82, &[0xff])]));
    assert_eq!(world.judge(&world.leaf(), &[cas]), Some(SubIndication::TryLater), "of CAs only");
}

#[test]
fn a_list_with_an_unknown_critical_extension() {
    let list = issued(5, 3).with(extension("1.2.3.4", true, &[5, 0]));
    assert_eq!(World::new().code_of(&list), Some("unknown_critical_extension"));
}

#[test]
fn an_entry_with_an_unknown_critical_extension() {
    let list = issued(5, 3).entry(entry(&[7], at(), &[extension("1.2.3.4", true, &[5, 0])]));
    assert_eq!(World::new().code_of(&list), Some("unknown_critical_entry_extension"));
}

#[test]
fn a_delta_without_its_base_says_nothing() {
    let world = World::new();
    let leaf = world.leaf();
    let delta = issued(6, 3).with(delta_of(5)).revoke(&leaf, at() - Duration::days(1), &[]);
    assert_eq!(world.judge(&leaf, std::slice::from_ref(&delta)), Some(SubIndication::TryLater));
    assert_eq!(world.judge(&leaf, &[issued(5, 9), delta]), Some(SubIndication::RevokedNoPoe));
}

#[test]
fn a_base_older_than_the_delta_asks_for_is_not_completed_by_it() {
    let world = World::new();
    let leaf = world.leaf();
    let delta = |base: u64| issued(9, 3).with(delta_of(base)).revoke(&leaf, at() - Duration::days(1), &[]);
    assert_eq!(world.judge(&leaf, &[issued(5, 9), delta(6)]), None, "what happened between 5 and 6 is not in it");
    assert_eq!(world.judge(&leaf, &[issued(5, 9), delta(5)]), Some(SubIndication::RevokedNoPoe));
}

#[test]
fn an_issuing_distribution_point_with_reasons_leaves_the_other_reasons_open() {
    let world = World::new();
    let leaf = world.leaf();
    let some = |octet: u8| issuing_distribution_point(&[], &[tlv(0x83, &[1, octet])]);
    // keyCompromise and cACompromise; then all the others.
    let keys = issued(5, 3).with(some(0b0110_0000));
    let rest = issued(5, 3).with(issuing_distribution_point(&[], &[tlv(0x83, &[7, 0b0001_1111, 0x80])]));
    assert_eq!(world.judge(&leaf, std::slice::from_ref(&keys)), Some(SubIndication::TryLater));
    assert_eq!(world.judge(&leaf, &[keys, rest]), None);
}

#[test]
fn signature_algorithms_that_differ() {
    let world = World::new();
    let mut der = issued(5, 3).der(&world.ca);
    // The algorithm outside of what is signed: ecdsa-with-SHA384 in the place of SHA256.
    let algorithm = oid("1.2.840.10045.4.3.2");
    let at = der.windows(algorithm.len()).rposition(|window| *window == algorithm[..]).unwrap();
    der[at + algorithm.len() - 1] = 3;
    assert_eq!(world.code(&der), Some("not_a_crl"));
}
