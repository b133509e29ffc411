//! Public keys and sets of them, and verifying tokens with a set.
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use super::{JwsError, MAX_TOKEN_BYTES};

/// A public P-256 key (RFC 7517, RFC 7518 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// `EC`.
    pub kty: String,
    /// `P-256`.
    pub crv: String,
    /// First coordinate, base64url of 32 bytes.
    pub x: String,
    /// Second coordinate, base64url of 32 bytes.
    pub y: String,
    /// Identifier: the RFC 7638 thumbprint in what this project writes.
    #[serde(default)]
    pub kid: String,
    /// `sig`.
    #[serde(rename = "use", default = "Jwk::signature_use")]
    pub key_use: String,
    /// `ES256`.
    #[serde(default = "Jwk::algorithm")]
    pub alg: String,
    /// When a retired key ended, as a NumericDate: it says nothing after that (OpenID Federation 1.0 8.7.1). None for a key
    /// that is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
}

impl Jwk {
    fn signature_use() -> String {
        "sig".to_owned()
    }

    fn algorithm() -> String {
        "ES256".to_owned()
    }

    /// From an uncompressed point: `04`, then x and y of 32 bytes each (SEC 1 2.3.3).
    pub(super) fn from_uncompressed_point(point: &[u8]) -> Result<Self, JwsError> {
        let Some(([4, x @ ..], y)) = point.split_at_checked(33).filter(|(_, y)| y.len() == 32) else {
            return Err(JwsError::Key("not an uncompressed P-256 point"));
        };
        let mut jwk = Self {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            x: URL_SAFE_NO_PAD.encode(x),
            y: URL_SAFE_NO_PAD.encode(y),
            kid: String::new(),
            key_use: Self::signature_use(),
            alg: Self::algorithm(),
            exp: None,
        };
        jwk.kid = jwk.thumbprint();
        Ok(jwk)
    }

    /// RFC 7638: base64url of the SHA-256 over the required members in lexical order.
    pub fn thumbprint(&self) -> String {
        let canonical = format!(r#"{{"crv":"{}","kty":"{}","x":"{}","y":"{}"}}"#, self.crv, self.kty, self.x, self.y);
        URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()))
    }

    /// The uncompressed point.
    fn point(&self) -> Result<[u8; 65], JwsError> {
        if (self.kty.as_str(), self.crv.as_str(), self.alg.as_str()) != ("EC", "P-256", "ES256") {
            return Err(JwsError::Key("not an ES256 key"));
        }
        let mut point = [4_u8; 65];
        let coordinates = [&self.x, &self.y];
        for (text, place) in coordinates.into_iter().zip(point[1..].chunks_exact_mut(32)) {
            let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| JwsError::Key("a coordinate is not base64url"))?;
            if bytes.len() != 32 {
                return Err(JwsError::Key("a coordinate is not 32 bytes"));
            }
            place.copy_from_slice(&bytes);
        }
        Ok(point)
    }
}

/// A JSON Web Key Set: the ES256 keys in it (others are passed over when it is read).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}

/// What a token that verified says, and which key said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedToken {
    /// The payload's bytes.
    pub payload: Vec<u8>,
    /// The key that signed.
    pub kid: String,
    /// When that key ended, where it did: what the token says of its own time is to be compared with it.
    pub key_ended_at: Option<i64>,
}

impl VerifiedToken {
    /// Whether something that was signed at `at` was signed after the key had ended.
    pub fn is_after_the_keys_end(&self, at: i64) -> bool {
        self.key_ended_at.is_some_and(|end| at > end)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

impl JwkSet {
    /// Reads `{"keys": [...]}`; keys of other types than ES256 are passed over (RFC 7517 section 5), a key without a
    /// `kid` gets its thumbprint.
    ///
    /// # Errors
    /// [`JwsError::Set`] when it is not a key set, or has no ES256 key; [`JwsError::Key`] when such a key is broken.
    pub fn from_json(bytes: &[u8]) -> Result<Self, JwsError> {
        #[derive(Deserialize)]
        struct Raw {
            keys: Vec<serde_json::Value>,
        }
        let raw: Raw =
            serde_json::from_slice(bytes).map_err(|_| JwsError::Set("not JSON of the form {\"keys\": []}"))?;
        let mut keys = Vec::new();
        for value in raw.keys {
            let is_ours = value.get("kty").is_some_and(|kty| kty == "EC")
                && value.get("crv").is_some_and(|crv| crv == "P-256")
                && value.get("use").is_none_or(|key_use| key_use == "sig");
            if !is_ours {
                continue;
            }
            let mut jwk: Jwk = serde_json::from_value(value)
                .map_err(|_| JwsError::Set("a P-256 key lacks a member or has a wrong one"))?;
            jwk.point()?;
            if jwk.kid.is_empty() {
                jwk.kid = jwk.thumbprint();
            }
            keys.push(jwk);
        }
        if keys.is_empty() { Err(JwsError::Set("there is no ES256 key in it")) } else { Ok(Self { keys }) }
    }

    /// The key with that identifier.
    pub fn find(&self, kid: &str) -> Option<&Jwk> {
        self.keys.iter().find(|key| key.kid == kid)
    }

    /// Verifies a compact JWS of the kind `typ` and gives its payload.
    ///
    /// # Errors
    /// A [`JwsError`] that says what is wrong with it.
    pub fn verify(&self, typ: &str, token: &str) -> Result<VerifiedToken, JwsError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(JwsError::Form("it is too long"));
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwsError::Form("it has no signature part"))?;
        let (header, payload) = signed.split_once('.').ok_or(JwsError::Form("it has not three parts"))?;
        let header = decode(header)?;
        let header: Header =
            serde_json::from_slice(&header).map_err(|_| JwsError::Form("its header is not {alg, kid, typ}"))?;
        if header.alg != "ES256" {
            return Err(JwsError::Algorithm);
        }
        if header.typ != typ {
            return Err(JwsError::Typ);
        }
        let key = self.find(&header.kid).ok_or(JwsError::UnknownKey)?;
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.point()?)
            .verify(signed.as_bytes(), &decode(signature)?)
            .map_err(|_| JwsError::Signature)?;
        Ok(VerifiedToken { payload: decode(payload)?, kid: header.kid, key_ended_at: key.exp })
    }
}

