//! A pairing that the person was shown a code for, until the gateway's page comes with it.
//!
//! The code goes from the client to the page, by the person's hand. It is a secret that both know and nobody else, so it
//! shows each to the other: the page proves it without sending it, and so does the client. A page of another origin gains
//! nothing by knowing it; a program that took the client's port does not know it, and the address in the salt keeps it from
//! passing a proof on.
use std::num::NonZeroU32;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use ring::{hmac, pbkdf2};
use serde::{Deserialize, Serialize};

use super::{PageLink, pair};
use crate::card_client::ClientError;
use crate::card_client::folder::DataFolder;
use crate::card_client::origin::Origin;

const FILE: &str = "pairing-offer.json";
/// How long a code is good.
const LIFE_MINUTES: i64 = 5;
/// Wrong proofs until it is good no more.
const TRIES: u8 = 5;
/// What stretches the code, so that a program that heard one proof does not find the code while it is good.
const ROUNDS: NonZeroU32 = match NonZeroU32::new(200_000) {
    Some(rounds) => rounds,
    None => NonZeroU32::MIN,
};
/// Digits and letters that are not mistaken for each other (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A pairing that is offered to one origin.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Offer {
    origin: String,
    code: String,
    expires_at: DateTime<Utc>,
    tries_left: u8,
}

/// What a page shows that it knows the code by.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageProof {
    /// The page's own random bits, base64url.
    pub nonce: String,
    /// HMAC of `page` under the stretched code, base64url.
    pub proof: String,
}

/// What the page gets: its token, the client's key, and the proof that the client knows the code too.
#[derive(Debug, Serialize)]
pub struct Paired {
    /// Its token.
    pub token: String,
    /// The client's public key.
    pub x: String,
    /// The same.
    pub y: String,
    /// HMAC of `agent`, token and key under the stretched code, base64url.
    pub proof: String,
}

/// Offers a pairing to an origin, in place of any other offer; gives the code for the person, in groups.
///
/// # Errors
/// When the file cannot be written, or the system has no randomness.
pub fn offer(folder: &DataFolder, origin: &Origin, now: DateTime<Utc>) -> Result<String, ClientError> {
    let mut bytes = [0u8; 10];
    super::random(&mut bytes)?;
    let digit = |byte: &u8| char::from(*ALPHABET.get(usize::from(byte % 32)).unwrap_or(&b'0'));
    let code: String = bytes.iter().map(digit).collect();
    let origin = origin.as_str().to_owned();
    let _held = folder.hold(FILE)?;
    let offer =
        Offer { origin, code: code.clone(), expires_at: now + Duration::minutes(LIFE_MINUTES), tries_left: TRIES };
    keep(folder, Some(&offer))?;
    let (left, right) = code.split_at(5);
    Ok(format!("{left}-{right}"))
}

/// Whether a pairing is offered to `origin`.
///
/// # Errors
/// When the file cannot be read.
pub fn is_offered(folder: &DataFolder, origin: &str, now: DateTime<Utc>) -> Result<bool, ClientError> {
    Ok(current(folder, now)?.is_some_and(|offer| offer.origin == origin))
}

/// Pairs `origin` where it knows the code; `agent` is the address that its page spoke to.
///
/// # Errors
/// `pairing-not-offered`, `pairing-code` (with the tries left); when a file cannot be written.
pub fn confirm(
    folder: &DataFolder,
    origin: &str,
    agent: &str,
    proof: &PageProof,
    now: DateTime<Utc>,
) -> Result<Paired, ClientError> {
    let not_offered = || {
        let detail = "ask for pairing again, and type the code that the card client shows for this site";
        ClientError::refused("pairing-not-offered", "no pairing is offered to this site", detail)
    };
    // Held until the code is used up: two proofs at once are counted as two.
    let _held = folder.hold(FILE)?;
    let Some(mut offer) = current(folder, now)?.filter(|offer| offer.origin == origin) else {
        return Err(not_offered());
    };
    // Counted before it is looked at: nothing that happens in between gives a try back.
    offer.tries_left = offer.tries_left.saturating_sub(1);
    keep(folder, (offer.tries_left > 0).then_some(&offer))?;
    let key = stretched(&offer.code, origin, agent, &proof.nonce);
    let given = URL_SAFE_NO_PAD.decode(&proof.proof).unwrap_or_default();
    let long_enough = URL_SAFE_NO_PAD.decode(&proof.nonce).is_ok_and(|nonce| nonce.len() == 32);
    if !long_enough || hmac::verify(&key, b"page", &given).is_err() {
        let detail = format!("the code is not the one that the card client shows; {} tries are left", offer.tries_left);
        return Err(ClientError::refused("pairing-code", "the code is wrong", detail));
    }
    keep(folder, None)?;
    let PageLink { token, x, y } = pair(folder, &Origin::parse(origin)?)?;
    let tag = hmac::sign(&key, format!("agent\n{token}\n{x}\n{y}").as_bytes());
    Ok(Paired { token, x, y, proof: URL_SAFE_NO_PAD.encode(tag) })
}

