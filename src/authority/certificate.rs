//! Certificates of CAs and cards, built and signed with OpenSSL.
use chrono::{DateTime, Utc};
use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::BigNum;
use openssl::pkey::{PKey, PKeyRef, Private, Public};
use openssl::x509::{X509, X509Builder, X509Name};

use super::declaration::{CaDeclaration, CardDeclaration, KeyUsage, Municipality, Profile, Validity};
use super::extensions::{self, Criticality, append};
use super::keys::{DigestName, key_identifier};
use super::names::{Values, x509_name};
use super::{AuthorityError, resident};

/// A CA that can sign: its certificate and its private key.
pub struct Issuer {
    /// Its certificate.
    pub certificate: X509,
    /// Its key.
    pub key: PKey<Private>,
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issuer").field("subject", &self.certificate.subject_name()).finish_non_exhaustive()
    }
}

/// Issues a CA's certificate; `issuer` is none for a root, which signs itself.
///
/// # Errors
/// When the declaration's names or object identifiers are not well formed, or OpenSSL fails.
pub fn issue_ca(
    ca: &CaDeclaration,
    key: &PKey<Private>,
    issuer: Option<&Issuer>,
    now: DateTime<Utc>,
) -> Result<X509, AuthorityError> {
    let values = Values { pairs: vec![("id", &ca.id)] };
    let subject = x509_name(&ca.subject, &values)?;
    let (signing_key, issuer_name) = match issuer {
        Some(issuer) => (&issuer.key, issuer.certificate.subject_name().to_owned()?),
        None => (key, x509_name(&ca.subject, &values)?),
    };
    let public = PKey::public_key_from_der(&key.public_key_to_der()?)?;
    let life = (ca.not_before.at(now), ca.not_after.at(now));
    let mut builder = start(&subject, &issuer_name, &public, &new_serial()?, life)?;
    append(&mut builder, "2.5.29.19", Criticality::Critical, &extensions::ca_constraints(ca.path_length))?;
    let usage = extensions::key_usage(&[KeyUsage::KeyCertSign, KeyUsage::CrlSign]);
    append(&mut builder, "2.5.29.15", Criticality::Critical, &usage)?;
    if !ca.policies.is_empty() {
        append(&mut builder, "2.5.29.32", Criticality::NonCritical, &extensions::policies(&ca.policies)?)?;
    }
    if let Some(point) = &ca.distribution_point {
        let content = extensions::distribution_points(point, &values)?;
        append(&mut builder, "2.5.29.31", Criticality::NonCritical, &content)?;
    }
    append(&mut builder, "2.5.29.14", Criticality::NonCritical, &super::der::octets(&key_identifier(key)?))?;
    let content = extensions::authority_key_identifier(&key_identifier(signing_key)?);
    append(&mut builder, "2.5.29.35", Criticality::NonCritical, &content)?;
    let digest = ca.digest.unwrap_or_else(|| DigestName::usual_for(signing_key));
    builder.sign(signing_key, digest.message_digest())?;
    Ok(builder.build())
}

/// What a holder's certificate is made of.
#[derive(Debug, Clone, Copy)]
pub struct HolderRequest<'a> {
    /// Who gets it.
    pub card: &'a CardDeclaration,
    /// What it says.
    pub profile: &'a Profile,
    /// Where the holder lives.
    pub municipality: Option<&'a Municipality>,
    /// The present time.
    pub now: DateTime<Utc>,
}

