//! CRLs: what a chain's revocation is, shards, snapshots.
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::crl::{CrlSnapshot, CrlStore, RevocationOutcome, check_revocation};
use madoguchi::pki::path::{PathRequest, PolicyInputs, Purpose, VerifiedChain, validate};
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::verdict::{SubIndication, conclude};

use crate::support::der_pki::*;

pub struct World {
    pub root: Entity,
    pub ca: Entity,
    pub trust: TrustStore,
    pub ca_certificate: Arc<Certificate>,
}

/// root -> CA, both known.
pub fn world() -> World {
    let (root, root_certificate) = root("CN=Root");
    let ca = Entity::new("C=JP,CN=CA");
    let ca_certificate = CertSpec::ca(2).certificate(&root, &ca);
    let trust = TrustStore::new(vec![root_certificate], vec![ca_certificate.clone()]);
    World { root, ca, trust, ca_certificate }
}

impl World {
    pub fn leaf(&self, spec: CertSpec) -> Arc<Certificate> {
        spec.certificate(&self.ca, &Entity::new("CN=leaf"))
    }

    pub fn chain(&self, target: &Arc<Certificate>) -> VerifiedChain {
        let policies = PolicyInputs::any();
        let request = PathRequest { at: at(), extra: &[], purpose: Purpose::Any, policies: &policies };
        validate(&self.trust, target, &request).chain.unwrap()
    }

    /// A store with the root's empty list and these of the CA.
    pub fn store(&self, of_ca: &[CrlSpec]) -> CrlStore {
        let store = CrlStore::default();
        store.offer(CrlSpec::new(1).der(&self.root), &self.trust, at()).unwrap();
        for spec in of_ca {
            store.offer(spec.der(&self.ca), &self.trust, at()).unwrap();
        }
        store
    }

    pub fn check(&self, store: &CrlStore, leaf: &Arc<Certificate>) -> RevocationOutcome {
        check_revocation(&store.current(), &self.chain(leaf), at(), None)
    }

    pub fn refusal(&self, spec: &CrlSpec) -> &'static str {
        CrlStore::default().offer(spec.der(&self.ca), &self.trust, at()).unwrap_err().code
    }
}

pub fn sub(outcome: &RevocationOutcome) -> Option<SubIndication> {
    let sub = conclude(&outcome.checks).1;
    assert_eq!(outcome.proof.is_some(), sub.is_none());
    sub
}

#[test]
fn a_certificate_is_good_by_a_fresh_verified_list_that_covers_it() {
    let world = world();
    let leaf = world.leaf(CertSpec::leaf(7));
    let store = world.store(&[CrlSpec::new(5)]);
    let outcome = world.check(&store, &leaf);
    assert_eq!(sub(&outcome), None);
    let crls = outcome.proof.unwrap();
    assert_eq!(crls.crls().iter().map(|crl| crl.number.as_deref()).collect::<Vec<_>>(), [Some("5"), Some("1")]);
    assert_eq!(outcome.statuses.iter().map(|status| status.status).collect::<Vec<_>>(), ["good", "good"]);
}

#[test]
fn without_a_list_of_every_issuer_it_is_try_later() {
    let world = world();
    let leaf = world.leaf(CertSpec::leaf(7));
    assert_eq!(sub(&world.check(&world.store(&[]), &leaf)), Some(SubIndication::TryLater));
    let only_ca = CrlStore::default();
    only_ca.offer(CrlSpec::new(1).der(&world.ca), &world.trust, at()).unwrap();
    assert_eq!(sub(&world.check(&only_ca, &leaf)), Some(SubIndication::TryLater));
}

#[test]
fn a_revocation_counts_from_its_date_and_against_what_is_proven() {
    let world = world();
    let leaf = world.leaf(CertSpec::leaf(7));
    let revoked_at = at() - Duration::hours(5);
    let store = world.store(&[CrlSpec::new(5).revoke(&leaf, revoked_at, &[reason(3)])]);
    let chain = world.chain(&leaf);
    let judge = |at: DateTime<Utc>, signed_after: Option<DateTime<Utc>>| {
        sub(&check_revocation(&store.current(), &chain, at, signed_after))
    };
    assert_eq!(judge(at(), None), Some(SubIndication::RevokedNoPoe));
    assert_eq!(judge(at(), Some(revoked_at - Duration::seconds(1))), Some(SubIndication::RevokedNoPoe));
    assert_eq!(judge(at(), Some(revoked_at)), Some(SubIndication::Revoked));
    assert_eq!(judge(revoked_at, None), Some(SubIndication::RevokedNoPoe));
    // Known to exist before: the revocation, dated after, does not count.
    assert_eq!(judge(revoked_at - Duration::seconds(1), None), None);
    let outcome = world.check(&store, &leaf);
    assert_eq!(outcome.statuses[0].status, "revoked");
    assert_eq!(outcome.statuses[0].reason, Some("affiliationChanged"));
    assert_eq!(outcome.statuses[0].revoked_at, Some(revoked_at));
}

