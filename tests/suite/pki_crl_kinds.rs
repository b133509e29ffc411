//! CRLs that are more than one complete list of the CA itself: shared out by reasons, deltas, indirect lists, lists that
//! another key signed; and paths that go around a revoked CA.
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::crl::{CrlStore, ParsedCrl, RevocationOutcome, check_revocation, lints, validate_with_revocation};
use madoguchi::pki::path::{PathRequest, PathWork, PolicyInputs, Purpose, validate};
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::verdict::{CheckStatus, SubIndication, conclude};

use crate::support::der_pki::*;

/// root -> CA -> leaf with serial 7, and others that may sign lists.
struct World {
    root: Entity,
    ca: Entity,
    leaf: Arc<Certificate>,
    trust: TrustStore,
}

fn world_with(leaf: CertSpec, others: impl FnOnce(&Entity, &Entity) -> Vec<Arc<Certificate>>) -> World {
    let (root, root_certificate) = root("CN=Root");
    let ca = Entity::new("C=JP,CN=CA");
    let mut intermediates = vec![CertSpec::ca(2).certificate(&root, &ca)];
    intermediates.extend(others(&root, &ca));
    let leaf = leaf.certificate(&ca, &Entity::new("CN=leaf"));
    World { root, ca, leaf, trust: TrustStore::new(vec![root_certificate], intermediates) }
}

fn world() -> World {
    world_with(CertSpec::leaf(7), |_, _| Vec::new())
}

impl World {
    fn store(&self, lists: &[(&CrlSpec, &Entity)]) -> CrlStore {
        let store = CrlStore::default();
        for (spec, signer) in [(&CrlSpec::new(1), &self.root)].iter().chain(lists) {
            store.offer(spec.der(signer), &self.trust, at()).unwrap();
        }
        store
    }

    /// What the lists, the root's empty one among them, say of the leaf.
    fn judge(&self, lists: &[(&CrlSpec, &Entity)]) -> (Option<SubIndication>, RevocationOutcome) {
        let policies = PolicyInputs::any();
        let request = PathRequest { at: at(), extra: &[], purpose: Purpose::Any, policies: &policies };
        let chain = validate(&self.trust, &self.leaf, &request).chain.unwrap();
        let outcome = check_revocation(&self.store(lists).current(), &chain, at(), None);
        let sub = conclude(&outcome.checks).1;
        assert_eq!(outcome.proof.is_some(), sub.is_none());
        (sub, outcome)
    }

    fn sub(&self, lists: &[(&CrlSpec, &Entity)]) -> Option<SubIndication> {
        self.judge(lists).0
    }

    fn failed(&self, lists: &[(&CrlSpec, &Entity)]) -> Vec<&'static str> {
        let (_, outcome) = self.judge(lists);
        outcome.checks.iter().filter(|check| check.is_failed()).map(|check| check.name).collect()
    }
}

const UNCOVERED: &str = "revocation_lists_cover_every_certificate";
const REASONS: &str = "revocation_lists_cover_every_reason";
const SIGNERS: &str = "revocation_list_signers_are_trusted";

fn date() -> DateTime<Utc> {
    at() - Duration::hours(2)
}

/// keyCompromise and cACompromise.
const KEYS: [u8; 2] = [5, 0x60];
/// All others.
const OTHERS: [u8; 3] = [7, 0x1f, 0x80];

fn only(reasons: &[u8]) -> CrlSpec {
    CrlSpec::new(5).with(issuing_distribution_point(&[], &[tlv(0x83, reasons)]))
}

fn delta(number: u64, base: u64) -> CrlSpec {
    CrlSpec::new(number).with(extension("2.5.29.27", true, &integer(base)))
}

