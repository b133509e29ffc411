//! Gateways that the person trusts: their key sets, shown once and pinned.
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ClientError;
use super::folder::DataFolder;
use super::origin::Origin;
use super::request::GatewayKeys;
use crate::clock::Clock;
use crate::jws::{Jwk, JwkSet};

const FILE: &str = "trusted.json";
/// The longest key set that is read.
const MAX_KEY_SET: u64 = 64 << 10;
const PATIENCE: Duration = Duration::from_secs(10);
/// A pinned set that is older is fetched again where it can be, so that the end of a retired key is heard of.
const FRESH_HOURS: i64 = 24;

/// A gateway and its pinned keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrustedGateway {
    /// Its origin.
    pub origin: String,
    /// Its key set, as `/.well-known/jwks.json` gave it.
    pub keys: serde_json::Value,
    /// When it was taken.
    pub pinned_at: DateTime<Utc>,
}

impl TrustedGateway {
    /// Its keys.
    ///
    /// # Errors
    /// When what was kept is not a key set.
    pub fn key_set(&self) -> Result<JwkSet, ClientError> {
        JwkSet::from_json(self.keys.to_string().as_bytes())
            .map_err(|error| ClientError::fault(format!("the pinned keys of {} cannot be read: {error}", self.origin)))
    }
}

/// Every gateway that is trusted.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn trusted(folder: &DataFolder) -> Result<Vec<TrustedGateway>, ClientError> {
    let Some(content) = folder.read(FILE)? else { return Ok(Vec::new()) };
    serde_json::from_slice(&content).map_err(|error| ClientError::input(&folder.path().join(FILE), error))
}

/// Pins the keys of a gateway, in place of those that were pinned.
///
/// # Errors
/// When the file cannot be written.
pub fn pin(folder: &DataFolder, origin: &Origin, keys: &JwkSet, now: DateTime<Utc>) -> Result<(), ClientError> {
    let _held = folder.hold(FILE)?;
    let mut all = trusted(folder)?;
    all.retain(|gateway| gateway.origin != origin.as_str());
    let keys = serde_json::to_value(keys).map_err(|error| ClientError::fault(error.to_string()))?;
    all.push(TrustedGateway { origin: origin.as_str().to_owned(), keys, pinned_at: now });
    let content = serde_json::to_vec_pretty(&all).map_err(|error| ClientError::fault(error.to_string()))?;
    folder.write(FILE, &content)
}

/// The pinned keys, looked up in the folder each time, so that a running agent sees what was pinned since.
#[derive(Debug, Clone)]
pub struct PinnedKeys(pub DataFolder);

impl GatewayKeys for PinnedKeys {
    fn keys_of(&self, origin: &str) -> Result<Option<JwkSet>, ClientError> {
        let gateway = trusted(&self.0)?.into_iter().find(|gateway| gateway.origin == origin);
        gateway.map(|gateway| gateway.key_set()).transpose()
    }
}

