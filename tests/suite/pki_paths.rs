//! Paths: generations of one name, what RFC 5280 section 6 refuses, and what is kept about CAs.
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use madoguchi::pki::certificate::{Certificate, Oid};
use madoguchi::pki::path::{PathOutcome, PathRequest, PolicyInputs, Purpose, validate};
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::verdict::{SubIndication, conclude};

use crate::support::der_pki::*;

fn judge_at(
    trust: &TrustStore,
    target: &Arc<Certificate>,
    extra: &[Arc<Certificate>],
    policies: &PolicyInputs,
    at: DateTime<Utc>,
) -> PathOutcome {
    validate(trust, target, &PathRequest { at, extra, purpose: Purpose::Any, policies })
}

pub fn judge(trust: &TrustStore, target: &Arc<Certificate>, extra: &[Arc<Certificate>]) -> PathOutcome {
    judge_at(trust, target, extra, &PolicyInputs::any(), at())
}

pub fn sub(outcome: &PathOutcome) -> Option<SubIndication> {
    assert_eq!(outcome.chain.is_some(), conclude(&outcome.checks).1.is_none(), "{:?}", outcome.checks);
    conclude(&outcome.checks).1
}

pub fn failed(outcome: &PathOutcome) -> Vec<&'static str> {
    outcome.checks.iter().filter(|check| check.is_failed()).map(|check| check.name).collect()
}

#[test]
fn the_issuer_is_found_by_key_among_generations_of_one_name() {
    let generations: Vec<_> = (0..3).map(|_| root("C=JP,O=JPKI,OU=JPKI for digital signature")).collect();
    let trust = TrustStore::new(generations.iter().map(|(_, cert)| cert.clone()).collect(), Vec::new());
    for key_ids in [true, false] {
        for (ca, ca_certificate) in &generations {
            let mut spec = CertSpec::leaf(7);
            spec.key_ids = key_ids;
            let leaf = spec.certificate(ca, &Entity::new("CN=leaf"));
            let outcome = judge(&trust, &leaf, &[]);
            assert_eq!(sub(&outcome), None);
            assert_eq!(outcome.chain.unwrap().certificates()[1], *ca_certificate);
        }
    }
}

#[test]
fn a_ca_of_the_same_name_with_another_key_is_no_issuer() {
    let (_, trusted) = root("CN=Root");
    let (forger, _) = root("CN=Root");
    let leaf = CertSpec::leaf(7).certificate(&forger, &Entity::new("CN=leaf"));
    let outcome = judge(&TrustStore::new(vec![trusted], Vec::new()), &leaf, &[]);
    assert_eq!(sub(&outcome), Some(SubIndication::NoCertificateChainFound));
    assert_eq!(failed(&outcome), ["path_to_trust_anchor_is_found"]);
}

#[test]
fn a_key_identifier_that_lies_is_overruled_by_the_signature() {
    let (first, first_certificate) = root("CN=Root");
    let (second, second_certificate) = root("CN=Root");
    let lying = extension("2.5.29.35", false, &seq(&[tlv(0x80, &second.key_id())]));
    let leaf = CertSpec::leaf(7).without_key_ids().with(lying).certificate(&first, &Entity::new("CN=leaf"));
    let trust = TrustStore::new(vec![second_certificate, first_certificate.clone()], Vec::new());
    assert_eq!(judge(&trust, &leaf, &[]).chain.unwrap().certificates()[1], first_certificate);
}

/// root -> CA (made from `ca`) -> leaf (made from `leaf`), judged with the CA as an intermediate.
fn three_tier(ca: CertSpec, leaf: CertSpec) -> PathOutcome {
    let (root, root_certificate) = root("CN=Root");
    let (ca_entity, leaf_entity) = (Entity::new("CN=CA"), Entity::new("C=JP,L=Tokyo,CN=leaf"));
    let ca = ca.certificate(&root, &ca_entity);
    let leaf = leaf.certificate(&ca_entity, &leaf_entity);
    let outcome = judge(&TrustStore::new(vec![root_certificate.clone()], vec![ca.clone()]), &leaf, &[]);
    // Where the CA comes with the message the verdict is the same.
    let from_message = judge(&TrustStore::new(vec![root_certificate], Vec::new()), &leaf, &[leaf.clone(), ca]);
    assert_eq!(outcome.checks, from_message.checks);
    outcome
}