#[test]
fn hold_and_remove_from_crl_are_not_revocations() {
    let world = world();
    let leaf = world.leaf(CertSpec::leaf(7));
    let date = at() - Duration::hours(5);
    let held = world.store(&[CrlSpec::new(5).revoke(&leaf, date, &[reason(6)])]);
    let outcome = world.check(&held, &leaf);
    assert_eq!((sub(&outcome), outcome.statuses[0].status), (Some(SubIndication::TryLater), "on_hold"));
    let removed = world.store(&[CrlSpec::new(5).revoke(&leaf, date, &[reason(8)])]);
    assert_eq!(sub(&world.check(&removed, &leaf)), None);
}

#[test]
fn a_revoked_ca_is_told_apart() {
    let world = world();
    let leaf = world.leaf(CertSpec::leaf(7));
    let store = CrlStore::default();
    let list = CrlSpec::new(1).revoke(&world.ca_certificate, at() - Duration::hours(2), &[reason(2)]);
    store.offer(list.der(&world.root), &world.trust, at()).unwrap();
    store.offer(CrlSpec::new(1).der(&world.ca), &world.trust, at()).unwrap();
    assert_eq!(sub(&world.check(&store, &leaf)), Some(SubIndication::RevokedCaNoPoe));
}

#[test]
fn a_stale_list_decides_nothing_even_against() {
    let world = world();
    let leaf = world.leaf(CertSpec::leaf(7));
    let stale = CrlSpec::new(5).issued(at() - Duration::days(9), at() - Duration::seconds(1));
    let store = world.store(&[stale.revoke(&leaf, at() - Duration::days(10), &[])]);
    let outcome = world.check(&store, &leaf);
    assert_eq!((sub(&outcome), outcome.statuses[0].status), (Some(SubIndication::TryLater), "unknown"));
    assert!(outcome.checks.iter().any(|check| check.name == "revocation_lists_are_fresh" && check.is_failed()));
    assert_eq!(store.stale_or_soon(at(), Duration::zero()).len(), 1);
    assert_eq!(store.stale_or_soon(at(), Duration::hours(24)).len(), 2);
}

#[test]
fn an_expired_certificate_may_have_dropped_off_a_later_list() {
    let world = world();
    let expired = |days: i64| CertSpec::leaf(7).valid(at() - Duration::days(200), at() - Duration::days(days));
    let day_list = CrlSpec::new(5).issued(at() - Duration::hours(1), at() + Duration::hours(23));
    let store = world.store(&[day_list]);
    // One regular list beyond its validity still has the entry (RFC 5280 3.3); a later one need not.
    let leaf = expired(1);
    assert_eq!(sub(&world.check(&store, &world.leaf(leaf))), None);
    let long_expired = world.leaf(expired(3));
    let before_its_end = at() - Duration::days(4);
    let outcome = check_revocation(&store.current(), &world.chain(&long_expired), before_its_end, None);
    assert_eq!(sub(&outcome), Some(SubIndication::TryLater), "a signature from before the certificate's end");
    // Judged as of today it has expired, whatever the list says; the list is taken at its word.
    assert_eq!(sub(&world.check(&store, &long_expired)), None);
}

#[test]
fn two_generations_of_one_name_have_lists_of_their_own() {
    let (old, old_certificate) = root("CN=Root");
    let (new, new_certificate) = root("CN=Root");
    let trust = TrustStore::new(vec![old_certificate, new_certificate], Vec::new());
    let subject = Entity::new("CN=leaf");
    let (under_old, under_new) =
        (CertSpec::leaf(7).certificate(&old, &subject), CertSpec::leaf(7).certificate(&new, &subject));
    let store = CrlStore::default();
    // The new generation revokes serial 7; the old one's numbers are far higher.
    let revoking = CrlSpec::new(3).revoke(&under_new, at() - Duration::hours(2), &[]);
    store.offer(CrlSpec::new(900).der(&old), &trust, at()).unwrap();
    store.offer(revoking.der(&new), &trust, at()).unwrap();
    let policies = PolicyInputs::any();
    let request = PathRequest { at: at(), extra: &[], purpose: Purpose::Any, policies: &policies };
    let judge = |leaf| {
        let chain = validate(&trust, leaf, &request).chain.unwrap();
        sub(&check_revocation(&store.current(), &chain, at(), None))
    };
    assert_eq!(judge(&under_old), None);
    assert_eq!(judge(&under_new), Some(SubIndication::RevokedNoPoe));
}