/// The pinned keys, which follow a gateway's key set as it rolls over: where a request is signed with a key that is not
/// pinned, or the set was taken more than a day ago, it is fetched anew from the pinned origin and taken by [`roll_over`]'s
/// rule. A set that cannot be fetched leaves the pinned one in use.
pub struct RollingKeys {
    /// The client's folder.
    pub folder: DataFolder,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl GatewayKeys for RollingKeys {
    fn keys_of(&self, origin: &str) -> Result<Option<JwkSet>, ClientError> {
        let Some(gateway) = trusted(&self.folder)?.into_iter().find(|gateway| gateway.origin == origin) else {
            return Ok(None);
        };
        let age = self.clock.now() - gateway.pinned_at;
        if age >= chrono::Duration::hours(FRESH_HOURS)
            && let Some(renewed) = self.renewed_keys_of(origin)?
        {
            return Ok(Some(renewed));
        }
        gateway.key_set().map(Some)
    }

    fn renewed_keys_of(&self, origin: &str) -> Result<Option<JwkSet>, ClientError> {
        let origin = Origin::parse(origin)?;
        // A gateway that cannot be reached leaves what was pinned; the request is refused then.
        let Ok(fetched) = fetch(&origin) else { return Ok(None) };
        roll_over(&self.folder, &origin, fetched, self.clock.now())
    }
}

/// Takes a fetched key set in place of the pinned one when it still holds one of the pinned keys, byte for byte (a gateway
/// keeps its retired keys in its set), and gives it. A set without any of them is another gateway's until the person looks
/// at it with `trust`: none. Who may answer for the pinned origin over TLS may add a key in this way, and nobody else may;
/// what is signed is shown all the same. A key's end that was heard of once stays: it can come earlier, never later.
///
/// # Errors
/// When the folder cannot be read or written.
pub fn roll_over(
    folder: &DataFolder,
    origin: &Origin,
    mut fetched: JwkSet,
    now: DateTime<Utc>,
) -> Result<Option<JwkSet>, ClientError> {
    let Some(pinned) = PinnedKeys(folder.clone()).keys_of(origin.as_str())? else { return Ok(None) };
    let holds = |wanted: &Jwk| fetched.keys.iter().any(|key| key.thumbprint() == wanted.thumbprint());
    if !pinned.keys.iter().any(holds) {
        return Ok(None);
    }
    for key in &mut fetched.keys {
        let known = pinned.keys.iter().find(|pinned| pinned.thumbprint() == key.thumbprint());
        key.exp = key.exp.into_iter().chain(known.and_then(|known| known.exp)).min();
    }
    pin(folder, origin, &fetched, now)?;
    Ok(Some(fetched))
}

/// Fetches the key set of a gateway: `/.well-known/jwks.json`, without following redirects.
///
/// # Errors
/// When it cannot be fetched or is not a key set.
pub fn fetch(origin: &Origin) -> Result<JwkSet, ClientError> {
    fetch_with_date(origin).map(|(keys, _)| keys)
}

/// The same, with the time that the gateway's answer tells (RFC 9110 6.6.1).
///
/// # Errors
/// As [`fetch`].
pub fn fetch_with_date(origin: &Origin) -> Result<(JwkSet, Option<DateTime<Utc>>), ClientError> {
    fetch_address(&format!("{origin}/.well-known/jwks.json"), origin.is_local())
}

/// Fetches a key set from an address whose origin may be trusted.
///
/// # Errors
/// As [`fetch`]; also when the address is not of such an origin.
pub fn fetch_url(address: &str) -> Result<JwkSet, ClientError> {
    let end = address.find("://").map(|at| at + 3).and_then(|from| address.get(from..)?.find('/').map(|at| from + at));
    let origin = Origin::parse(end.and_then(|end| address.get(..end)).unwrap_or(address))?;
    fetch_address(address, origin.is_local()).map(|(keys, _)| keys)
}

fn fetch_address(address: &str, local: bool) -> Result<(JwkSet, Option<DateTime<Utc>>), ClientError> {
    let failed = |reason: String| {
        ClientError::refused("keys-unreachable", "the gateway's keys cannot be fetched", format!("{address}: {reason}"))
            .about(format!("{address}: {reason}"))
    };
    let tls = ureq::tls::TlsConfig::builder().provider(ureq::tls::TlsProvider::NativeTls).build();
    let mut config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).tls_config(tls);
    if local {
        config = config.proxy(None);
    }
    let agent: ureq::Agent = config.build().into();
    let mut answer = agent.get(address).call().map_err(|error| failed(error.to_string()))?;
    let date = answer.headers().get("date").and_then(|date| DateTime::parse_from_rfc2822(date.to_str().ok()?).ok());
    let body = answer.body_mut().with_config().limit(MAX_KEY_SET).read_to_vec();
    let keys = JwkSet::from_json(&body.map_err(|error| failed(error.to_string()))?);
    Ok((keys.map_err(|error| failed(error.to_string()))?, date.map(|date| date.to_utc())))
}
