//! Compact JWS (RFC 7515) with ES256, and the key sets to check them with (RFC 7517, RFC 7638). It follows RFC 8725:
//! the algorithm is pinned and never chosen by the token, every kind of token has a `typ` of its own that its reader
//! names, and a header that the reader does not know is a refusal.
pub mod claims;
mod key;
mod set;

pub use key::SigningKey;
pub use set::{Jwk, JwkSet, VerifiedToken};

/// `typ` of a signing request, which the gateway hands to the card client.
pub const REQUEST_TYP: &str = "madoguchi-request+jwt";
/// `typ` of a receipt.
pub const RECEIPT_TYP: &str = "madoguchi-receipt+jws";
/// `typ` of a later statement about a filing's verdict.
pub const STATEMENT_TYP: &str = "madoguchi-statement+jws";
/// `typ` of what the resident registry answered about a filing's signer.
pub const REGISTRY_ANSWER_TYP: &str = "madoguchi-registry-answer+jws";

/// `typ` of what a card client's agent shows itself to a paired page with.
pub const AGENT_TYP: &str = "madoguchi-agent+jwt";

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 1 << 20;

/// Why a token, key or key set is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Not three base64url parts with a header of the pinned form.
    #[error("not a compact JWS of the expected form: {0}")]
    Form(&'static str),
    /// The header names another algorithm than ES256.
    #[error("the token is not signed with ES256")]
    Algorithm,
    /// The header names another `typ` than the reader expects: a token of another kind.
    #[error("the token is of another kind (typ) than the one expected here")]
    Typ,
    /// No key of the set has the header's `kid`.
    #[error("the token was signed with a key that is not in the key set")]
    UnknownKey,
    /// The signature does not verify.
    #[error("the token's signature does not verify")]
    Signature,
    /// A private or public key cannot be read.
    #[error("the key cannot be read: {0}")]
    Key(&'static str),
    /// A key set cannot be read.
    #[error("not a JSON Web Key Set: {0}")]
    Set(&'static str),
    /// The system gave no randomness.
    #[error("the system's random source gave nothing")]
    Random,
}
