//! The table of the public contract, section 3: what can be wrong with the message, and what the verdict is.
use madoguchi::signature::verifier::Proof;
use madoguchi::verdict::{CheckStatus, SubIndication};
use openssl::hash::MessageDigest;

use crate::support::case::*;
use crate::support::mini_pki::*;

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

#[test]
fn a_certificate_named_by_sha1_is_weak_and_a_huge_one_is_not_read() {
    let id = tlv(0x30, &[&SHA1, &tlv(4, &[&openssl::sha::sha1(&WORLD.leaf.der())])]);
    let value = tlv(0x30, &[&tlv(0x30, &[&id])]);
    let case = Case::of(
        cades().with_attribute(SIGNING_CERTIFICATE_V2, Some(attribute(SIGNING_CERTIFICATE_V2, &[&value]))).build(),
    );
    assert_eq!(case.checks(CheckStatus::Failed), ["signing_certificate_digest_is_reliable"]);
    assert_eq!(case.verdict(), Some(SubIndication::CryptoConstraintsFailureNoPoe));
    let mut huge = cades();
    huge.certificates.push(tlv(0x30, &[&vec![0; 70_000]]));
    let case = Case::of(huge.build());
    assert_eq!(case.verdict(), Some(SubIndication::FormatFailure));
    let checks = case.verify().report.signatures[0].checks.clone();
    assert!(checks.iter().any(|check| check.detail.contains("larger than 64 KiB")));
}
