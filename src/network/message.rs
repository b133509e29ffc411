//! A message: what one municipality's registry says to another's, before and after it was signed.
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::refusal::{NetworkFault, NetworkRefusal};
use super::{REQUEST_TYP, VERSION};
use crate::ids::AgencyCode;
use crate::intake::json;
use crate::jws::{JwkSet, JwsError, SigningKey};

/// Octets of a nonce.
pub const NONCE_BYTES: usize = 16;

/// The longest name of a kind.
const MAX_KIND: usize = 40;

/// A message as it waits to be sent: signed anew each time it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its identifier (UUIDv7): the same however often it is sent.
    pub id: Uuid,
    /// What it is about, as `move.notice`.
    pub kind: String,
    /// The municipality that speaks.
    pub from: AgencyCode,
    /// The municipality that is spoken to.
    pub to: AgencyCode,
    /// When it was written, which may be long before it could be sent; whole seconds.
    pub created_at: DateTime<Utc>,
    /// What it says, by its kind.
    pub body: Value,
}

/// A message that came in, whose signature verified and whose sender is who it says: the proof is [`open`].
#[derive(Debug, Clone, PartialEq)]
pub struct OpenedMessage {
    /// The message.
    pub message: Message,
    /// The nonce of this sending.
    pub nonce: [u8; NONCE_BYTES],
    /// When this sending was signed.
    pub issued_at: DateTime<Utc>,
    /// SHA-256 over the compact JWS: what the answer names it by.
    pub sha256: [u8; 32],
}

/// The claims as they travel. Times are NumericDates in whole seconds (RFC 7519 2).
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    version: u32,
    id: String,
    kind: String,
    from: AgencyCode,
    to: AgencyCode,
    nonce: String,
    created_at: i64,
    issued_at: i64,
    body: Value,
}

impl Message {
    /// A new message.
    pub fn new(kind: &str, (from, to): (AgencyCode, AgencyCode), now: DateTime<Utc>, body: Value) -> Self {
        let created_at = DateTime::from_timestamp(now.timestamp(), 0).unwrap_or(now);
        Self { id: Uuid::now_v7(), kind: kind.to_owned(), from, to, created_at, body }
    }

    /// SHA-256 over what the message says, without what changes from one sending to the next: two messages of one `id` that
    /// differ in it are not the same message.
    pub fn content_sha256(&self) -> [u8; 32] {
        // serde_json keeps the members of an object sorted, so that equal bodies are equal octets.
        let parts = [
            self.id.to_string(),
            self.kind.clone(),
            self.from.to_string(),
            self.to.to_string(),
            self.created_at.timestamp().to_string(),
            self.body.to_string(),
        ];
        let sum = digest(&SHA256, parts.join("\n").as_bytes());
        sum.as_ref().try_into().unwrap_or_default()
    }

    /// Signs one sending of it: the compact JWS.
    ///
    /// # Errors
    /// [`JwsError::Random`] when the system has no randomness to give.
    pub fn sign(&self, key: &SigningKey, rng: &SystemRandom, now: DateTime<Utc>) -> Result<String, JwsError> {
        let mut nonce = [0_u8; NONCE_BYTES];
        rng.fill(&mut nonce).map_err(|_| JwsError::Random)?;
        let claims = Claims {
            version: VERSION,
            id: self.id.to_string(),
            kind: self.kind.clone(),
            from: self.from,
            to: self.to,
            nonce: URL_SAFE_NO_PAD.encode(nonce),
            created_at: self.created_at.timestamp(),
            issued_at: now.timestamp(),
            body: self.body.clone(),
        };
        let payload = serde_json::to_vec(&claims).map_err(|_| JwsError::Form("its body cannot be written"))?;
        key.sign(REQUEST_TYP, &payload)
    }
}

