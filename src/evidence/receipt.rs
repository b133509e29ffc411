//! The receipt of a filing (public contract section 5): JSON, and the same as a compact JWS (ES256).
use chrono::{DateTime, Utc};

use crate::ids::ArrivalNumber;

/// A receipt made and signed, ready to be recorded together with its filing. It never changes.
#[derive(Debug, Clone)]
pub struct IssuedReceipt {
    /// The filing's number.
    pub arrival_number: ArrivalNumber,
    /// When the filing arrived.
    pub received_at: DateTime<Utc>,
    /// The receipt, exact JSON text.
    pub json: String,
    /// The same as a compact JWS.
    pub jws: String,
}
