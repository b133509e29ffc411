//! Signature policies: `jpki`, `generic`, or a file; named by id and digest in every report.
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::report::PolicyReference;
use crate::crypto::sha256_hex;
use crate::pki::certificate::Oid;
use crate::pki::ocsp::{NonceRule, OcspRule, OcspUse};
use crate::pki::path::PolicyInputs;

const GENERIC: &str = include_str!("policies/generic.toml");
const JPKI: &str = include_str!("policies/jpki.toml");

/// Longest policy file that is read.
const MAX_FILE: u64 = 1 << 20;

/// A signature policy: which algorithms, attributes and certificates are accepted.
#[derive(Debug, Clone)]
pub struct SignaturePolicy {
    reference: Arc<PolicyReference>,
    text: Arc<str>,
    pub(super) rules: Rules,
    /// What path validation is given (RFC 5280 6.1.1): the listed certificate policies, one of which the path must be
    /// valid for; none listed: any or none.
    pub(super) path_policies: PolicyInputs,
    /// What OCSP is asked for beside revocation lists.
    ocsp: OcspRule,
}

/// The rules, as the TOML file gives them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    id: String,
    pub(super) algorithms: AlgorithmRules,
    pub(super) attributes: AttributeRules,
    pub(super) signer: SignerRules,
    #[serde(default)]
    revocation: RevocationRules,
}

/// What revocation is judged by beside lists; a policy that says nothing judges by lists alone.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RevocationRules {
    ocsp: OcspUse,
    max_age: String,
    nonce: NonceRule,
}

impl Default for RevocationRules {
    fn default() -> Self {
        Self { ocsp: OcspUse::Never, max_age: "7d".to_owned(), nonce: NonceRule::Optional }
    }
}

impl RevocationRules {
    fn rule(&self) -> Result<OcspRule, String> {
        let max_age =
            humantime::parse_duration(&self.max_age).ok().and_then(|age| chrono::Duration::from_std(age).ok());
        let wrong = || format!("revocation.max_age: {} is not a length of time such as \"24h\"", self.max_age);
        Ok(OcspRule { ask: self.ocsp, max_age: max_age.ok_or_else(wrong)?, nonce: self.nonce })
    }
}

