//! Certificate revocation lists (RFC 5280 section 5), verified once when they come in and kept as an index.
mod diff;
mod entry;
mod index;
mod intake;
mod lint;
mod parse;
mod refusal;
mod revocation;
mod scope;
mod shard;
mod signer;
mod snapshot;
pub mod sources;
mod standing;
mod store;

pub use diff::{CrlDiff, diff};
pub use entry::{Entries, EntriesByIssuer, Entry, reason_name};
pub use index::{CrlIndex, IndexError};
pub use lint::{Lint, lints};
pub use parse::{CrlError, IssuingDistributionPoint, ParsedCrl, objects};
pub use refusal::{CrlRefusal, code};
pub use revocation::{NotRevoked, RevocationOutcome, RevocationStatus, check_revocation, revocation_of_broken_path};
pub use scope::{Reasons, Scope, ScopeKind};
pub use shard::{CrlIdentity, CrlShard, CrlSummary, decimal};
pub use snapshot::CrlSnapshot;
pub use store::{CrlStore, IntakePolicy, LostEntries, MAX_CRL, RefusedCrl};
