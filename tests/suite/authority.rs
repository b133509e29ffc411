//! What the authority makes is read and verified by OpenSSL's command line, and behaves as declared.
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use chrono::Duration;
use madoguchi::authority::Authority;
use madoguchi::authority::certificate::Issuer;
use madoguchi::authority::check::{Declarations, parse};
use madoguchi::authority::crl::{CrlEntry, CrlHead, Reason, build};
use madoguchi::authority::declaration::{JPKI, THREE_TIER};
use madoguchi::authority::issuing::Which;
use madoguchi::crypto::DigestAlgorithm;
use madoguchi::signature::cms::build::{BuildOptions, SigningCertificate, sign_with};
use madoguchi::signature::cms::software_key::Scheme;
use openssl::x509::X509;

use crate::support::pki::{TestPki, now};

/// Runs `openssl`; gives whether it succeeded, and what it said.
fn openssl(arguments: &[&str]) -> (bool, String) {
    let output = Command::new("openssl").args(arguments).stdin(Stdio::null()).output().expect("the openssl command");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Anchors, intermediates and CRLs as one PEM file, as `openssl verify` and `openssl cms` take them.
fn bundle(pki: &TestPki, dir: &Path, crls: &[&str]) -> std::path::PathBuf {
    let mut pem = Vec::new();
    for certificate in pki.anchors().iter().chain(&pki.intermediates()) {
        pem.extend(X509::from_der(certificate).unwrap().to_pem().unwrap());
    }
    for crl in crls {
        let crl = openssl::x509::X509Crl::from_der(&pki.crl(crl)).unwrap();
        pem.extend(crl.to_pem().unwrap());
    }
    let path = dir.join("bundle.pem");
    fs::write(&path, pem).unwrap();
    path
}

#[test]
fn openssl_verifies_every_good_certificate() {
    let (pki, dir) = (TestPki::shared(), tempfile::tempdir().unwrap());
    let bundle = bundle(pki, dir.path(), &[]);
    for card in [
        "sign-yamada",
        "sign-smith",
        "sign-suzuki",
        "sign-ito",
        "auth-yamada",
        "auth-smith",
        "auth-watanabe",
        "auth-suzuki",
        "rsa2048-alice",
        "rsa3072-bob",
        "p256-carol",
        "p384-dave",
    ] {
        let (passed, said) =
            openssl(&["verify", "-x509_strict", "-CAfile", text(&bundle), text(&pki.certificate_path(card))]);
        assert!(passed, "{card}: {said}");
    }
    let (passed, said) = openssl(&["verify", "-CAfile", text(&bundle), text(&pki.certificate_path("sign-sato"))]);
    assert!(!passed && said.contains("expired"), "{said}");
}

#[test]
fn openssl_finds_revocation_on_our_crls() {
    let (pki, dir) = (TestPki::shared(), tempfile::tempdir().unwrap());
    let verify = |card: &str| {
        let crl = pki.crl_id_for(card);
        let bundle = bundle(pki, dir.path(), &[&crl]);
        openssl(&["verify", "-crl_check", "-extended_crl", "-CAfile", text(&bundle), text(&pki.certificate_path(card))])
    };
    for card in [
        "sign-yamada",
        "sign-smith",
        "sign-suzuki",
        "auth-yamada",
        "auth-smith",
        "auth-watanabe",
        "auth-suzuki",
        "rsa2048-alice",
        "rsa3072-bob",
        "p256-carol",
        "p384-dave",
    ] {
        let (passed, said) = verify(card);
        assert!(passed, "{card}: {said}");
    }
    for card in ["sign-tanaka", "rsa2048-revoked"] {
        let (passed, said) = verify(card);
        assert!(!passed && said.contains("revoked"), "{card}: {said}");
    }
    let (passed, said) = verify("sign-ito");
    assert!(!passed && said.contains("CRL has expired"), "{said}");
}

#[test]
fn a_shard_of_another_municipality_does_not_answer() {
    let (pki, dir) = (TestPki::shared(), tempfile::tempdir().unwrap());
    let bundle = bundle(pki, dir.path(), &["jpki-sign-2023-141003"]);
    let path = pki.certificate_path("sign-yamada");
    let (passed, said) = openssl(&["verify", "-crl_check", "-extended_crl", "-CAfile", text(&bundle), text(&path)]);
    assert!(!passed && said.contains("CRL"), "{said}");
}

#[test]
fn a_signing_certificate_says_what_the_card_says() {
    let pki = TestPki::shared();
    let (_, said) = openssl(&[
        "x509",
        "-noout",
        "-text",
        "-nameopt",
        "show_type,sep_comma_plus",
        "-in",
        text(&pki.certificate_path("sign-yamada")),
    ]);
    for expected in [
        "OU=UTF8STRING:JPKI for digital signature",
        "C=PRINTABLESTRING:JP,L=UTF8STRING:Tokyo-to,L=UTF8STRING:Chiyoda-ku,CN=UTF8STRING:",
        "X509v3 Key Usage: critical\n                Digital Signature, Non Repudiation",
        "X509v3 Certificate Policies: critical\n                Policy: 1.2.392.200149.8.5.1.0.20",
        "CPS: http://www.jpki.example/cps.html",
        "X509v3 Issuer Alternative Name",
        "OU = CRL Distribution Points, OU = Tokyo-to, CN = Chiyoda-ku CRLDP",
        "Public-Key: (2048 bit)",
        "sha256WithRSAEncryption",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
    let certificate = X509::from_der(&pki.certificate("sign-yamada")).unwrap();
    assert_eq!(certificate.subject_alt_names().unwrap().len(), 6);
    let der = pki.certificate("sign-yamada");
    for (number, value) in
        [(1, "山田　花子"), (4, "319850412"), (3, "2"), (5, "東京都千代田区千代田１丁目１番１号"), (2, "00000")]
    {
        let mut wanted = vec![0x06, 0x0a, 0x2a, 0x83, 0x08, 0x8c, 0x9b, 0x55, 0x08, 0x05, 0x05, number, 0xa0];
        let at = der.windows(wanted.len()).position(|window| window == wanted).expect("the otherName");
        wanted.extend([u8::try_from(value.len() + 2).unwrap(), 0x0c, u8::try_from(value.len()).unwrap()]);
        wanted.extend(value.as_bytes());
        assert_eq!(&der[at..at + wanted.len()], wanted, "attribute {number}");
    }
}

#[test]
fn an_authentication_certificate_names_nobody_and_cannot_sign() {
    let pki = TestPki::shared();
    let (_, said) = openssl(&["x509", "-noout", "-text", "-in", text(&pki.certificate_path("auth-yamada"))]);
    assert!(said.contains("Policy: 1.2.392.200149.8.5.1.3.30"), "{said}");
    assert!(said.contains("Digital Signature\n") && !said.contains("Non Repudiation"), "{said}");
    assert!(!said.contains("Subject Alternative Name"), "{said}");
}

#[test]
fn generations_share_a_name_and_differ_in_key() {
    let pki = TestPki::shared();
    let [old, new] = ["jpki-sign-2019", "jpki-sign-2023"].map(|ca| X509::from_der(&pki.certificate(ca)).unwrap());
    assert_eq!(old.subject_name().to_der().unwrap(), new.subject_name().to_der().unwrap());
    assert!(!old.public_key().unwrap().public_eq(&new.public_key().unwrap()));
    assert_ne!(old.subject_key_id().unwrap().as_slice(), new.subject_key_id().unwrap().as_slice());
    let leaf = X509::from_der(&pki.certificate("sign-suzuki")).unwrap();
    assert!(leaf.verify(&old.public_key().unwrap()).unwrap());
    assert!(!leaf.verify(&new.public_key().unwrap()).unwrap());
    assert_eq!(leaf.authority_key_id().unwrap().as_slice(), old.subject_key_id().unwrap().as_slice());
}

#[test]
fn a_crl_tells_number_scope_and_reason() {
    let pki = TestPki::shared();
    let (_, said) =
        openssl(&["crl", "-noout", "-text", "-inform", "DER", "-in", text(&pki.crl_path("jpki-sign-2023-131016"))]);
    for expected in [
        "CRL Number",
        "Issuing Distribution Point: critical",
        "Chiyoda-ku CRLDP",
        "Affiliation Changed",
        "Authority Key Identifier",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
    let (_, plain) = openssl(&["crl", "-noout", "-text", "-inform", "DER", "-in", text(&pki.crl_path("tt-p256"))]);
    assert!(plain.contains("No Revoked Certificates") && !plain.contains("Issuing Distribution"), "{plain}");
}

#[test]
fn a_demo_card_opens_with_its_pin_alone() {
    let pki = TestPki::shared();
    for card in ["sign-yamada", "p384-dave"] {
        let path = pki.p12_path(card);
        let pass = format!("pass:{}", pki.pin(card));
        let (passed, said) = openssl(&["pkcs12", "-in", text(&path), "-passin", &pass, "-nodes", "-info"]);
        assert!(passed && said.contains("AES-256-CBC") && said.contains("BEGIN PRIVATE KEY"), "{said}");
        let (passed, _) = openssl(&["pkcs12", "-in", text(&path), "-passin", "pass:wrong", "-nokeys"]);
        assert!(!passed, "{card} opened with a wrong PIN");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{card}");
    }
    let private = fs::metadata(pki.dir().join("private")).unwrap().permissions().mode();
    let key = fs::metadata(pki.key_path("sign-yamada")).unwrap().permissions().mode();
    assert_eq!((private & 0o777, key & 0o777), (0o700, 0o600));
}

#[test]
fn openssl_verifies_signatures_of_every_kind_of_key() {
    let (pki, dir) = (TestPki::shared(), tempfile::tempdir().unwrap());
    let bundle = bundle(pki, dir.path(), &[]);
    let (content, signature) = (dir.path().join("content"), dir.path().join("signature"));
    fs::write(&content, b"an application").unwrap();
    let verify = || {
        openssl(&[
            "cms",
            "-verify",
            "-cades",
            "-binary",
            "-inform",
            "DER",
            "-in",
            text(&signature),
            "-content",
            text(&content),
            "-CAfile",
            text(&bundle),
            "-purpose",
            "any",
            "-out",
            "/dev/null",
        ])
    };
    for card in ["sign-yamada", "rsa3072-bob", "p256-carol", "p384-dave"] {
        fs::write(&signature, pki.sign(card, b"an application")).unwrap();
        let (passed, said) = verify();
        assert!(passed, "{card}: {said}");
        fs::write(&signature, pki.sign(card, b"another application")).unwrap();
        assert!(!verify().0, "{card}: a signature over something else passed");
    }
    let (_, shown) = openssl(&["cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", text(&signature)]);
    for attribute in ["contentType", "messageDigest", "signingTime", "signingCertificateV2"] {
        assert!(shown.contains(attribute), "{attribute} is not in\n{shown}");
    }
    for (digest, salt_length) in [(DigestAlgorithm::Sha256, 222), (DigestAlgorithm::Sha512, 64)] {
        let signer = pki.signer("rsa2048-alice").with_digest(digest).with_scheme(Scheme::Pss { salt_length });
        let made = sign_with(b"an application", &signer, &BuildOptions::cades(now())).unwrap();
        fs::write(&signature, made).unwrap();
        let (passed, said) = verify();
        assert!(passed, "PSS {digest:?}: {said}");
    }
}

#[test]
fn signatures_wrong_in_one_way_are_wrong_in_that_way() {
    let pki = TestPki::shared();
    let dir = tempfile::tempdir().unwrap();
    let show = |options: &BuildOptions| {
        let path = dir.path().join("shown");
        fs::write(&path, pki.sign_with("rsa2048-alice", b"content", options)).unwrap();
        let (passed, said) = openssl(&["cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", text(&path)]);
        assert!(passed, "{said}");
        said
    };
    let usual = BuildOptions::cades(now());
    assert!(!show(&BuildOptions { signing_time: None, ..usual.clone() }).contains("signingTime"));
    let absent = BuildOptions { signing_certificate: SigningCertificate::Absent, ..usual.clone() };
    assert!(!show(&absent).contains("signingCertificateV2"));
    assert!(!show(&BuildOptions { signed_attributes: false, ..usual.clone() }).contains("messageDigest"));
    assert!(!show(&BuildOptions { include_certificate: false, ..usual.clone() }).contains("Alice Aarts"));
    assert!(show(&BuildOptions { attached: true, ..usual }).contains("OCTET STRING"));
}

#[test]
fn a_revocation_shows_in_the_next_crl() {
    let pki = TestPki::copy();
    let number_of = |der: &[u8]| {
        openssl::x509::X509Crl::from_der(der).map(|crl| crl.get_revoked().map_or(0, |list| list.len())).unwrap()
    };
    assert_eq!(number_of(&pki.crl_for("sign-smith")), 0);
    let mut authority = pki.authority();
    let before = authority.state().crls["jpki-sign-2023-141003"].number;
    let at = now() - Duration::hours(1);
    let issued = authority.revoke(&Which::Id("sign-smith".into()), Reason::AffiliationChanged, at).unwrap();
    assert_eq!(number_of(&pki.crl_for("sign-smith")), 0, "revoked before a new list was signed");
    authority.sign_lists(now()).unwrap();
    assert_eq!(number_of(&pki.crl_for("sign-smith")), 1);
    assert_eq!(authority.state().crls["jpki-sign-2023-141003"].number, before + 1);
    let again = authority.revoke(&Which::Serial(issued.serial), Reason::Superseded, now()).unwrap_err();
    assert!(again.to_string().contains("is revoked since"), "{again}");
    drop(authority);
    let mut reopened = pki.authority();
    reopened.sign_lists(now()).unwrap();
    assert_eq!(reopened.state().crls["jpki-sign-2023-141003"].number, before + 2, "numbers grow over a restart");
    let unknown = reopened.revoke(&Which::Serial("00".into()), Reason::Unspecified, now());
    assert!(unknown.unwrap_err().to_string().contains("was issued here"));
}

#[test]
fn a_card_issued_later_is_valid_and_keeps_its_pin() {
    let pki = TestPki::copy();
    let mut authority = pki.authority();
    let mut card = authority.declarations().card("sign-smith").unwrap().clone();
    card.id = "sign-new".into();
    card.pin = "NEWCARD1".into();
    authority.issue(&card, now()).unwrap();
    let (passed, said) =
        openssl(&["pkcs12", "-in", text(&pki.p12_path("sign-new")), "-passin", "pass:NEWCARD1", "-nokeys"]);
    assert!(passed, "{said}");
    card.issuer = "nobody".into();
    let refused = authority.issue(&card, now()).unwrap_err().to_string();
    assert!(refused.contains("`nobody`") && refused.contains("jpki-sign-2023"), "{refused}");
}

#[test]
fn a_second_init_does_not_overwrite() {
    let pki = TestPki::copy();
    let error = Authority::init(pki.dir(), &[("jpki".into(), JPKI.into())], now(), |_, _| ()).unwrap_err();
    assert!(error.to_string().contains("holds an authority already"), "{error}");
}

#[test]
fn wrong_declarations_name_key_value_and_what_is_allowed() {
    let refuse = |from: &str, to: &str| {
        assert!(JPKI.contains(from), "{from}");
        let parsed = parse("pki/jpki.toml", &JPKI.replacen(from, to, 1));
        parsed.and_then(|family| Declarations::gather(vec![family])).unwrap_err().to_string()
    };
    for (from, to, parts) in [
        ("validity =", "validty =", vec!["pki/jpki.toml", "validty", "validity"]),
        ("key = \"rsa-2048\"", "key = \"rsa-2047\"", vec!["rsa-2047", "rsa-2048", "p-384"]),
        ("\"nonRepudiation\"", "\"nonrepudiation\"", vec!["nonrepudiation", "nonRepudiation"]),
        ("valid = \"7d\"", "valid = \"7w\"", vec!["7w", "36h"]),
        ("not_before = \"2019-09-01T00:00:00Z\"", "not_before = \"2019\"", vec!["2019", "RFC 3339"]),
        ("covers = \"jpki-sign\"", "covers = \"none\"", vec!["jpki-sign-2019", "none", "jpki-auth"]),
        ("id = \"sign-smith\"", "id = \"sign-yamada\"", vec!["sign-yamada", "twice"]),
        ("id = \"sign-smith\"", "id = \"../x\"", vec!["../x", "a-z"]),
        ("municipality = \"131016\"", "municipality = \"999999\"", vec!["999999", "131016"]),
    ] {
        let error = refuse(from, to);
        for part in parts {
            assert!(error.contains(part), "{part} is not in: {error}");
        }
    }
    assert!(parse("pki/three-tier.toml", THREE_TIER).is_ok());
}

#[test]
fn a_list_of_a_million_entries_is_made_in_seconds_and_read_by_openssl() {
    let pki = TestPki::shared();
    let issuer =
        Issuer { certificate: X509::from_der(&pki.certificate("tt-rsa2048")).unwrap(), key: pki.key("tt-rsa2048") };
    let head = CrlHead {
        number: 300,
        this_update: now(),
        next_update: now() + Duration::days(1),
        issuing_distribution_point: None,
    };
    let entry = |index: u32| CrlEntry {
        serial: [&[0x40, 0, 0, 0], index.to_be_bytes().as_slice()].concat(),
        revoked_at: head.this_update,
        reason: if index.is_multiple_of(2) { Reason::KeyCompromise } else { Reason::Unspecified },
    };
    let der = build(&issuer, &head, (0..1_000_000).map(entry)).unwrap();
    let crl = openssl::x509::X509Crl::from_der(&der).unwrap();
    assert!(crl.verify(&issuer.key).unwrap());
    assert_eq!(crl.get_revoked().unwrap().len(), 1_000_000);
}
