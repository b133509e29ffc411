//! The kinds of documents.
use std::str::FromStr;

use crate::ids::IdError;

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PaperKind {
    /// A copy of the Resident Record of one person (住民票の写し, Basic Resident Registration Act, article 12).
    RecordCopy,
    /// The same of the whole household.
    HouseholdCopy,
    /// A certificate of some entries of the record (住民票記載事項証明書, the same article).
    EntryCertificate,
    /// Tells a holder their new Resident Record Code (住民票コード通知票, articles 7 and 30-3). Nobody else gets one.
    CodeNotification,
}

impl PaperKind {
    /// Every kind.
    pub const ALL: &[Self] = &[Self::RecordCopy, Self::HouseholdCopy, Self::EntryCertificate, Self::CodeNotification];

    /// What a person may get at a kiosk: never the code, which a clerk hands over or the post brings.
    pub const AT_KIOSK: &[Self] = &[Self::RecordCopy, Self::HouseholdCopy, Self::EntryCertificate];

    /// Its name in addresses and in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RecordCopy => "record-copy",
            Self::HouseholdCopy => "household-copy",
            Self::EntryCertificate => "entry-certificate",
            Self::CodeNotification => "code-notification",
        }
    }

    /// Its title as it is printed: in Japanese, and in English below.
    pub fn titles(self) -> (&'static str, &'static str) {
        match self {
            Self::RecordCopy => ("住民票の写し", "Copy of the Resident Record"),
            Self::HouseholdCopy => ("住民票の写し（世帯全員）", "Copy of the Resident Record (whole household)"),
            Self::EntryCertificate => ("住民票記載事項証明書", "Certificate of Entries in the Resident Record"),
            Self::CodeNotification => ("住民票コード通知票", "Notification of the Resident Record Code"),
        }
    }
}

impl FromStr for PaperKind {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or(IdError::Form("a kind of document"))
    }
}