/// The allow-list; what is not on it, or not on the engine's own, is not reliable.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlgorithmRules {
    pub(super) digests: Vec<DigestName>,
    pub(super) schemes: Vec<SchemeName>,
    pub(super) curves: Vec<CurveName>,
    pub(super) rsa_bits_from: u32,
    pub(super) rsa_bits_to: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum DigestName {
    #[serde(rename = "SHA256")]
    Sha256,
    #[serde(rename = "SHA384")]
    Sha384,
    #[serde(rename = "SHA512")]
    Sha512,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum SchemeName {
    #[serde(rename = "RSA")]
    RsaPkcs1,
    #[serde(rename = "RSA-PSS")]
    RsaPss,
    #[serde(rename = "ECDSA")]
    Ecdsa,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum CurveName {
    #[serde(rename = "P-256")]
    P256,
    #[serde(rename = "P-384")]
    P384,
    #[serde(rename = "P-521")]
    P521,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AttributeRules {
    pub(super) signing_certificate: SigningCertificateRule,
    pub(super) signing_time: SigningTimeRule,
}

/// Which attribute must name the signer's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum SigningCertificateRule {
    #[serde(rename = "v2")]
    V2,
    #[serde(rename = "v2-or-v1")]
    V2OrV1,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SigningTimeRule {
    Optional,
    Required,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignerRules {
    pub(super) key_usage: Vec<KeyUsageName>,
    pub(super) without_key_usage: WithoutKeyUsage,
    certificate_policies: Vec<String>,
    pub(super) refused_issuer_units: Vec<String>,
    pub(super) attributes: AttributeProfile,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum KeyUsageName {
    DigitalSignature,
    NonRepudiation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum WithoutKeyUsage {
    Accept,
    Refuse,
}

/// Where the signer's attributes stand in the certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum AttributeProfile {
    /// Nowhere: the name is the subject's commonName.
    None,
    /// In the otherNames of the Japanese public certification service.
    Jpki,
}

impl SignaturePolicy {
    /// The profile of the Japanese public certification service's signature certificates.
    pub fn jpki() -> Self {
        Self::built_in(JPKI)
    }

    /// nonRepudiation (or no key usage), any certificate policy.
    pub fn generic() -> Self {
        Self::built_in(GENERIC)
    }

    /// `jpki`, `generic`, or a TOML policy file.
    ///
    /// # Errors
    /// A sentence that says which file cannot be read, or what is wrong in it and where.
    pub fn named_or_file(name: &str) -> Result<Self, String> {
        match name {
            "jpki" => return Ok(Self::jpki()),
            "generic" => return Ok(Self::generic()),
            _ => (),
        }
        let cannot = |error: std::io::Error| format!("the policy file {name} cannot be read: {error}");
        let path = Path::new(name);
        if std::fs::metadata(path).map_err(cannot)?.len() > MAX_FILE {
            return Err(format!("the policy file {name} is longer than 1 MiB"));
        }
        let text = std::fs::read_to_string(path).map_err(cannot)?;
        Self::parse(&text).map_err(|error| format!("the policy file {name} is wrong: {error}"))
    }

    /// From the text of a policy file.
    ///
    /// # Errors
    /// A sentence that says what is wrong and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        let rules: Rules = toml::from_str(text).map_err(|error| error.to_string())?;
        if rules.id.is_empty() || rules.id.len() > 200 {
            return Err("id must be 1 to 200 characters".into());
        }
        let oids = rules.signer.certificate_policies.iter();
        let oids = oids.map(|text| Oid::from_text(text).ok_or(format!("certificate_policies: {text} is not an OID")));
        let initial_policies: Vec<Oid> = oids.collect::<Result<_, _>>()?;
        let require_explicit_policy = !initial_policies.is_empty();
        let path_policies = PolicyInputs { initial_policies, require_explicit_policy, ..PolicyInputs::any() };
        let ocsp = rules.revocation.rule()?;
        let reference = PolicyReference { id: rules.id.clone(), sha256: sha256_hex(text.as_bytes()) };
        Ok(Self { reference: Arc::new(reference), text: text.into(), rules, path_policies, ocsp })
    }

    /// Its identifier and the digest of its text.
    pub fn reference(&self) -> &Arc<PolicyReference> {
        &self.reference
    }

    /// The text that it was read from, of which its reference gives the digest.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the signer's four attributes stand in the certificate under this policy.
    pub fn reads_residents(&self) -> bool {
        self.rules.signer.attributes == AttributeProfile::Jpki
    }

    /// What it asks of OCSP beside revocation lists.
    pub fn ocsp(&self) -> &OcspRule {
        &self.ocsp
    }

    #[allow(clippy::expect_used)] // the two texts are compiled in, and a test reads them
    fn built_in(text: &str) -> Self {
        Self::parse(text).expect("the built-in policies parse")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_policies_are_named_by_id_and_digest() {
        for (policy, id, text) in
            [(SignaturePolicy::generic(), "generic", GENERIC), (SignaturePolicy::jpki(), "jpki", JPKI)]
        {
            assert_eq!(policy.reference().id, id);
            assert_eq!(policy.reference().sha256, sha256_hex(text.as_bytes()));
            assert_eq!(SignaturePolicy::named_or_file(id).unwrap().reference(), policy.reference());
        }
        let inputs = SignaturePolicy::jpki().path_policies;
        assert!(inputs.require_explicit_policy && inputs.initial_policies.len() == 3);
        assert_eq!(SignaturePolicy::generic().path_policies, PolicyInputs::any());
    }

    #[test]
    fn ocsp_is_asked_where_the_policy_says_so() {
        assert_eq!(*SignaturePolicy::jpki().ocsp(), OcspRule::NEVER);
        assert_eq!(*SignaturePolicy::generic().ocsp(), OcspRule::NEVER);
        let with = |more: &str| SignaturePolicy::parse(&format!("{GENERIC}\n[revocation]\n{more}\n"));
        assert_eq!(*with("ocsp = \"when_undecided\"").unwrap().ocsp(), OcspRule::WHEN_UNDECIDED);
        let strict = with("ocsp = \"when_undecided\"\nmax_age = \"1h\"\nnonce = \"required\"").unwrap();
        let expected =
            OcspRule { max_age: chrono::Duration::hours(1), nonce: NonceRule::Required, ..OcspRule::WHEN_UNDECIDED };
        assert_eq!(*strict.ocsp(), expected);
        assert!(with("ocsp = \"always\"").unwrap_err().contains("always"));
        assert!(with("max_age = \"long\"").unwrap_err().contains("revocation.max_age: long"));
    }

    #[test]
    fn what_is_wrong_in_a_policy_file_is_named() {
        let error = |from: &str, to: &str| SignaturePolicy::parse(&GENERIC.replace(from, to)).unwrap_err();
        assert!(error("\"SHA256\"", "\"SHA1\"").contains("SHA1"), "an old digest cannot be let in");
        assert!(error("id = \"generic\"", "id = \"\"").contains("id"));
        assert!(error("[signer]", "[signer]\nkey_use = 1").contains("key_use"));
        assert!(error("certificate_policies = []", "certificate_policies = [\"1.x\"]").contains("1.x"));
        assert!(SignaturePolicy::named_or_file("/nowhere/policy.toml").unwrap_err().contains("/nowhere/policy.toml"));
    }
}
