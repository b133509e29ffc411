//! Certificates and CRLs made octet by octet, so that a test can make any of them wrong in one place. P-256 keys.
#![allow(dead_code)]
use chrono::{DateTime, Datelike, Duration, Utc};
use madoguchi::pki::certificate::Certificate;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;
use std::sync::Arc;

/// One tag-length-value.
pub fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match value.len() {
        short @ 0..0x80 => out.push(short as u8),
        long => {
            let octets: Vec<u8> = long.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
            out.push(0x80 | octets.len() as u8);
            out.extend(octets);
        }
    }
    out.extend_from_slice(value);
    out
}

/// A SEQUENCE of the parts.
pub fn seq(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// An OBJECT IDENTIFIER from dotted text.
pub fn oid(text: &str) -> Vec<u8> {
    tlv(0x06, &madoguchi::asn1::oid_from_text(text).unwrap())
}

/// A non-negative INTEGER.
pub fn integer(value: u64) -> Vec<u8> {
    let mut octets: Vec<u8> = value.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
    if octets.first().is_none_or(|first| *first >= 0x80) {
        octets.insert(0, 0);
    }
    tlv(2, &octets)
}

/// A time as RFC 5280 writes it.
pub fn time(at: DateTime<Utc>) -> Vec<u8> {
    match at.year() {
        ..2050 => tlv(0x17, at.format("%y%m%d%H%M%SZ").to_string().as_bytes()),
        _ => generalized_time(at),
    }
}

/// A time in the form that RFC 5280 writes from 2050 on, and in some extensions always.
pub fn generalized_time(at: DateTime<Utc>) -> Vec<u8> {
    tlv(0x18, at.format("%Y%m%d%H%M%SZ").to_string().as_bytes())
}

/// A Name of the RDNs in the text `C=JP,O=Test,CN=A` (most general first).
pub fn name(text: &str) -> Vec<u8> {
    let rdns: Vec<Vec<u8>> =
        text.split(',').filter(|part| !part.is_empty()).map(rdn).map(|set| tlv(0x31, &set)).collect();
    seq(&rdns)
}

/// The content of the SET of one RDN, `CN=A`.
pub fn rdn(text: &str) -> Vec<u8> {
    let (kind, value) = text.split_once('=').unwrap();
    let arc = match kind {
        "CN" => "2.5.4.3",
        "C" => "2.5.4.6",
        "L" => "2.5.4.7",
        "O" => "2.5.4.10",
        "OU" => "2.5.4.11",
        other => panic!("no attribute {other}"),
    };
    let tag = if kind == "C" { 0x13 } else { 0x0c };
    seq(&[oid(arc), tlv(tag, value.as_bytes())])
}

/// An Extension.
pub fn extension(arc: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let mut parts = vec![oid(arc)];
    if critical {
        parts.push(tlv(1, &[0xff]));
    }
    parts.push(tlv(4, value));
    seq(&parts)
}

/// basicConstraints.
pub fn basic_constraints(ca: bool, path_len: Option<u64>) -> Vec<u8> {
    let mut parts = Vec::new();
    if ca {
        parts.push(tlv(1, &[0xff]));
    }
    parts.extend(path_len.map(integer));
    extension("2.5.29.19", true, &seq(&parts))
}

/// keyUsage from its bits: bit 0 is digitalSignature.
pub fn key_usage(bits: &[u8]) -> Vec<u8> {
    let octet = bits.iter().fold(0u8, |octet, bit| octet | (0x80 >> bit));
    extension("2.5.29.15", true, &tlv(3, &[octet.trailing_zeros() as u8, octet]))
}

/// certificatePolicies.
pub fn policies(list: &[&str]) -> Vec<u8> {
    let list: Vec<Vec<u8>> = list.iter().map(|policy| seq(&[oid(policy)])).collect();
    extension("2.5.29.32", false, &seq(&list))
}

/// A GeneralName directoryName.
pub fn directory(text: &str) -> Vec<u8> {
    tlv(0xa4, &name(text))
}

/// A GeneralName URI.
pub fn uri(text: &str) -> Vec<u8> {
    tlv(0x86, text.as_bytes())
}

/// cRLDistributionPoints with one distribution point for each list of fullName GeneralNames.
pub fn distribution_points(points: &[Vec<Vec<u8>>]) -> Vec<u8> {
    let points: Vec<Vec<u8>> = points.iter().map(|names| seq(&[tlv(0xa0, &tlv(0xa0, &names.concat()))])).collect();
    extension("2.5.29.31", false, &seq(&points))
}

/// issuingDistributionPoint with fullName and further fields.
pub fn issuing_distribution_point(names: &[Vec<u8>], more: &[Vec<u8>]) -> Vec<u8> {
    let mut parts = Vec::new();
    if !names.is_empty() {
        parts.push(tlv(0xa0, &tlv(0xa0, &names.concat())));
    }
    parts.extend_from_slice(more);
    extension("2.5.29.28", true, &seq(&parts))
}

/// ecdsa-with-SHA256.
pub fn ecdsa_sha256() -> Vec<u8> {
    seq(&[oid("1.2.840.10045.4.3.2")])
}

/// A key pair with a name.
#[derive(Clone)]
pub struct Entity {
    pub name: String,
    pub key: PKey<Private>,
}

impl Entity {
    pub fn new(name: &str) -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        Self { name: name.to_owned(), key: PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap() }
    }

    /// keyIdentifier of the key.
    pub fn key_id(&self) -> Vec<u8> {
        openssl::sha::sha1(&self.key.public_key_to_der().unwrap()).to_vec()
    }

    fn sign(&self, tbs: Vec<u8>) -> Vec<u8> {
        let mut signer = Signer::new(MessageDigest::sha256(), &self.key).unwrap();
        let value = signer.sign_oneshot_to_vec(&tbs).unwrap();
        seq(&[tbs, ecdsa_sha256(), tlv(3, &[vec![0], value].concat())])
    }
}

