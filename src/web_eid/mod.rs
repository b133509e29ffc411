//! Signing in with a card: the authentication tokens of the Web eID ecosystem, `web-eid:1`, `1.0`, `1.1` and whatever
//! other `1.x` comes. The card's authentication key signs `hash(origin) || hash(nonce)`, both with the hash of the
//! signature's algorithm; the nonce is hashed as the base64 text that it was handed out as. So whoever verifies the
//! signature with an origin and a nonce of his own has verified both: the token names neither.
//!
//! Nothing here does I/O or knows of sessions: [`judge::judge`] is given the token, the nonce, the trust store, the
//! revocation data and the time.
mod algorithm;
mod checks;
pub mod judge;
pub mod token;

pub use algorithm::TokenAlgorithm;
pub use judge::{Circumstances, HolderProof, Judgement, SignInRules, VerifiedHolder, judge};
pub use token::{MAX_TOKEN, TokenFault, UnverifiedToken};
