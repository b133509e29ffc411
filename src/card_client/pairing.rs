//! Which gateways' pages may talk to the loopback agent: an origin and a token each; the token's digest is kept.
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::ClientError;
use super::folder::DataFolder;
use super::origin::Origin;

const FILE: &str = "pairings.json";

/// A paired origin.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pairing {
    /// The origin.
    pub origin: String,
    /// Hex SHA-256 of its token.
    pub token_sha256: String,
}

/// Every pairing.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn pairings(folder: &DataFolder) -> Result<Vec<Pairing>, ClientError> {
    let Some(content) = folder.read(FILE)? else { return Ok(Vec::new()) };
    serde_json::from_slice(&content).map_err(|error| ClientError::input(&folder.path().join(FILE), error))
}

/// Pairs an origin and gives its token; a token that it had before is good no more.
///
/// # Errors
/// When the file cannot be written, or the system has no randomness.
pub fn pair(folder: &DataFolder, origin: &Origin) -> Result<String, ClientError> {
    let token = random_token()?;
    let mut all = pairings(folder)?;
    all.retain(|pairing| pairing.origin != origin.as_str());
    all.push(Pairing { origin: origin.as_str().to_owned(), token_sha256: hash(&token) });
    let content = serde_json::to_vec_pretty(&all).map_err(|error| ClientError::fault(error.to_string()))?;
    folder.write(FILE, &content)?;
    Ok(token)
}

impl Pairing {
    /// Whether `token` is this origin's.
    pub fn accepts(&self, token: &str) -> bool {
        self.token_sha256.as_bytes().ct_eq(hash(token).as_bytes()).into()
    }
}

/// 256 random bits, base64url.
///
/// # Errors
/// When the system has no randomness.
pub fn random_token() -> Result<String, ClientError> {
    let mut bytes = [0u8; 32];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| ClientError::fault("the system gave no randomness"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn hash(token: &str) -> String {
    hex::encode(digest(&SHA256, token.as_bytes()).as_ref())
}
