//! Reading and building CMS SignedData.
#[cfg(any(feature = "card-client", feature = "gateway"))]
pub mod build;
#[cfg(any(feature = "card-client", feature = "gateway"))]
pub mod software_key;
