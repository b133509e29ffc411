//! Trust anchors and intermediates from folders of PEM or DER files.
use std::path::Path;
use std::sync::Arc;

use super::certificate::Certificate;

/// The anchors that verdicts rest on, and the intermediates that help to build paths to them.
#[derive(Debug, Default)]
pub struct TrustStore {}

impl TrustStore {
    /// From certificates at hand.
    pub fn new(_anchors: Vec<Arc<Certificate>>, _intermediates: Vec<Arc<Certificate>>) -> Self {
        unimplemented!()
    }
    /// From two folders; every file must hold certificates.
    pub fn load(_anchors: &Path, _intermediates: &Path) -> Result<Self, String> {
        unimplemented!()
    }
    /// The anchors.
    pub fn anchors(&self) -> &[Arc<Certificate>] {
        unimplemented!()
    }
    /// Content address of this trust state, hex SHA-256.
    pub fn digest(&self) -> &str {
        unimplemented!()
    }
}
