//! Who a person is. [`signer`] compares a document's applicant with the certificate that signed it, byte for byte;
//! the other files compare a certificate, or what an agency asks about, with the records of the resident registry.
//!
//! The second comparison folds what two right spellings of one thing may differ by, and nothing more. It tells for each
//! of the four attributes what made the two sides the same, or what is left open. It never guesses: what no rule decides
//! is [`Agreement::Undecided`], and a clerk looks at both sides.
mod address;
mod birth;
mod compare;
mod finding;
mod fold;
mod kanji;
mod name;
mod notation;
mod signer;
#[cfg(test)]
mod tests;

pub use compare::{Claimed, Decision, Recorded, compare, decide};
pub use finding::{Agreement, Attribute, Finding, Findings, Reason};
pub use signer::{ApplicantRule, IdentifiedSigner, SignerProof, identify};

/// The longest name that is compared, characters; a longer one is left to a clerk.
pub const NAME_CHARACTERS: usize = 300;

/// The longest address that is compared, characters; certificates hold at most 200.
pub const ADDRESS_CHARACTERS: usize = 600;