#[test]
fn a_path_that_holds_passes_every_check() {
    let outcome = three_tier(CertSpec::ca(2), CertSpec::leaf(3));
    assert_eq!(sub(&outcome), None);
    assert_eq!(outcome.chain.unwrap().certificates().len(), 3);
}

#[test]
fn what_breaks_rfc_5280_is_named() {
    let past = (at() - Duration::days(30), at() - Duration::days(1));
    let future = (at() + Duration::days(1), at() + Duration::days(30));
    let not_a_ca = CertSpec::new(2).with(basic_constraints(false, None)).with(key_usage(&[5, 6]));
    let unknown = extension("1.2.3.4", true, &[5, 0]);
    let cases: Vec<(&str, CertSpec, CertSpec)> = vec![
        ("issuers_are_certification_authorities", not_a_ca, CertSpec::leaf(3)),
        ("issuers_are_certification_authorities", CertSpec::new(2).with(key_usage(&[5])), CertSpec::leaf(3)),
        (
            "issuers_may_sign_certificates",
            CertSpec::new(2).with(basic_constraints(true, None)).with(key_usage(&[6])),
            CertSpec::leaf(3),
        ),
        ("ca_certificates_are_valid_at_the_time", CertSpec::ca(2).valid(past.0, past.1), CertSpec::leaf(3)),
        ("ca_certificates_are_valid_at_the_time", CertSpec::ca(2).valid(future.0, future.1), CertSpec::leaf(3)),
        ("critical_extensions_are_known", CertSpec::ca(2).with(unknown.clone()), CertSpec::leaf(3)),
        ("critical_extensions_are_known", CertSpec::ca(2), CertSpec::leaf(3).with(unknown)),
    ];
    for (check, ca, leaf) in cases {
        let outcome = three_tier(ca, leaf);
        assert_eq!(failed(&outcome), [check]);
        assert_eq!(sub(&outcome), Some(SubIndication::CertificateChainGeneralFailure));
    }
}

#[test]
fn every_failure_is_listed_not_the_first_alone() {
    let ca = CertSpec::new(2).with(key_usage(&[6])).with(extension("1.2.3.4", true, &[5, 0]));
    let outcome = three_tier(ca.valid(at() - Duration::days(9), at() - Duration::days(1)), CertSpec::leaf(3));
    assert_eq!(
        failed(&outcome),
        [
            "ca_certificates_are_valid_at_the_time",
            "issuers_are_certification_authorities",
            "issuers_may_sign_certificates",
            "critical_extensions_are_known",
        ]
    );
}

#[test]
fn path_length_counts_no_self_issued_certificate() {
    let (root, root_certificate) = root("CN=Root");
    let (one, one_next, two, leaf) =
        (Entity::new("CN=One"), Entity::new("CN=One"), Entity::new("CN=Two"), Entity::new("CN=leaf"));
    let limited = CertSpec::new(2).with(basic_constraints(true, Some(0))).with(key_usage(&[5, 6]));
    let one_certificate = limited.certificate(&root, &one);
    let rollover = CertSpec::ca(3).certificate(&one, &one_next);
    let under_rollover = CertSpec::leaf(4).certificate(&one_next, &leaf);
    let trust = TrustStore::new(vec![root_certificate], vec![one_certificate, rollover]);
    assert_eq!(sub(&judge(&trust, &under_rollover, &[])), None);
    let too_deep = CertSpec::ca(5).certificate(&one, &two);
    let under_two = CertSpec::leaf(6).certificate(&two, &leaf);
    let outcome = judge(&trust, &under_two, &[too_deep]);
    assert_eq!(failed(&outcome), ["path_length_constraints_hold"]);
}

pub fn constraints(permitted: &[Vec<u8>], excluded: &[Vec<u8>]) -> Vec<u8> {
    let list = |tag: u8, bases: &[Vec<u8>]| {
        let subtrees: Vec<Vec<u8>> = bases.iter().map(|base| seq(std::slice::from_ref(base))).collect();
        (!bases.is_empty()).then(|| tlv(tag, &subtrees.concat()))
    };
    let parts: Vec<Vec<u8>> = [list(0xa0, permitted), list(0xa1, excluded)].into_iter().flatten().collect();
    extension("2.5.29.30", true, &seq(&parts))
}

