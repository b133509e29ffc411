//! Signing what was checked, shown and confirmed.
use chrono::{DateTime, Utc};

use super::ClientError;
use super::request::CheckedRequest;
use crate::signature::cms::build::{SignerKey, sign_detached};

/// A detached CAdES-B-B signature over the request's own document, which is hashed here; DER.
///
/// # Errors
/// When the card does not sign.
pub fn sign(request: &CheckedRequest, key: &dyn SignerKey, now: DateTime<Utc>) -> Result<Vec<u8>, ClientError> {
    sign_detached(request.document(), key, &[], now)
        .map_err(|reason| ClientError::refused("card-unusable", "the card did not sign", reason))
}
