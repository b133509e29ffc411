//! Which gateways' pages may talk to the loopback agent. A pairing is an origin, a token that the page shows (its digest is
//! kept), and a key pair with which the agent shows itself to the page.
pub mod offer;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::ClientError;
use super::folder::DataFolder;
use super::origin::Origin;
use crate::jws::{AGENT_TYP, JwkSet, SigningKey};

const FILE: &str = "pairings.json";

/// A paired origin.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pairing {
    /// The origin.
    pub origin: String,
    /// Hex SHA-256 of its token.
    pub token_sha256: String,
    /// The agent's private key for this origin: PKCS#8, base64. Each origin has one of its own, so that two sites cannot
    /// tell by it that they speak to the same person.
    key: String,
}

/// What a page keeps of its pairing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLink {
    /// What it shows the agent.
    pub token: String,
    /// The agent's public key (P-256): base64url of x.
    pub x: String,
    /// Base64url of y.
    pub y: String,
}

impl PageLink {
    /// In one line, as the gateway's setting `card.pairing` takes it: token, x and y with dots between.
    pub fn line(&self) -> String {
        format!("{}.{}.{}", self.token, self.x, self.y)
    }
}

/// Every pairing.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn pairings(folder: &DataFolder) -> Result<Vec<Pairing>, ClientError> {
    let Some(content) = folder.read(FILE)? else { return Ok(Vec::new()) };
    serde_json::from_slice(&content).map_err(|error| ClientError::input(&folder.path().join(FILE), error))
}

/// Pairs an origin; a token and key that it had before are good no more.
///
/// # Errors
/// When the file cannot be written, or the system has no randomness.
pub fn pair(folder: &DataFolder, origin: &Origin) -> Result<PageLink, ClientError> {
    let fault = |error: &dyn std::fmt::Display| ClientError::fault(error.to_string());
    let token = random_token()?;
    let pkcs8 = SigningKey::generate_pkcs8().map_err(|error| fault(&error))?;
    let key = SigningKey::from_pkcs8(&pkcs8).map_err(|error| fault(&error))?;
    let _held = folder.hold(FILE)?;
    let mut all = pairings(folder)?;
    all.retain(|pairing| pairing.origin != origin.as_str());
    all.push(Pairing {
        origin: origin.as_str().to_owned(),
        token_sha256: hash(&token),
        key: STANDARD.encode(pkcs8.as_slice()),
    });
    write(folder, &all)?;
    Ok(PageLink { token, x: key.jwk().x.clone(), y: key.jwk().y.clone() })
}

/// Ends the pairing of an origin; false when there was none.
///
/// # Errors
/// When the file cannot be read or written.
pub fn remove(folder: &DataFolder, origin: &Origin) -> Result<bool, ClientError> {
    let _held = folder.hold(FILE)?;
    let mut all = pairings(folder)?;
    let before = all.len();
    all.retain(|pairing| pairing.origin != origin.as_str());
    if all.len() < before {
        write(folder, &all)?;
    }
    Ok(all.len() < before)
}

fn write(folder: &DataFolder, all: &[Pairing]) -> Result<(), ClientError> {
    let content = serde_json::to_vec_pretty(all).map_err(|error| ClientError::fault(error.to_string()))?;
    folder.write(FILE, &content)
}

impl Pairing {
    /// Whether `token` is this origin's.
    pub fn accepts(&self, token: &str) -> bool {
        self.token_sha256.as_bytes().ct_eq(hash(token).as_bytes()).into()
    }

    /// Shows the page that this is the agent that it was paired with: a JWS over the page's own challenge, its origin and
    /// the address that the agent answers at. The address keeps a program on another port from passing it on as its own.
    ///
    /// # Errors
    /// When the kept key cannot be used.
    pub fn prove(&self, agent: &str, challenge: &str) -> Result<String, ClientError> {
        let claims = self.claims(agent, challenge);
        self.signing_key()?.sign(AGENT_TYP, claims.to_string().as_bytes()).map_err(|_| self.unusable())
    }