#[test]
fn an_idp_with_reasons_counts_only_together_with_the_lists_of_all_others() {
    let world = world();
    let (keys, others) = (only(&KEYS), only(&OTHERS));
    assert_eq!(world.failed(&[(&keys, &world.ca)]), [REASONS]);
    let (sub, outcome) = world.judge(&[(&keys, &world.ca), (&others, &world.ca)]);
    assert_eq!(sub, None);
    assert_eq!(outcome.statuses[0].further_crls.len(), 1);
    assert_eq!(outcome.proof.unwrap().crls().len(), 3);
    // What either of them lists counts, even alone.
    let revoked = others.clone().revoke(&world.leaf, date(), &[reason(4)]);
    assert_eq!(world.sub(&[(&keys, &world.ca), (&revoked, &world.ca)]), Some(SubIndication::RevokedNoPoe));
    assert_eq!(world.sub(&[(&revoked, &world.ca)]), Some(SubIndication::RevokedNoPoe));
    let held = others.revoke(&world.leaf, date(), &[reason(6)]);
    assert_eq!(world.failed(&[(&keys, &world.ca), (&held, &world.ca)]), ["certificate_is_not_on_hold"]);
    // A list of all reasons stands beside them and is enough.
    assert_eq!(world.sub(&[(&keys, &world.ca), (&CrlSpec::new(6), &world.ca)]), None);
}

#[test]
fn a_distribution_point_with_reasons_limits_what_its_list_counts_for() {
    let point = |reasons: &[u8]| seq(&[tlv(0xa0, &tlv(0xa0, &uri("http://a/"))), tlv(0x81, reasons)]);
    let leaf = |points: &[Vec<u8>]| CertSpec::leaf(7).with(extension("2.5.29.31", false, &seq(points)));
    let named = CrlSpec::new(5).with(issuing_distribution_point(&[uri("http://a/")], &[]));
    let one = world_with(leaf(&[point(&KEYS)]), |_, _| Vec::new());
    assert_eq!(one.failed(&[(&named, &one.ca)]), [REASONS]);
    let both = world_with(leaf(&[point(&KEYS), point(&OTHERS)]), |_, _| Vec::new());
    assert_eq!(both.sub(&[(&named, &both.ca)]), None);
}

#[test]
fn a_delta_without_its_base_says_nothing() {
    let world = world();
    let listed = delta(6, 5).revoke(&world.leaf, date(), &[reason(1)]);
    assert_eq!(world.failed(&[(&listed, &world.ca)]), [UNCOVERED]);
    assert_eq!(world.failed(&[(&delta(6, 5), &world.ca)]), [UNCOVERED]);
}

#[test]
fn a_delta_completes_its_base() {
    let world = world();
    let base = CrlSpec::new(5).revoke(&world.leaf, date(), &[reason(6)]);
    let (empty, ca) = (CrlSpec::new(5), &world.ca);
    assert_eq!(world.sub(&[(&empty, ca), (&delta(6, 5), ca)]), None);
    // Revoked since.
    let listed = delta(6, 4).revoke(&world.leaf, date(), &[reason(1)]);
    let (sub, outcome) = world.judge(&[(&empty, ca), (&listed, ca)]);
    assert_eq!(sub, Some(SubIndication::RevokedNoPoe));
    assert_eq!(outcome.statuses[0].crl.as_ref().unwrap().number.as_deref(), Some("6"), "the delta says so");
    // On hold, gone from hold, revoked after the hold.
    assert_eq!(world.sub(&[(&base, ca)]), Some(SubIndication::TryLater));
    assert_eq!(world.sub(&[(&base, ca), (&delta(6, 5), ca)]), Some(SubIndication::TryLater));
    let removed = delta(6, 5).revoke(&world.leaf, date(), &[reason(8)]);
    assert_eq!(world.sub(&[(&base, ca), (&removed, ca)]), None);
    assert_eq!(world.sub(&[(&base, ca), (&listed, ca)]), Some(SubIndication::RevokedNoPoe));
    // A fresh delta keeps a base in use whose own time has passed.
    let stale = empty.clone().issued(at() - Duration::days(2), at() - Duration::days(1));
    assert_eq!(world.sub(&[(&stale, ca)]), Some(SubIndication::TryLater));
    assert_eq!(world.sub(&[(&stale, ca), (&delta(6, 5), ca)]), None);
}

