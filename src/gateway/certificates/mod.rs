//! Residents' certificates at a municipality's counter: issued for a key that was made in the token, with the particulars of the
//! register and of nothing else; renewed, put on hold, ended; and ended by themselves when the register says otherwise.
//!
//! In crash order the authority comes first: what it has signed or revoked is on its disk, with a list that tells it, before the
//! record says so. A step that broke off in between is taken again, and finds the authority's part done.
pub mod act;
pub mod end;
pub mod request;
pub mod round;

use std::path::PathBuf;

use chrono::{DateTime, Duration, Utc};

use super::Gateway;
use crate::authority::declaration::{CardDeclaration, Sex as CardSex};
use crate::authority::moment::Moment;
use crate::authority::resident::fifth_birthday;
use crate::registry::record::{ResidentRecord, Sex};
use crate::settings::IssuingSettings;
use crate::store::StoreError;
use crate::store::papers::certificates::CertificatePurpose;

/// The authority behind the counter.
#[derive(Debug, Clone)]
pub struct CertificateDesk {
    authority: PathBuf,
    /// CA and profile of certificates for signing.
    sign: (String, String),
    /// Of certificates for authentication.
    authenticate: (String, String),
}

/// Why the counter did not do what it was asked: each with a stable code, whose words stand in the clerk's texts.
#[derive(Debug, thiserror::Error)]
pub enum CounterRefusal {
    /// No authority is set.
    #[error("no certificates are issued here: set [issuing] authority")]
    NoAuthority,
    /// There is no such record.
    #[error("there is no such record")]
    Unknown,
    /// The person does not live here any more, or died.
    #[error("the record is not current: a certificate is issued to residents alone")]
    NotCurrent,
    /// The period of residence has ended.
    #[error("the period of residence has ended")]
    PeriodEnded,
    /// The request cannot be taken.
    #[error("the certificate request cannot be taken: {0}")]
    Request(&'static str),
    /// The certificate stands otherwise by now.
    #[error("the certificate is in another state by now")]
    State,
    /// The authority.
    #[error("the authority: {0}")]
    Authority(String),
    /// The record.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CounterRefusal {
    /// A stable word.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoAuthority => "no-authority",
            Self::Unknown => "unknown-record",
            Self::NotCurrent => "not-current",
            Self::PeriodEnded => "period-ended",
            Self::Request(_) => "request",
            Self::State => "state",
            Self::Authority(_) | Self::Store(_) => "fault",
        }
    }
}

impl CertificateDesk {
    /// As the settings say; none where no authority is named.
    pub fn from_settings(settings: &IssuingSettings) -> Option<Self> {
        let authority = settings.authority.clone()?;
        let sign = (settings.sign_ca.clone(), settings.sign_profile.clone());
        let authenticate = (settings.authentication_ca.clone(), settings.authentication_profile.clone());
        Some(Self { authority, sign, authenticate })
    }

    /// What the certificate of that purpose says of a resident: what the register says, and nothing that a request asks for.
    fn declaration(&self, record: &ResidentRecord, purpose: CertificatePurpose, now: DateTime<Utc>) -> CardDeclaration {
        let (word, (issuer, profile)) = match purpose {
            CertificatePurpose::Sign => ("sign", &self.sign),
            CertificatePurpose::Authenticate => ("auth", &self.authenticate),
        };
        let (name, name_marks) = substituted(&record.name.written);
        let (address, address_marks) = substituted(&record.address.text);
        let birth = record.date_of_birth.to_string();
        CardDeclaration {
            id: format!("{word}-{}", record.id),
            note: String::new(),
            profile: profile.clone(),
            issuer: issuer.clone(),
            // The key is in the token, and so is its PIN.
            pin: "in-the-token".to_owned(),
            municipality: Some(record.municipality.to_string()),
            name,
            name_substitutes: Some(name_marks),
            sex: Some(match record.sex {
                Sex::Male => CardSex::Male,
                Sex::Female => CardSex::Female,
                Sex::Unknown => CardSex::Unknown,
            }),
            not_before: Some(Moment::At(now)),
            not_after: Some(Moment::At(life_end(record, &birth, now))),
            date_of_birth: Some(birth),
            address: Some(address),
            address_substitutes: Some(address_marks),
            revoked: None,
        }
    }
}

/// The fifth birthday after issue, and never past the end of a foreign resident's period of residence (that whole day in Japan).
fn life_end(record: &ResidentRecord, birth: &str, now: DateTime<Utc>) -> DateTime<Utc> {
    let birthday = fifth_birthday(now, Some(birth));
    let period = record.foreign.as_ref().and_then(|foreign| foreign.period_until);
    let period =
        period.and_then(|until| until.and_hms_opt(23, 59, 59)).map(|local| local.and_utc() - Duration::hours(9));
    period.map_or(birthday, |period| period.min(birthday))
}

/// The text as a certificate can hold it, with a mark a character: what lies outside the Basic Multilingual Plane or in an
/// extension of the unified ideographs is replaced, as the certification service replaces what is beyond JIS levels 1 and 2.
fn substituted(text: &str) -> (String, String) {
    let is_beyond = |letter: char| matches!(u32::from(letter), 0x3400..=0x4dbf | 0xf900..=0xfaff | 0x1_0000..);
    // A variation selector is no character of its own.
    let letters = text.chars().filter(|letter| !matches!(u32::from(*letter), 0xfe00..=0xfe0f | 0xe_0100..=0xe_01ef));
    letters.map(|letter| if is_beyond(letter) { ('〓', '1') } else { (letter, '0') }).unzip()
}

impl Gateway {
    /// The authority behind the counter, where there is one.
    pub fn certificate_desk(&self) -> Option<&CertificateDesk> {
        self.certificates.as_ref()
    }

    /// The same with an authority behind its counter.
    #[must_use]
    pub fn with_certificate_desk(self, certificates: Option<CertificateDesk>) -> Self {
        Self { certificates, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_certificate_cannot_hold_is_marked() {
        assert_eq!(substituted("山田　花子"), ("山田　花子".to_owned(), "00000".to_owned()));
        assert_eq!(substituted("𠮷野　辻\u{e0100}子"), ("〓野　辻子".to_owned(), "10000".to_owned()));
        assert_eq!(substituted("SMITH JOHN").1, "0".repeat(10));
    }
}
