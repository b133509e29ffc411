//! A small PKI and a CMS builder made octet by octet in the test, so that each thing can be made wrong by itself.
#![allow(dead_code)]
use chrono::{DateTime, Duration, TimeZone as _, Utc};
use openssl::asn1::{Asn1Object, Asn1OctetString, Asn1Time};
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use openssl::x509::{X509, X509Builder, X509Extension, X509Name, X509NameBuilder};

/// The time that the tests judge at.
pub fn at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 6, 1, 0, 0, 0).unwrap()
}

/// `days` before or after [`at`].
pub fn day(days: i64) -> DateTime<Utc> {
    at() + Duration::days(days)
}

/// Tag, length and the parts as contents.
pub fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let mut out = vec![tag];
    match contents.len() {
        short @ 0..=0x7f => out.push(short as u8),
        medium @ 0x80..=0xff => out.extend([0x81, medium as u8]),
        long @ 0x100..=0xffff => out.extend([0x82, (long >> 8) as u8, long as u8]),
        long => out.extend([0x83, (long >> 16) as u8, (long >> 8) as u8, long as u8]),
    }
    out.extend(contents);
    out
}

/// An OBJECT IDENTIFIER.
pub fn oid(dotted: &str) -> Vec<u8> {
    tlv(6, &[&madoguchi::asn1::oid_from_text(dotted).unwrap()])
}

pub fn rsa(bits: u32) -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap()
}

pub fn ec(curve: Nid) -> PKey<Private> {
    let group = openssl::ec::EcGroup::from_curve_name(curve).unwrap();
    PKey::from_ec_key(openssl::ec::EcKey::generate(&group).unwrap()).unwrap()
}

/// A CA, or a signer.
#[derive(Clone)]
pub struct Entity {
    pub certificate: X509,
    pub key: PKey<Private>,
}

/// What a certificate says; `leaf` and `ca` give the usual.
#[derive(Clone)]
pub struct Profile {
    pub name: &'static str,
    pub unit: Option<&'static str>,
    pub not_before: DateTime<Utc>,
    pub not_after: DateTime<Utc>,
    pub ca: Option<Option<u8>>,
    /// First octet of the keyUsage bits, or no extension.
    pub key_usage: Option<u8>,
    pub policy: Option<&'static str>,
    pub extra: Vec<(&'static str, bool, Vec<u8>)>,
    pub digest: MessageDigest,
    pub serial: u32,
}

/// The certificate policy that stands for every one.
pub const ANY_POLICY: &str = "2.5.29.32.0";
pub const DIGITAL_SIGNATURE: u8 = 0x80;
pub const NON_REPUDIATION: u8 = 0x40;
const CA_USAGE: u8 = 0x06;

impl Profile {
    pub fn leaf(name: &'static str) -> Self {
        Self {
            name,
            unit: None,
            not_before: day(-100),
            not_after: day(100),
            ca: None,
            key_usage: Some(DIGITAL_SIGNATURE | NON_REPUDIATION),
            policy: None,
            extra: Vec::new(),
            digest: MessageDigest::sha256(),
            serial: 0x1234,
        }
    }

