//! Certificates that end by themselves: whenever a record has events that its certificates were not looked at for yet, each event is
//! asked whether it ends one. A change of name or address ends the certificate for signing, which certifies the old ones; a death or
//! the end of the record ends both. An event that was noted while nothing ran is found at the next round.
use super::CounterRefusal;
use crate::gateway::Gateway;
use crate::registry::event::{Change, Event};
use crate::registry::record::RecordId;
use crate::store::StoreError;
use crate::store::papers::certificates::{CertificatePurpose, ResidentCertificate};

/// The most certificates of one round.
const AT_ONCE: i64 = 200;

/// What an event means for a certificate: the reason for which it ends; none where it does not.
fn ends(purpose: CertificatePurpose, change: &Change) -> Option<&'static str> {
    match (purpose, change) {
        (_, Change::Death) => Some("died"),
        (_, Change::Deleted { .. }) => Some("deleted"),
        // Who leaves Japan is in no register.
        (_, Change::MovedOut { to: None }) => Some("deleted"),
        (CertificatePurpose::Sign, Change::NameChanged { .. }) => Some("renamed"),
        (CertificatePurpose::Sign, change) if change.ends_signature_certificate() => Some("moved"),
        _ => None,
    }
}

impl Gateway {
    /// Looks at the certificates whose records have changed since; gives how many ended. One that could not be ended is told in the
    /// log and tried again at the next round; it keeps none of the others.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn certificates_round(&self) -> Result<usize, StoreError> {
        let (Some(registry), Some(_)) = (self.registry(), self.certificate_desk()) else { return Ok(0) };
        let mut ended = 0;
        for (certificate, revision) in self.store.certificates_to_look_at(AT_ONCE).await? {
            let Ok(record) = certificate.record_id.parse::<RecordId>() else { continue };
            let events = self.store.registry_history(registry.vault(), record).await?;
            match first_end(&certificate, &events) {
                Some(reason) => match self.certificate_end(certificate.sha256, reason, "gateway").await {
                    Ok(()) => ended += 1,
                    // Another gateway was sooner.
                    Err(CounterRefusal::State) => {}
                    Err(error) => {
                        tracing::error!(target: "madoguchi::certificates", %error, "a certificate could not be ended");
                    }
                },
                None => self.store.certificate_looked_at(certificate.sha256, revision).await?,
            }
        }
        Ok(ended)
    }
}

fn first_end(certificate: &ResidentCertificate, events: &[Event]) -> Option<&'static str> {
    let since = u64::try_from(certificate.revision).unwrap_or_default();
    events.iter().filter(|event| event.number > since).find_map(|event| ends(certificate.purpose, &event.change))
}