/// Reads a message's payload: the parser that hostile octets meet. It judges no signature and no time.
///
/// # Errors
/// The [`NetworkRefusal`] of what is wrong.
pub fn parse(payload: &[u8]) -> Result<(Message, [u8; NONCE_BYTES], DateTime<Utc>), NetworkRefusal> {
    let wrong = |what: &'static str| NetworkRefusal::new(NetworkFault::Malformed, what);
    let value = json::parse(payload).map_err(|_| wrong("the message is not strict JSON"))?;
    // A later version may have other members: it is told apart before they are looked at.
    match value.get("version").and_then(Value::as_u64) {
        Some(version) if version == u64::from(VERSION) => {}
        Some(_) => return Err(NetworkRefusal::new(NetworkFault::Version, "this gateway speaks version 1")),
        None => return Err(wrong("the message has no version")),
    }
    let claims: Claims =
        serde_json::from_value(value).map_err(|_| wrong("the message lacks a member or has a wrong one"))?;
    let id = Uuid::try_parse(&claims.id).ok().filter(|id| id.get_version_num() == 7 && id.to_string() == claims.id);
    let nonce = URL_SAFE_NO_PAD.decode(&claims.nonce).ok().and_then(|nonce| nonce.try_into().ok());
    let (id, nonce) =
        (id.ok_or_else(|| wrong("id is not a UUIDv7"))?, nonce.ok_or_else(|| wrong("nonce is not 16 octets"))?);
    if !is_kind(&claims.kind) {
        return Err(wrong("kind is not lower-case words with points between them"));
    }
    if !claims.body.is_object() {
        return Err(wrong("body is not an object"));
    }
    let time = |seconds: i64| DateTime::from_timestamp(seconds, 0).ok_or_else(|| wrong("a time is out of range"));
    let (created_at, issued_at) = (time(claims.created_at)?, time(claims.issued_at)?);
    let Claims { kind, from, to, body, .. } = claims;
    Ok((Message { id, kind, from, to, created_at, body }, nonce, issued_at))
}

fn is_kind(kind: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    kind.len() <= MAX_KIND && kind.split('.').all(word)
}

/// Opens a message: its signature by one of `keys`, its form, and that it was signed within `window` of `now`.
///
/// # Errors
/// The [`NetworkRefusal`] of what is wrong.
pub fn open(token: &str, keys: &JwkSet, now: DateTime<Utc>, window: Duration) -> Result<OpenedMessage, NetworkRefusal> {
    let verified = keys
        .verify(REQUEST_TYP, token)
        .map_err(|error| NetworkRefusal { fault: NetworkFault::Signature, detail: error.to_string() })?;
    let (message, nonce, issued_at) = parse(&verified.payload)?;
    if verified.is_after_the_keys_end(issued_at.timestamp()) {
        return Err(NetworkRefusal::new(NetworkFault::Signature, "the key had ended when it signed"));
    }
    fresh(issued_at, now, window)?;
    let sha256 = digest(&SHA256, token.as_bytes()).as_ref().try_into().unwrap_or_default();
    Ok(OpenedMessage { message, nonce, issued_at, sha256 })
}