/// A certificate to be made.
#[derive(Clone)]
pub struct CertSpec {
    pub serial: Vec<u8>,
    pub not_before: DateTime<Utc>,
    pub not_after: DateTime<Utc>,
    pub extensions: Vec<Vec<u8>>,
    /// Whether subject and authority key identifiers are put in.
    pub key_ids: bool,
}

/// The time around which all of this is valid.
pub fn at() -> DateTime<Utc> {
    "2026-04-01T00:00:00Z".parse().unwrap()
}

impl CertSpec {
    pub fn new(serial: u64) -> Self {
        let serial = madoguchi::asn1::single(&integer(serial)).unwrap().value.to_vec();
        let (not_before, not_after) = (at() - Duration::days(365), at() + Duration::days(365));
        Self { serial, not_before, not_after, extensions: Vec::new(), key_ids: true }
    }

    /// A CA.
    pub fn ca(serial: u64) -> Self {
        Self::new(serial).with(basic_constraints(true, None)).with(key_usage(&[5, 6]))
    }

    /// A signer.
    pub fn leaf(serial: u64) -> Self {
        Self::new(serial).with(key_usage(&[0, 1]))
    }

    pub fn with(mut self, extension: Vec<u8>) -> Self {
        self.extensions.push(extension);
        self
    }

    pub fn valid(mut self, from: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        (self.not_before, self.not_after) = (from, until);
        self
    }

    pub fn without_key_ids(mut self) -> Self {
        self.key_ids = false;
        self
    }

