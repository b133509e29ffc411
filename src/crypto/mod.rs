//! Public-key primitives: `ring` where it can, `openssl` where `ring` can't (PSS with other salt lengths,
//! ECDSA with SHA-512, P-521).
mod algorithm;
mod der;
mod digest;
mod key;
mod reliability;
mod verify;

pub use algorithm::{Scheme, SignatureAlgorithm};
pub use digest::{DigestAlgorithm, digest_name, sha256, sha256_hex, to_hex};
pub use key::{Curve, PublicKey};
pub use reliability::{MD5_WEAKNESS, Weakness, is_reliable, weak_algorithm, weak_key, weakness};

/// Why a primitive did not do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// Not the DER of what it should be.
    #[error("it is not DER of the right form")]
    Encoding,
    /// The algorithm is not one we know.
    #[error("the algorithm is not known")]
    UnknownAlgorithm,
    /// The key cannot be read or is of another type than the algorithm.
    #[error("the public key cannot be read or does not fit the algorithm")]
    Key,
    /// The signature value does not verify.
    #[error("the signature value does not verify")]
    Signature,
}