#[test]
fn a_base_older_than_its_delta_needs_and_a_delta_older_than_its_base_are_not_put_together() {
    let world = world();
    let revoking = |spec: CrlSpec| spec.revoke(&world.leaf, date(), &[reason(1)]);
    let ca = &world.ca;
    // The delta begins after the base: what came between is not known; the base still stands on its own.
    assert_eq!(world.sub(&[(&CrlSpec::new(4), ca), (&revoking(delta(6, 5)), ca)]), None);
    // The base has passed it by.
    assert_eq!(world.sub(&[(&CrlSpec::new(6), ca), (&revoking(delta(6, 5)), ca)]), None);
    // Another scope, another key.
    let users = issuing_distribution_point(&[], &[tlv(0x81, &[0xff])]);
    assert_eq!(world.sub(&[(&CrlSpec::new(5), ca), (&revoking(delta(6, 5).with(users)), ca)]), None);
    let rolled = Entity::new("C=JP,CN=CA");
    let world = world_with(CertSpec::leaf(7), |root, _| vec![CertSpec::ca(3).certificate(root, &rolled)]);
    assert_eq!(world.sub(&[(&CrlSpec::new(5), &world.ca), (&revoking(delta(6, 5)), &rolled)]), None);
}

#[test]
fn base_and_delta_count_in_one_row_of_numbers() {
    let world = world();
    let issued = |spec: CrlSpec, hours: i64| spec.issued(at() - Duration::hours(hours), at() + Duration::hours(20));
    let store = world.store(&[(&issued(CrlSpec::new(5), 9), &world.ca), (&issued(delta(8, 5), 5), &world.ca)]);
    let offer = |spec: CrlSpec| {
        store.offer(spec.der(&world.ca), &world.trust, at()).map(|_| ()).map_err(|refusal| refusal.code)
    };
    assert_eq!(offer(issued(CrlSpec::new(7), 4)), Err("number_falls"), "issued after delta 8");
    assert_eq!(offer(issued(delta(7, 5), 4)), Err("number_falls"));
    assert_eq!(offer(issued(CrlSpec::new(8), 4)), Ok(()), "the complete list of the same moment");
    assert_eq!(offer(issued(delta(9, 8), 3)), Ok(()), "a delta that is without what the complete list has");
    assert_eq!(store.current().len(), 3);
    let mut nameless = delta(1, 0);
    nameless.number = None;
    assert_eq!(offer(nameless), Err("number_missing"));
}

/// cRLIssuer of a distribution point without a name of its own.
fn issued_by(issuer: &str) -> Vec<u8> {
    extension("2.5.29.31", false, &seq(&[seq(&[tlv(0xa2, &directory(issuer))])]))
}

fn indirect(number: u64) -> CrlSpec {
    CrlSpec::new(number).with(issuing_distribution_point(&[], &[tlv(0x84, &[0xff])]))
}

fn may_sign_lists(serial: u64) -> CertSpec {
    CertSpec::new(serial).with(key_usage(&[6]))
}

#[test]
fn an_indirect_list_speaks_for_those_that_name_its_issuer() {
    let office = Entity::new("CN=Lists");
    let of_office = |root: &Entity, _: &Entity| vec![may_sign_lists(9).certificate(root, &office)];
    let world = world_with(CertSpec::leaf(7).with(issued_by("CN=Lists")), of_office);
    let under = |name: &str| entry(&[7], date(), &[reason(1), certificate_issuer(name)]);
    let plain = entry(&[7], date(), &[reason(1)]);
    for (number, (list, expected)) in [
        (indirect(3), None),
        // The serial counts with its issuer, which holds until another is named.
        (indirect(3).entry(under("C=JP,CN=CA")), Some(SubIndication::RevokedNoPoe)),
        (indirect(3).entry(under("C=JP,CN=Other")), None),
        (indirect(3).entry(plain.clone()), None),
        (
            indirect(3).entry(entry(&[8], date(), &[certificate_issuer("C=JP,CN= ca ")])).entry(plain.clone()),
            Some(SubIndication::RevokedNoPoe),
        ),
        // A list of that issuer that does not say that it is indirect.
        (CrlSpec::new(3), Some(SubIndication::TryLater)),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(world.sub(&[(&list, &office)]), expected, "case {number}");
    }
    // Who does not name the office is not spoken for.
    let stranger = world_with(CertSpec::leaf(7), of_office);
    assert_eq!(stranger.failed(&[(&indirect(3), &office)]), [UNCOVERED]);
}

