//! The table of the public contract, section 3: each thing that can be wrong with a signature, and what the verdict is.
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::crl::CrlSnapshot;
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::signature::content::Content;
use madoguchi::signature::policy::SignaturePolicy;
use madoguchi::signature::verifier::{Proof, Verification, VerificationRequest, Verifier};
use madoguchi::verdict::{CheckStatus, SubIndication};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};

use crate::support::mini_pki::*;

/// Three tiers over RSA-2048, made once.
pub struct World {
    pub root: Entity,
    pub intermediate: Entity,
    pub leaf: Entity,
    pub leaf_key: PKey<Private>,
}

pub static WORLD: LazyLock<World> = LazyLock::new(|| {
    let root = issue(None, &Profile::ca("Root"), rsa(2048));
    let intermediate = issue(Some(&root), &Profile::ca("Intermediate"), rsa(2048));
    let leaf_key = rsa(2048);
    let leaf = issue(Some(&intermediate), &Profile::leaf("Yamada Hanako"), leaf_key.clone());
    World { root, intermediate, leaf, leaf_key }
});

pub const DOCUMENT: &[u8] = b"{\"the application\": \"as it was signed\"}";

/// One verification; the default is a good one.
pub struct Case {
    pub signature: Vec<u8>,
    pub content: Option<Vec<u8>>,
    pub anchors: Vec<Vec<u8>>,
    pub extra: Vec<Vec<u8>>,
    pub crls: Vec<Vec<u8>>,
    pub at: DateTime<Utc>,
    pub signed_after: Option<DateTime<Utc>>,
    pub policy: SignaturePolicy,
}

impl Case {
    pub fn of(signature: Vec<u8>) -> Self {
        let world = &*WORLD;
        Self {
            signature,
            content: Some(DOCUMENT.to_vec()),
            anchors: vec![world.root.der()],
            extra: vec![world.intermediate.der()],
            crls: vec![world.root.crl(day(-2), day(30), &[]), world.intermediate.crl(day(-2), day(30), &[])],
            at: at(),
            signed_after: None,
            policy: SignaturePolicy::generic(),
        }
    }

    pub fn good() -> Self {
        Self::of(Cms::cades(&WORLD.leaf, DOCUMENT).build())
    }

    /// A good signature by a leaf of this profile under the intermediate.
    pub fn by(profile: &Profile) -> Self {
        let leaf = issue(Some(&WORLD.intermediate), profile, WORLD.leaf_key.clone());
        Self::of(Cms::cades(&leaf, DOCUMENT).build())
    }

    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub fn verify(&self) -> Verification {
        let parse = |ders: &[Vec<u8>]| -> Vec<Arc<Certificate>> {
            ders.iter().map(|der| Arc::new(Certificate::from_der(der.as_slice()).unwrap())).collect()
        };
        let extra = parse(&self.extra);
        let trust = Arc::new(TrustStore::new(parse(&self.anchors), extra.clone()));
        let (crls, _) = CrlSnapshot::from_files(&self.crls, &trust, &[], self.at, at());
        let request = VerificationRequest {
            signature: &self.signature,
            content: self.content.as_ref().map(Content::from),
            extra_certificates: &extra,
            at: self.at,
            signed_after: self.signed_after,
        };
        Verifier::new(Arc::new(self.policy.clone()), trust).verify(&crls, &request)
    }

    /// The whole's sub-indication, held against the indication, the proof and the failed checks.
    pub fn verdict(&self) -> Option<SubIndication> {
        let Verification { report, proof } = self.verify();
        assert_eq!(report.indication, madoguchi::verdict::worst(report.sub_indication).0);
        let failed: Vec<_> = report
            .signatures
            .iter()
            .flat_map(|signature| &signature.checks)
            .filter(|check| check.is_failed())
            .collect();
        assert_eq!(report.sub_indication.is_none(), failed.is_empty(), "{failed:?}");
        match (proof, report.sub_indication) {
            (Proof::Verified(_), None) => (),
            (Proof::Undecided(_), Some(SubIndication::TryLater)) => (),
            (Proof::None, Some(_)) => (),
            (Proof::None, None) if report.signatures.len() > 1 => (),
            (proof, sub_indication) => panic!("{proof:?} for {sub_indication:?}"),
        }
        assert!(failed.iter().all(|check| !check.detail.is_empty() && !check.clause.is_empty()));
        report.sub_indication
    }