fn stretched(code: &str, origin: &str, agent: &str, nonce: &str) -> hmac::Key {
    let salt = format!("madoguchi-card pairing 1\n{origin}\n{agent}\n{nonce}");
    let mut key = zeroize::Zeroizing::new([0u8; 32]);
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, salt.as_bytes(), code.as_bytes(), key.as_mut());
    hmac::Key::new(hmac::HMAC_SHA256, key.as_ref())
}

fn current(folder: &DataFolder, now: DateTime<Utc>) -> Result<Option<Offer>, ClientError> {
    let Some(content) = folder.read(FILE)? else { return Ok(None) };
    let offer: Option<Offer> =
        serde_json::from_slice(&content).map_err(|error| ClientError::input(&folder.path().join(FILE), error))?;
    Ok(offer.filter(|offer| now < offer.expires_at && offer.tries_left > 0))
}

fn keep(folder: &DataFolder, offer: Option<&Offer>) -> Result<(), ClientError> {
    let content = serde_json::to_vec(&offer).map_err(|error| ClientError::fault(error.to_string()))?;
    folder.write(FILE, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGENT: &str = "http://127.0.0.1:8081";
    const ORIGIN: &str = "https://madoguchi.example";

    fn proof(code: &str, origin: &str, agent: &str) -> PageProof {
        let nonce = URL_SAFE_NO_PAD.encode([7u8; 32]);
        let key = stretched(&code.replace('-', ""), origin, agent, &nonce);
        PageProof { proof: URL_SAFE_NO_PAD.encode(hmac::sign(&key, b"page")), nonce }
    }

    fn folder() -> (tempfile::TempDir, DataFolder) {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(Some(dir.path().to_owned())).unwrap();
        (dir, folder)
    }

    #[test]
    fn a_code_pairs_its_origin_once() {
        let (_dir, folder) = folder();
        let now = chrono::DateTime::<Utc>::UNIX_EPOCH;
        let code = offer(&folder, &Origin::parse(ORIGIN).unwrap(), now).unwrap();
        assert!(is_offered(&folder, ORIGIN, now).unwrap());
        let good = proof(&code, ORIGIN, AGENT);
        assert_eq!(
            confirm(&folder, "https://evil.example", AGENT, &good, now).unwrap_err().code,
            "pairing-not-offered"
        );
        let paired = confirm(&folder, ORIGIN, AGENT, &good, now).unwrap();
        let key = stretched(&code.replace('-', ""), ORIGIN, AGENT, &good.nonce);
        let said = format!("agent\n{}\n{}\n{}", paired.token, paired.x, paired.y);
        hmac::verify(&key, said.as_bytes(), &URL_SAFE_NO_PAD.decode(&paired.proof).unwrap()).unwrap();
        assert_eq!(confirm(&folder, ORIGIN, AGENT, &good, now).unwrap_err().code, "pairing-not-offered", "used twice");
    }

    #[test]
    fn guesses_made_at_once_are_all_counted() {
        let (_dir, folder) = folder();
        let now = chrono::DateTime::<Utc>::UNIX_EPOCH;
        let code = offer(&folder, &Origin::parse(ORIGIN).unwrap(), now).unwrap();
        let guess = proof("00000-00000", ORIGIN, AGENT);
        std::thread::scope(|scope| {
            for _ in 0..TRIES {
                scope.spawn(|| {
                    assert_eq!(confirm(&folder, ORIGIN, AGENT, &guess, now).unwrap_err().code, "pairing-code")
                });
            }
        });
        let good = proof(&code, ORIGIN, AGENT);
        assert_eq!(confirm(&folder, ORIGIN, AGENT, &good, now).unwrap_err().code, "pairing-not-offered");
    }

    #[test]
    fn a_passed_on_proof_a_late_one_and_guesses_pair_nothing() {
        let (_dir, folder) = folder();
        let now = chrono::DateTime::<Utc>::UNIX_EPOCH;
        let origin = Origin::parse(ORIGIN).unwrap();
        let code = offer(&folder, &origin, now).unwrap();
        let elsewhere = proof(&code, ORIGIN, "http://127.0.0.1:9999");
        assert_eq!(confirm(&folder, ORIGIN, AGENT, &elsewhere, now).unwrap_err().code, "pairing-code");
        let late = now + Duration::minutes(LIFE_MINUTES);
        assert_eq!(
            confirm(&folder, ORIGIN, AGENT, &proof(&code, ORIGIN, AGENT), late).unwrap_err().code,
            "pairing-not-offered"
        );
        let code = offer(&folder, &origin, now).unwrap();
        for _ in 0..TRIES {
            assert_eq!(
                confirm(&folder, ORIGIN, AGENT, &proof("00000-00000", ORIGIN, AGENT), now).unwrap_err().code,
                "pairing-code"
            );
        }
        let good = proof(&code, ORIGIN, AGENT);
        assert_eq!(confirm(&folder, ORIGIN, AGENT, &good, now).unwrap_err().code, "pairing-not-offered");
        assert!(super::super::pairings(&folder).unwrap().is_empty());
    }
}
