//! Reading and building CMS SignedData.
pub(crate) mod attributes;
mod ber;
#[cfg(any(feature = "card-client", feature = "gateway"))]
pub mod build;
mod read;
#[cfg(any(feature = "card-client", feature = "gateway"))]
pub mod software_key;

pub use attributes::{Found, SignedAttributes};
pub use ber::Octets;
pub use read::{MAX_CERTIFICATES, MAX_SIGNERS, SignedData, SignerIdentifier, SignerInfo};

/// Why bytes are not a CMS SignedData that we read: the end of a sentence that begins with "the signature".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CmsError(pub &'static str);