    /// Every check with this status, over all signatures.
    pub fn checks(&self, status: CheckStatus) -> Vec<&'static str> {
        let report = self.verify().report;
        let checks = report.signatures.iter().flat_map(|signature| &signature.checks);
        checks.filter(|check| check.status == status).map(|check| check.name).collect()
    }
}

fn cades() -> Cms {
    Cms::cades(&WORLD.leaf, DOCUMENT)
}

/// Holds every row of `rows` to its sub-indication, and tells all that are wrong.
fn hold(rows: Vec<(&str, Case, SubIndication)>) {
    let mut wrong = Vec::new();
    for (what, case, expected) in rows {
        let found = case.verdict();
        if found != Some(expected) {
            let failed = case.checks(CheckStatus::Failed);
            wrong.push(format!("{what}: {found:?} for {expected:?}; failed {failed:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_good_signature_passes_every_check() {
    let case = Case::good();
    assert_eq!(case.verdict(), None, "{:?}", case.checks(CheckStatus::Failed));
    assert_eq!(case.checks(CheckStatus::Warning), Vec::<&str>::new());
    let report = case.verify().report;
    let signature = &report.signatures[0];
    assert_eq!(signature.signer.as_ref().unwrap().attributes.name.as_deref(), Some("Yamada Hanako"));
    assert_eq!((signature.chain.len(), signature.revocation.len()), (3, 2));
    assert_eq!(signature.claimed_signing_time, Some(day(-1)));
    assert_eq!((signature.digest_algorithm, signature.signature_algorithm), (Some("SHA256"), Some("SHA256withRSA")));
    let mut names: Vec<_> = signature.checks.iter().map(|check| check.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), signature.checks.len(), "each check has a name of its own");
}

#[test]
fn format_failures() {
    use SubIndication::FormatFailure as Expected;
    let good = cades().build();
    let with = |kind: &str, new: Option<Vec<u8>>| Case::of(cades().with_attribute(kind, new).build());
    let content_type = attribute(CONTENT_TYPE, &[&oid(DATA)]);
    let mut twice = cades();
    twice.attributes.as_mut().unwrap().push(content_type.clone());
    let mut unknown_twice = cades();
    unknown_twice
        .attributes
        .as_mut()
        .unwrap()
        .extend([attribute("1.2.3.4", &[&[5, 0]]), attribute("1.2.3.4", &[&[5, 0]])]);
    let mut ber_certificate = cades();
    let contents = madoguchi::asn1::single(&ber_certificate.certificates[0]).unwrap().value.to_vec();
    ber_certificate.certificates.push([&[0x30, 0x80], contents.as_slice(), &[0, 0]].concat());
    let mut mismatched = cades();
    mismatched.signature_algorithm = SHA256_WITH_RSA.to_vec();
    mismatched.digest_algorithm = SHA512.to_vec();
    let digest = tlv(4, &[&openssl::sha::sha512(DOCUMENT)]);
    let mismatched = mismatched.with_attribute(MESSAGE_DIGEST, Some(attribute(MESSAGE_DIGEST, &[&digest])));
    let mut unsigned = cades();
    unsigned.unsigned = tlv(0xa1, &[&[4, 1, 0]]);
    let other_protection = tlv(0x30, &[&SHA512, &tlv(0xa1, &[&SHA256_WITH_RSA[2..]])]);
    hold(vec![
        ("nothing at all", Case::of(Vec::new()), Expected),
        ("noise", Case::of(vec![0xa7; 1000]), Expected),
        ("truncated", Case::of(good[..good.len() - 1].to_vec()), Expected),
        ("cut in half", Case::of(good[..good.len() / 2].to_vec()), Expected),
        ("trailing byte", Case::of([good.as_slice(), &[0]].concat()), Expected),
        ("two messages", Case::of([good.as_slice(), &good].concat()), Expected),
        ("a certificate for a signature", Case::of(WORLD.leaf.der()), Expected),
        ("no signer", Case::of(cades().with_signers(&[])), Expected),
        ("10,000 signers", Case::of(cades().with_signers(&vec![cades().signer_info(); 10_000])), Expected),
        ("content-type missing", with(CONTENT_TYPE, None), Expected),
        ("message-digest missing", with(MESSAGE_DIGEST, None), Expected),
        ("content-type twice", Case::of(twice.build()), Expected),
        ("an unknown attribute twice", Case::of(unknown_twice.build()), Expected),
        ("two values", with(CONTENT_TYPE, Some(attribute(CONTENT_TYPE, &[&oid(DATA), &oid(DATA)]))), Expected),
        ("no value", with(CONTENT_TYPE, Some(attribute(CONTENT_TYPE, &[]))), Expected),
        ("another content type", with(CONTENT_TYPE, Some(attribute(CONTENT_TYPE, &[&oid("1.2.3")]))), Expected),
        ("message-digest of a wrong type", with(MESSAGE_DIGEST, Some(attribute(MESSAGE_DIGEST, &[&[5, 0]]))), Expected),
        ("signing-time malformed", with(SIGNING_TIME, Some(attribute(SIGNING_TIME, &[&[0x17, 1, b'x']]))), Expected),
        (
            "signing-certificate malformed",
            with(SIGNING_CERTIFICATE_V2, Some(attribute(SIGNING_CERTIFICATE_V2, &[&[0x30, 0]]))),
            Expected,
        ),
        ("a certificate in BER", Case::of(ber_certificate.build()), Expected),
        ("digest algorithms that differ", Case::of(mismatched.build()), Expected),
        ("unsigned attributes malformed", Case::of(unsigned.build()), Expected),
        (
            "algorithm protection of another digest",
            with("1.2.840.113549.1.9.52", Some(attribute("1.2.840.113549.1.9.52", &[&other_protection]))),
            Expected,
        ),
    ]);
}

#[test]
fn what_was_signed_and_by_which_key() {
    use SubIndication as S;
    let mut spoilt = cades();
    spoilt.spoil_value = true;
    let mut attributes_changed = cades().build();
    // The claimed signing time's year: it still parses, and the digest of the document is as it was.
    let year = attributes_changed.windows(6).position(|window| window == b"260531").unwrap();
    attributes_changed[year + 1] = b'5';
    let mut attached = cades();
    attached.attached = Some(b"another document".to_vec());
    let mut attached_right = cades();
    attached_right.attached = Some(DOCUMENT.to_vec());
    let mut no_attributes = cades();
    no_attributes.attributes = None;
    let other = issue(Some(&WORLD.intermediate), &Profile { serial: 9, ..Profile::leaf("Other") }, rsa(2048));
    let mut names_other = cades();
    names_other = names_other
        .with_attribute(SIGNING_CERTIFICATE_V2, Some(attribute(SIGNING_CERTIFICATE_V2, &[&ess_v2(&other.der())])));
    names_other.certificates.push(other.der());
    let mut no_certificate = cades();
    no_certificate.certificates.clear();
    let mut v1 = cades().with_attribute(SIGNING_CERTIFICATE_V2, None);
    let id = tlv(0x30, &[&tlv(4, &[&openssl::sha::sha1(&WORLD.leaf.der())])]);
    v1 = v1.with_attribute(
        SIGNING_CERTIFICATE,
        Some(attribute(SIGNING_CERTIFICATE, &[&tlv(0x30, &[&tlv(0x30, &[&id])])])),
    );
    hold(vec![
        (
            "the document was changed",
            Case::good().with(|case| case.content = Some(b"changed".to_vec())),
            S::HashFailure,
        ),
        ("another document is attached", Case::of(attached.build()), S::HashFailure),
        (
            "the given one is not the attached one",
            Case::of(attached_right.build()).with(|case| case.content = Some(b"changed".to_vec())),
            S::HashFailure,
        ),
        ("signature value changed", Case::of(spoilt.build()), S::SigCryptoFailure),
        ("signed attributes changed", Case::of(attributes_changed), S::SigCryptoFailure),
        ("no content", Case::good().with(|case| case.content = None), S::SignedDataNotFound),
        ("no signed attributes", Case::of(no_attributes.build()), S::SigConstraintsFailure),
        (
            "no signing-certificate",
            Case::of(cades().with_attribute(SIGNING_CERTIFICATE_V2, None).build()),
            S::SigConstraintsFailure,
        ),
        ("signing-certificate of SHA-1 alone", Case::of(v1.build()), S::SigConstraintsFailure),
        ("another certificate is named", Case::of(names_other.build()), S::NoSigningCertificateFound),
        ("no certificate", Case::of(no_certificate.build()), S::NoSigningCertificateFound),
    ]);
    let given = Case::of(no_certificate.build()).with(|case| case.extra.push(WORLD.leaf.der()));
    assert_eq!(given.verdict(), None, "the signer's certificate may be given beside the message");
    let attached = Case::of(attached_right.build()).with(|case| case.content = None);
    assert_eq!(attached.verdict(), None);
}

/// A signature value over the attributes alone is one over a document that is those attributes: it must not count.
#[test]
fn taking_the_attributes_away_makes_no_other_document_signed() {
    let with = cades();
    let attributes = tlv(0x31, &[&with.attributes.as_ref().unwrap().concat()]);
    let mut without = with.clone();
    without.attributes = None;
    without.content = attributes.clone();
    let case = Case::of(without.build()).with(|case| case.content = Some(attributes));
    assert_eq!(case.verdict(), Some(SubIndication::SigConstraintsFailure));
}

#[test]
fn weak_algorithms() {
    use SubIndication::{CryptoConstraintsFailure as After, CryptoConstraintsFailureNoPoe as NoPoe};
    let sha1_digest = attribute(MESSAGE_DIGEST, &[&tlv(4, &[&openssl::sha::sha1(DOCUMENT)])]);
    let mut sha1 = cades().with_attribute(MESSAGE_DIGEST, Some(sha1_digest));
    (sha1.digest, sha1.digest_algorithm, sha1.signature_algorithm) =
        (MessageDigest::sha1(), SHA1.to_vec(), SHA1_WITH_RSA.to_vec());
    let md5_value = openssl::hash::hash(MessageDigest::md5(), DOCUMENT).unwrap();
    let mut md5 = cades().with_attribute(MESSAGE_DIGEST, Some(attribute(MESSAGE_DIGEST, &[&tlv(4, &[&md5_value])])));
    (md5.digest, md5.digest_algorithm, md5.signature_algorithm) =
        (MessageDigest::md5(), MD5.to_vec(), MD5_WITH_RSA.to_vec());
    let small = issue(Some(&WORLD.intermediate), &Profile::leaf("Small"), rsa(1024));
    let small = Cms::cades(&small, DOCUMENT).build();
    let mut ed25519 = cades();
    ed25519.signature_algorithm = vec![0x30, 5, 6, 3, 0x2b, 0x65, 0x70];
    let after = |case: Case| case.with(|case| case.signed_after = Some(day(-3)));
    let long_ago = |case: Case| case.with(|case| case.signed_after = Some(day(-9000)));
    hold(vec![
        ("SHA-1", Case::of(sha1.build()), NoPoe),
        ("SHA-1 after its end", after(Case::of(sha1.build())), After),
        ("SHA-1, made after a time before its end", long_ago(Case::of(sha1.build())), NoPoe),
        ("MD5", Case::of(md5.build()), NoPoe),
        ("MD5 after its end", after(Case::of(md5.build())), After),
        ("RSA-1024", Case::of(small.clone()), NoPoe),
        ("RSA-1024 after its end", after(Case::of(small)), After),
        ("an algorithm not on the list", Case::of(ed25519.build()), NoPoe),
        ("a leaf signed with SHA-1", Case::by(&Profile { digest: MessageDigest::sha1(), ..Profile::leaf("x") }), NoPoe),
    ]);
}

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
        let profile = Profile { unit: Some("JPKI for user authentication"), ..Profile::ca("Auth CA") };
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
fn every_failed_check_is_listed_and_the_first_of_the_table_is_the_verdict() {
    let case = Case::by(&Profile { key_usage: Some(DIGITAL_SIGNATURE), not_after: day(-1), ..Profile::leaf("Wrong") })
        .with(|case| {
            case.content = Some(b"changed".to_vec());
            case.crls.clear();
        });
    assert_eq!(case.verdict(), Some(SubIndication::HashFailure));
    let failed = case.checks(CheckStatus::Failed);
    for name in [
        "message_digest_matches_content",
        "key_usage_is_for_signing",
        "certificate_had_not_ended",
        "revocation_lists_cover_every_certificate",
    ] {
        assert!(failed.contains(&name), "{name} in {failed:?}");
    }
}

#[test]
fn several_signers_are_each_reported_and_the_worst_decides() {
    let second = issue(Some(&WORLD.intermediate), &Profile { serial: 2, ..Profile::leaf("Second") }, rsa(2048));
    let mut both = cades();
    both.certificates.push(second.der());
    let mut bad = Cms::cades(&second, DOCUMENT);
    let good = Case::of(both.with_signers(&[both.signer_info(), bad.signer_info()]));
    assert_eq!(good.verdict(), None);
    let verification = good.verify();
    assert!(matches!(verification.proof, Proof::None), "a filing has exactly one signer");
    assert_eq!(verification.report.signatures.len(), 2);
    bad.spoil_value = true;
    let case = Case::of(both.with_signers(&[both.signer_info(), bad.signer_info()]));
    assert_eq!(case.verdict(), Some(SubIndication::SigCryptoFailure));
    let report = case.verify().report;
    assert_eq!(report.signatures[0].sub_indication, None);
    assert_eq!(report.signatures[1].sub_indication, Some(SubIndication::SigCryptoFailure));
    assert!(matches!(case.verify().proof, Proof::None));
}

#[test]
fn what_is_let_pass_is_a_warning() {
    let warnings = |cms: Cms| {
        let case = Case::of(cms.build());
        assert_eq!(case.verdict(), None, "{:?}", case.checks(CheckStatus::Failed));
        case.checks(CheckStatus::Warning)
    };
    assert_eq!(warnings(cades().with_attribute(SIGNING_TIME, None)), ["signing_time_is_stated"]);
    let mut unsorted = cades();
    unsorted.attributes.as_mut().unwrap().reverse();
    assert_eq!(warnings(unsorted), ["signed_attributes_are_der"]);
    let mut long_length = cades();
    let attributes = long_length.attributes.as_mut().unwrap();
    let last = attributes.last_mut().unwrap();
    let contents = madoguchi::asn1::single(last).unwrap().value.to_vec();
    *last = [&[0x30, 0x83, 0, 0, contents.len() as u8], contents.as_slice()].concat();
    assert_eq!(warnings(long_length), ["signed_attributes_are_der"]);
}

#[test]
fn the_signer_is_found_by_its_identifier_and_never_by_its_place() {
    let mut cms = cades();
    cms.certificates = vec![WORLD.root.der(), WORLD.intermediate.der(), WORLD.leaf.der()];
    assert_eq!(Case::of(cms.build()).verdict(), None);
    cms.by_key_identifier = true;
    assert_eq!(Case::of(cms.build()).verdict(), None);
    let mut first = cades();
    first.certificates =
        vec![issue(Some(&WORLD.intermediate), &Profile { serial: 3, ..Profile::leaf("First") }, rsa(2048)).der()];
    assert_eq!(Case::of(first.build()).verdict(), Some(SubIndication::NoSigningCertificateFound));
}

#[test]
fn ber_is_read_outside_what_is_signed() {
    let attached = |content: &[u8]| {
        let mut cms = Cms::cades(&WORLD.leaf, content);
        cms.attached = Some(content.to_vec());
        cms
    };
    let ber = Case::of(to_ber(&attached(DOCUMENT).build(), 7)).with(|case| case.content = None);
    assert_eq!(ber.verdict(), None, "{:?}", ber.checks(CheckStatus::Failed));
    assert_eq!(Case::of(to_ber(&cades().build(), 7)).verdict(), None);
    let large = vec![0x5a; 60_000];
    let given = Case::of(to_ber(&attached(&large).build(), 1000)).with(|case| case.content = Some(large.clone()));
    assert_eq!(given.verdict(), None);
    let other = Case::of(to_ber(&attached(&large).build(), 1000)).with(|case| case.content = Some(large[1..].to_vec()));
    assert_eq!(other.verdict(), Some(SubIndication::HashFailure));
}
