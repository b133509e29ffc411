//! Tokens of the Web eID ecosystem, judged by themselves: each algorithm, each thing that can be wrong, and the
//! ecosystem's own published tokens.
use std::sync::Arc;

use chrono::{DateTime, Utc};
use madoguchi::pki::certificate::{Certificate, Oid};
use madoguchi::pki::crl::{CrlSnapshot, RevocationData};
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::verdict::{CheckStatus, SubIndication};
use madoguchi::web_eid::{Circumstances, HolderProof, Judgement, SignInRules, UnverifiedToken, judge};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use serde_json::{Value, json};

use crate::support::mini_pki::*;
use crate::support::web_eid::AuthenticationCard;

const ORIGIN: &str = "https://madoguchi.example";
const NONCE: &str = "dGhpcyBub25jZSBoYXMgdGhpcnR5LXR3byBvY3RldHMh";
const POLICY: &str = "1.2.392.200149.8.5.1.3.30";

struct World {
    root: Entity,
    anchors: Vec<Arc<Certificate>>,
    lists: Vec<Vec<u8>>,
    rules: SignInRules,
    at: DateTime<Utc>,
}

fn parsed(der: Vec<u8>) -> Arc<Certificate> {
    Arc::new(Certificate::from_der(der).unwrap())
}

impl World {
    fn new() -> Self {
        let root = issue(
            None,
            &Profile { unit: Some("User authentication"), ..Profile::ca("Authentication root") },
            rsa(2048),
        );
        let anchors = vec![parsed(root.der())];
        let lists = vec![root.crl(day(-1), day(6), &[(0x99, day(-3), Some(1))])];
        let rules = SignInRules {
            origin: ORIGIN.to_owned(),
            policies: vec![Oid::from_text(POLICY).unwrap()],
            refused_issuer_units: vec!["Digital signature".to_owned()],
        };
        Self { root, anchors, lists, rules, at: at() }
    }

    fn card(&self, profile: &Profile, key: PKey<Private>, algorithm: &'static str) -> AuthenticationCard {
        let leaf = issue(Some(&self.root), profile, key.clone());
        AuthenticationCard { certificate: leaf.der(), key, algorithm }
    }

    fn judge(&self, token: &Value) -> Judgement {
        self.judge_with(token, NONCE)
    }

    fn judge_with(&self, token: &Value, nonce: &str) -> Judgement {
        let token = UnverifiedToken::parse(token.to_string().as_bytes()).unwrap();
        let trust = TrustStore::new(self.anchors.clone(), Vec::new());
        let (crls, _) = CrlSnapshot::from_files(&self.lists, &trust, &[], self.at, at());
        let revocation = RevocationData { crls: &crls, ocsp: None };
        judge(&token, &self.rules, &Circumstances { trust: &trust, revocation, nonce, at: self.at })
    }
}

fn holder() -> Profile {
    Profile { key_usage: Some(DIGITAL_SIGNATURE), policy: Some(POLICY), ..Profile::leaf("0123456789AB") }
}

fn failed(judged: &Judgement) -> Vec<&'static str> {
    judged.checks.iter().filter(|check| check.status == CheckStatus::Failed).map(|check| check.name).collect()
}

#[track_caller]
fn assert_good(judged: &Judgement, what: &str) {
    assert!(matches!(judged.proof, HolderProof::Verified(_)), "{what}: {:?}", failed(judged));
    assert!(failed(judged).is_empty() && judged.sub_indication.is_none(), "{what}");
}

#[test]
fn each_algorithm_signs_in_with_a_key_of_its_kind_and_with_no_other() {
    let world = World::new();
    let keys = [
        ("RS", rsa(2048)),
        ("ES256", ec(Nid::X9_62_PRIME256V1)),
        ("ES384", ec(Nid::SECP384R1)),
        ("ES512", ec(Nid::SECP521R1)),
    ];
    for algorithm in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"] {
        for (kind, key) in &keys {
            let fits = algorithm == *kind || (*kind == "RS" && !algorithm.starts_with("ES"));
            if !fits && (algorithm.starts_with("PS") || algorithm.starts_with("ES") != kind.starts_with("ES")) {
                // OpenSSL would not even make it: what such a token claims is seen by its name.
                let own = if *kind == "RS" { "RS256" } else { kind };
                let card = world.card(&holder(), key.clone(), own);
                let mut token = card.token(ORIGIN, NONCE);
                token["algorithm"] = json!(algorithm);
                let judged = world.judge(&token);
                assert!(failed(&judged).contains(&"token_algorithm_fits_the_key"), "{algorithm} with {kind}");
                assert!(matches!(judged.proof, HolderProof::None));
                continue;
            }
            let card = world.card(&holder(), key.clone(), algorithm);
            let judged = world.judge(&card.token(ORIGIN, NONCE));
            match fits {
                true => assert_good(&judged, algorithm),
                false => assert!(failed(&judged).contains(&"token_algorithm_fits_the_key"), "{algorithm} with {kind}"),
            }
        }
    }
}