#[test]
fn name_constraints_are_kept() {
    let mail = |text: &str| tlv(0x81, text.as_bytes());
    let alt = |name: Vec<u8>| extension("2.5.29.17", false, &seq(&[name]));
    let cases: Vec<(bool, Vec<u8>, CertSpec)> = vec![
        (true, constraints(&[directory("C=JP")], &[]), CertSpec::leaf(3)),
        (true, constraints(&[directory("C=JP,L=TOKYO")], &[]), CertSpec::leaf(3)),
        (false, constraints(&[directory("C=JP,L=Osaka")], &[]), CertSpec::leaf(3)),
        (false, constraints(&[], &[directory("C=JP")]), CertSpec::leaf(3)),
        (true, constraints(&[], &[directory("C=JP,L=Osaka")]), CertSpec::leaf(3)),
        (true, constraints(&[mail("example.com")], &[]), CertSpec::leaf(3).with(alt(mail("a@example.com")))),
        (false, constraints(&[mail("example.com")], &[]), CertSpec::leaf(3).with(alt(mail("a@example.org")))),
        (false, constraints(&[], &[uri(".example.com")]), CertSpec::leaf(3).with(alt(uri("https://a.example.com/")))),
        (false, constraints(&[uri("example.com")], &[]), CertSpec::leaf(3).with(alt(uri("urn:x:y")))),
        (true, constraints(&[mail("example.com")], &[]), CertSpec::leaf(3).with(alt(uri("https://other.org/")))),
    ];
    let dns = |text: &str| tlv(0x82, text.as_bytes());
    let ip = |octets: &[u8]| tlv(0x87, octets);
    let other = |kind: &str, value: Vec<u8>| tlv(0xa0, &[oid(kind), tlv(0xa0, &value)].concat());
    let mailbox = |text: &str| other("1.3.6.1.5.5.7.8.9", tlv(0x0c, text.as_bytes()));
    let with = |name: Vec<u8>| CertSpec::leaf(3).with(alt(name));
    let ten = ip(&[10, 0, 0, 0, 255, 0, 0, 0]);
    let mut cases = cases;
    cases.extend([
        (true, constraints(&[dns("example.com")], &[]), with(dns("a.example.com"))),
        (false, constraints(&[dns("example.com")], &[]), with(dns("aexample.com"))),
        (false, constraints(&[], &[dns("example.com")]), with(dns("A.EXAMPLE.com"))),
        (true, constraints(std::slice::from_ref(&ten), &[]), with(ip(&[10, 9, 8, 7]))),
        (false, constraints(std::slice::from_ref(&ten), &[]), with(ip(&[11, 9, 8, 7]))),
        (false, constraints(&[], std::slice::from_ref(&ten)), with(ip(&[10, 9, 8, 7]))),
        // Another length is another form.
        (true, constraints(std::slice::from_ref(&ten), &[]), with(ip(&[0; 16]))),
        (false, constraints(&[ip(&[10, 0, 0])], &[]), with(ip(&[10, 9, 8, 7]))),
        (true, constraints(&[mail("example.com")], &[]), with(mailbox("\u{8001}@example.com"))),
        (false, constraints(&[mail("example.com")], &[]), with(mailbox("\u{8001}@example.org"))),
        (false, constraints(&[], &[mail("")]), with(mailbox("\u{8001}@example.org"))),
        (true, constraints(&[], &[mail("example.com")]), with(mailbox("\u{8001}@example.org"))),
        // Forms whose constraints have no rule are refused where a constraint and a name of the form meet.
        (false, constraints(&[other("1.2.3.4", integer(1))], &[]), with(other("1.2.3.4", integer(1)))),
        (true, constraints(&[other("1.2.3.5", integer(1))], &[]), with(other("1.2.3.4", integer(1)))),
        (false, constraints(&[], &[tlv(0x88, &[42, 3])]), with(tlv(0x88, &[42, 4]))),
        (false, constraints(&[], &[tlv(0xa3, &[5, 0])]), with(tlv(0xa3, &[5, 0]))),
    ]);
    for (number, (holds, constraint, leaf)) in cases.into_iter().enumerate() {
        let outcome = three_tier(CertSpec::ca(2).with(constraint), leaf);
        let expected: &[&str] = if holds { &[] } else { &["name_constraints_hold"] };
        assert_eq!(failed(&outcome), expected, "case {number}");
    }
}