#[test]
fn duplicate_serials_are_legal_in_an_indirect_list_when_their_issuers_differ() {
    let office = Entity::new("CN=Lists");
    let world = world_with(CertSpec::leaf(7).with(issued_by("CN=Lists")), |root, _| {
        vec![may_sign_lists(9).certificate(root, &office)]
    });
    let under = |name: &str| entry(&[7], date(), &[certificate_issuer(name)]);
    let list = indirect(3).entry(under("CN=One")).entry(under("C=JP,CN=CA")).entry(under("CN=Two"));
    assert_eq!(world.sub(&[(&list, &office)]), Some(SubIndication::RevokedNoPoe));
    assert_eq!(world.sub(&[(&indirect(3).entry(under("CN=One")).entry(under("CN=Two")), &office)]), None);
    // The same issuer's serial twice, apart from each other.
    let twice = indirect(3).entry(under("CN=One")).entry(under("CN=Two")).entry(under("CN=One"));
    let refusal = CrlStore::default().offer(twice.der(&office), &world.trust, at()).unwrap_err();
    assert_eq!(refusal.code, "duplicate_serial");
}

#[test]
fn another_key_of_the_cas_name_signs_lists_after_its_own_revocation_check() {
    let other = Entity::new("C=JP,CN=CA");
    let lists_only = |spec: CertSpec| {
        let other = other.clone();
        world_with(CertSpec::leaf(7), move |root, _| vec![spec.certificate(root, &other)])
    };
    let world = lists_only(may_sign_lists(9));
    let empty = CrlSpec::new(5);
    let (sub, outcome) = world.judge(&[(&empty, &other)]);
    assert_eq!(sub, None);
    // For the leaf; for the CA and the signer's certificate.
    let proof = outcome.proof.unwrap();
    assert_eq!(proof.crls().iter().map(|crl| crl.issuer.as_str()).collect::<Vec<_>>(), ["CN=CA,C=JP", "CN=Root"]);
    let revoking = empty.clone().revoke(&world.leaf, date(), &[]);
    assert_eq!(world.sub(&[(&revoking, &other)]), Some(SubIndication::RevokedNoPoe));
    // The list of the very key that issued decides where there is one.
    assert_eq!(world.sub(&[(&CrlSpec::new(2), &world.ca), (&revoking, &other)]), None);
    // The signer is revoked; the root's list says so.
    let revoked = CrlSpec::new(4).entry(entry(&[9], date(), &[]));
    assert_eq!(world.failed(&[(&revoked, &world.root), (&empty, &other)]), [SIGNERS]);
    // A certificate that is no CA's, and that nothing lets sign lists.
    let silent = lists_only(CertSpec::new(9));
    let refusal = CrlStore::default().offer(empty.der(&other), &silent.trust, at()).unwrap_err();
    assert_eq!(refusal.code, "issuer_may_not_sign_crls");
}

#[test]
fn a_list_of_the_same_name_under_another_anchor_says_nothing() {
    let (foreign_root, foreign_anchor) = root("CN=Foreign");
    let foreign = Entity::new("C=JP,CN=CA");
    let mut world = world();
    let mut intermediates = world.trust.intermediates().to_vec();
    intermediates.push(CertSpec::ca(2).certificate(&foreign_root, &foreign));
    let anchors = world.trust.anchors().iter().cloned().chain([foreign_anchor]).collect();
    world.trust = TrustStore::new(anchors, intermediates);
    assert_eq!(world.failed(&[(&CrlSpec::new(5), &foreign), (&CrlSpec::new(1), &foreign_root)]), [SIGNERS]);
}

