//! Reading the files that a command is given: bounded, and with an error that names the file.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::pki::certificate::Certificate;
use crate::pki::ocsp::{MAX_RESPONSE, OcspEvidence};

/// Largest input file, octets (public contract section 3).
pub const MAX_FILE: u64 = 512 << 20;

/// An RFC 3339 time, for clap.
///
/// # Errors
/// A sentence with an example.
pub fn time(text: &str) -> Result<DateTime<Utc>, String> {
    match DateTime::parse_from_rfc3339(text) {
        Ok(time) => Ok(time.to_utc()),
        Err(error) => Err(format!("not an RFC 3339 time such as 2026-04-01T09:00:00Z: {error}")),
    }
}

/// A file's bytes.
///
/// # Errors
/// A sentence, where it cannot be read or is larger than [`MAX_FILE`].
pub fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let (file, size) = open(path)?;
    let mut bytes = Vec::new();
    // The size is only a hint: a pipe has none, and a file can grow.
    bytes.reserve_exact(usize::try_from(size).unwrap_or_default() + 1);
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > MAX_FILE { Err(too_large(path)) } else { Ok(bytes) }
}

/// A file open for reading, and its size as the system tells it.
///
/// # Errors
/// As [`bytes`].
pub fn open(path: &Path) -> Result<(File, u64), String> {
    let opened = File::open(path).and_then(|file| file.metadata().map(|metadata| (file, metadata)));
    let (file, metadata) = opened.map_err(|error| unreadable(path, &error))?;
    match (metadata.is_dir(), metadata.len()) {
        (true, _) => Err(format!("{} is a folder, not a file", path.display())),
        (false, size) if size > MAX_FILE => Err(too_large(path)),
        (false, size) => Ok((file, size)),
    }
}

/// Every certificate in `paths`.
///
/// # Errors
/// As [`bytes`]; also where a file holds no certificate.
pub fn certificates<P: AsRef<Path>>(paths: &[P]) -> Result<Vec<Arc<Certificate>>, String> {
    let mut all = Vec::new();
    for path in paths.iter().map(AsRef::as_ref) {
        let found = Certificate::from_pem_or_der(&bytes(path)?);
        all.extend(found.map_err(|error| format!("{}: {error}", path.display()))?);
    }
    Ok(all)
}

/// OCSP responses that came now. A response is small: a larger file is cut off where none can be so long, and then
/// cannot be read.
///
/// # Errors
/// As [`bytes`].
pub fn ocsp_responses<P: AsRef<Path>>(paths: &[P], now: DateTime<Utc>) -> Result<Vec<OcspEvidence>, String> {
    let read = |path: &P| {
        let (file, _) = open(path.as_ref())?;
        let mut bytes = Vec::new();
        let read = file.take(MAX_RESPONSE as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|error| unreadable(path.as_ref(), &error))?;
        Ok(OcspEvidence::given(bytes, now))
    };
    paths.iter().map(read).collect()
}

/// The sentence for a file over the limit.
pub fn too_large(path: &Path) -> String {
    format!("{} is larger than 512 MiB", path.display())
}

/// The sentence for a file that cannot be read.
pub fn unreadable(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be read: {error}", path.display())
}

/// A time for people: RFC 3339 in UTC, to the second.
pub fn time_text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// `1 entry`, `2 entries`.
pub fn counted<N: PartialEq + From<u8> + std::fmt::Display>(count: N, one: &str, many: &str) -> String {
    format!("{count} {}", if count == N::from(1) { one } else { many })
}

/// Prints a JSON document to standard output. Whether the reader has gone away is its own affair.
pub fn print_json(value: &impl serde::Serialize) {
    use std::io::Write as _;
    if let Ok(text) = serde_json::to_string_pretty(value) {
        let _ = writeln!(std::io::stdout().lock(), "{text}");
    }
}

/// Prints text to standard output.
pub fn print_text(text: &str) {
    use std::io::Write as _;
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
