//! Reading a token. Nothing of it is believed yet, and nothing but what the signature covers will be: the origin and the
//! nonce are the gateway's own, the certificate is judged.
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::TokenAlgorithm;
use crate::intake::json::{self, JsonFault};
use crate::pki::certificate::Certificate;

/// The largest token, in bytes of JSON: real ones have about three KiB.
pub const MAX_TOKEN: usize = 64 * 1024;
/// The largest certificate in one, in bytes of DER.
const MAX_CERTIFICATE: usize = 16 * 1024;
/// The largest signature, in bytes: RSA-8192.
const MAX_SIGNATURE: usize = 1024;
/// The most certificates between the holder's and an anchor that are read.
const MAX_INTERMEDIATES: usize = 8;
/// The most signing certificates, and the most algorithms of one, that a token may list.
const MAX_LISTED: usize = 64;

/// A token that was read. The certificate in it is whatever its sender put there.
#[derive(Debug, Clone)]
pub struct UnverifiedToken {
    minor: u16,
    algorithm: Option<TokenAlgorithm>,
    signature: Vec<u8>,
    certificate: Arc<Certificate>,
    intermediates: Vec<Arc<Certificate>>,
}

/// Why bytes are no token. It never repeats what stands in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// More than [`MAX_TOKEN`].
    #[error("the token is larger than 64 KiB")]
    TooLarge,
    /// Not I-JSON.
    #[error("the token cannot be read: {0}")]
    Json(JsonFault),
    /// Not a JSON object.
    #[error("the token is not a JSON object")]
    NotAnObject,
    /// A member that must be there is not.
    #[error("the token lacks `{0}`")]
    Missing(&'static str),
    /// A member is of another type, empty, too large, or not what it should be.
    #[error("`{0}` of the token is not of its form")]
    Form(&'static str),
    /// Neither `web-eid:1` nor one of its minor versions.
    #[error("the token's format is not web-eid:1 or one of its minor versions")]
    Format,
}

impl UnverifiedToken {
    /// Reads a token: strict JSON, each member that counts of its type and bounded. Members that are not known are passed
    /// over, as the ecosystem does within `1.x`.
    ///
    /// # Errors
    /// The first [`TokenFault`]; the format is looked at before anything else of the object.
    pub fn parse(bytes: &[u8]) -> Result<Self, TokenFault> {
        if bytes.len() > MAX_TOKEN {
            return Err(TokenFault::TooLarge);
        }
        match json::parse(bytes).map_err(TokenFault::Json)? {
            Value::Object(members) => Self::of(&members),
            _ => Err(TokenFault::NotAnObject),
        }
    }

    /// The same of an object that was parsed already, as a member of another.
    ///
    /// # Errors
    /// As [`UnverifiedToken::parse`].
    pub fn of(members: &Map<String, Value>) -> Result<Self, TokenFault> {
        let minor = minor_version(text(members, "format")?).ok_or(TokenFault::Format)?;
        let algorithm = TokenAlgorithm::named(text(members, "algorithm")?);
        let signature = base64(text(members, "signature")?, MAX_SIGNATURE).ok_or(TokenFault::Form("signature"))?;
        let certificate =
            certificate(text(members, "unverifiedCertificate")?).ok_or(TokenFault::Form("unverifiedCertificate"))?;
        let intermediates = intermediates(members)?;
        if minor >= 1 {
            signing_certificates_are_of_their_form(members)?;
        }
        Ok(Self { minor, algorithm, signature, certificate, intermediates })
    }

    /// The minor version: 0 of `web-eid:1` and `web-eid:1.0`.
    pub fn minor(&self) -> u16 {
        self.minor
    }

    /// The algorithm; none where it is not one of the nine.
    pub fn algorithm(&self) -> Option<TokenAlgorithm> {
        self.algorithm
    }

    /// The signature as the token carries it: R and S side by side, or RSA's value.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The certificate that the token says it is of.
    pub fn certificate(&self) -> &Arc<Certificate> {
        &self.certificate
    }

    /// Certificates that may help to find a path.
    pub fn intermediates(&self) -> &[Arc<Certificate>] {
        &self.intermediates
    }
}

/// `web-eid:1` or `web-eid:1.N`, with N in its shortest form.
fn minor_version(format: &str) -> Option<u16> {
    let rest = format.strip_prefix("web-eid:1")?;
    if rest.is_empty() {
        return Some(0);
    }
    let digits = rest.strip_prefix('.')?;
    let is_short = digits.len() <= 3 && (digits == "0" || !digits.starts_with('0'));
    (is_short && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

fn text<'a>(members: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, TokenFault> {
    match members.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        None | Some(Value::Null) => Err(TokenFault::Missing(name)),
        Some(_) => Err(TokenFault::Form(name)),
    }
}

fn base64(text: &str, most: usize) -> Option<Vec<u8>> {
    if text.len() > most.div_ceil(3) * 4 {
        return None;
    }
    STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty() && bytes.len() <= most)
}

fn certificate(text: &str) -> Option<Arc<Certificate>> {
    Certificate::from_der(base64(text, MAX_CERTIFICATE)?).ok().map(Arc::new)
}

/// Later tokens may carry the CAs between the holder and an anchor: no more than a help, which the path engine judges.
fn intermediates(members: &Map<String, Value>) -> Result<Vec<Arc<Certificate>>, TokenFault> {
    const NAME: &str = "unverifiedIntermediateCertificates";
    match members.get(NAME) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(all)) if all.len() <= MAX_INTERMEDIATES => {
            let read = all.iter().map(|one| one.as_str().and_then(certificate).ok_or(TokenFault::Form(NAME)));
            read.collect()
        }
        Some(_) => Err(TokenFault::Form(NAME)),
    }
}

