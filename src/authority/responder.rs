//! Certificates for OCSP responders (RFC 6960 4.2.2.2): issued by the CA for which they answer, for a short time, because
//! nobody is told when one of them is revoked (id-pkix-ocsp-nocheck).
use std::path::PathBuf;

use chrono::{DateTime, Duration, Utc};
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509Name, X509NameBuilder};

use super::certificate::{Issuer, new_serial, start};
use super::declaration::KeyUsage;
use super::extensions::{self, Criticality, append};
use super::folder::{Readers, read, write_atomically};
use super::issuing::note;
use super::keys::{DigestName, KeyKind, key_identifier};
use super::state::Issued;
use super::{Authority, AuthorityError, der};

/// The profile's name in commands and in the authority's memory.
pub const PROFILE: &str = "ocsp-responder";
/// How long a responder's certificate lives.
const LIFE: Duration = Duration::days(30);

/// A responder's certificate and key, PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponderFiles {
    /// The certificate.
    pub certificate: PathBuf,
    /// The key, readable by its owner alone.
    pub key: PathBuf,
}

impl Authority {
    /// Where the certificate and key of a CA's responder are.
    pub fn responder_files(&self, ca: &str) -> ResponderFiles {
        self.folder.responder(ca)
    }

    /// The CAs that sign lists: out of those a responder can answer.
    pub fn cas_with_lists(&self) -> Vec<String> {
        let signs = |id: &str| self.declarations.crls.iter().any(|(list, _)| list.issuer == id);
        self.declarations.cas.iter().filter(|ca| signs(&ca.id)).map(|ca| ca.id.clone()).collect()
    }

    /// Issues a certificate for the OCSP responder of a CA, with a new key on P-256, for 30 days. Gives what was noted.
    ///
    /// # Errors
    /// When there is no such CA, or a file cannot be written.
    pub fn issue_responder(&mut self, ca: &str, now: DateTime<Utc>) -> Result<Issued, AuthorityError> {
        let issued = self.make_responder(ca, now)?;
        self.save()?;
        Ok(issued)
    }

    /// Whether a CA's responder has no certificate, or one that ends within `margin` of `now`.
    pub fn responder_needs_refresh(&self, ca: &str, now: DateTime<Utc>, margin: Duration) -> bool {
        let id = responder_id(ca);
        let newest = self.state.certificates.iter().rfind(|issued| issued.id == id);
        newest.is_none_or(|issued| issued.not_after <= now + margin)
            || read(&self.responder_files(ca).certificate).is_err()
    }

    pub(super) fn make_responder(&mut self, ca: &str, now: DateTime<Utc>) -> Result<Issued, AuthorityError> {
        let issuer = self.issuer(ca)?;
        let key = KeyKind::P256.generate()?;
        let certificate = certificate(ca, &key, &issuer, now)?;
        let files = self.responder_files(ca);
        if let Some(folder) = files.key.parent() {
            // A folder that was made before there were responders.
            std::fs::create_dir_all(folder).map_err(|error| AuthorityError::io(folder, &error))?;
        }
        write_atomically(&files.key, &key.private_key_to_pem_pkcs8()?, Readers::Owner)?;
        write_atomically(&files.certificate, &certificate.to_pem()?, Readers::All)?;
        let mut issued = note(&responder_id(ca), ca.to_owned(), None, &certificate)?;
        issued.profile = Some(PROFILE.to_owned());
        self.state.certificates.push(issued.clone());
        Ok(issued)
    }
}

fn responder_id(ca: &str) -> String {
    format!("ocsp-{ca}")
}

fn certificate(ca: &str, key: &PKey<Private>, issuer: &Issuer, now: DateTime<Utc>) -> Result<X509, AuthorityError> {
    let issuer_name = issuer.certificate.subject_name().to_owned()?;
    let public = PKey::public_key_from_der(&key.public_key_to_der()?)?;
    let life = (now - Duration::hours(1), now + LIFE);
    let mut builder = start(&name(ca)?, &issuer_name, &public, &new_serial()?, life)?;
    let usage = extensions::key_usage(&[KeyUsage::DigitalSignature]);
    append(&mut builder, "2.5.29.15", Criticality::Critical, &usage)?;
    let purposes = der::sequence(&[&der::oid("1.3.6.1.5.5.7.3.9")?]);
    append(&mut builder, "2.5.29.37", Criticality::NonCritical, &purposes)?;
    append(&mut builder, "1.3.6.1.5.5.7.48.1.5", Criticality::NonCritical, &[5, 0])?;
    append(&mut builder, "2.5.29.14", Criticality::NonCritical, &der::octets(&key_identifier(key)?))?;
    let content = extensions::authority_key_identifier(&key_identifier(&issuer.key)?);
    append(&mut builder, "2.5.29.35", Criticality::NonCritical, &content)?;
    builder.sign(&issuer.key, DigestName::usual_for(&issuer.key).message_digest())?;
    Ok(builder.build())
}

fn name(ca: &str) -> Result<X509Name, AuthorityError> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_text("C", "JP")?;
    name.append_entry_by_text("CN", &format!("OCSP responder of {ca}"))?;
    Ok(name.build())
}