    pub fn ca(name: &'static str) -> Self {
        Self {
            ca: Some(None),
            key_usage: Some(CA_USAGE),
            serial: 0x77,
            not_before: day(-1000),
            not_after: day(1000),
            ..Self::leaf(name)
        }
    }
}

fn name(profile: &Profile) -> X509Name {
    let mut builder = X509NameBuilder::new().unwrap();
    builder.append_entry_by_nid(Nid::COUNTRYNAME, "JP").unwrap();
    builder.append_entry_by_nid(Nid::ORGANIZATIONNAME, "Madoguchi test").unwrap();
    if let Some(unit) = profile.unit {
        builder.append_entry_by_nid(Nid::ORGANIZATIONALUNITNAME, unit).unwrap();
    }
    builder.append_entry_by_nid(Nid::COMMONNAME, profile.name).unwrap();
    builder.build()
}

/// A certificate over `key` by `issuer`, or by itself.
pub fn issue(issuer: Option<&Entity>, profile: &Profile, key: PKey<Private>) -> Entity {
    let mut builder = X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(profile.serial).unwrap().to_asn1_integer().unwrap()).unwrap();
    let subject = name(profile);
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(issuer.map_or(&*subject, |issuer| issuer.certificate.subject_name())).unwrap();
    let time = |time: DateTime<Utc>| Asn1Time::from_unix(time.timestamp()).unwrap();
    builder.set_not_before(&time(profile.not_before)).unwrap();
    builder.set_not_after(&time(profile.not_after)).unwrap();
    builder.set_pubkey(&key).unwrap();
    let mut extensions = profile.extra.clone();
    if let Some(path_len) = profile.ca {
        let path_len = path_len.map(|length| tlv(2, &[&[length]])).unwrap_or_default();
        extensions.push(("2.5.29.19", true, tlv(0x30, &[&[1, 1, 0xff], &path_len])));
    }
    if let Some(bits) = profile.key_usage {
        extensions.push(("2.5.29.15", true, tlv(3, &[&[bits.trailing_zeros() as u8, bits]])));
    }
    if let Some(policy) = profile.policy {
        extensions.push(("2.5.29.32", true, tlv(0x30, &[&tlv(0x30, &[&oid(policy)])])));
    }
    extensions.push(("2.5.29.14", false, tlv(4, &[&key_id(&key)])));
    let issuer_key = issuer.map_or(&key, |issuer| &issuer.key);
    extensions.push(("2.5.29.35", false, tlv(0x30, &[&tlv(0x80, &[&key_id(issuer_key)])])));
    for (kind, critical, der) in extensions {
        let kind = Asn1Object::from_str(kind).unwrap();
        let der = Asn1OctetString::new_from_bytes(&der).unwrap();
        builder.append_extension(X509Extension::new_from_der(&kind, critical, &der).unwrap()).unwrap();
    }
    builder.sign(issuer_key, profile.digest).unwrap();
    Entity { certificate: builder.build(), key }
}

pub fn key_id(key: &PKey<Private>) -> [u8; 20] {
    openssl::sha::sha1(&key.public_key_to_der().unwrap())
}

impl Entity {
    pub fn der(&self) -> Vec<u8> {
        self.certificate.to_der().unwrap()
    }

    pub fn pem(&self) -> Vec<u8> {
        self.certificate.to_pem().unwrap()
    }

    fn subject(&self) -> Vec<u8> {
        self.certificate.subject_name().to_der().unwrap()
    }

    /// A CRL of this CA, with (serial, revoked at, reason code or none).
    pub fn crl(
        &self,
        this_update: DateTime<Utc>,
        next_update: DateTime<Utc>,
        revoked: &[(u32, DateTime<Utc>, Option<u8>)],
    ) -> Vec<u8> {
        let entries: Vec<Vec<u8>> = revoked
            .iter()
            .map(|(serial, at, reason)| {
                let reason = reason.map(|reason| {
                    let value = tlv(4, &[&[0x0a, 1, reason]]);
                    tlv(0x30, &[&tlv(0x30, &[&oid("2.5.29.21"), &value])])
                });
                tlv(0x30, &[&integer(*serial), &time(*at), &reason.unwrap_or_default()])
            })
            .collect();
        let entries = if entries.is_empty() { Vec::new() } else { tlv(0x30, &[&entries.concat()]) };
        let number = tlv(0x30, &[&oid("2.5.29.20"), &tlv(4, &[&[2, 1, 7]])]);
        let aki = tlv(0x30, &[&tlv(0x80, &[&key_id(&self.key)])]);
        let aki = tlv(0x30, &[&oid("2.5.29.35"), &tlv(4, &[&aki])]);
        let extensions = tlv(0xa0, &[&tlv(0x30, &[&aki, &number])]);
        let tbs = tlv(
            0x30,
            &[
                &[2, 1, 1],
                &SHA256_WITH_RSA,
                &self.subject(),
                &time(this_update),
                &time(next_update),
                &entries,
                &extensions,
            ],
        );
        let signature = sign(&self.key, MessageDigest::sha256(), &tbs);
        tlv(0x30, &[&tbs, &SHA256_WITH_RSA, &tlv(3, &[&[0], &signature])])
    }
}

