//! Certificate revocation lists (RFC 5280 section 5), verified once when they come in and kept as an index.
mod archive;
mod as_of;
mod by_serial;
mod bytes;
mod chain;
mod diff;
mod difference;
mod entry;
mod index;
mod intake;
mod lint;
mod list_key;
mod list_set;
mod marks;
mod parse;
mod quarantine;
mod refusal;
mod revocation;
mod scope;
mod second_reader;
mod second_source;
mod shard;
mod signer;
mod snapshot;
pub mod sources;
mod standing;
mod store;

pub use archive::{CrlArchive, KeepOrder, ListRank, ListRecord, ListRow, NotKept};
pub use by_serial::{SerialStanding, Shards};
pub use bytes::{EntryBytes, ListBytes, ListFault};
pub use chain::validate_with_revocation;
pub use diff::{CrlDiff, diff};
pub use difference::{Change, Difference, Differences, Place};
pub use entry::{Entries, EntriesByIssuer, Entry, ListEntry, reason_name};
pub use index::{CrlIndex, IndexError};
pub use lint::{Lint, lints};
pub use list_key::{LIST_KEY_BYTES, ListKey};
pub use list_set::ListSet;
pub use parse::{CrlError, IssuingDistributionPoint, ParsedCrl, objects};
pub use quarantine::{
    Compared, CrlQuarantine, EntryChange, GoneEntry, Judgement, ListDiff, NumberFall, OBJECTIONS, Objections,
    QuarantineCase,
};
pub use refusal::{CrlRefusal, code};
pub use revocation::{NotRevoked, RevocationOutcome, RevocationStatus, check_revocation, revocation_of_broken_path};
pub use scope::{Reasons, Scope, ScopeKind};
pub use second_reader::{RawEntry, Wanted, search as search_again};
pub use second_source::{OcspSource, RevocationData};
pub use shard::{CrlIdentity, CrlShard, CrlSummary, decimal};
pub use snapshot::CrlSnapshot;
pub use standing::SIGNER_NOT_VALID_AT_THE_TIME;
pub use store::{CrlStore, IntakePolicy, LostEntries, MAX_CRL, RefusedCrl};