    /// Signed by `issuer` for `subject`; DER.
    pub fn der(&self, issuer: &Entity, subject: &Entity) -> Vec<u8> {
        let mut extensions = self.extensions.clone();
        if self.key_ids {
            extensions.push(extension("2.5.29.14", false, &tlv(4, &subject.key_id())));
            extensions.push(extension("2.5.29.35", false, &seq(&[tlv(0x80, &issuer.key_id())])));
        }
        let mut parts = vec![
            tlv(0xa0, &integer(2)),
            tlv(2, &self.serial),
            ecdsa_sha256(),
            name(&issuer.name),
            seq(&[time(self.not_before), time(self.not_after)]),
            name(&subject.name),
            subject.key.public_key_to_der().unwrap(),
        ];
        if !extensions.is_empty() {
            parts.push(tlv(0xa3, &seq(&extensions)));
        }
        issuer.sign(seq(&parts))
    }

    /// The same, parsed.
    pub fn certificate(&self, issuer: &Entity, subject: &Entity) -> Arc<Certificate> {
        Arc::new(Certificate::from_der(self.der(issuer, subject)).unwrap())
    }
}

/// A self-signed root and its certificate.
pub fn root(name: &str) -> (Entity, Arc<Certificate>) {
    let entity = Entity::new(name);
    let certificate = CertSpec::ca(1).certificate(&entity, &entity);
    (entity, certificate)
}

/// An entry of a CRL: serial content octets, date, extensions.
pub fn entry(serial: &[u8], date: DateTime<Utc>, extensions: &[Vec<u8>]) -> Vec<u8> {
    let mut parts = vec![tlv(2, serial), time(date)];
    if !extensions.is_empty() {
        parts.push(seq(extensions));
    }
    seq(&parts)
}

/// The reasonCode extension.
pub fn reason(code: u8) -> Vec<u8> {
    extension("2.5.29.21", false, &tlv(0x0a, &[code]))
}

/// The entry extension certificateIssuer (RFC 5280 5.3.3).
pub fn certificate_issuer(name: &str) -> Vec<u8> {
    extension("2.5.29.29", true, &seq(&[directory(name)]))
}

/// A CRL to be made.
#[derive(Clone)]
pub struct CrlSpec {
    pub version: Option<u64>,
    pub number: Option<u64>,
    pub this_update: DateTime<Utc>,
    pub next_update: Option<DateTime<Utc>>,
    pub entries: Vec<u8>,
    pub extensions: Vec<Vec<u8>>,
    pub key_id: bool,
}

impl CrlSpec {
    pub fn new(number: u64) -> Self {
        Self {
            version: Some(1),
            number: Some(number),
            this_update: at() - Duration::hours(1),
            next_update: Some(at() + Duration::hours(23)),
            entries: Vec::new(),
            extensions: Vec::new(),
            key_id: true,
        }
    }

    pub fn issued(mut self, this_update: DateTime<Utc>, next_update: DateTime<Utc>) -> Self {
        (self.this_update, self.next_update) = (this_update, Some(next_update));
        self
    }

    pub fn revoke(mut self, certificate: &Certificate, date: DateTime<Utc>, extensions: &[Vec<u8>]) -> Self {
        self.entries.extend(entry(certificate.serial(), date, extensions));
        self
    }

    pub fn entry(mut self, entry: Vec<u8>) -> Self {
        self.entries.extend(entry);
        self
    }

    pub fn with(mut self, extension: Vec<u8>) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Signed by `issuer`; DER.
    pub fn der(&self, issuer: &Entity) -> Vec<u8> {
        let mut extensions = self.extensions.clone();
        if self.key_id {
            extensions.push(extension("2.5.29.35", false, &seq(&[tlv(0x80, &issuer.key_id())])));
        }
        extensions.extend(self.number.map(|number| extension("2.5.29.20", false, &integer(number))));
        let mut parts: Vec<Vec<u8>> = self.version.map(integer).into_iter().collect();
        parts.extend([ecdsa_sha256(), name(&issuer.name), time(self.this_update)]);
        parts.extend(self.next_update.map(time));
        if !self.entries.is_empty() {
            parts.push(tlv(0x30, &self.entries));
        }
        if !extensions.is_empty() {
            parts.push(tlv(0xa0, &seq(&extensions)));
        }
        issuer.sign(seq(&parts))
    }
}