#[test]
fn lists_whose_signers_rest_on_each_other_prove_nothing() {
    // Two keys of one name, each certified by the CA and each covered by the other's list alone.
    let (one, two) = (Entity::new("CN=One"), Entity::new("CN=Two"));
    let world = world_with(CertSpec::leaf(7).with(issued_by("CN=One")), |_, ca| {
        vec![
            may_sign_lists(8).with(issued_by("CN=Two")).certificate(ca, &one),
            may_sign_lists(9).with(issued_by("CN=One")).certificate(ca, &two),
        ]
    });
    assert_eq!(world.failed(&[(&indirect(3), &one), (&indirect(3), &two)]), [SIGNERS]);
    // One that the CA lets speak for itself does, until its own list names it.
    let world = world_with(CertSpec::leaf(7).with(issued_by("CN=One")), |_, ca| {
        vec![may_sign_lists(8).with(issued_by("CN=One")).certificate(ca, &one)]
    });
    assert_eq!(world.sub(&[(&indirect(3), &one)]), None);
    let itself = indirect(3).entry(entry(&[8], date(), &[certificate_issuer("C=JP,CN=CA")]));
    assert_eq!(world.failed(&[(&itself, &one)]), [SIGNERS]);
}

#[test]
fn a_negative_serial_is_read_found_and_linted() {
    let mut leaf = CertSpec::leaf(1);
    leaf.serial = vec![0xff];
    let world = world_with(leaf, |_, _| Vec::new());
    let of = |serial: &[u8]| CrlSpec::new(5).entry(entry(serial, date(), &[]));
    assert_eq!(world.sub(&[(&of(&[0xff]), &world.ca)]), Some(SubIndication::RevokedNoPoe));
    // 255 is another serial than -1.
    assert_eq!(world.sub(&[(&of(&[0, 0xff]), &world.ca)]), None);
    let der = of(&[0xff]).der(&world.ca);
    let names: Vec<_> = lints(&ParsedCrl::from_der(&der).unwrap()).into_iter().map(|lint| lint.name).collect();
    assert_eq!(names, ["serials_are_positive"]);
}

#[test]
fn a_path_goes_around_a_revoked_cross_certificate() {
    // leaf <- CA <- Root, and leaf <- CA <- Bridge <- Root; the first certificate of the CA is revoked.
    let (root, anchor) = root("CN=Root");
    let (bridge, ca) = (Entity::new("CN=Bridge"), Entity::new("C=JP,CN=CA"));
    let direct = CertSpec::ca(2).certificate(&root, &ca);
    let crossed = CertSpec::ca(3).certificate(&bridge, &ca);
    let of_bridge = CertSpec::ca(4).certificate(&root, &bridge);
    let leaf = CertSpec::leaf(7).certificate(&ca, &Entity::new("CN=leaf"));
    let policies = PolicyInputs::any();
    let request = PathRequest { at: at(), extra: &[], purpose: Purpose::Any, policies: &policies };
    let judge = |of_root: &CrlSpec, intermediates: Vec<Arc<Certificate>>| {
        let trust = TrustStore::new(vec![anchor.clone()], intermediates);
        let store = CrlStore::default();
        for (spec, signer) in [(of_root, &root), (&CrlSpec::new(1), &bridge), (&CrlSpec::new(1), &ca)] {
            let _ = store.offer(spec.der(signer), &trust, at());
        }
        let snapshot = store.current();
        // Twice: the second time by the paths that were kept.
        let judge = || {
            let mut work = PathWork::default();
            let (path, revocation) = validate_with_revocation((&trust, &snapshot), &leaf, &request, None, &mut work);
            (path.candidate.len(), conclude(&revocation.unwrap().checks).1)
        };
        assert_eq!(judge(), judge());
        judge()
    };
    let revoking = |certificate: &Certificate| CrlSpec::new(1).revoke(certificate, date(), &[]);
    let all = || vec![direct.clone(), crossed.clone(), of_bridge.clone()];
    assert_eq!(judge(&CrlSpec::new(1), all()), (3, None));
    assert_eq!(judge(&revoking(&direct), all()), (4, None));
    assert_eq!(judge(&revoking(&of_bridge), all()), (3, None));
    let both = revoking(&direct).revoke(&of_bridge, date(), &[]);
    assert_eq!(judge(&both, all()), (3, Some(SubIndication::RevokedCaNoPoe)));
    assert_eq!(judge(&revoking(&direct), vec![direct.clone()]), (3, Some(SubIndication::RevokedCaNoPoe)));
}

