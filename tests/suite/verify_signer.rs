//! The table of the public contract, section 3: what can be wrong with the signer's certificate, its path and its
//! revocation, and what the verdict is.
use chrono::{DateTime, Utc};
use madoguchi::signature::policy::SignaturePolicy;
use madoguchi::verdict::SubIndication;

use crate::support::case::*;
use crate::support::mini_pki::*;

#[test]
fn paths() {
    use SubIndication as S;
    let world = &*WORLD;
    let stranger = issue(None, &Profile::ca("Stranger"), rsa(2048));
    let namesake = issue(None, &Profile::ca("Root"), rsa(2048));
    // A chain of its own: a CA of this profile under the root, and a leaf under it.
    let under = |profile: Profile| {
        let ca = issue(Some(&world.root), &profile, rsa(2048));
        let leaf = issue(Some(&ca), &Profile::leaf("Leaf"), world.leaf_key.clone());
        Case::of(Cms::cades(&leaf, DOCUMENT).build()).with(|case| {
            case.extra = vec![ca.der()];
            case.crls = vec![world.root.crl(day(-2), day(30), &[]), ca.crl(day(-2), day(30), &[])];
        })
    };
    let short = issue(Some(&world.root), &Profile { ca: Some(Some(0)), ..Profile::ca("Short") }, rsa(2048));
    let beyond = issue(Some(&short), &Profile::ca("Beyond"), rsa(2048));
    let too_deep = issue(Some(&beyond), &Profile::leaf("Deep"), world.leaf_key.clone());
    let too_deep = Case::of(Cms::cades(&too_deep, DOCUMENT).build()).with(|case| {
        case.extra = vec![short.der(), beyond.der()];
        case.crls = [&world.root, &short, &beyond].map(|ca| ca.crl(day(-2), day(30), &[])).to_vec();
    });
    let constraint = tlv(
        0x30,
        &[&tlv(
            0xa0,
            &[&tlv(
                0x30,
                &[&tlv(0xa4, &[&tlv(0x30, &[&tlv(0x31, &[&tlv(0x30, &[&oid("2.5.4.6"), &tlv(0x13, &[b"DE"])])])])])],
            )],
        )],
    );
    hold(vec![
        ("another anchor", Case::good().with(|case| case.anchors = vec![stranger.der()]), S::NoCertificateChainFound),
        (
            "an anchor of the same name",
            Case::good().with(|case| case.anchors = vec![namesake.der()]),
            S::NoCertificateChainFound,
        ),
        ("no intermediate", Case::good().with(|case| case.extra.clear()), S::NoCertificateChainFound),
        ("no CA flag", under(Profile { ca: None, ..Profile::ca("NoFlag") }), S::CertificateChainGeneralFailure),
        (
            "no keyCertSign",
            under(Profile { key_usage: Some(0x02), ..Profile::ca("NoSign") }),
            S::CertificateChainGeneralFailure,
        ),
        (
            "an expired CA",
            under(Profile { not_after: day(-1), ..Profile::ca("Old") }),
            S::CertificateChainGeneralFailure,
        ),
        ("beyond the path length", too_deep, S::CertificateChainGeneralFailure),
        (
            "a name constraint",
            under(Profile { extra: vec![("2.5.29.30", true, constraint)], ..Profile::ca("Narrow") }),
            S::CertificateChainGeneralFailure,
        ),
        (
            "an unknown critical extension",
            Case::by(&Profile { extra: vec![("1.2.3.4.5", true, vec![5, 0])], ..Profile::leaf("x") }),
            S::CertificateChainGeneralFailure,
        ),
    ]);
    assert_eq!(under(Profile::ca("Fine")).verdict(), None, "the chain of its own is right when nothing is wrong");
}