#[test]
fn two_cas_of_one_name_and_key_identifier_are_told_apart_by_signature() {
    // Two CAs under one root say that they have the same name and the same key identifier.
    let (root, root_certificate) = root("CN=Root");
    let same_id = extension("2.5.29.14", false, &tlv(4, &[7; 20]));
    let of_same_id = extension("2.5.29.35", false, &seq(&[tlv(0x80, &[7; 20])]));
    let twins: Vec<Entity> = (0..2).map(|_| Entity::new("CN=Twin")).collect();
    let spec = CertSpec::ca(2).without_key_ids().with(same_id);
    let certificates: Vec<_> = twins.iter().map(|twin| spec.certificate(&root, twin)).collect();
    let trust = TrustStore::new(vec![root_certificate], certificates.clone());
    for (twin, certificate) in twins.iter().zip(&certificates) {
        let leaf = CertSpec::leaf(3).without_key_ids().with(of_same_id.clone());
        let outcome = judge(&trust, &leaf.certificate(twin, &Entity::new("CN=leaf")), &[]);
        assert_eq!(sub(&outcome), None);
        assert_eq!(outcome.chain.unwrap().certificates()[1], *certificate);
    }
}

const GOOD: &str = "1.2.392.200149.8.5.1.1.20";
const OTHER: &str = "1.2.392.200149.8.5.1.3.30";

#[test]
fn policies_are_intersected_and_mapped() {
    let (root, root_certificate) = root("CN=Root");
    let (ca, leaf) = (Entity::new("CN=CA"), Entity::new("CN=leaf"));
    let mapping = extension("2.5.29.33", true, &seq(&[seq(&[oid(GOOD), oid(OTHER)])]));
    let plain = CertSpec::ca(2).with(policies(&[GOOD])).certificate(&root, &ca);
    let any = CertSpec::ca(3).with(policies(&["2.5.29.32.0"])).certificate(&root, &ca);
    let mapped = CertSpec::ca(4).with(policies(&[GOOD])).with(mapping).certificate(&root, &ca);
    let good = CertSpec::leaf(5).with(policies(&[GOOD])).certificate(&ca, &leaf);
    let other = CertSpec::leaf(6).with(policies(&[OTHER])).certificate(&ca, &leaf);
    let none = CertSpec::leaf(7).certificate(&ca, &leaf);
    let of = |text: &str| Oid::from_text(text).unwrap();
    let explicit = |initial: &[&str], inhibit_mapping: bool| PolicyInputs {
        initial_policies: initial.iter().map(|text| of(text)).collect(),
        require_explicit_policy: true,
        inhibit_policy_mapping: inhibit_mapping,
        inhibit_any_policy: false,
    };
    let cases = [
        (&plain, &good, explicit(&[], false), Some(vec![of(GOOD)])),
        (&plain, &good, explicit(&[GOOD], false), Some(vec![of(GOOD)])),
        (&plain, &good, explicit(&[OTHER], false), None),
        (&plain, &other, explicit(&[], false), None),
        (&plain, &none, explicit(&[], false), None),
        (&plain, &none, PolicyInputs::any(), Some(vec![])),
        (&any, &other, explicit(&[OTHER], false), Some(vec![of(OTHER)])),
        (&mapped, &other, explicit(&[GOOD], false), Some(vec![of(GOOD)])),
        (&mapped, &other, explicit(&[OTHER], false), None),
        (&mapped, &other, explicit(&[GOOD], true), None),
    ];
    for (number, (ca, leaf, inputs, expected)) in cases.into_iter().enumerate() {
        let trust = TrustStore::new(vec![root_certificate.clone()], vec![ca.clone()]);
        // Twice: the second time by what was kept.
        for _ in 0..2 {
            let outcome = judge_at(&trust, leaf, &[], &inputs, at());
            assert_eq!(outcome.chain.is_some(), expected.is_some(), "case {number}: {:?}", outcome.checks);
            assert_eq!(outcome.valid_policies, expected.clone().unwrap_or_default(), "case {number}");
        }
    }
}

/// certificatePolicies of GOOD with one qualifier.
fn qualified(critical: bool, qualifier: &str) -> Vec<u8> {
    let qualifiers = seq(&[seq(&[oid(qualifier), tlv(0x16, b"https://example.com/cps")])]);
    extension("2.5.29.32", critical, &seq(&[seq(&[oid(GOOD), qualifiers])]))
}

