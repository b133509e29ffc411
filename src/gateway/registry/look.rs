//! Looking at records: noted before anything is shown, and bounded, so that nobody reads through a register.
use chrono::Duration;

use super::super::Gateway;
use crate::ids::AgencyCode;
use crate::registry::purpose::Permit;
use crate::registry::record::RecordId;
use crate::store::StoreError;
use crate::store::registry::accesses::NewAccess;

/// Somebody looks.
#[derive(Debug, Clone)]
pub struct Look {
    /// Whose register.
    pub municipality: AgencyCode,
    /// Who, as audit lines name them.
    pub viewer: String,
    /// That they may, for what and on which clause.
    pub permit: Permit,
    /// `search`, `view`, `letter` ...
    pub action: &'static str,
    /// What they see; none: nothing was found.
    pub records: Vec<RecordId>,
}

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub enum LookRefused {
    /// The viewer has looked at too many records within an hour.
    #[error("too many records were looked at within an hour")]
    TooMany,
    /// The note could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Gateway {
    /// Notes a look; only after it anything may be shown.
    ///
    /// # Errors
    /// [`LookRefused`]: nothing may be shown then.
    pub async fn registry_look(&self, look: Look) -> Result<(), LookRefused> {
        let at = self.clock.now();
        let most = self.registry().map_or(0, |registry| registry.looks_per_hour());
        if most > 0 {
            let looked = self.store.registry_accesses_count(&look.viewer, at - Duration::hours(1)).await?;
            if looked >= i64::from(most) {
                tracing::warn!(target: "madoguchi::registry", viewer = look.viewer, "too many looks within an hour");
                return Err(LookRefused::TooMany);
            }
        }
        let line = |record, outcome| NewAccess {
            at,
            record,
            municipality: look.municipality,
            viewer: look.viewer.clone(),
            action: look.action,
            permit: look.permit,
            outcome,
        };
        let mut lines: Vec<NewAccess> = look.records.iter().map(|record| line(Some(*record), "shown")).collect();
        if lines.is_empty() {
            lines.push(line(None, "nothing"));
        }
        Ok(self.store.registry_access_note(lines).await?)
    }
}
