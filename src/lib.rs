//! Madoguchi (窓口, the counter in a town hall): an online e-government signing gateway.
//!
//! # The path of data
//!
//! ```text
//! SignedUpload -> ReceivedSubmission -> SignedContainer -> VerifiedChain + NotRevoked -> VerifiedSignature
//!   -> IdentifiedSigner + AdmissibleForm -> VerifiedSubmission -> Store::record -> RecordedSubmission -> delivery
//! ```
//!
//! A *proof type* on that path has private fields and is made only by the module that does the proving; what
//! is not yet proven says so in its name. `docs/ARCHITECTURE.md` is the map of the rooms, and
//! `tests/architecture.rs` holds the imports to one direction.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod asn1;
pub mod clock;
pub mod crypto;
pub mod ids;
pub mod jws;
pub mod pki;
pub mod signature;
pub mod verdict;

#[cfg(feature = "card-client")]
pub mod card_client;

#[cfg(feature = "gateway")]
pub mod authority;
#[cfg(feature = "gateway")]
pub mod cli;
#[cfg(feature = "gateway")]
pub mod delivery;
#[cfg(feature = "gateway")]
pub mod evidence;
#[cfg(feature = "gateway")]
pub mod fetch;
#[cfg(feature = "gateway")]
pub mod gateway;
#[cfg(feature = "gateway")]
pub mod intake;
#[cfg(feature = "gateway")]
pub mod network;
#[cfg(feature = "gateway")]
pub mod procedures;
#[cfg(feature = "gateway")]
pub mod registry;
#[cfg(feature = "gateway")]
pub mod settings;
#[cfg(feature = "gateway")]
pub mod store;
#[cfg(feature = "gateway")]
pub mod submission;
#[cfg(feature = "gateway")]
pub mod telemetry;
#[cfg(feature = "gateway")]
pub mod web;
#[cfg(feature = "gateway")]
pub mod web_eid;