pub fn shard_name(city: u32) -> Vec<u8> {
    directory(&format!("C=JP,O=JPKI,OU=CRL Distribution Points,OU=Tokyo,CN=City {city} CRLDP"))
}

pub fn shard(number: u64, city: u32) -> CrlSpec {
    CrlSpec::new(number).with(issuing_distribution_point(&[shard_name(city)], &[]))
}

#[test]
fn a_shard_covers_its_own_distribution_point_and_no_other() {
    let world = world();
    let date = at() - Duration::hours(2);
    let leaf = world.leaf(CertSpec::leaf(7).with(distribution_points(&[vec![shard_name(1)]])));
    let good = world.store(&[shard(5, 1), shard(5, 2).revoke(&leaf, date, &[])]);
    assert_eq!(sub(&world.check(&good, &leaf)), None);
    let other_only = world.store(&[shard(5, 2)]);
    assert_eq!(sub(&world.check(&other_only, &leaf)), Some(SubIndication::TryLater));
    let revoked = world.store(&[shard(5, 2), shard(5, 1).revoke(&leaf, date, &[])]);
    assert_eq!(sub(&world.check(&revoked, &leaf)), Some(SubIndication::RevokedNoPoe));
    // A list without a scope covers every distribution point; a shard does not cover a certificate without any.
    assert_eq!(sub(&world.check(&world.store(&[CrlSpec::new(9)]), &leaf)), None);
    let plain = world.leaf(CertSpec::leaf(8));
    assert_eq!(sub(&world.check(&good, &plain)), Some(SubIndication::TryLater));
}

#[test]
fn any_of_several_distribution_points_will_do_not_the_first_alone() {
    let world = world();
    let web = uri("http://crl.example/1.crl");
    let points = distribution_points(&[vec![shard_name(1)], vec![uri("ldap://x/"), web.clone()]]);
    let leaf = world.leaf(CertSpec::leaf(7).with(points));
    let by_uri = CrlSpec::new(5).with(issuing_distribution_point(&[web], &[]));
    let revoking = by_uri.clone().revoke(&leaf, at() - Duration::hours(2), &[]);
    assert_eq!(sub(&world.check(&world.store(&[by_uri]), &leaf)), None);
    assert_eq!(sub(&world.check(&world.store(&[revoking]), &leaf)), Some(SubIndication::RevokedNoPoe));
}

#[test]
fn a_name_relative_to_the_issuer_is_made_whole() {
    let world = world();
    let relative = |tag: u8| tlv(0xa0, &tlv(tag, &rdn("CN=CRL 7")));
    let points = extension("2.5.29.31", false, &seq(&[seq(&[relative(0xa1)])]));
    let leaf = world.leaf(CertSpec::leaf(7).with(points));
    let whole = CrlSpec::new(5).with(issuing_distribution_point(&[directory("C=JP,CN=CA,CN=CRL 7")], &[]));
    assert_eq!(sub(&world.check(&world.store(&[whole]), &leaf)), None);
    let also_relative = CrlSpec::new(5).with(extension("2.5.29.28", true, &seq(&[relative(0xa1)])));
    assert_eq!(sub(&world.check(&world.store(&[also_relative]), &leaf)), None);
}

#[test]
fn a_list_of_user_certificates_says_nothing_of_a_ca() {
    let world = world();
    let leaf = world.leaf(CertSpec::leaf(7));
    let only = |tag: u8| issuing_distribution_point(&[], &[tlv(tag, &[0xff])]);
    assert_eq!(sub(&world.check(&world.store(&[CrlSpec::new(5).with(only(0x81))]), &leaf)), None);
    let cas = world.store(&[CrlSpec::new(5).with(only(0x82))]);
    assert_eq!(sub(&world.check(&cas, &leaf)), Some(SubIndication::TryLater));
}

#[test]
fn a_request_keeps_the_snapshot_it_began_with() {
    let world = world();
    let leaf = world.leaf(CertSpec::leaf(7));
    let store = world.store(&[CrlSpec::new(5)]);
    let began_with: Arc<CrlSnapshot> = store.current();
    let next = CrlSpec::new(6).issued(at() - Duration::minutes(5), at() + Duration::days(1));
    let revoking = next.revoke(&leaf, at() - Duration::minutes(10), &[]);
    store.offer(revoking.der(&world.ca), &world.trust, at()).unwrap();
    let chain = world.chain(&leaf);
    let before = check_revocation(&began_with, &chain, at(), None);
    assert_eq!(before.proof.unwrap().crls()[0].number.as_deref(), Some("5"));
    assert_eq!(sub(&world.check(&store, &leaf)), Some(SubIndication::RevokedNoPoe));
}

