//! Ending a certificate, putting it on hold, and ending the hold: the authority first, with a list that tells it, then the record.
use chrono::{DateTime, Utc};

use super::act::with_authority;
use super::{CertificateDesk, CounterRefusal};
use crate::authority::crl::Reason;
use crate::authority::issuing::Which;
use crate::authority::{Authority, AuthorityError};
use crate::gateway::Gateway;
use crate::store::papers::certificates::{CertificateMove, CertificateState, ResidentCertificate};

/// The reason that the list tells (RFC 5280 5.3.1) for one of the record.
fn list_reason(reason: &str) -> Reason {
    match reason {
        "moved" | "renamed" => Reason::AffiliationChanged,
        "died" | "deleted" | "returned" | "asked" => Reason::CessationOfOperation,
        "superseded" => Reason::Superseded,
        "lost" => Reason::KeyCompromise,
        _ => Reason::Unspecified,
    }
}

/// Revokes what is not revoked for good yet, and signs the list that tells it. `false` where the authority did not issue it.
fn end_there(authority: &mut Authority, serial: &str, reason: &str, at: DateTime<Utc>) -> Result<bool, AuthorityError> {
    let Some(issued) = authority.issued(serial) else { return Ok(false) };
    if issued.revoked.is_none_or(|revoked| revoked.reason == Reason::CertificateHold) {
        authority.revoke(&Which::Serial(serial.to_owned()), list_reason(reason), at)?;
    }
    let list = authority.list_of(serial)?;
    authority.sign_list(&list, at)?;
    Ok(true)
}

impl Gateway {
    /// Ends a certificate for good; the next list, signed at once, tells it. `reason`: moved, renamed, died, deleted, lost, returned,
    /// superseded, asked.
    ///
    /// # Errors
    /// [`CounterRefusal`]; after a fault the same call goes on where it broke off.
    pub async fn certificate_end(
        &self,
        sha256: [u8; 32],
        reason: &'static str,
        by: &str,
    ) -> Result<(), CounterRefusal> {
        let (desk, certificate) = self.desk_and(sha256).await?;
        if certificate.state == CertificateState::Revoked {
            return Err(CounterRefusal::State);
        }
        let (serial, at) = (certificate.serial.clone(), self.clock.now());
        let told = with_authority(&desk, move |authority| end_there(authority, &serial, reason, at)).await?;
        if !told {
            // One that was taken over from elsewhere: it signs in nowhere here any more, and its own CA has to be told.
            tracing::warn!(target: "madoguchi::certificates", "a certificate of another authority ended in the register alone");
        }
        let from = &[CertificateState::Valid, CertificateState::Suspended];
        self.note_move(sha256, from, CertificateState::Revoked, Some(reason), by).await
    }

    /// Puts a certificate on hold: the card was lost, perhaps.
    ///
    /// # Errors
    /// As [`Self::certificate_end`].
    pub async fn certificate_suspend(&self, sha256: [u8; 32], by: &str) -> Result<(), CounterRefusal> {
        let (desk, certificate) = self.desk_and(sha256).await?;
        if certificate.state != CertificateState::Valid {
            return Err(CounterRefusal::State);
        }
        let (serial, at) = (certificate.serial.clone(), self.clock.now());
        with_authority(&desk, move |authority| {
            if authority.issued(&serial).is_some_and(|issued| issued.revoked.is_none()) {
                authority.revoke(&Which::Serial(serial.clone()), Reason::CertificateHold, at)?;
            }
            let list = authority.list_of(&serial)?;
            authority.sign_list(&list, at)
        })
        .await?;
        self.note_move(sha256, &[CertificateState::Valid], CertificateState::Suspended, Some("lost"), by).await
    }

    /// Ends a hold: the card was found.
    ///
    /// # Errors
    /// As [`Self::certificate_end`].
    pub async fn certificate_lift(&self, sha256: [u8; 32], by: &str) -> Result<(), CounterRefusal> {
        let (desk, certificate) = self.desk_and(sha256).await?;
        if certificate.state != CertificateState::Suspended {
            return Err(CounterRefusal::State);
        }
        let (serial, at) = (certificate.serial.clone(), self.clock.now());
        with_authority(&desk, move |authority| {
            authority.lift_hold(&serial)?;
            let list = authority.list_of(&serial)?;
            authority.sign_list(&list, at)
        })
        .await?;
        self.note_move(sha256, &[CertificateState::Suspended], CertificateState::Valid, None, by).await
    }

    async fn desk_and(&self, sha256: [u8; 32]) -> Result<(CertificateDesk, ResidentCertificate), CounterRefusal> {
        let desk = self.certificate_desk().cloned().ok_or(CounterRefusal::NoAuthority)?;
        let certificate = self.store.certificate_find(sha256).await?.ok_or(CounterRefusal::Unknown)?;
        Ok((desk, certificate))
    }

    async fn note_move(
        &self,
        sha256: [u8; 32],
        from: &'static [CertificateState],
        to: CertificateState,
        reason: Option<&'static str>,
        by: &str,
    ) -> Result<(), CounterRefusal> {
        let at = self.clock.now();
        let moved = self.store.certificate_move(CertificateMove { sha256, from, to, reason, by: by.to_owned(), at });
        if moved.await? { Ok(()) } else { Err(CounterRefusal::State) }
    }
}
