//! What `pki/*.toml` may say: a family of CAs, what their certificates say (profiles), cards and CRLs.
use std::collections::BTreeMap;

use serde::Deserialize;

use super::keys::{DigestName, KeyKind};
use super::moment::{Moment, Span};

/// One family of CAs with its cards and lists.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// Its name.
    pub family: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Municipalities that profiles, cards and CRLs refer to by code.
    #[serde(default)]
    pub municipality: Vec<Municipality>,
    /// What a holder's certificate says, by name.
    #[serde(default)]
    pub profile: BTreeMap<String, Profile>,
    /// The certification authorities; an issuer stands before what it issued.
    #[serde(default)]
    pub ca: Vec<CaDeclaration>,
    /// The cards.
    #[serde(default)]
    pub card: Vec<CardDeclaration>,
    /// The revocation lists.
    #[serde(default)]
    pub crl: Vec<CrlDeclaration>,
}

/// A municipality.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Municipality {
    /// Six digits.
    pub code: String,
    /// The prefecture as names in certificates write it.
    pub prefecture: String,
    /// The city as names in certificates write it.
    pub city: String,
}

/// A certification authority.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaDeclaration {
    /// Its name in files and commands.
    pub id: String,
    /// Its distinguished name, see [`super::names`].
    pub subject: Vec<String>,
    /// The CA that issued it; none: it signs itself and is an anchor.
    pub issuer: Option<String>,
    /// Its key.
    pub key: KeyKind,
    /// The digest its certificate is signed with; by default what suits the signing key.
    pub digest: Option<DigestName>,
    /// First moment of its life.
    pub not_before: Moment,
    /// Last moment of its life.
    pub not_after: Moment,
    /// How many CAs may stand between it and a holder.
    pub path_length: Option<u32>,
    /// Certificate policies; none for a root.
    #[serde(default)]
    pub policies: Vec<Policy>,
    /// Where its revocation is told.
    pub distribution_point: Option<DistributionPoint>,
}

/// What a holder's certificate says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The key.
    pub key: KeyKind,
    /// The digest it is signed with; by default what suits the signing key.
    pub digest: Option<DigestName>,
    /// The distinguished name; `{prefecture}`, `{city}`, `{opaque}`, `{name}` and `{id}` are filled in.
    pub subject: Vec<String>,
    /// How long it lives, when the card does not say.
    pub validity: Validity,
    /// Key usage, always critical.
    pub key_usage: Vec<KeyUsage>,
    /// Certificate policies.
    #[serde(default)]
    pub policies: Vec<Policy>,
    /// Whether the policies are critical.
    #[serde(default)]
    pub policies_critical: bool,
    /// Whether the resident's six attributes stand in the subjectAltName.
    #[serde(default)]
    pub resident_attributes: bool,
    /// A directoryName for the issuerAltName.
    pub issuer_alt_name: Option<Vec<String>>,
    /// Where revocation is told.
    pub distribution_point: Option<DistributionPoint>,
    /// Address of an OCSP responder.
    pub ocsp: Option<String>,
    /// Whether the holder is a machine that speaks TLS: its name is a DNS name in the subjectAltName, and the certificate
    /// serves both ends of a connection (extendedKeyUsage serverAuth and clientAuth).
    #[serde(default)]
    pub tls: bool,
}

/// How long a certificate lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Validity {
    /// To the holder's fifth birthday after issue (the end of that day in Japan).
    FifthBirthday,
    /// So long.
    Span(Span),
}

impl TryFrom<String> for Validity {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "fifth-birthday" => Ok(Self::FifthBirthday),
            _ => Span::try_from(text.clone()).map(Self::Span).map_err(|_| {
                format!("`{text}` is not a validity; write `fifth-birthday` or a length of time as 1826d")
            }),
        }
    }
}

/// A key usage that a holder's certificate may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum KeyUsage {
    /// Bit 0.
    DigitalSignature,
    /// Bit 1.
    NonRepudiation,
    /// Bit 2.
    KeyEncipherment,
    /// Bit 5.
    KeyCertSign,
    /// Bit 6.
    #[serde(rename = "cRLSign")]
    CrlSign,
}

/// A certificate policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Dotted decimal.
    pub oid: String,
    /// Address of the certification practice statement.
    pub cps: Option<String>,
}

/// A distribution point's full name; `{prefecture}`, `{city}` and `{municipality}` are filled in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DistributionPoint {
    /// A distinguished name.
    DirectoryName(Vec<String>),
    /// An address.
    Uri(String),
}

/// A sex as certificates know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 1.
    Male,
    /// 2.
    Female,
    /// 3.
    Unknown,
}

/// A card: one certificate and its key, with the PIN of its PKCS#12 file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardDeclaration {
    /// Its name in files and commands.
    pub id: String,
    /// Says in a few words what it is for.
    #[serde(default)]
    pub note: String,
    /// The profile of its certificate.
    pub profile: String,
    /// The CA that issues it.
    pub issuer: String,
    /// The PIN, which is the PKCS#12 file's passphrase.
    pub pin: String,
    /// Code of the municipality that the holder lives in.
    pub municipality: Option<String>,
    /// The holder's name; family and given name separated by U+3000 where the resident register does so.
    pub name: String,
    /// One `0` or `1` a character of the name, 1 for a substituted one; by default none is.
    pub name_substitutes: Option<String>,
    /// The holder's sex.
    pub sex: Option<Sex>,
    /// `1980-12-31`, `1980-12`, `1980`, or the nine digits EYYYYMMDD themselves.
    pub date_of_birth: Option<String>,
    /// The address from the prefecture.
    pub address: Option<String>,
    /// One `0` or `1` a character of the address.
    pub address_substitutes: Option<String>,
    /// First moment of its life; by default a day before issue.
    pub not_before: Option<Moment>,
    /// Last moment of its life; by default by the profile.
    pub not_after: Option<Moment>,
    /// Revoked from the start.
    pub revoked: Option<RevokedDeclaration>,
}

/// A revocation that a declaration asks for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokedDeclaration {
    /// When.
    pub at: Moment,
    /// Why.
    pub reason: super::crl::Reason,
}

/// A revocation list, or one shard a municipality.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrlDeclaration {
    /// Its file's name; shards add `-<municipality code>`.
    pub id: String,
    /// The CA that signs it.
    pub issuer: String,
    /// The profile whose certificates it covers, whose distribution point is then its scope; none: all that the issuer
    /// issued, without an issuingDistributionPoint.
    pub covers: Option<String>,
    /// One shard a municipality.
    #[serde(default)]
    pub each_municipality: bool,
    /// From thisUpdate to nextUpdate.
    pub valid: Span,
    /// Shards of these municipalities are stale: their nextUpdate lies two days back.
    #[serde(default)]
    pub stale: Vec<String>,
}

/// The family `jpki`, as data: one self-signed root each for signing and authentication, in several generations.
pub const JPKI: &str = include_str!("../../pki/jpki.toml");
/// The family `three-tier`, as data: root, intermediate, leaf, with RSA and elliptic keys.
pub const THREE_TIER: &str = include_str!("../../pki/three-tier.toml");

/// `pki/agency.toml`.
pub const AGENCY: &str = include_str!("../../pki/agency.toml");

/// `pki/network.toml`.
pub const NETWORK: &str = include_str!("../../pki/network.toml");
