//! Why a CRL is not taken in: every code in one place.

/// Why a CRL was not taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct CrlRefusal {
    /// A stable code, one of [`code`].
    pub code: &'static str,
    /// A sentence for the operator: what is wrong and what to do.
    pub detail: String,
    /// Hex SHA-256 of the newer list that it came before in every way, where that is why.
    pub behind: Option<String>,
    /// Whether the list is kept in quarantine, where two operators can let it in.
    pub quarantined: bool,
}

impl CrlRefusal {
    /// With a sentence.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), behind: None, quarantined: false }
    }

    /// The refusal of a list that came before the one of this digest in every way.
    pub fn behind(self, sha256: &str) -> Self {
        Self { behind: Some(sha256.to_owned()), ..self }
    }
}

/// The stable codes.
pub mod code {
    /// The file cannot be read.
    pub const UNREADABLE_FILE: &str = "unreadable_file";
    /// Not the DER of a CRL: truncated, followed by other bytes, an entry that cannot be read.
    pub const NOT_A_CRL: &str = "not_a_crl";
    /// Larger than the limit.
    pub const TOO_LARGE: &str = "too_large";
    /// No CA of the trust store has the issuer's name.
    pub const UNKNOWN_ISSUER: &str = "unknown_issuer";
    /// No CA of that name has a key that verifies the signature.
    pub const WRONG_SIGNATURE: &str = "wrong_signature";
    /// The issuer's key usage is without cRLSign.
    pub const ISSUER_MAY_NOT_SIGN_CRLS: &str = "issuer_may_not_sign_crls";
    /// The issuer does not chain to an anchor.
    pub const ISSUER_NOT_TRUSTED: &str = "issuer_not_trusted";
    /// The signature algorithm or the key cannot be relied on.
    pub const WEAK_ALGORITHM: &str = "weak_algorithm";
    /// An unknown critical extension of the list.
    pub const UNKNOWN_CRITICAL_EXTENSION: &str = "unknown_critical_extension";
    /// An unknown critical extension of an entry.
    pub const UNKNOWN_CRITICAL_ENTRY_EXTENSION: &str = "unknown_critical_entry_extension";
    /// A delta CRL whose number is not above its base's.
    pub const DELTA_NUMBERS: &str = "delta_numbers_contradict";
    /// An entry names another certificate issuer, and the list is not indirect.
    pub const ENTRY_OF_ANOTHER_ISSUER: &str = "entry_of_another_issuer";
    /// A CRL for attribute certificates, which this gateway does not use.
    pub const ATTRIBUTE_CERTIFICATES: &str = "attribute_certificates_only";
    /// The issuing distribution point contradicts itself.
    pub const CONTRADICTORY_SCOPE: &str = "contradictory_scope";
    /// No nextUpdate: freshness cannot be told.
    pub const NEXT_UPDATE_MISSING: &str = "next_update_missing";
    /// nextUpdate is not after thisUpdate.
    pub const NEXT_UPDATE_NOT_AFTER: &str = "next_update_not_after_this_update";
    /// thisUpdate is in the future.
    pub const THIS_UPDATE_IN_FUTURE: &str = "this_update_in_future";
    /// nextUpdate has passed, in an upload.
    pub const NEXT_UPDATE_PASSED: &str = "next_update_passed";
    /// The CRL number is lower than that of the list held.
    pub const NUMBER_FALLS: &str = "number_falls";
    /// The CRL number is that of the list held, and the list is another.
    pub const NUMBER_REUSED: &str = "number_reused";
    /// The CRL has no number and the list held has one.
    pub const NUMBER_MISSING: &str = "number_missing";
    /// thisUpdate is before that of the list held.
    pub const OLDER_THAN_HELD: &str = "older_than_held";
    /// A serial stands twice.
    pub const DUPLICATE_SERIAL: &str = "duplicate_serial";
    /// Entries vanished before the certificates can have expired.
    pub const ENTRIES_LOST: &str = "entries_lost";
    /// Entries have another date or reason than before.
    pub const ENTRIES_CHANGED: &str = "entries_changed";
    /// No refusal: a list is in use that could not be archived.
    pub const NOT_ARCHIVED: &str = "not_archived";
    /// No refusal: a list of the archive is in use because the folder does not hold it.
    pub const NOT_IN_FOLDER: &str = "not_in_folder";
    /// No refusal: a list in use could not be read back, and was mended from the archive or could not be.
    pub const LIST_DAMAGED: &str = "list_damaged";
    /// An archived list cannot be read back as it was.
    pub const ARCHIVE_DAMAGED: &str = "archive_damaged";
}