#[test]
fn the_signature_is_over_this_origin_and_this_nonce_and_nothing_else() {
    let world = World::new();
    for (algorithm, key) in [("RS256", rsa(2048)), ("ES384", ec(Nid::SECP384R1))] {
        let card = world.card(&holder(), key, algorithm);
        assert_good(&world.judge(&card.token(ORIGIN, NONCE)), algorithm);
        for (origin, nonce) in [
            ("https://madoguchi.example/", NONCE),
            ("http://madoguchi.example", NONCE),
            ("https://evil.example", NONCE),
            (ORIGIN, "another nonce"),
            (ORIGIN, ""),
            (NONCE, ORIGIN),
        ] {
            let judged = world.judge(&card.token(origin, nonce));
            assert_eq!(failed(&judged), ["token_signature_verifies"], "{algorithm} {origin} {nonce}");
            assert_eq!(judged.sub_indication, Some(SubIndication::SigCryptoFailure));
            assert!(matches!(judged.proof, HolderProof::None));
        }
        let mut cut = card.token(ORIGIN, NONCE);
        cut["signature"] = json!("AAAA");
        assert_eq!(failed(&world.judge(&cut)), ["token_signature_verifies"]);
    }
}

#[test]
fn only_an_authentication_certificate_that_is_good_signs_in() {
    let world = World::new();
    let key = rsa(2048);
    let by = |profile: &Profile| world.judge(&world.card(profile, key.clone(), "RS256").token(ORIGIN, NONCE));
    use SubIndication as S;
    let signing = Profile { key_usage: Some(DIGITAL_SIGNATURE | NON_REPUDIATION), ..holder() };
    let cases = [
        ("a signature certificate", signing, "certificate_is_not_for_signing", S::ChainConstraintsFailure),
        (
            "nonRepudiation alone",
            Profile { key_usage: Some(NON_REPUDIATION), ..holder() },
            "key_usage_is_for_authentication",
            S::ChainConstraintsFailure,
        ),
        (
            "no key usage",
            Profile { key_usage: None, ..holder() },
            "key_usage_is_for_authentication",
            S::ChainConstraintsFailure,
        ),
        (
            "another policy",
            Profile { policy: Some("1.2.392.200149.8.5.1.1.20"), ..holder() },
            "certificate_policy_is_for_authentication",
            S::ChainConstraintsFailure,
        ),
        (
            "no policy",
            Profile { policy: None, ..holder() },
            "certificate_policy_is_for_authentication",
            S::ChainConstraintsFailure,
        ),
        (
            "expired",
            Profile { not_after: day(-1), ..holder() },
            "certificate_is_valid_at_the_time",
            S::OutOfBoundsNoPoe,
        ),
        (
            "not valid yet",
            Profile { not_before: day(1), ..holder() },
            "certificate_is_valid_at_the_time",
            S::NotYetValid,
        ),
        ("revoked", Profile { serial: 0x99, ..holder() }, "certificate_is_not_revoked", S::RevokedNoPoe),
    ];
    for (what, profile, check, sub_indication) in cases {
        let judged = by(&profile);
        assert!(failed(&judged).contains(&check), "{what}: {:?}", failed(&judged));
        assert_eq!(judged.sub_indication, Some(sub_indication), "{what}");
        assert!(matches!(judged.proof, HolderProof::None), "{what}");
    }
    let weak = world.judge(&world.card(&holder(), rsa(1024), "RS256").token(ORIGIN, NONCE));
    assert!(failed(&weak).contains(&"token_algorithm_is_reliable"), "{:?}", failed(&weak));
}

#[test]
fn authorities_policies_and_lists_decide() {
    let (mut world, key) = (World::new(), rsa(2048));
    let token = world.card(&holder(), key.clone(), "RS256").token(ORIGIN, NONCE);
    assert_good(&world.judge(&token), "as it is");
    let lists = std::mem::take(&mut world.lists);
    let undecided = world.judge(&token);
    assert!(matches!(undecided.proof, HolderProof::Undecided), "{:?}", failed(&undecided));
    assert_eq!((undecided.sub_indication, undecided.undecided.len()), (Some(SubIndication::TryLater), 1));
    world.lists = lists;
    world.rules.refused_issuer_units.push("User authentication".to_owned());
    assert_eq!(failed(&world.judge(&token)), ["issuing_ca_is_for_authentication"]);
    world.rules.refused_issuer_units.clear();
    world.rules.policies = vec![Oid::from_text("1.3.6.1.4.1.51361.1.2.1").unwrap()];
    assert_eq!(failed(&world.judge(&token)), ["certificate_policy_is_for_authentication"]);
    world.rules.policies.clear();
    assert_good(&world.judge(&token), "any policy");
    world.anchors.clear();
    let stranger = world.judge(&token);
    assert_eq!(stranger.sub_indication, Some(SubIndication::NoCertificateChainFound));
    assert!(matches!(stranger.proof, HolderProof::None));
}

