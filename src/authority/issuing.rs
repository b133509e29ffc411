//! Making an authority, issuing cards, revoking.
use std::path::Path;

use chrono::{DateTime, Utc};
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::stack::Stack;
use openssl::x509::X509;

use super::certificate::{HolderRequest, Issuer, issue_ca, issue_holder};
use super::check::{Declarations, parse};
use super::crl::Reason;
use super::declaration::CardDeclaration;
use super::folder::{Folder, Readers, read, write_atomically};
use super::keys::{KeyKind, generate_all};
use super::state::{Issued, Revoked, State};
use super::{Authority, AuthorityError};

/// Rounds of key derivation for PKCS#12: what OpenSSL's own command uses, so that a PIN page answers at once.
const PKCS12_ROUNDS: u32 = 2048;

/// Which certificate is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The newest of a card or CA.
    Id(String),
    /// The one with this serial number, hex.
    Serial(String),
}

impl Authority {
    /// Makes an authority in `dir` from declarations (name for messages, TOML text): keys, certificates, cards, CRLs.
    /// `progress` hears how many keys of how many are made.
    ///
    /// # Errors
    /// When there is one already, a declaration is wrong, or a file cannot be written.
    pub fn init(
        dir: &Path,
        sources: &[(String, String)],
        now: DateTime<Utc>,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Self, AuthorityError> {
        let families = sources.iter().map(|(origin, text)| parse(origin, text)).collect::<Result<Vec<_>, _>>()?;
        let declarations = Declarations::gather(families)?;
        let folder = Folder::new(dir);
        if folder.state().exists() {
            return Err(AuthorityError::AlreadyThere(dir.display().to_string()));
        }
        folder.create()?;
        let lock = folder.lock()?;
        for (index, (_, text)) in sources.iter().enumerate() {
            let path = folder.declarations().join(format!("{index:02}.toml"));
            write_atomically(&path, text.as_bytes(), Readers::All)?;
        }
        let mut authority = Self { folder, declarations, state: State::default(), _lock: lock };
        let kinds = authority.key_kinds()?;
        let keys = generate_all(&kinds, |done| progress(done, kinds.len()))?;
        authority.issue_declared(keys, now)?;
        // State comes to disk with the lists, last: a folder whose making was cut short counts as not there.
        authority.sign_lists(now)?;
        Ok(authority)
    }

    /// The kinds of the keys that the declared CAs and then the declared cards need.
    fn key_kinds(&self) -> Result<Vec<KeyKind>, AuthorityError> {
        let mut kinds: Vec<KeyKind> = self.declarations.cas.iter().map(|ca| ca.key).collect();
        for card in &self.declarations.cards {
            kinds.push(self.profile(card)?.key);
        }
        Ok(kinds)
    }

    fn issue_declared(&mut self, keys: Vec<PKey<Private>>, now: DateTime<Utc>) -> Result<(), AuthorityError> {
        let mut keys = keys.into_iter();
        let mut next = || keys.next().ok_or_else(|| AuthorityError::Fault("a key is missing".to_owned()));
        for ca in self.declarations.cas.clone() {
            let key = next()?;
            let issuer = ca.issuer.as_deref().map(|id| self.issuer(id)).transpose()?;
            let certificate = issue_ca(&ca, &key, issuer.as_ref(), now)?;
            let path = if issuer.is_some() { self.folder.intermediate(&ca.id) } else { self.folder.anchor(&ca.id) };
            write_atomically(&self.folder.key(&ca.id), &key.private_key_to_pem_pkcs8()?, Readers::Owner)?;
            write_atomically(&path, &certificate.to_pem()?, Readers::All)?;
            let issuer = ca.issuer.clone().unwrap_or_else(|| ca.id.clone());
            self.state.certificates.push(note(&ca.id, issuer, None, &certificate)?);
        }
        for card in self.declarations.cards.clone() {
            self.issue_card(&card, next()?, now)?;
        }
        for ca in self.cas_with_lists() {
            self.make_responder(&ca, now)?;
        }
        Ok(())
    }

    /// Issues a card: a new key, certificate and PKCS#12 file. A card of the same id gets a new certificate; the old one
    /// stays valid until it is revoked by its serial number. Gives what was noted of it.
    ///
    /// # Errors
    /// When the card does not fit what is declared, or a file cannot be written.
    pub fn issue(&mut self, card: &CardDeclaration, now: DateTime<Utc>) -> Result<Issued, AuthorityError> {
        self.declarations.check_card(card)?;
        let key = self.profile(card)?.key.generate()?;
        self.issue_card(card, key, now)?;
        self.save()?;
        self.newest(&card.id).cloned()
    }

    fn issue_card(
        &mut self,
        card: &CardDeclaration,
        key: PKey<Private>,
        now: DateTime<Utc>,
    ) -> Result<(), AuthorityError> {
        let issuer = self.issuer(&card.issuer)?;
        let municipality = card.municipality.as_ref().and_then(|code| self.declarations.municipalities.get(code));
        let request = HolderRequest { card, profile: self.profile(card)?, municipality, now };
        let public = PKey::public_key_from_der(&key.public_key_to_der()?)?;
        let certificate = issue_holder(request, &public, &issuer)?;
        let mut issued = note(&card.id, card.issuer.clone(), Some(card), &certificate)?;
        issued.revoked = card
            .revoked
            .as_ref()
            .map(|revoked| Revoked { at: whole_second(revoked.at.at(now)), reason: revoked.reason });
        let p12 = self.pkcs12(card, &key, &certificate)?;
        write_atomically(&self.folder.key(&card.id), &key.private_key_to_pem_pkcs8()?, Readers::Owner)?;
        write_atomically(&self.folder.certificate(&card.id), &certificate.to_pem()?, Readers::All)?;
        write_atomically(&self.folder.card(&card.id), &p12, Readers::Owner)?;
        self.state.certificates.push(issued);
        Ok(())
    }

    fn pkcs12(
        &self,
        card: &CardDeclaration,
        key: &PKey<Private>,
        certificate: &X509,
    ) -> Result<Vec<u8>, AuthorityError> {
        let mut chain = Stack::new()?;
        for above in self.chain(&card.issuer)? {
            chain.push(above)?;
        }
        let archive = Pkcs12::builder()
            .name(&card.id)
            .pkey(key)
            .cert(certificate)
            .ca(chain)
            .key_algorithm(Nid::AES_256_CBC)
            .cert_algorithm(Nid::AES_256_CBC)
            .key_iter(PKCS12_ROUNDS)
            .mac_iter(PKCS12_ROUNDS)
            .mac_md(openssl::hash::MessageDigest::sha256())
            .build2(&card.pin)?;
        Ok(archive.to_der()?)
    }

    /// Revokes a certificate; the next CRL tells it. Gives what is now noted of it.
    ///
    /// # Errors
    /// When there is no such certificate, it is revoked already (but for a lifted hold), or state cannot be written.
    pub fn revoke(&mut self, which: &Which, reason: Reason, at: DateTime<Utc>) -> Result<Issued, AuthorityError> {
        let found = match which {
            Which::Id(id) => self.state.certificates.iter().rposition(|issued| &issued.id == id),
            Which::Serial(serial) => {
                let wanted = serial.trim_start_matches("0x").replace(':', "").to_uppercase();
                self.state.certificates.iter().position(|issued| issued.serial == wanted)
            }
        };
        let Some(issued) = found.and_then(|index| self.state.certificates.get_mut(index)) else {
            let (Which::Id(what) | Which::Serial(what)) = which;
            return Err(AuthorityError::Unknown(format!("no certificate of `{what}` was issued here")));
        };
        match issued.revoked {
            Some(before) if before.reason != Reason::CertificateHold => {
                return Err(AuthorityError::Unknown(format!(
                    "the certificate {} of `{}` is revoked since {}",
                    issued.serial, issued.id, before.at
                )));
            }
            _ => issued.revoked = Some(Revoked { at: whole_second(at), reason }),
        }
        let issued = issued.clone();
        self.save()?;
        Ok(issued)
    }

    /// What was noted of the newest certificate of a card or CA.
    ///
    /// # Errors
    /// When there is none.
    pub fn newest(&self, id: &str) -> Result<&Issued, AuthorityError> {
        let newest = self.state.certificates.iter().rfind(|issued| issued.id == id);
        newest.ok_or_else(|| AuthorityError::Unknown(format!("no certificate of `{id}` was issued here")))
    }

    /// A CA, ready to sign.
    ///
    /// # Errors
    /// When it is not declared, or its files cannot be read.
    pub fn issuer(&self, id: &str) -> Result<Issuer, AuthorityError> {
        let certificate = self.ca_certificate(id)?;
        let key = PKey::private_key_from_pem(&read(&self.folder.key(id))?)?;
        Ok(Issuer { certificate, key })
    }

    /// The CAs from `id` up to its root.
    ///
    /// # Errors
    /// As [`Self::issuer`].
    pub fn chain(&self, id: &str) -> Result<Vec<X509>, AuthorityError> {
        let mut chain = vec![self.ca_certificate(id)?];
        let mut above = self.declarations.ca(id).and_then(|ca| ca.issuer.as_deref());
        while let Some(id) = above {
            chain.push(self.ca_certificate(id)?);
            above = self.declarations.ca(id).and_then(|ca| ca.issuer.as_deref());
        }
        Ok(chain)
    }

    fn ca_certificate(&self, id: &str) -> Result<X509, AuthorityError> {
        let ca = self.declarations.ca(id).ok_or_else(|| AuthorityError::Unknown(format!("there is no CA `{id}`")))?;
        let path = if ca.issuer.is_some() { self.folder.intermediate(id) } else { self.folder.anchor(id) };
        Ok(X509::from_pem(&read(&path)?)?)
    }

    fn profile(&self, card: &CardDeclaration) -> Result<&super::declaration::Profile, AuthorityError> {
        let profile = self.declarations.profiles.get(&card.profile);
        profile.ok_or_else(|| AuthorityError::Declaration(format!("there is no profile `{}`", card.profile)))
    }
}

pub(super) fn note(
    id: &str,
    issuer: String,
    card: Option<&CardDeclaration>,
    certificate: &X509,
) -> Result<Issued, AuthorityError> {
    let epoch = openssl::asn1::Asn1Time::from_unix(0)?;
    let moment = |time: &openssl::asn1::Asn1TimeRef| -> Result<DateTime<Utc>, AuthorityError> {
        let since = epoch.diff(time)?;
        let seconds = i64::from(since.days) * 86_400 + i64::from(since.secs);
        DateTime::from_timestamp(seconds, 0).ok_or_else(|| AuthorityError::Fault("a time out of range".to_owned()))
    };
    Ok(Issued {
        id: id.to_owned(),
        issuer,
        profile: card.map(|card| card.profile.clone()),
        municipality: card.and_then(|card| card.municipality.clone()),
        serial: certificate.serial_number().to_bn()?.to_hex_str()?.to_string(),
        not_before: moment(certificate.not_before())?,
        not_after: moment(certificate.not_after())?,
        revoked: None,
    })
}

fn whole_second(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp(), 0).unwrap_or(at)
}
