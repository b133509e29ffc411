//! Issuing and renewing.
use chrono::{DateTime, Utc};

use super::request::ProvenKey;
use super::{CertificateDesk, CounterRefusal};
use crate::authority::state::Issued;
use crate::authority::{Authority, AuthorityError};
use crate::crypto::sha256;
use crate::gateway::Gateway;
use crate::registry::history::day_in_japan;
use crate::registry::record::ResidentRecord;
use crate::store::papers::certificates::{CertificatePurpose, CertificateState, ResidentCertificate};

/// A certificate that was issued.
#[derive(Debug, Clone)]
pub struct IssuedCertificate {
    /// Its DER, to be written into the token.
    pub der: Vec<u8>,
    /// Its digest.
    pub sha256: [u8; 32],
}

/// Runs `work` on the authority, on a thread that may block; its folder is locked meanwhile.
pub(super) async fn with_authority<T: Send + 'static>(
    desk: &CertificateDesk,
    work: impl FnOnce(&mut Authority) -> Result<T, AuthorityError> + Send + 'static,
) -> Result<T, CounterRefusal> {
    let folder = desk.authority.clone();
    let done = tokio::task::spawn_blocking(move || work(&mut Authority::open(&folder)?)).await;
    let done = done.map_err(|_| CounterRefusal::Authority("its work broke off".to_owned()))?;
    done.map_err(|error| CounterRefusal::Authority(error.to_string()))
}

impl Gateway {
    /// Issues a certificate for the key of a request, with the particulars of the record as they are now. Certificates of the same
    /// purpose that the person has are ended as replaced, once the new one is recorded.
    ///
    /// # Errors
    /// [`CounterRefusal`]; nothing is issued then, but for a fault of the record, after which the authority's certificate is of no use:
    /// nobody was given it.
    pub async fn certificate_issue(
        &self,
        record_id: &str,
        purpose: CertificatePurpose,
        request: &[u8],
        by: &str,
    ) -> Result<IssuedCertificate, CounterRefusal> {
        let desk = self.certificate_desk().ok_or(CounterRefusal::NoAuthority)?;
        let now = self.clock.now();
        let record = self.resident_record(record_id).await?.ok_or(CounterRefusal::Unknown)?;
        check(&record, now)?;
        let proven = ProvenKey::of_request(request)?;
        let holder = desk.declaration(&record, purpose, now);
        let before = self.store.certificates_of(record_id).await?;
        let key = proven.key;
        let (der, issued) = with_authority(desk, move |authority| authority.issue_for_key(&holder, &key, now)).await?;
        let certificate = noted(&record, purpose, &der, &issued, now)?;
        let sha256 = certificate.sha256;
        self.store.certificate_add(certificate, by.to_owned()).await?;
        let open = |old: &&ResidentCertificate| old.purpose == purpose && old.state != CertificateState::Revoked;
        for old in before.iter().filter(open) {
            self.certificate_end(old.sha256, "superseded", by).await?;
        }
        Ok(IssuedCertificate { der, sha256 })
    }
}

/// Whether somebody may get a certificate (JPKI Act, article 3: residents in the Basic Resident Register).
fn check(record: &ResidentRecord, now: DateTime<Utc>) -> Result<(), CounterRefusal> {
    if !record.is_current() {
        return Err(CounterRefusal::NotCurrent);
    }
    if record.foreign.as_ref().is_some_and(|foreign| foreign.has_ended_on(day_in_japan(now))) {
        return Err(CounterRefusal::PeriodEnded);
    }
    Ok(())
}

fn noted(
    record: &ResidentRecord,
    purpose: CertificatePurpose,
    der: &[u8],
    issued: &Issued,
    now: DateTime<Utc>,
) -> Result<ResidentCertificate, CounterRefusal> {
    let revision = i64::try_from(record.revision)
        .map_err(|_| CounterRefusal::Authority("the record has too many events".to_owned()))?;
    Ok(ResidentCertificate {
        sha256: sha256(der),
        record_id: record.id.to_string(),
        municipality: record.municipality,
        purpose,
        serial: issued.serial.clone(),
        issued_at: now,
        not_after: issued.not_after,
        revision,
        state: CertificateState::Valid,
        reason: None,
        state_at: now,
    })
}