#[test]
fn later_minor_versions_and_what_is_not_known_in_them_are_taken() {
    let world = World::new();
    let card = world.card(&holder(), rsa(2048), "RS256");
    let certificate = card.token(ORIGIN, NONCE)["unverifiedCertificate"].clone();
    let algorithms = json!([{"cryptoAlgorithm": "RSA", "hashFunction": "SHA-256", "paddingScheme": "PKCS1.5"}]);
    let with = |members: Value| {
        let mut token = card.token(ORIGIN, NONCE);
        members.as_object().unwrap().iter().for_each(|(name, value)| token[name] = value.clone());
        token
    };
    for members in [
        json!({"format": "web-eid:1"}),
        json!({"format": "web-eid:1.1", "unverifiedSigningCertificate": certificate, "supportedSignatureAlgorithms": algorithms}),
        json!({"format": "web-eid:1.1", "unverifiedSigningCertificates": [{"certificate": certificate, "supportedSignatureAlgorithms": algorithms}]}),
        json!({"format": "web-eid:1.2", "somethingNew": {"a": [1, 2, null]}}),
        json!({"unverifiedSigningCertificate": 7}),
    ] {
        assert_good(&world.judge(&with(members.clone())), &members.to_string());
    }
    for members in [
        json!({"format": "web-eid:2.0"}),
        json!({"format": "web-eid:1.1", "unverifiedSigningCertificate": "AAAA"}),
        json!({"format": "web-eid:1.1", "supportedSignatureAlgorithms": [{"cryptoAlgorithm": 1}]}),
        json!({"format": "web-eid:1.1", "unverifiedSigningCertificates": [{}]}),
        json!({"unverifiedIntermediateCertificates": ["AAAA"]}),
        json!({"unverifiedCertificate": "AAAA"}),
        json!({"signature": ""}),
        json!({"signature": null}),
    ] {
        let token = with(members.clone()).to_string();
        assert!(UnverifiedToken::parse(token.as_bytes()).is_err(), "{members}");
    }
    let mut strange = card.token(ORIGIN, NONCE);
    strange["algorithm"] = json!("HS256");
    assert!(failed(&world.judge(&strange)).contains(&"token_algorithm_is_supported"));
}

#[test]
fn an_intermediate_that_the_token_brings_helps_and_is_judged() {
    let world = World::new();
    let middle = issue(Some(&world.root), &Profile { policy: Some(POLICY), ..Profile::ca("Intermediate") }, rsa(2048));
    let leaf = issue(Some(&middle), &holder(), rsa(2048));
    let card = AuthenticationCard { certificate: leaf.der(), key: leaf.key.clone(), algorithm: "RS256" };
    let mut token = card.token(ORIGIN, NONCE);
    let alone = world.judge(&token);
    assert_eq!(alone.sub_indication, Some(SubIndication::NoCertificateChainFound));
    use base64::Engine as _;
    token["unverifiedIntermediateCertificates"] =
        json!([base64::engine::general_purpose::STANDARD.encode(middle.der())]);
    let judged = world.judge(&token);
    // The path is there now; that no list of the intermediate's covers the holder is all that is left.
    assert!(matches!(judged.proof, HolderProof::Undecided), "{:?}", failed(&judged));
}

/// The published tokens of the ecosystem's own validation library: see tests/web-eid/README.md.
#[test]
fn the_ecosystems_own_tokens_verify() {
    let mut world = World::new();
    world.rules.origin = "https://ria.ee".to_owned();
    let nonce = "12345678123456781234567812345678912356789123";
    for text in [include_str!("../web-eid/es384.json"), include_str!("../web-eid/rs256.json")] {
        let token: Value = serde_json::from_str(text).unwrap();
        let names = |judged: &Judgement, status| -> Vec<&str> {
            judged.checks.iter().filter(|check| check.status == status).map(|check| check.name).collect()
        };
        let judged = world.judge_with(&token, nonce);
        let passed = names(&judged, CheckStatus::Passed);
        for check in ["token_signature_verifies", "token_algorithm_fits_the_key", "key_usage_is_for_authentication"] {
            assert!(passed.contains(&check), "{check}: {:?}", failed(&judged));
        }
        assert!(matches!(judged.proof, HolderProof::None), "its CA is not trusted here");
        let other = world.judge_with(&token, "12345678123456781234567812345678912356789124");
        assert!(failed(&other).contains(&"token_signature_verifies"));
    }
}