#[test]
fn lists_at_hand_are_judged_as_of_a_past_time() {
    let world = world();
    let leaf = world.leaf(CertSpec::leaf(7));
    let long_ago = at() - Duration::days(100);
    let old = CrlSpec::new(1).issued(long_ago - Duration::hours(1), long_ago + Duration::hours(23));
    let new = CrlSpec::new(9).revoke(&leaf, at() - Duration::hours(9), &[]);
    let files = vec![new.der(&world.ca), old.der(&world.ca), CrlSpec::new(4).der(&world.root), b"noise".to_vec()];
    let (snapshot, refused) = CrlSnapshot::from_files(&files, &world.trust, &[], long_ago, at());
    assert_eq!(refused.iter().map(|(number, refusal)| (*number, refusal.code)).collect::<Vec<_>>(), [(3, "not_a_crl")]);
    let chain = world.chain(&leaf);
    assert_eq!(sub(&check_revocation(&snapshot, &chain, long_ago, None)), None);
    assert_eq!(sub(&check_revocation(&snapshot, &chain, at(), None)), Some(SubIndication::RevokedNoPoe));
}

#[test]
fn every_fresh_list_that_covers_a_certificate_is_asked() {
    let world = world();
    let leaf = world.leaf(CertSpec::leaf(7).with(distribution_points(&[vec![shard_name(1)]])));
    let (date, tomorrow) = (at() - Duration::hours(9), at() + Duration::days(1));
    // An older list of the town without the entry, and a newer complete one with it.
    let town = shard(5, 1).issued(at() - Duration::hours(8), tomorrow);
    let complete = CrlSpec::new(6).revoke(&leaf, date, &[]);
    let store = world.store(&[town.clone(), complete]);
    assert_eq!(sub(&world.check(&store, &leaf)), Some(SubIndication::RevokedNoPoe));
    let on_hold = world.store(&[town, CrlSpec::new(6).revoke(&leaf, date, &[reason(6)])]);
    assert_eq!(world.check(&on_hold, &leaf).statuses[0].status, "on_hold");
    // Of one scope the newest says whether a hold has ended.
    let held = CrlSpec::new(5).issued(at() - Duration::hours(8), tomorrow).revoke(&leaf, date, &[reason(6)]);
    let files = [held.der(&world.ca), CrlSpec::new(6).der(&world.ca), CrlSpec::new(1).der(&world.root)];
    let (snapshot, _) = CrlSnapshot::from_files(&files, &world.trust, &[], at(), at());
    assert_eq!(sub(&check_revocation(&snapshot, &world.chain(&leaf), at(), None)), None);
}

#[test]
fn more_extensions_than_are_taken_are_refused_and_one_list_given_often_counts_once() {
    let world = world();
    let many = |count: u64| -> Vec<Vec<u8>> {
        (0..count).map(|number| extension(&format!("1.2.3.{number}"), false, &[5, 0])).collect()
    };
    let mut list = CrlSpec::new(5);
    list.extensions = many(62);
    CrlStore::default().offer(list.der(&world.ca), &world.trust, at()).unwrap();
    list.extensions = many(63);
    assert_eq!(world.refusal(&list), "not_a_crl");
    assert_eq!(world.refusal(&CrlSpec::new(5).entry(entry(&[7], at(), &many(65)))), "not_a_crl");
    let mut certificate = CertSpec::leaf(7);
    certificate.extensions = many(65);
    assert!(Certificate::from_der(certificate.der(&world.ca, &Entity::new("CN=leaf"))).is_err());
    let policy_list = |count: u64| {
        let texts: Vec<String> = (0..count).map(|number| format!("1.2.3.{number}")).collect();
        let spec = CertSpec::leaf(7).with(policies(&texts.iter().map(String::as_str).collect::<Vec<_>>()));
        Certificate::from_der(spec.der(&world.ca, &Entity::new("CN=leaf")))
    };
    assert!(policy_list(256).is_ok() && policy_list(257).is_err());
    let same = vec![CrlSpec::new(5).der(&world.ca); 2];
    let (snapshot, refused) = CrlSnapshot::from_files(&same, &world.trust, &[], at(), at());
    assert_eq!((snapshot.len(), refused.len()), (1, 0));
}
