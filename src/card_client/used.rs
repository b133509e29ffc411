//! Requests that were signed before: each is good once (RFC 7519 4.1.7, `jti`). A small file in the client's folder, kept
//! until the request has run out.
use std::time::Duration as Patience;

use chrono::{DateTime, Duration, Utc};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::ClientError;
use super::folder::{DataFolder, FolderLock};
use super::request::CheckedRequest;

const FILE: &str = "used-requests.json";
const LOCK: &str = "used-requests.lock";
/// How many requests that have not run out are remembered at most; beyond, none is signed.
pub const MOST: usize = 5_000;
/// How long a request is remembered after its end, for clocks that are set back.
const MARGIN_HOURS: i64 = 24;
/// How long another signature is waited for.
const PATIENCE: Patience = Patience::from_secs(60);

/// One request: SHA-256 (hex) of its gateway and `jti`, so that the file tells nothing of what was filed.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Used {
    id: String,
    exp: i64,
}

/// The record of used requests, held for oneself: one signature at a time is made in a client's folder.
#[derive(Debug)]
pub struct UsedRequests {
    folder: DataFolder,
    entries: Vec<Used>,
    _lock: FolderLock,
}

impl UsedRequests {
    /// Takes the record, waiting for others who hold it; forgets what has run out.
    ///
    /// # Errors
    /// `card-busy` when another signature takes too long; when the file cannot be read or is not of this form (what was
    /// signed is then not known, so nothing is signed).
    pub fn take(folder: &DataFolder, now: DateTime<Utc>) -> Result<Self, ClientError> {
        let lock = folder.lock(LOCK, PATIENCE)?;
        let mut entries: Vec<Used> = match folder.read(FILE)? {
            Some(content) => serde_json::from_slice(&content)
                .map_err(|error| ClientError::input(&folder.path().join(FILE), error))?,
            None => Vec::new(),
        };
        let oldest = (now - Duration::hours(MARGIN_HOURS)).timestamp();
        entries.retain(|used| used.exp > oldest);
        Ok(Self { folder: folder.clone(), entries, _lock: lock })
    }

    /// That this request was not used, and may still be recorded.
    ///
    /// # Errors
    /// `request-used`, `used-full`.
    pub fn check(&self, request: &CheckedRequest) -> Result<(), ClientError> {
        let id = identifier(request);
        if self.entries.iter().any(|used| used.id == id) {
            let detail =
                "each request is signed once; hand in the signature that was made, or make the application again";
            return Err(ClientError::refused("request-used", "this request was signed before", detail));
        }
        if self.entries.len() >= MOST {
            let detail = format!("{MOST} requests that have not run out are remembered; try again later");
            return Err(ClientError::refused("used-full", "the record of used requests is full", detail));
        }
        Ok(())
    }

    /// Records a request. On the disk before this returns: the signature is given out only then.
    ///
    /// # Errors
    /// When the file cannot be written; the signature is then to be thrown away.
    pub fn record(&mut self, request: &CheckedRequest) -> Result<(), ClientError> {
        self.entries.push(Used { id: identifier(request), exp: request.claims().exp });
        let content = serde_json::to_vec(&self.entries).map_err(|error| ClientError::fault(error.to_string()))?;
        self.folder.write(FILE, &content)
    }
}

fn identifier(request: &CheckedRequest) -> String {
    let claims = request.claims();
    hex::encode(digest(&SHA256, format!("{}\n{}", claims.iss, claims.jti).as_bytes()).as_ref())
}
