//! Signature policies: `jpki`, `generic`, or a file; named by id and digest in every report.
/// A signature policy.
#[derive(Debug, Clone)]
pub struct SignaturePolicy {}

impl SignaturePolicy {
    /// The profile of the Japanese public certification service's signature certificates.
    pub fn jpki() -> Self {
        unimplemented!()
    }
    /// nonRepudiation (or no key usage), any certificate policy.
    pub fn generic() -> Self {
        unimplemented!()
    }
    /// `jpki`, `generic`, or a TOML policy file.
    pub fn named_or_file(_name: &str) -> Result<Self, String> {
        unimplemented!()
    }
}