/// Issues a holder's certificate for `public`.
///
/// # Errors
/// When the declaration lacks what the profile asks for or is not well formed, or OpenSSL fails.
pub fn issue_holder(
    request: HolderRequest<'_>,
    public: &PKeyRef<Public>,
    issuer: &Issuer,
) -> Result<X509, AuthorityError> {
    let HolderRequest { card, profile, municipality, now } = request;
    let opaque = opaque()?;
    let mut values = place_values(municipality);
    values.pairs.extend([("opaque", opaque.as_str()), ("name", &card.name), ("id", &card.id)]);
    let subject = x509_name(&profile.subject, &values)?;
    let issuer_name = issuer.certificate.subject_name().to_owned()?;
    let mut builder = start(&subject, &issuer_name, public, &new_serial()?, life(card, profile, now))?;
    append(&mut builder, "2.5.29.15", Criticality::Critical, &extensions::key_usage(&profile.key_usage))?;
    if !profile.policies.is_empty() {
        let criticality = if profile.policies_critical { Criticality::Critical } else { Criticality::NonCritical };
        append(&mut builder, "2.5.29.32", criticality, &extensions::policies(&profile.policies)?)?;
    }
    if profile.resident_attributes {
        append(&mut builder, "2.5.29.17", Criticality::NonCritical, &resident::subject_alt_name(card)?)?;
    }
    if profile.tls {
        append(&mut builder, "2.5.29.17", Criticality::NonCritical, &extensions::dns_name(&card.name))?;
        append(&mut builder, "2.5.29.37", Criticality::NonCritical, &extensions::both_ends_of_tls()?)?;
    }
    if let Some(name) = &profile.issuer_alt_name {
        append(&mut builder, "2.5.29.18", Criticality::NonCritical, &extensions::directory_names(name)?)?;
    }
    if let Some(point) = &profile.distribution_point {
        let content = extensions::distribution_points(point, &place_values(municipality))?;
        append(&mut builder, "2.5.29.31", Criticality::NonCritical, &content)?;
    }
    if let Some(address) = &profile.ocsp {
        append(&mut builder, "1.3.6.1.5.5.7.1.1", Criticality::NonCritical, &extensions::ocsp_access(address)?)?;
    }
    let content = extensions::authority_key_identifier(&key_identifier(&issuer.key)?);
    append(&mut builder, "2.5.29.35", Criticality::NonCritical, &content)?;
    let digest = profile.digest.unwrap_or_else(|| DigestName::usual_for(&issuer.key));
    builder.sign(&issuer.key, digest.message_digest())?;
    Ok(builder.build())
}

/// The placeholders that depend on a municipality alone.
pub fn place_values(municipality: Option<&Municipality>) -> Values<'_> {
    let pairs = municipality.map_or_else(Vec::new, |place| {
        vec![("prefecture", place.prefecture.as_str()), ("city", &place.city), ("municipality", &place.code)]
    });
    Values { pairs }
}

fn life(card: &CardDeclaration, profile: &Profile, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let from = card.not_before.map_or_else(|| now - chrono::Duration::days(1), |moment| moment.at(now));
    let until = match (card.not_after, profile.validity) {
        (Some(moment), _) => moment.at(now),
        (None, Validity::Span(span)) => from + span.0,
        (None, Validity::FifthBirthday) => resident::fifth_birthday(from, card.date_of_birth.as_deref()),
    };
    (from, until)
}

pub(super) fn start(
    subject: &X509Name,
    issuer: &X509Name,
    public: &PKeyRef<Public>,
    serial: &[u8],
    (not_before, not_after): (DateTime<Utc>, DateTime<Utc>),
) -> Result<X509Builder, AuthorityError> {
    let mut builder = X509Builder::new()?;
    builder.set_version(2)?;
    builder.set_serial_number(Asn1Integer::from_bn(BigNum::from_slice(serial)?.as_ref())?.as_ref())?;
    builder.set_subject_name(subject)?;
    builder.set_issuer_name(issuer)?;
    builder.set_not_before(Asn1Time::from_unix(not_before.timestamp())?.as_ref())?;
    builder.set_not_after(Asn1Time::from_unix(not_after.timestamp())?.as_ref())?;
    builder.set_pubkey(public)?;
    Ok(builder)
}

/// 16 random octets, positive and of full length (RFC 5280 4.1.2.2).
pub(super) fn new_serial() -> Result<[u8; 16], AuthorityError> {
    let mut serial = [0u8; 16];
    openssl::rand::rand_bytes(&mut serial)?;
    if let Some(first) = serial.first_mut() {
        *first = (*first & 0x3f) | 0x40;
    }
    Ok(serial)
}

/// What stands for a person in a subject: letters and digits that say nothing.
fn opaque() -> Result<String, AuthorityError> {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut random = [0u8; 21];
    openssl::rand::rand_bytes(&mut random)?;
    Ok(random
        .iter()
        .filter_map(|octet| ALPHABET.get(usize::from(octet % 32)))
        .map(|letter| char::from(*letter))
        .collect())
}
