//! The answer to a message: signed, bound to the very octets that it answers, and never to be changed afterwards.
use chrono::{DateTime, Duration, Utc};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::message::{Message, fresh};
use super::refusal::{NetworkFault, NetworkRefusal};
use super::{ANSWER_TYP, VERSION};
use crate::ids::AgencyCode;
use crate::intake::json;
use crate::jws::{JwkSet, JwsError, SigningKey};

/// The longest code of an answer that is read.
const MAX_CODE: usize = 60;

/// What became of a message at the other side. Both are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was taken and has had its effect.
    Done,
    /// It was understood and refused, for the reason that the code says.
    Refused,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What became of the message.
    pub outcome: Outcome,
    /// Stable code: `taken`, or why it was refused.
    pub code: String,
    /// What the answer says, by the message's kind; an object.
    pub body: Value,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    version: u32,
    id: String,
    request_sha256: String,
    from: AgencyCode,
    to: AgencyCode,
    issued_at: i64,
    outcome: Outcome,
    code: String,
    body: Value,
}

impl Answer {
    /// Taken, with nothing more to say.
    pub fn taken() -> Self {
        Self::done(Value::Object(serde_json::Map::new()))
    }

    /// Taken, with an object to say.
    pub fn done(body: Value) -> Self {
        Self { outcome: Outcome::Done, code: "taken".to_owned(), body }
    }

    /// Refused for good.
    pub fn refused(code: &str) -> Self {
        Self { outcome: Outcome::Refused, code: code.to_owned(), body: Value::Object(serde_json::Map::new()) }
    }

    /// Signs it as the answer to the octets of digest `request_sha256`, which held `message`.
    ///
    /// # Errors
    /// [`JwsError::Random`] when the system has no randomness to give.
    pub fn sign(
        &self,
        key: &SigningKey,
        (message, request_sha256): (&Message, &[u8; 32]),
        now: DateTime<Utc>,
    ) -> Result<String, JwsError> {
        let claims = Claims {
            version: VERSION,
            id: message.id.to_string(),
            request_sha256: hex::encode(request_sha256),
            from: message.to,
            to: message.from,
            issued_at: now.timestamp(),
            outcome: self.outcome,
            code: self.code.clone(),
            body: self.body.clone(),
        };
        let payload = serde_json::to_vec(&claims).map_err(|_| JwsError::Form("its body cannot be written"))?;
        key.sign(ANSWER_TYP, &payload)
    }
}

fn wrong(what: &str) -> NetworkRefusal {
    NetworkRefusal::new(NetworkFault::BadAnswer, what)
}

/// Reads an answer's payload: the parser that hostile octets meet.
///
/// # Errors
/// [`NetworkFault::BadAnswer`].
pub fn parse(payload: &[u8]) -> Result<Answer, NetworkRefusal> {
    claims(payload).map(|claims| Answer { outcome: claims.outcome, code: claims.code, body: claims.body })
}

fn claims(payload: &[u8]) -> Result<Claims, NetworkRefusal> {
    let value = json::parse(payload).map_err(|_| wrong("the answer is not strict JSON"))?;
    let claims: Claims =
        serde_json::from_value(value).map_err(|_| wrong("the answer lacks a member or has a wrong one"))?;
    let code = claims.code.len() <= MAX_CODE
        && claims.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if claims.version == VERSION && code && claims.body.is_object() {
        Ok(claims)
    } else {
        Err(wrong("a member of the answer is not of its form"))
    }
}

/// Opens the answer to `token`, which held `message`.
///
/// # Errors
/// [`NetworkFault::BadAnswer`] or [`NetworkFault::Stale`].
pub fn open(
    answer: &str,
    keys: &JwkSet,
    (message, token): (&Message, &str),
    now: DateTime<Utc>,
    window: Duration,
) -> Result<Answer, NetworkRefusal> {
    let verified = keys.verify(ANSWER_TYP, answer).map_err(|error| wrong(&error.to_string()))?;
    let claims = claims(&verified.payload)?;
    if verified.is_after_the_keys_end(claims.issued_at) {
        return Err(wrong("the key had ended when it signed the answer"));
    }
    let issued_at = DateTime::from_timestamp(claims.issued_at, 0).ok_or_else(|| wrong("a time is out of range"))?;
    fresh(issued_at, now, window)?;
    let about = (claims.id.as_str(), claims.from, claims.to, claims.request_sha256.as_str());
    let sha256 = hex::encode(digest(&SHA256, token.as_bytes()));
    if about != (message.id.to_string().as_str(), message.to, message.from, sha256.as_str()) {
        return Err(wrong("it answers another message"));
    }
    Ok(Answer { outcome: claims.outcome, code: claims.code, body: claims.body })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ring::rand::SystemRandom;
    use serde_json::json;

    use super::*;
    use crate::network::message;

    fn key() -> SigningKey {
        SigningKey::from_pkcs8(&SigningKey::generate_pkcs8().unwrap()).unwrap()
    }

    #[test]
    fn an_answer_answers_the_one_sending_that_it_names() {
        let (key, other, rng) = (key(), key(), SystemRandom::new());
        let keys = JwkSet { keys: vec![key.jwk().clone()] };
        let (now, window) = (DateTime::from_timestamp(1_780_000_000, 0).unwrap(), Duration::minutes(5));
        let between = ("131016".parse().unwrap(), "131041".parse().unwrap());
        let sent = Message::new("ping", between, now, json!({}));
        let token = sent.sign(&other, &rng, now).unwrap();
        let opened = message::open(&token, &JwkSet { keys: vec![other.jwk().clone()] }, now, window).unwrap();
        let answer = Answer::refused("no_such_record");
        let signed = answer.sign(&key, (&sent, &opened.sha256), now).unwrap();
        assert_eq!(open(&signed, &keys, (&sent, &token), now, window).unwrap(), answer);
        let later = sent.sign(&other, &rng, now).unwrap();
        let about_another = open(&signed, &keys, (&sent, &later), now, window).unwrap_err();
        assert_eq!(about_another.fault, NetworkFault::BadAnswer, "an answer of before does not answer a new sending");
        let stale = open(&signed, &keys, (&sent, &token), now + Duration::minutes(6), window).unwrap_err();
        assert_eq!(stale.fault, NetworkFault::Stale);
        let by_another = answer.sign(&other, (&sent, &opened.sha256), now).unwrap();
        assert!(open(&by_another, &keys, (&sent, &token), now, window).is_err());
        assert!(
            open(&token, &JwkSet { keys: vec![other.jwk().clone()] }, (&sent, &token), now, window).is_err(),
            "a request is no answer"
        );
    }

    proptest! {
        #[test]
        fn no_input_stops_the_parser(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&bytes);
        }
    }
}