#[test]
fn qualifiers_of_a_critical_policy_must_be_understood() {
    const CPS: &str = "1.3.6.1.5.5.7.2.1";
    for (critical, qualifier, holds) in
        [(true, CPS, true), (false, CPS, true), (false, "1.2.3.4", true), (true, "1.2.3.4", false)]
    {
        let outcome = three_tier(CertSpec::ca(2), CertSpec::leaf(3).with(qualified(critical, qualifier)));
        let expected: &[&str] = if holds { &[] } else { &["critical_extensions_are_known"] };
        assert_eq!(failed(&outcome), expected, "{critical} {qualifier}");
    }
    let (ca, _) = root("CN=CA");
    let leaf = CertSpec::leaf(3).with(qualified(true, CPS)).certificate(&ca, &Entity::new("CN=leaf"));
    let told = leaf.policy_qualifiers();
    assert_eq!((told.len(), told[0].policy.as_str()), (1, GOOD));
    assert_eq!(told[0].practice_statements, ["https://example.com/cps"]);
}

#[test]
fn where_no_path_is_found_it_is_told_what_stood_in_the_way() {
    let (root, root_certificate) = root("CN=Root");
    let (ca, stranger) = (Entity::new("CN=CA"), Entity::new("CN=Root"));
    let leaf = CertSpec::leaf(3).certificate(&ca, &Entity::new("CN=leaf"));
    let under = |issuer: &Entity| CertSpec::ca(2).certificate(issuer, &ca);
    let told = |intermediates: Vec<Arc<Certificate>>| {
        let outcome = judge(&TrustStore::new(vec![root_certificate.clone()], intermediates), &leaf, &[]);
        assert_eq!(failed(&outcome), ["path_to_trust_anchor_is_found"]);
        outcome.checks.into_iter().find(|check| check.is_failed()).unwrap().detail
    };
    assert!(told(vec![]).contains("has the name of its issuer"));
    assert!(told(vec![CertSpec::ca(2).certificate(&root, &Entity::new("CN=CA"))]).contains("has the key"));
    assert!(told(vec![under(&stranger)]).contains("leads from its issuer"));
}

#[test]
fn a_kept_path_is_not_used_outside_its_time() {
    let (root, root_certificate) = root("CN=Root");
    let (ca, leaf) = (Entity::new("CN=CA"), Entity::new("CN=leaf"));
    let until = at() + Duration::days(10);
    let ca_certificate = CertSpec::ca(2).valid(at() - Duration::days(1), until).certificate(&root, &ca);
    let leaf = CertSpec::leaf(3).certificate(&ca, &leaf);
    let trust = TrustStore::new(vec![root_certificate], vec![ca_certificate]);
    let any = PolicyInputs::any();
    for _ in 0..2 {
        assert_eq!(sub(&judge_at(&trust, &leaf, &[], &any, until)), None);
        let after = judge_at(&trust, &leaf, &[], &any, until + Duration::seconds(1));
        assert_eq!(failed(&after), ["ca_certificates_are_valid_at_the_time"]);
        let before = judge_at(&trust, &leaf, &[], &any, at() - Duration::days(2));
        assert_eq!(failed(&before), ["ca_certificates_are_valid_at_the_time"]);
    }
}

#[test]
fn a_trust_folder_with_an_unreadable_file_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (anchors, intermediates) = (folder.path().join("anchors"), folder.path().join("intermediates"));
    std::fs::create_dir(&anchors).unwrap();
    assert!(TrustStore::load(&anchors, &intermediates).unwrap_err().contains("holds no certificate"));
    let (_, certificate) = root("CN=Root");
    std::fs::write(anchors.join("root.der"), certificate.der()).unwrap();
    let trust = TrustStore::load(&anchors, &intermediates).unwrap();
    assert_eq!(trust.digest(), TrustStore::new(vec![certificate.clone()], Vec::new()).digest());
    assert_ne!(trust.digest(), TrustStore::new(Vec::new(), vec![certificate]).digest());
    std::fs::write(anchors.join("notes.txt"), "not a certificate").unwrap();
    assert!(TrustStore::load(&anchors, &intermediates).unwrap_err().contains("notes.txt"));
}