/// `1.1` may name the signing certificate of the card and what it signs with, alone or as a list. The token's signature
/// does not cover them and a card of ours does not say whose they are, so they prove nothing and nobody is signed in by
/// them: it is only seen that they are of their form.
fn signing_certificates_are_of_their_form(members: &Map<String, Value>) -> Result<(), TokenFault> {
    const ONE: &str = "unverifiedSigningCertificate";
    const ALGORITHMS: &str = "supportedSignatureAlgorithms";
    const SEVERAL: &str = "unverifiedSigningCertificates";
    match members.get(ONE) {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) if certificate(text).is_some() => {}
        Some(_) => return Err(TokenFault::Form(ONE)),
    }
    if !members.get(ALGORITHMS).is_none_or(is_list_of_algorithms) {
        return Err(TokenFault::Form(ALGORITHMS));
    }
    let is_entry = |entry: &Value| {
        entry.get("certificate").and_then(Value::as_str).is_some_and(|text| certificate(text).is_some())
            && entry.get(ALGORITHMS).is_none_or(is_list_of_algorithms)
    };
    match members.get(SEVERAL) {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Array(all)) if all.len() <= MAX_LISTED && all.iter().all(is_entry) => Ok(()),
        Some(_) => Err(TokenFault::Form(SEVERAL)),
    }
}

fn is_list_of_algorithms(value: &Value) -> bool {
    let is_entry = |entry: &Value| {
        ["cryptoAlgorithm", "hashFunction", "paddingScheme"]
            .iter()
            .all(|name| entry.get(name).is_some_and(|member| member.as_str().is_some_and(|text| text.len() <= 64)))
    };
    match value {
        Value::Null => true,
        Value::Array(all) => all.len() <= MAX_LISTED && all.iter().all(is_entry),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formats_are_one_and_its_minor_versions() {
        let versions =
            [("web-eid:1", 0), ("web-eid:1.0", 0), ("web-eid:1.1", 1), ("web-eid:1.2", 2), ("web-eid:1.999", 999)];
        for (format, minor) in versions {
            assert_eq!(minor_version(format), Some(minor), "{format}");
        }
        for wrong in [
            "",
            "web-eid",
            "web-eid:",
            "web-eid:2",
            "web-eid:2.0",
            "web-eid:10",
            "web-eid:1.",
            "web-eid:1.01",
            "web-eid:1.1 ",
            "web-eid:1.1.1",
            "web-eid:1.-1",
            "web-eid:1.+1",
            "web-eid:0.9",
            "Web-eID:1",
            "web-eid:1.1000",
            "web-eid:1.１",
        ] {
            assert_eq!(minor_version(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn each_slip_has_its_name() {
        let fault = |text: &str| UnverifiedToken::parse(text.as_bytes()).unwrap_err();
        assert_eq!(fault("[]"), TokenFault::NotAnObject);
        assert_eq!(fault("{}"), TokenFault::Missing("format"));
        assert_eq!(fault(r#"{"format":1}"#), TokenFault::Form("format"));
        assert_eq!(fault(r#"{"format":"web-eid:2.0"}"#), TokenFault::Format);
        assert_eq!(fault(r#"{"format":"web-eid:1"}"#), TokenFault::Missing("algorithm"));
        assert_eq!(
            fault(r#"{"format":"web-eid:1","algorithm":"ES256","signature":"?"}"#),
            TokenFault::Form("signature")
        );
        assert_eq!(
            fault(r#"{"format":"web-eid:1","algorithm":"ES256","signature":"AA=="}"#),
            TokenFault::Missing("unverifiedCertificate")
        );
        assert!(matches!(
            fault(r#"{"format":"web-eid:1","format":"web-eid:1"}"#),
            TokenFault::Json(JsonFault::DuplicateName { .. })
        ));
        assert!(matches!(fault("{"), TokenFault::Json(JsonFault::Syntax { .. })));
        assert_eq!(fault(&format!("{{\"x\":\"{}\"}}", "x".repeat(MAX_TOKEN))), TokenFault::TooLarge);
    }

    proptest! {
        #[test]
        fn no_input_stops_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = UnverifiedToken::parse(&bytes);
        }

        #[test]
        fn no_members_stop_the_reader(
            format in r"web-eid:[0-9.]{0,5}", algorithm in "[EPR]S(256|384|512|1)?",
            signature in "[A-Za-z0-9+/]{0,12}=?", certificate in "(MII[A-Za-z0-9+/]{0,60})?={0,2}",
            more in prop::sample::select(vec!["null", "[]", "[{}]", "\"AA==\"", "3", "[\"AA==\"]"]),
            name in prop::sample::select(vec!["unverifiedSigningCertificate", "unverifiedSigningCertificates",
                "supportedSignatureAlgorithms", "unverifiedIntermediateCertificates"]),
        ) {
            let text = format!("{{\"format\":\"{format}\",\"algorithm\":\"{algorithm}\",\"signature\":\"{signature}\",\
                \"unverifiedCertificate\":\"{certificate}\",\"{name}\":{more}}}");
            prop_assert!(UnverifiedToken::parse(text.as_bytes()).is_err(), "a random certificate is none: {text}");
        }
    }
}
