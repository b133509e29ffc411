//! The words of a verdict: indication, sub-indication and named checks (ETSI EN 319 102-1 clause 5.1.3), written
//! as EU DSS writes them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The main status of a validation (EN 319 102-1 table 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Indication {
    /// Every check passed.
    TotalPassed,
    /// The signature is wrong, and no further information can make it right.
    TotalFailed,
    /// What is known does not suffice to say either.
    Indeterminate,
}

impl Indication {
    /// As it stands in reports: `TOTAL_PASSED` and so on.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TotalPassed => "TOTAL_PASSED",
            Self::TotalFailed => "TOTAL_FAILED",
            Self::Indeterminate => "INDETERMINATE",
        }
    }
}

macro_rules! sub_indications {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal, $indication:ident;)*) => {
        /// Why a validation did not pass (EN 319 102-1 table 6), in the order in which one outranks another
        /// where several checks fail.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum SubIndication {
            $($(#[doc = $doc])* #[serde(rename = $text)] $name,)*
        }

        impl SubIndication {
            /// Every one, in rank order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// As it stands in reports: `HASH_FAILURE` and so on.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The indication that it belongs to.
            pub fn indication(self) -> Indication {
                match self { $(Self::$name => Indication::$indication,)* }
            }
        }
    };
}

sub_indications! {
    /// Not a signature of the form that is asked for.
    FormatFailure = "FORMAT_FAILURE", TotalFailed;
    /// The signed data is not what was signed.
    HashFailure = "HASH_FAILURE", TotalFailed;
    /// The signature value does not verify with the signer's key.
    SigCryptoFailure = "SIG_CRYPTO_FAILURE", TotalFailed;
    /// What was signed is not at hand.
    SignedDataNotFound = "SIGNED_DATA_NOT_FOUND", Indeterminate;
    /// An attribute that the policy asks for is not there.
    SigConstraintsFailure = "SIG_CONSTRAINTS_FAILURE", Indeterminate;
    /// The signer's certificate is not there, or is not the one the signature names.
    NoSigningCertificateFound = "NO_SIGNING_CERTIFICATE_FOUND", Indeterminate;
    /// An algorithm or key size is not reliable, and nothing proves that the signature is older.
    CryptoConstraintsFailureNoPoe = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", Indeterminate;
    /// An algorithm or key size was not reliable any more when the signature was made.
    CryptoConstraintsFailure = "CRYPTO_CONSTRAINTS_FAILURE", Indeterminate;
    /// The policy cannot be read.
    PolicyProcessingError = "POLICY_PROCESSING_ERROR", Indeterminate;
    /// No path leads to a trust anchor.
    NoCertificateChainFound = "NO_CERTIFICATE_CHAIN_FOUND", Indeterminate;
    /// The path to the anchor breaks a rule of RFC 5280.
    CertificateChainGeneralFailure = "CERTIFICATE_CHAIN_GENERAL_FAILURE", Indeterminate;
    /// The signer's certificate is not of the kind that the policy asks for.
    ChainConstraintsFailure = "CHAIN_CONSTRAINTS_FAILURE", Indeterminate;
    /// The signer's certificate was not valid yet.
    NotYetValid = "NOT_YET_VALID", TotalFailed;
    /// The signer's certificate has expired and is not revoked.
    OutOfBoundsNotRevoked = "OUT_OF_BOUNDS_NOT_REVOKED", Indeterminate;
    /// The signer's certificate has expired, and whether it was revoked is not known.
    OutOfBoundsNoPoe = "OUT_OF_BOUNDS_NO_POE", Indeterminate;
    /// The signature was made after the certificate's end.
    Expired = "EXPIRED", TotalFailed;
    /// The signer's certificate is revoked, and nothing proves that the signature is older.
    RevokedNoPoe = "REVOKED_NO_POE", Indeterminate;
    /// The signature was made after the revocation.
    Revoked = "REVOKED", TotalFailed;
    /// A CA of the path is revoked.
    RevokedCaNoPoe = "REVOKED_CA_NO_POE", Indeterminate;
    /// Revocation cannot be decided now; a later revocation list can.
    TryLater = "TRY_LATER", Indeterminate;
}

impl SubIndication {
    /// The URN of EN 319 102-1 annex A / TS 119 102-2, e.g. `urn:etsi:019102:subindication:HASH_FAILURE`.
    pub fn urn(self) -> String {
        format!("urn:etsi:019102:subindication:{}", self.as_str())
    }
}

/// What became of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// The claim that the check's name states holds.
    Passed,
    /// It does not hold.
    Failed,
    /// It does not hold, and the policy lets that pass.
    Warning,
    /// There was nothing to check.
    NotApplicable,
}

/// One named check: its name states the claim it makes, its clause says where the claim comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The claim, in snake_case: `message_digest_matches_content`.
    pub name: &'static str,
    /// What became of it.
    pub status: CheckStatus,
    /// The clause that asks for it: `RFC 5652 11.2`.
    pub clause: &'static str,
    /// More, in a sentence without personal data; empty when there is nothing to add.
    pub detail: Cow<'static, str>,
    /// Of a failed check, what the failure means.
    #[serde(skip)]
    pub sub_indication: Option<SubIndication>,
}

impl Check {
    /// A claim that holds.
    pub fn passed(name: &'static str, clause: &'static str) -> Self {
        Self { name, status: CheckStatus::Passed, clause, detail: Cow::Borrowed(""), sub_indication: None }
    }

    /// A claim that does not hold.
    pub fn failed(
        name: &'static str,
        clause: &'static str,
        sub_indication: SubIndication,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { name, status: CheckStatus::Failed, clause, detail: detail.into(), sub_indication: Some(sub_indication) }
    }

    /// A claim that does not hold and is let pass.
    pub fn warning(name: &'static str, clause: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { name, status: CheckStatus::Warning, clause, detail: detail.into(), sub_indication: None }
    }

    /// A claim with nothing to check.
    pub fn not_applicable(name: &'static str, clause: &'static str) -> Self {
        Self { name, status: CheckStatus::NotApplicable, clause, detail: Cow::Borrowed(""), sub_indication: None }
    }

    /// Whether the claim was found not to hold.
    pub fn is_failed(&self) -> bool {
        self.status == CheckStatus::Failed
    }
}

/// The verdict over a set of checks: TOTAL_FAILED before INDETERMINATE, then the first in rank order.
pub fn conclude<'a>(checks: impl IntoIterator<Item = &'a Check>) -> (Indication, Option<SubIndication>) {
    worst(checks.into_iter().filter_map(|check| check.sub_indication))
}

/// The worst of several sub-indications, or TOTAL_PASSED when there is none.
pub fn worst(found: impl IntoIterator<Item = SubIndication>) -> (Indication, Option<SubIndication>) {
    let first = found.into_iter().min_by_key(|sub| (sub.indication() != Indication::TotalFailed, *sub));
    (first.map_or(Indication::TotalPassed, SubIndication::indication), first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn total_failed_outranks_what_stands_before_it_in_the_table() {
        let both = [SubIndication::NoCertificateChainFound, SubIndication::Revoked, SubIndication::TryLater];
        assert_eq!(worst(both), (Indication::TotalFailed, Some(SubIndication::Revoked)));
        assert_eq!(worst([]), (Indication::TotalPassed, None));
    }

    #[test]
    fn the_table_order_decides_within_one_indication() {
        for pair in SubIndication::ALL.windows(2).filter(|pair| pair[0].indication() == pair[1].indication()) {
            assert_eq!(worst([pair[1], pair[0]]).1, Some(pair[0]));
        }
    }
}