fn integer(value: u32) -> Vec<u8> {
    let octets = value.to_be_bytes();
    let skip = octets.iter().take(3).take_while(|octet| **octet == 0).count();
    let sign = if octets[skip] >= 0x80 { &[0][..] } else { &[] };
    tlv(2, &[sign, &octets[skip..]])
}

fn time(time: DateTime<Utc>) -> Vec<u8> {
    tlv(0x17, &[time.format("%y%m%d%H%M%SZ").to_string().as_bytes()])
}

pub fn sign(key: &PKey<Private>, digest: MessageDigest, message: &[u8]) -> Vec<u8> {
    let mut signer = Signer::new(digest, key).unwrap();
    signer.sign_oneshot_to_vec(message).unwrap()
}

pub const SHA256: [u8; 13] = [0x30, 11, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
pub const SHA512: [u8; 13] = [0x30, 11, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3];
pub const SHA1: [u8; 9] = [0x30, 7, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a];
pub const MD5: [u8; 12] = [0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5];
pub const SHA256_WITH_RSA: [u8; 15] = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0b, 5, 0];
pub const SHA1_WITH_RSA: [u8; 15] = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x05, 5, 0];
pub const MD5_WITH_RSA: [u8; 15] = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x04, 5, 0];

pub const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
pub const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
pub const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
pub const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
pub const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
pub const DATA: &str = "1.2.840.113549.1.7.1";

/// An Attribute with these values.
pub fn attribute(kind: &str, values: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &[&oid(kind), &tlv(0x31, values)])
}

/// The value of signing-certificate-v2 that names `certificate`.
pub fn ess_v2(certificate: &[u8]) -> Vec<u8> {
    let id = tlv(0x30, &[&tlv(4, &[&openssl::sha::sha256(certificate)])]);
    tlv(0x30, &[&tlv(0x30, &[&id])])
}

/// A CMS message in parts, each of which a test may make wrong before [`Cms::build`].
#[derive(Clone)]
pub struct Cms {
    pub signer: Entity,
    pub content: Vec<u8>,
    pub attached: Option<Vec<u8>>,
    pub certificates: Vec<Vec<u8>>,
    /// Attributes in the order in which they are written; none: no signed attributes.
    pub attributes: Option<Vec<Vec<u8>>>,
    pub digest_algorithm: Vec<u8>,
    pub signature_algorithm: Vec<u8>,
    pub digest: MessageDigest,
    pub unsigned: Vec<u8>,
    /// Changes the signature value after it was made.
    pub spoil_value: bool,
    pub by_key_identifier: bool,
}

impl Cms {
    /// Detached CAdES-B-B by `signer` over `content`.
    pub fn cades(signer: &Entity, content: &[u8]) -> Self {
        let digest = tlv(4, &[&openssl::sha::sha256(content)]);
        Self {
            signer: signer.clone(),
            content: content.to_vec(),
            attached: None,
            certificates: vec![signer.der()],
            attributes: Some(sorted(vec![
                attribute(CONTENT_TYPE, &[&oid(DATA)]),
                attribute(SIGNING_TIME, &[&time(day(-1))]),
                attribute(MESSAGE_DIGEST, &[&digest]),
                attribute(SIGNING_CERTIFICATE_V2, &[&ess_v2(&signer.der())]),
            ])),
            digest_algorithm: SHA256.to_vec(),
            signature_algorithm: SHA256_WITH_RSA.to_vec(),
            digest: MessageDigest::sha256(),
            unsigned: Vec::new(),
            spoil_value: false,
            by_key_identifier: false,
        }
    }