#[test]
fn deltas_that_freshest_crl_points_to_are_missed_when_they_are_not_there() {
    let freshest = || extension("2.5.29.46", false, &seq(&[seq(&[tlv(0xa0, &tlv(0xa0, &uri("http://a/")))])]));
    let status = |world: &World, lists: &[(&CrlSpec, &Entity)]| {
        let (sub, outcome) = world.judge(lists);
        assert_eq!(sub, None, "a warning is no failure");
        let check = outcome.checks.into_iter().find(|check| check.name == "freshest_lists_are_at_hand");
        check.map(|check| check.status)
    };
    let (plain, pointed) = (world(), world_with(CertSpec::leaf(7).with(freshest()), |_, _| Vec::new()));
    let (complete, pointing) = (CrlSpec::new(5), CrlSpec::new(5).with(freshest()));
    assert_eq!(status(&plain, &[(&complete, &plain.ca)]), None);
    assert_eq!(status(&plain, &[(&pointing, &plain.ca)]), Some(CheckStatus::Warning));
    assert_eq!(status(&pointed, &[(&complete, &pointed.ca)]), Some(CheckStatus::Warning));
    assert_eq!(status(&pointed, &[(&complete, &pointed.ca), (&delta(6, 5), &pointed.ca)]), Some(CheckStatus::Passed));
    // The complete list has what the latest delta has.
    assert_eq!(status(&plain, &[(&pointing, &plain.ca), (&delta(5, 4), &plain.ca)]), Some(CheckStatus::Passed));
}

#[test]
fn each_kind_of_list_has_its_lints() {
    let world = world();
    let freshest = extension("2.5.29.46", true, &seq(&[seq(&[tlv(0xa0, &tlv(0xa0, &uri("http://a/")))])]));
    let names = |spec: CrlSpec| -> Vec<&'static str> {
        let der = spec.der(&world.ca);
        lints(&ParsedCrl::from_der(&der).unwrap()).into_iter().map(|lint| lint.name).collect()
    };
    assert_eq!(names(delta(6, 5)), Vec::<&str>::new());
    assert_eq!(
        names(CrlSpec::new(6).with(extension("2.5.29.27", false, &integer(5)))),
        ["delta_crl_indicator_is_critical"]
    );
    assert_eq!(names(CrlSpec::new(6).with(freshest.clone())), ["freshest_crl_is_not_critical"]);
    assert_eq!(
        names(delta(6, 5).with(freshest)),
        ["freshest_crl_is_not_critical", "freshest_crl_is_in_complete_lists_only"]
    );
    assert_eq!(
        names(CrlSpec::new(6).with(issuing_distribution_point(&[], &[]))),
        ["issuing_distribution_point_is_not_empty"]
    );
    let removing = |spec: CrlSpec| spec.entry(entry(&[7], date(), &[reason(8)]));
    assert_eq!(names(removing(CrlSpec::new(6))), ["remove_from_crl_is_in_deltas_only"]);
    assert_eq!(names(removing(delta(6, 5))), Vec::<&str>::new());
}
