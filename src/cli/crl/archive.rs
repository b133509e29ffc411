//! What the gateway would use now, out of folder and archive; and `madoguchi crl export`.
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::sources::{self, SourceView};
use crate::cli::exit;
use crate::cli::failure::Failure;
use crate::clock::{Clock, SystemClock};
use crate::gateway::lists::{self, RecordArchive};
use crate::gateway::open::store_options;
use crate::pki::crl::sources::WatchedFolder;
use crate::pki::crl::{CrlStore, IntakePolicy, LostEntries};
use crate::pki::trust_store::TrustStore;
use crate::settings::Settings;
use crate::store::{Store, StoreError};

/// What the gateway would use now.
pub struct State {
    pub trust: TrustStore,
    pub store: CrlStore,
    pub folder: PathBuf,
    pub soon: chrono::Duration,
    pub now: DateTime<Utc>,
    pub sources: Vec<SourceView>,
}

/// Takes in archive and folder as a gateway does at its start, and changes neither.
pub fn state(config: &Path) -> Result<State, Failure> {
    let settings = Settings::load(config)?;
    let trust = TrustStore::load(&settings.trust.anchors, &settings.trust.intermediates).map_err(Failure::input)?;
    let now = SystemClock.now();
    let soon = settings.revocation.soon_stale.chrono();
    let record = record(&settings).unwrap_or_else(|Failure(_, sentence)| {
        eprintln!("madoguchi crl: the archive is not asked: {sentence}");
        None
    });
    let archive = |record: &Store| CrlStore::with_archive(Arc::new(RecordArchive::only_looking(record.clone())));
    let longest_validity = settings.revocation.longest_validity.chrono();
    let policy = IntakePolicy { lost_entries: LostEntries::Refuse { longest_validity } };
    let store = record.as_ref().map(archive).unwrap_or_default().under(policy);
    let mut restored = Vec::new();
    if let Some(record) = &record {
        restored = lists::restore(record, &store, &trust, now, &mut HashSet::new()).unwrap_or_else(|error| {
            eprintln!("madoguchi crl: the archive is not asked: {error}");
            Vec::new()
        });
    }
    let sources = record.as_ref().map(|record| sources::views(record, &settings.revocation)).unwrap_or_default();
    let of_sources = record.as_ref().map(lists::of_sources).unwrap_or_default();
    let folder = settings.revocation.directory;
    let mut watched = WatchedFolder::new(&folder);
    watched.scan(&store, &trust, now);
    let is_known = |sha256: &str| watched.holds(sha256) || of_sources.contains(sha256);
    lists::tell_of_missing(&store, &restored, is_known, now);
    Ok(State { trust, store, folder, soon, now, sources })
}

/// The record; none where there is none yet, or one of another version.
pub(super) fn record(settings: &Settings) -> Result<Option<Store>, Failure> {
    Store::open_as_it_is(&store_options(settings)?).map_err(Failure::fault)
}

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
pub struct Export {
    /// The gateway's configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// SHA-256 of the list's DER, in hex, as `list --json` and every verdict name it
    #[arg(value_parser = digest)]
    digest: Digest,
    /// Where to write the list (DER); a file that is there is replaced
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// A digest on the command line.
pub(super) type Digest = [u8; 32];

pub(super) fn digest(text: &str) -> Result<Digest, String> {
    let mut digest = [0; 32];
    let read = hex::decode_to_slice(text, &mut digest);
    read.map_err(|_| "a SHA-256 digest is 64 hexadecimal digits".to_owned())?;
    Ok(digest)
}

/// Writes an archived list.
pub fn export(args: &Export) -> Result<u8, Failure> {
    let settings = Settings::load(&args.config)?;
    let none = || Failure::input("there is no record of this version; run `madoguchi migrate` or the gateway first");
    let record = record(&settings)?.ok_or_else(none)?;
    let der = lists::wait(record.crl_archive_read(args.digest)).map_err(|error| match error {
        StoreError::NotFound => Failure::input(format!("no list of digest {} is archived", hex::encode(args.digest))),
        StoreError::Damaged(_) => Failure::input(error.to_string()),
        other => Failure::fault(other),
    })?;
    std::fs::write(&args.out, der).map_err(|error| Failure::fault(format!("{}: {error}", args.out.display())))?;
    Ok(exit::OK)
}