/// Whether something was signed within `window` of `now`; a message of before may be one that was recorded on its way.
///
/// # Errors
/// [`NetworkFault::Stale`].
pub fn fresh(issued_at: DateTime<Utc>, now: DateTime<Utc>, window: Duration) -> Result<(), NetworkRefusal> {
    if (now - issued_at).abs() <= window {
        return Ok(());
    }
    let detail = "it was not signed just now: compare the clocks of the two gateways";
    Err(NetworkRefusal::new(NetworkFault::Stale, detail))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_pkcs8(&SigningKey::generate_pkcs8().unwrap()).unwrap()
    }

    fn set(key: &SigningKey) -> JwkSet {
        JwkSet { keys: vec![key.jwk().clone()] }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000 + seconds, 0).unwrap()
    }

    fn message() -> Message {
        let between = ("131016".parse().unwrap(), "131041".parse().unwrap());
        Message::new("move.notice", between, at(0), json!({"b": 1, "a": ["山田\u{3000}太郎"]}))
    }

    fn window() -> Duration {
        Duration::minutes(5)
    }

    #[test]
    fn what_is_signed_opens_as_it_was_and_each_sending_has_its_own_nonce() {
        let (key, rng) = (key(), SystemRandom::new());
        let message = message();
        let first = message.sign(&key, &rng, at(10)).unwrap();
        let second = message.sign(&key, &rng, at(10)).unwrap();
        let opened = open(&first, &set(&key), at(12), window()).unwrap();
        assert_eq!((&opened.message, opened.issued_at), (&message, at(10)));
        let again = open(&second, &set(&key), at(12), window()).unwrap();
        assert_ne!(opened.nonce, again.nonce);
        assert_eq!(opened.message.content_sha256(), again.message.content_sha256());
        let other = Message { body: json!({"a": []}), ..message };
        assert_ne!(other.content_sha256(), opened.message.content_sha256());
    }

    #[test]
    fn a_message_is_taken_within_the_window_only() {
        let (key, rng) = (key(), SystemRandom::new());
        let token = message().sign(&key, &rng, at(0)).unwrap();
        for (now, taken) in [(-301, false), (-300, true), (300, true), (301, false)] {
            let opened = open(&token, &set(&key), at(now), window());
            assert_eq!(opened.is_ok(), taken, "{now}");
            if let Err(refusal) = opened {
                assert_eq!(refusal.fault, NetworkFault::Stale);
            }
        }
    }

    #[test]
    fn another_key_and_a_key_that_ended_sign_nothing() {
        let (key, rng) = (key(), SystemRandom::new());
        let token = message().sign(&key, &rng, at(0)).unwrap();
        let strange = open(&token, &set(&self::key()), at(0), window()).unwrap_err();
        assert_eq!(strange.fault, NetworkFault::Signature);
        let mut ended = set(&key);
        ended.keys[0].exp = Some(at(-1).timestamp());
        assert_eq!(open(&token, &ended, at(0), window()).unwrap_err().fault, NetworkFault::Signature);
    }

    #[test]
    fn each_slip_of_a_payload_has_its_code() {
        let good = json!({"version": 1, "id": Uuid::now_v7().to_string(), "kind": "ping", "from": "131016",
            "to": "131041", "nonce": "AAAAAAAAAAAAAAAAAAAAAA", "created_at": 1, "issued_at": 2, "body": {}});
        assert!(parse(good.to_string().as_bytes()).is_ok());
        let with = |name: &str, value: Value| {
            let mut changed = good.clone();
            changed[name] = value;
            parse(changed.to_string().as_bytes()).unwrap_err().fault
        };
        assert_eq!(with("version", json!(2)), NetworkFault::Version);
        for (name, value) in [
            ("version", json!("1")),
            ("id", json!("0191e0c0-0000-4000-8000-000000000000")),
            ("id", json!("{0}")),
            ("kind", json!("")),
            ("kind", json!("Ping")),
            ("kind", json!("a..b")),
            ("kind", json!("a".repeat(41))),
            ("from", json!("131017")),
            ("nonce", json!("AAAA")),
            ("created_at", json!(9_007_199_254_740_991_i64)),
            ("issued_at", json!(1.5)),
            ("body", json!([])),
            ("extra", json!(1)),
        ] {
            assert_eq!(with(name, value.clone()), NetworkFault::Malformed, "{name} {value}");
        }
        let twice = good.to_string().replacen("{", "{\"version\":1,", 1);
        assert_eq!(parse(twice.as_bytes()).unwrap_err().fault, NetworkFault::Malformed);
    }

    fn is_noncharacter(character: char) -> bool {
        let code = u32::from(character);
        code & 0xFFFE == 0xFFFE || (0xFDD0..=0xFDEF).contains(&code)
    }

    proptest! {
            #[test]
            fn no_input_stops_the_parser(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
                let _ = parse(&bytes);
            }

            #[test]
            fn no_text_opens(text in "[A-Za-z0-9_.-]{0,200}") {
                prop_assert!(open(&text, &set(&key()), at(0), window()).is_err());
            }

            #[test]
            fn every_body_comes_back(words in proptest::collection::btree_map("[a-z\u{3042}-\u{3093}]{1,8}", "\\PC{0,20}", 0..6)) {
                let (key, rng) = (key(), SystemRandom::new());
                let sent = Message { body: json!(words), ..message() };
                let token = sent.sign(&key, &rng, at(0)).unwrap();
                let opened = open(&token, &set(&key), at(0), window());
                // Noncharacters are the one thing that strict JSON does not carry.
                if let Ok(opened) = opened {
                    prop_assert_eq!(opened.message, sent);
                } else {
    prop_assert!(words.values().any(|word| word.chars().any(is_noncharacter)), "refused");
                }
            }
        }
}