fn decode(part: &str) -> Result<Vec<u8>, JwsError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsError::Form("a part is not base64url"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jws::{RECEIPT_TYP, REQUEST_TYP, SigningKey};

    fn key() -> SigningKey {
        SigningKey::from_pkcs8(&SigningKey::generate_pkcs8().unwrap()).unwrap()
    }

    fn set_of(key: &SigningKey) -> JwkSet {
        JwkSet::from_json(serde_json::json!({"keys": [key.jwk()]}).to_string().as_bytes()).unwrap()
    }

    #[test]
    fn the_thumbprint_is_that_of_the_published_key_set() {
        // The P-256 key of RFC 7515 appendix A.3; the thumbprint was computed from the RFC 7638 canonical form with sha256sum.
        let jwk: Jwk = serde_json::from_value(serde_json::json!({"kty": "EC", "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}))
        .unwrap();
        assert_eq!(jwk.thumbprint(), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
    }

    #[test]
    fn the_signature_of_rfc_7515_appendix_a_3_verifies_with_its_key() {
        let key = Jwk {
            kty: "EC".into(),
            crv: "P-256".into(),
            x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU".into(),
            y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0".into(),
            kid: String::new(),
            key_use: "sig".into(),
            alg: "ES256".into(),
            exp: None,
        };
        let signed = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.point().unwrap())
            .verify(signed.as_bytes(), &decode(signature).unwrap())
            .unwrap();
    }

    #[test]
    fn what_is_signed_verifies_and_nothing_changed_does() {
        let key = key();
        let token = key.sign(RECEIPT_TYP, b"{\"a\":1}").unwrap();
        let set = set_of(&key);
        assert_eq!(set.verify(RECEIPT_TYP, &token).unwrap().payload, b"{\"a\":1}");
        assert_eq!(set.verify(REQUEST_TYP, &token), Err(JwsError::Typ));
        assert_eq!(set_of(&self::key()).verify(RECEIPT_TYP, &token), Err(JwsError::UnknownKey));
        for position in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(set.verify(RECEIPT_TYP, &changed).is_err(), "byte {position}");
        }
    }

    #[test]
    fn the_token_does_not_choose_its_algorithm_or_key() {
        let key = key();
        let set = set_of(&key);
        let with_header = |header: serde_json::Value| {
            format!("{}.e30.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode([0_u8; 64]))
        };
        let kid = key.kid();
        for (header, error) in [
            (serde_json::json!({"alg": "none", "kid": kid, "typ": RECEIPT_TYP}), JwsError::Algorithm),
            (serde_json::json!({"alg": "HS256", "kid": kid, "typ": RECEIPT_TYP}), JwsError::Algorithm),
            (
                serde_json::json!({"alg": "ES256", "kid": kid, "typ": RECEIPT_TYP, "jwk": key.jwk()}),
                JwsError::Form("its header is not {alg, kid, typ}"),
            ),
            (
                serde_json::json!({"alg": "ES256", "kid": kid, "typ": RECEIPT_TYP, "crit": ["b64"]}),
                JwsError::Form("its header is not {alg, kid, typ}"),
            ),
            (serde_json::json!({"alg": "ES256", "kid": kid, "typ": RECEIPT_TYP}), JwsError::Signature),
        ] {
            assert_eq!(set.verify(RECEIPT_TYP, &with_header(header)), Err(error));
        }
        for broken in ["", ".", "..", "a.b.c.d", "e30.e30."] {
            assert!(set.verify(RECEIPT_TYP, broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn keys_of_other_kinds_are_passed_over_and_broken_ones_refused() {
        let key = key();
        let set = serde_json::json!({"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}, key.jwk()]});
        assert_eq!(JwkSet::from_json(set.to_string().as_bytes()).unwrap().keys.len(), 1);
        for broken in ["{}", "[]", r#"{"keys":[]}"#, r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#] {
            assert!(JwkSet::from_json(broken.as_bytes()).is_err(), "{broken}");
        }
    }
}