    /// Puts `new` in the place of the attribute of `kind`, or takes it out.
    pub fn with_attribute(mut self, kind: &str, new: Option<Vec<u8>>) -> Self {
        let prefix = oid(kind);
        let attributes = self.attributes.as_mut().unwrap();
        attributes.retain(|attribute| !attribute.windows(prefix.len()).take(5).any(|window| window == prefix));
        attributes.extend(new);
        self.attributes = self.attributes.map(sorted);
        self
    }

    pub fn signer_info(&self) -> Vec<u8> {
        let attributes = self.attributes.as_ref().map(|attributes| attributes.concat());
        let to_sign = match &attributes {
            Some(attributes) => tlv(0x31, &[attributes]),
            None => self.content.clone(),
        };
        let mut signature = sign(&self.signer.key, self.digest, &to_sign);
        if self.spoil_value {
            signature[20] ^= 1;
        }
        let certificate = &self.signer.certificate;
        let (version, identifier) = if self.by_key_identifier {
            (3, tlv(0x80, &[&key_id(&self.signer.key)]))
        } else {
            let serial = tlv(2, &[&certificate.serial_number().to_bn().unwrap().to_vec()]);
            (1, tlv(0x30, &[&certificate.issuer_name().to_der().unwrap(), &serial]))
        };
        let attributes = attributes.map(|attributes| tlv(0xa0, &[&attributes])).unwrap_or_default();
        tlv(
            0x30,
            &[
                &[2, 1, version],
                &identifier,
                &self.digest_algorithm,
                &attributes,
                &self.signature_algorithm,
                &tlv(4, &[&signature]),
                &self.unsigned,
            ],
        )
    }

    /// The ContentInfo with these SignerInfos.
    pub fn with_signers(&self, infos: &[Vec<u8>]) -> Vec<u8> {
        let content = self.attached.as_ref().map(|content| tlv(0xa0, &[&tlv(4, &[content])])).unwrap_or_default();
        let certificates = self.certificates.concat();
        let certificates = if certificates.is_empty() { Vec::new() } else { tlv(0xa0, &[&certificates]) };
        let signed_data = tlv(
            0x30,
            &[
                &[2, 1, 1],
                &tlv(0x31, &[&self.digest_algorithm]),
                &tlv(0x30, &[&oid(DATA), &content]),
                &certificates,
                &tlv(0x31, &[&infos.concat()]),
            ],
        );
        tlv(0x30, &[&oid("1.2.840.113549.1.7.2"), &tlv(0xa0, &[&signed_data])])
    }

    pub fn build(&self) -> Vec<u8> {
        self.with_signers(&[self.signer_info()])
    }
}

pub fn sorted(mut attributes: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    attributes.sort();
    attributes
}

/// The same message with indefinite lengths in every layer outside the SignerInfos and the certificates, and the
/// attached content in pieces of `piece` octets.
pub fn to_ber(der: &[u8], piece: usize) -> Vec<u8> {
    use madoguchi::asn1::Reader;
    fn open(tag: u8, contents: &[u8]) -> Vec<u8> {
        [&[tag, 0x80], contents, &[0, 0]].concat()
    }
    let mut info = Reader::new(der).sequence().unwrap();
    let kind = info.any().unwrap().full;
    let mut wrapper = info.any().unwrap().reader();
    let mut data = wrapper.sequence().unwrap();
    let mut fields = Vec::new();
    for _ in 0..2 {
        fields.extend_from_slice(data.any().unwrap().full);
    }
    let mut encapsulated = data.sequence().unwrap();
    let mut inner = encapsulated.any().unwrap().full.to_vec();
    if let Some(content) = encapsulated.optional(0xa0).unwrap() {
        let octets = content.reader().octet_string().unwrap();
        let pieces: Vec<u8> = octets.chunks(piece).flat_map(|chunk| tlv(4, &[chunk])).collect();
        inner.extend(open(0xa0, &open(0x24, &pieces)));
    }
    fields.extend(open(0x30, &inner));
    while !data.is_empty() {
        let field = data.any().unwrap();
        fields.extend(open(field.tag, field.value));
    }
    open(0x30, &[kind, &open(0xa0, &open(0x30, &fields))].concat())
}