    /// Whether `proof` is what [`Self::prove`] makes: as the page checks it, for who holds the same folder.
    ///
    /// # Errors
    /// When the kept key cannot be used.
    pub fn is_proof(&self, agent: &str, challenge: &str, proof: &str) -> Result<bool, ClientError> {
        let keys = JwkSet { keys: vec![self.signing_key()?.jwk().clone()] };
        let Ok(verified) = keys.verify(AGENT_TYP, proof) else { return Ok(false) };
        let told: Option<serde_json::Value> = serde_json::from_slice(&verified.payload).ok();
        Ok(told == Some(self.claims(agent, challenge)))
    }

    fn claims(&self, agent: &str, challenge: &str) -> serde_json::Value {
        serde_json::json!({ "iss": agent, "aud": self.origin, "challenge": challenge })
    }

    fn signing_key(&self) -> Result<SigningKey, ClientError> {
        let pkcs8 = zeroize::Zeroizing::new(STANDARD.decode(&self.key).map_err(|_| self.unusable())?);
        SigningKey::from_pkcs8(&pkcs8).map_err(|_| self.unusable())
    }

    fn unusable(&self) -> ClientError {
        ClientError::fault(format!("the pairing key of {} cannot be used: pair it again", self.origin))
    }
}

/// 256 random bits, base64url.
///
/// # Errors
/// When the system has no randomness.
pub fn random_token() -> Result<String, ClientError> {
    let mut bytes = [0u8; 32];
    random(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn random(bytes: &mut [u8]) -> Result<(), ClientError> {
    SystemRandom::new().fill(bytes).map_err(|_| ClientError::fault("the system gave no randomness"))
}

fn hash(token: &str) -> String {
    hex::encode(digest(&SHA256, token.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairings_made_at_once_are_all_kept() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(Some(dir.path().to_owned())).unwrap();
        std::thread::scope(|scope| {
            for port in 0..16 {
                let folder = &folder;
                scope.spawn(move || {
                    pair(folder, &Origin::parse(&format!("http://127.0.0.1:{}", 9000 + port)).unwrap()).unwrap()
                });
            }
        });
        assert_eq!(pairings(&folder).unwrap().len(), 16);
        std::thread::scope(|scope| {
            for port in 0..8 {
                let folder = &folder;
                scope.spawn(move || {
                    remove(folder, &Origin::parse(&format!("http://127.0.0.1:{}", 9000 + port)).unwrap()).unwrap()
                });
            }
        });
        assert_eq!(pairings(&folder).unwrap().len(), 8);
    }

    #[test]
    fn a_pairing_proves_itself_and_ends() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(Some(dir.path().to_owned())).unwrap();
        let origin = Origin::parse("http://127.0.0.1:8080").unwrap();
        let link = pair(&folder, &origin).unwrap();
        let pairing = pairings(&folder).unwrap().remove(0);
        assert!(pairing.accepts(&link.token) && !pairing.accepts("x"));
        let proof = pairing.prove("http://127.0.0.1:8081", "c").unwrap();
        let kid = serde_json::from_slice::<serde_json::Value>(
            &URL_SAFE_NO_PAD.decode(proof.split('.').next().unwrap()).unwrap(),
        )
        .unwrap()["kid"]
            .clone();
        let keys = serde_json::json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": link.x, "y": link.y, "kid": kid,
            "alg": "ES256", "use": "sig" }] });
        let keys = JwkSet::from_json(keys.to_string().as_bytes()).unwrap();
        assert!(pairing.is_proof("http://127.0.0.1:8081", "c", &proof).unwrap());
        for (agent, challenge) in [("http://127.0.0.1:8082", "c"), ("http://127.0.0.1:8081", "d")] {
            assert!(!pairing.is_proof(agent, challenge, &proof).unwrap());
        }
        assert!(!pairing.is_proof("http://127.0.0.1:8081", "c", "x").unwrap());
        let claims = keys.verify(AGENT_TYP, &proof).unwrap().payload;
        assert!(String::from_utf8(claims).unwrap().contains("http://127.0.0.1:8081"));
        assert!(remove(&folder, &origin).unwrap() && !remove(&folder, &origin).unwrap());
        assert!(pairings(&folder).unwrap().is_empty());
    }
}
