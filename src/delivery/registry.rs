//! What goes on by itself around the register: certificates that end with what they certify, and orders that were left at a kiosk.
use chrono::Duration;

use crate::gateway::Gateway;
use crate::store::StoreError;

/// After that an order that somebody left is given up, and the money given back.
const LEFT_FOR: Duration = Duration::minutes(10);

/// One round.
///
/// # Errors
/// When the record does not answer.
pub async fn round(gateway: &Gateway) -> Result<(), StoreError> {
    let ended = gateway.certificates_round().await?;
    if ended > 0 {
        tracing::info!(target: "madoguchi::certificates", ended, "certificates ended with what they certified");
    }
    if gateway.papers().is_some() {
        let now = gateway.clock.now();
        let left = gateway.store.orders_left(now - LEFT_FOR, now).await?;
        if left > 0 {
            tracing::info!(target: "madoguchi::kiosk", left, "orders that were left were ended");
        }
    }
    Ok(())
}
