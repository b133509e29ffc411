//! The resident registry: who a signer is. Today by what the certificate says of its holder.
pub mod matching;
pub mod papers;
