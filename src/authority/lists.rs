//! The lists that are declared: which certificates stand on each, and signing them anew.
use chrono::{DateTime, Duration, Utc};

use super::certificate::place_values;
use super::crl::{self, CrlEntry, CrlHead};
use super::declaration::CrlDeclaration;
use super::extensions::issuing_distribution_point;
use super::folder::{Readers, write_atomically};
use super::state::{Issued, IssuedCrl};
use super::{Authority, AuthorityError};

/// How far behind the lists are that a declaration calls stale.
const STALE_BY: i64 = 2;

/// One list to be signed: a declaration, and the municipality where it has shards.
#[derive(Debug, Clone)]
pub struct List {
    declaration: CrlDeclaration,
    municipality: Option<String>,
}

impl List {
    /// Its id and file name.
    pub fn id(&self) -> String {
        match &self.municipality {
            Some(code) => format!("{}-{code}", self.declaration.id),
            None => self.declaration.id.clone(),
        }
    }

    /// Whether it is declared to be stale, to try what a gateway does then.
    pub fn is_declared_stale(&self) -> bool {
        self.municipality.as_ref().is_some_and(|code| self.declaration.stale.contains(code))
    }

    /// Whether a certificate is within its scope.
    pub(super) fn covers(&self, certificate: &Issued) -> bool {
        certificate.issuer == self.declaration.issuer
            && self.declaration.covers.as_ref().is_none_or(|profile| certificate.profile.as_ref() == Some(profile))
            && (!self.declaration.each_municipality || certificate.municipality == self.municipality)
    }
}

impl Authority {
    /// Every list that is declared.
    pub fn lists(&self) -> Vec<List> {
        let mut lists = Vec::new();
        for (declaration, codes) in &self.declarations.crls {
            if declaration.each_municipality {
                let shard = |code: &String| List { declaration: declaration.clone(), municipality: Some(code.clone()) };
                lists.extend(codes.iter().map(shard));
            } else {
                lists.push(List { declaration: declaration.clone(), municipality: None });
            }
        }
        lists
    }

    /// The list that tells whether a certificate, by its card's or CA's id, is revoked.
    ///
    /// # Errors
    /// When there is no such certificate, or no list covers it.
    pub fn list_for(&self, id: &str) -> Result<List, AuthorityError> {
        let certificate = self.newest(id)?;
        self.lists()
            .into_iter()
            .find(|list| list.covers(certificate))
            .ok_or_else(|| AuthorityError::Unknown(format!("no CRL covers the certificate of `{id}`")))
    }

    /// Whether a list that should be fresh ends within `margin` of `now`, or was never signed.
    pub fn needs_refresh(&self, now: DateTime<Utc>, margin: Duration) -> bool {
        self.lists()
            .iter()
            .filter(|list| !list.is_declared_stale())
            .any(|list| self.state.crls.get(&list.id()).is_none_or(|issued| issued.next_update <= now + margin))
    }

    /// Signs every list anew as of `at`, with the next number each; lists declared stale are made stale again.
    ///
    /// # Errors
    /// When a key cannot be read or a file not written.
    pub fn sign_lists(&mut self, at: DateTime<Utc>) -> Result<Vec<String>, AuthorityError> {
        let lists = self.lists();
        lists.iter().map(|list| self.sign_list(list, at)).collect()
    }

    /// Signs one list anew as of `at`, with the next number, and gives its id.
    ///
    /// # Errors
    /// As [`Self::sign_lists`].
    pub fn sign_list(&mut self, list: &List, at: DateTime<Utc>) -> Result<String, AuthorityError> {
        let id = list.id();
        let issuer = self.issuer(&list.declaration.issuer)?;
        let at = DateTime::from_timestamp(at.timestamp(), 0).unwrap_or(at);
        let this_update = match list.is_declared_stale() {
            true => at - list.declaration.valid.0 - Duration::days(STALE_BY),
            false => at,
        };
        let head = CrlHead {
            number: self.state.crls.get(&id).map_or(1, |last| last.number.saturating_add(1)),
            this_update,
            next_update: this_update + list.declaration.valid.0,
            issuing_distribution_point: self.scope(list)?,
        };
        let entries = self.entries(list, this_update)?;
        let count = entries.len();
        let der = crl::build(&issuer, &head, entries)?;
        // The number is on disk before the list is: a crash between the two skips a number, and never uses one twice.
        let issued = IssuedCrl { number: head.number, this_update, next_update: head.next_update, entries: count };
        self.state.crls.insert(id.clone(), issued);
        self.save()?;
        write_atomically(&self.folder.crl(&id), &der, Readers::All)?;
        Ok(id)
    }

    fn scope(&self, list: &List) -> Result<Option<Vec<u8>>, AuthorityError> {
        let profile = list.declaration.covers.as_ref().and_then(|name| self.declarations.profiles.get(name));
        let Some(point) = profile.and_then(|profile| profile.distribution_point.as_ref()) else { return Ok(None) };
        let place = list.municipality.as_ref().and_then(|code| self.declarations.municipalities.get(code));
        issuing_distribution_point(point, &place_values(place)).map(Some)
    }

    fn entries(&self, list: &List, this_update: DateTime<Utc>) -> Result<Vec<CrlEntry>, AuthorityError> {
        let mut entries = Vec::new();
        for certificate in self.state.certificates.iter().filter(|certificate| list.covers(certificate)) {
            // RFC 5280 3.3: one more list after its end, then an expired certificate may drop off; it stays here.
            let Some(revoked) = certificate.revoked.filter(|revoked| revoked.at <= this_update) else { continue };
            let serial = hex::decode(&certificate.serial).map_err(|_| {
                AuthorityError::Fault(format!("serial {} in state.json is not hex", certificate.serial))
            })?;
            entries.push(CrlEntry { serial, revoked_at: revoked.at, reason: revoked.reason });
        }
        Ok(entries)
    }
}
