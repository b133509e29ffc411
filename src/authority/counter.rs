//! What happens at a municipality's counter: a certificate for a key that was made in the holder's token, a hold, its end, and a
//! list that tells of it at once.
use chrono::{DateTime, Utc};
use openssl::pkey::{PKeyRef, Public};

use super::certificate::{HolderRequest, issue_holder};
use super::declaration::CardDeclaration;
use super::issuing::note;
use super::lists::List;
use super::state::Issued;
use super::{Authority, AuthorityError};
use crate::authority::crl::Reason;

impl Authority {
    /// Issues a certificate for a key that this authority does not hold: nothing but the certificate is made, and what was issued
    /// is on disk before it is given out. Gives its DER and what was noted.
    ///
    /// # Errors
    /// When the holder's profile, issuer or municipality is not declared, or a file cannot be written.
    pub fn issue_for_key(
        &mut self,
        holder: &CardDeclaration,
        public: &PKeyRef<Public>,
        now: DateTime<Utc>,
    ) -> Result<(Vec<u8>, Issued), AuthorityError> {
        self.declarations.check_card(holder)?;
        let issuer = self.issuer(&holder.issuer)?;
        let missing = || AuthorityError::Declaration(format!("there is no profile `{}`", holder.profile));
        let profile = self.declarations.profiles.get(&holder.profile).ok_or_else(missing)?;
        let municipality = holder.municipality.as_ref().and_then(|code| self.declarations.municipalities.get(code));
        let request = HolderRequest { card: holder, profile, municipality, now };
        let certificate = issue_holder(request, public, &issuer)?;
        let issued = note(&holder.id, holder.issuer.clone(), Some(holder), &certificate)?;
        self.state.certificates.push(issued.clone());
        self.save()?;
        Ok((certificate.to_der()?, issued))
    }

    /// Ends a hold; the next list tells it. `false` where the certificate is not on hold.
    ///
    /// # Errors
    /// When there is no such certificate, or state cannot be written.
    pub fn lift_hold(&mut self, serial: &str) -> Result<bool, AuthorityError> {
        let found = self.state.certificates.iter_mut().find(|issued| issued.serial == serial);
        let issued = found.ok_or_else(|| unknown(serial))?;
        if issued.revoked.is_none_or(|revoked| revoked.reason != Reason::CertificateHold) {
            return Ok(false);
        }
        issued.revoked = None;
        self.save()?;
        Ok(true)
    }

    /// The list that tells whether the certificate with this serial number is revoked.
    ///
    /// # Errors
    /// When there is no such certificate, or no list covers it.
    pub fn list_of(&self, serial: &str) -> Result<List, AuthorityError> {
        let found = self.state.certificates.iter().find(|issued| issued.serial == serial);
        let issued = found.ok_or_else(|| unknown(serial))?;
        let list = self.lists().into_iter().find(|list| list.covers(issued));
        list.ok_or_else(|| AuthorityError::Unknown(format!("no CRL covers the certificate {serial}")))
    }

    /// What was noted of a certificate.
    pub fn issued(&self, serial: &str) -> Option<&Issued> {
        self.state.certificates.iter().find(|issued| issued.serial == serial)
    }
}

fn unknown(serial: &str) -> AuthorityError {
    AuthorityError::Unknown(format!("no certificate {serial} was issued here"))
}