#[test]
fn the_signers_certificate() {
    use SubIndication::ChainConstraintsFailure as Expected;
    let authentication = Profile { key_usage: Some(DIGITAL_SIGNATURE), ..Profile::leaf("Auth") };
    let signing =
        Profile { policy: Some("1.2.392.200149.8.5.1.1.20"), extra: vec![name_attribute()], ..Profile::leaf("Sign") };
    let jpki = |profile: Profile| Case::by(&profile).with(|case| case.policy = SignaturePolicy::jpki());
    let authentication_ca = {
        let unit = Some("JPKI for user authentication");
        let profile = Profile { unit, policy: Some(ANY_POLICY), ..Profile::ca("Auth CA") };
        let ca = issue(Some(&WORLD.root), &profile, rsa(2048));
        let leaf = issue(Some(&ca), &signing, WORLD.leaf_key.clone());
        Case::of(Cms::cades(&leaf, DOCUMENT).build()).with(|case| {
            case.extra = vec![ca.der()];
            case.crls = vec![WORLD.root.crl(day(-2), day(30), &[]), ca.crl(day(-2), day(30), &[])];
            case.policy = SignaturePolicy::jpki();
        })
    };
    hold(vec![
        ("key usage without nonRepudiation", Case::by(&authentication), Expected),
        (
            "the policy for authentication",
            jpki(Profile { policy: Some("1.2.392.200149.8.5.1.3.30"), ..signing.clone() }),
            Expected,
        ),
        ("no policy at all", jpki(Profile { policy: None, ..signing.clone() }), Expected),
        ("no key usage under jpki", jpki(Profile { key_usage: None, ..signing.clone() }), Expected),
        ("no name under jpki", jpki(Profile { extra: vec![], ..signing.clone() }), Expected),
        ("the CA for authentication", authentication_ca, Expected),
    ]);
    assert_eq!(jpki(signing).verdict(), None);
    assert_eq!(Case::by(&Profile { key_usage: None, ..Profile::leaf("x") }).verdict(), None, "generic: no key usage");
    assert_eq!(Case::by(&Profile { key_usage: Some(NON_REPUDIATION), ..Profile::leaf("x") }).verdict(), None);
}

/// The policies that the signature policy lists are what the whole path is validated for (RFC 5280 6.1.1 (c)), not a
/// word of the signer's certificate alone.
#[test]
fn every_certificate_of_the_path_bears_the_policy_for_signing() {
    const SIGNING: &str = "1.2.392.200149.8.5.1.1.20";
    const OTHER: &str = "1.2.3.4";
    let mapping = |from: &str, to: &str| ("2.5.29.33", true, tlv(0x30, &[&tlv(0x30, &[&oid(from), &oid(to)])]));
    let inhibit_any = ("2.5.29.54", true, tlv(2, &[&[0]]));
    let case = |ca: Profile, leaf: &'static str| {
        let ca = issue(Some(&WORLD.root), &ca, rsa(2048));
        let leaf = Profile { policy: Some(leaf), extra: vec![name_attribute()], ..Profile::leaf("Sign") };
        let leaf = issue(Some(&ca), &leaf, WORLD.leaf_key.clone());
        Case::of(Cms::cades(&leaf, DOCUMENT).build()).with(|case| {
            case.extra = vec![ca.der()];
            case.crls = vec![WORLD.root.crl(day(-2), day(30), &[]), ca.crl(day(-2), day(30), &[])];
            case.policy = SignaturePolicy::jpki();
        })
    };
    let ca = |policy| Profile { policy, ..Profile::ca("Policy CA") };
    let mapped = |from, to| Profile { extra: vec![mapping(from, to)], ..ca(Some(from)) };
    for (name, case) in [
        ("the same policy", case(ca(Some(SIGNING)), SIGNING)),
        ("any policy above", case(ca(Some(ANY_POLICY)), SIGNING)),
        ("a policy that the CA maps from it", case(mapped(SIGNING, OTHER), OTHER)),
    ] {
        assert_eq!(case.verdict(), None, "{name}");
    }
    let no_any = Profile { extra: vec![inhibit_any], ..ca(Some(SIGNING)) };
    use SubIndication::ChainConstraintsFailure as Expected;
    hold(vec![
        ("a CA without policies", case(ca(None), SIGNING), Expected),
        ("a CA of another policy", case(ca(Some(OTHER)), SIGNING), Expected),
        ("a policy that the CA maps to another", case(mapped(SIGNING, OTHER), SIGNING), Expected),
        ("a policy mapped from another", case(mapped(OTHER, SIGNING), SIGNING), Expected),
        ("any policy in the signer's, which the CA forbids", case(no_any, ANY_POLICY), Expected),
    ]);
    let report = case(ca(None), SIGNING).verify().report;
    let failed: Vec<_> =
        report.signatures[0].checks.iter().filter(|check| check.is_failed()).map(|check| check.name).collect();
    assert_eq!(failed, ["certificate_policy_is_for_signing"], "the path itself holds");
}

