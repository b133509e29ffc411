//! A new access key for who did not see the first: a button that was pressed twice has the browser show the second answer.
use super::Gateway;
use super::outcome::{access_token_digest, fresh_access_token};
use crate::ids::ArrivalNumber;
use crate::store::StoreError;

impl Gateway {
    /// Makes a filing a new access key, in the place of the one it has; none where it arrived too long ago. That who asks may
    /// have it is the caller's to know.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn replace_access_key(&self, number: ArrivalNumber) -> Result<Option<String>, StoreError> {
        let key = fresh_access_token(&self.rng).map_err(|error| StoreError::Fault(error.to_string()))?;
        let replaced = self.store.access_key_replace(number, access_token_digest(&key), self.clock.now()).await?;
        Ok(replaced.then_some(key))
    }
}
