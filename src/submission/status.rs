//! Where a filing stands, and the moves that are legal.
use serde::{Deserialize, Serialize};

macro_rules! text_enum {
    ($(#[doc = $edoc:literal])* $name:ident { $($(#[doc = $doc:literal])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[doc = $edoc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[doc = $doc])* #[serde(rename = $text)] $variant),* }

        impl $name {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// As it stands in the API and the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// Reads what `as_str` wrote.
            pub fn from_text(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }
        }
    };
}

text_enum! {
    /// The status of a filing.
    SubmissionStatus {
        /// Recorded; revocation could not be decided yet.
        Held = "held",
        /// Recorded and verified.
        Received = "received",
        /// The agency has taken it up.
        UnderReview = "under_review",
        /// The agency asked for a correction.
        CorrectionRequested = "correction_requested",
        /// A correction came in.
        Corrected = "corrected",
        /// The agency accepted it.
        Accepted = "accepted",
        /// The agency rejected it, with a reason.
        Rejected = "rejected",
        /// Done: the result was delivered.
        Completed = "completed",
        /// The applicant withdrew it.
        Withdrawn = "withdrawn",
        /// After a hold: the certificate turned out not to have been good.
        Refused = "refused",
    }
}

text_enum! {
    /// How firm the revocation side of a verdict is.
    RevocationState {
        /// Held: not decided.
        None = "none",
        /// Decided on the freshest CRL at receipt.
        Provisional = "provisional",
        /// A CRL issued after receipt confirmed it.
        Confirmed = "confirmed",
        /// A later CRL shows that the certificate had ended before.
        Contested = "contested",
    }
}

impl SubmissionStatus {
    /// Whether a filing may move from `self` to `next`.
    pub fn may_become(self, next: Self) -> bool {
        use SubmissionStatus::{
            Accepted, Completed, Corrected, CorrectionRequested, Held, Received, Refused, Rejected, UnderReview,
            Withdrawn,
        };
        matches!(
            (self, next),
            (Held, Received | Refused | Withdrawn)
                | (Received, UnderReview | CorrectionRequested | Corrected | Accepted | Rejected | Withdrawn)
                | (UnderReview, CorrectionRequested | Corrected | Accepted | Rejected | Withdrawn)
                | (CorrectionRequested, Corrected | Rejected | Withdrawn)
                | (Corrected, UnderReview | CorrectionRequested | Accepted | Rejected | Withdrawn)
                | (Accepted, Completed)
        )
    }

    /// Whether the applicant may correct it: because the agency asks, or by themselves while it has not decided.
    pub fn takes_correction(self) -> bool {
        matches!(self, Self::CorrectionRequested | Self::Received | Self::UnderReview)
    }

    /// Whether nothing can follow.
    pub fn is_final(self) -> bool {
        Self::ALL.iter().all(|next| !self.may_become(*next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SubmissionStatus as S;

    #[test]
    fn final_states_are_the_four_that_end_a_filing() {
        let finals: Vec<_> = S::ALL.iter().copied().filter(|status| status.is_final()).collect();
        assert_eq!(finals, [S::Rejected, S::Completed, S::Withdrawn, S::Refused]);
    }

    #[test]
    fn nothing_returns_to_held_and_only_held_is_refused() {
        for status in S::ALL {
            assert!(!status.may_become(S::Held));
            assert_eq!(status.may_become(S::Refused), *status == S::Held);
        }
    }

    #[test]
    fn texts_read_back() {
        for status in S::ALL {
            assert_eq!(S::from_text(status.as_str()), Some(*status));
        }
        assert_eq!(S::from_text("HELD"), None);
    }
}