/// subjectAltName with the card profile's name attribute alone.
fn name_attribute() -> (&'static str, bool, Vec<u8>) {
    let value = tlv(0xa0, &[&tlv(0x0c, &["山田　花子".as_bytes()])]);
    ("2.5.29.17", false, tlv(0x30, &[&tlv(0xa0, &[&oid("1.2.392.200149.8.5.5.1"), &value])]))
}

#[test]
fn validity_and_revocation() {
    use SubIndication as S;
    let world = &*WORLD;
    let crls = |root: &[(u32, DateTime<Utc>, Option<u8>)], intermediate: &[(u32, DateTime<Utc>, Option<u8>)]| {
        vec![world.root.crl(day(-2), day(30), root), world.intermediate.crl(day(-2), day(30), intermediate)]
    };
    let listed = |root: &[_], intermediate: &[_]| Case::good().with(|case| case.crls = crls(root, intermediate));
    let expired = || Case::by(&Profile { not_after: day(-1), ..Profile::leaf("Expired") });
    let revoked = || listed(&[], &[(0x1234, day(-5), None)]);
    let stale = world.intermediate.crl(day(-40), day(-10), &[]);
    let mut forged = world.intermediate.crl(day(-2), day(30), &[]);
    *forged.last_mut().unwrap() ^= 1;
    let other = issue(None, &Profile::ca("Intermediate"), rsa(2048)).crl(day(-2), day(30), &[]);
    let with_list = |list: Vec<u8>| Case::good().with(|case| case.crls[1] = list);
    hold(vec![
        ("not yet valid", Case::by(&Profile { not_before: day(1), ..Profile::leaf("Young") }), S::NotYetValid),
        ("expired", expired(), S::OutOfBoundsNotRevoked),
        ("expired, revocation unknown", expired().with(|case| case.crls.clear()), S::OutOfBoundsNoPoe),
        ("expired before it was signed", expired().with(|case| case.signed_after = Some(day(0))), S::Expired),
        (
            "expired, signed after an earlier time",
            expired().with(|case| case.signed_after = Some(day(-2))),
            S::OutOfBoundsNotRevoked,
        ),
        ("revoked", revoked(), S::RevokedNoPoe),
        ("revoked before it was signed", revoked().with(|case| case.signed_after = Some(day(-4))), S::Revoked),
        (
            "revoked after it was perhaps signed",
            revoked().with(|case| case.signed_after = Some(day(-6))),
            S::RevokedNoPoe,
        ),
        ("a CA revoked", listed(&[(0x77, day(-5), None)], &[]), S::RevokedCaNoPoe),
        ("on hold", listed(&[], &[(0x1234, day(-5), Some(6))]), S::TryLater),
        ("no list", Case::good().with(|case| case.crls.clear()), S::TryLater),
        ("no list of the root", Case::good().with(|case| drop(case.crls.remove(0))), S::TryLater),
        ("a stale list", with_list(stale), S::TryLater),
        ("a forged list", with_list(forged), S::TryLater),
        ("a list of a namesake", with_list(other), S::TryLater),
    ]);
    let later = revoked().with(|case| case.at = day(-6));
    assert_eq!(later.verdict(), None, "a revocation dated after the time of judging does not count");
    assert_eq!(listed(&[], &[(0x9999, day(-5), None)]).verdict(), None, "another's revocation");
    let lifted = expired().with(|case| case.at = day(-1));
    assert_eq!(lifted.verdict(), None, "the last second of validity counts");
}

#[test]
fn a_revocation_is_told_of_a_broken_path_too() {
    let world = &*WORLD;
    let ca = issue(Some(&world.root), &Profile { not_after: day(-1), ..Profile::ca("Old") }, rsa(2048));
    let case =
        Case::of(Cms::cades(&issue(Some(&ca), &Profile::leaf("Leaf"), world.leaf_key.clone()), DOCUMENT).build())
            .with(|case| case.extra = vec![ca.der()]);
    let failed = case.checks(madoguchi::verdict::CheckStatus::Failed);
    assert!(failed.contains(&"revocation_lists_cover_every_certificate"), "{failed:?}");
    assert_eq!(case.verdict(), Some(SubIndication::CertificateChainGeneralFailure));
    assert_eq!(case.verify().report.signatures[0].revocation.len(), 2);
}
