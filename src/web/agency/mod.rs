//! The agencies' desk: a queue of their own filings, each with its verdict, its files and its decision.
pub mod ask;
pub mod correspondence;
pub mod decision;
pub mod export;
pub mod files;
pub mod filing;
pub mod identity;
pub mod official;
pub mod preview;
pub mod queue;
pub mod registry_answers;
pub mod report;
pub mod scanner;

use std::borrow::Cow;

use crate::gateway::Gateway;
use crate::ids::ArrivalNumber;
use crate::store::submissions::SubmissionRecord;
use crate::submission::status::{RevocationState, SubmissionStatus};
use crate::web::extract::session::AgencyUser;
use crate::web::page::Page;
use crate::web::problem::Problem;

/// A status in words.
pub fn status_words(page: &Page, status: SubmissionStatus) -> Cow<'static, str> {
    page.t(&format!("agency-dyn-status-{}", status.as_str().replace('_', "-")))
}

/// The colour of a status's tag; the words say the same.
pub fn status_colour(status: SubmissionStatus) -> &'static str {
    match status {
        SubmissionStatus::Received | SubmissionStatus::Corrected => "blue",
        SubmissionStatus::UnderReview | SubmissionStatus::CorrectionRequested | SubmissionStatus::Held => "yellow",
        SubmissionStatus::Accepted | SubmissionStatus::Completed => "green",
        SubmissionStatus::Rejected | SubmissionStatus::Refused => "red",
        SubmissionStatus::Withdrawn => "grey",
    }
}

/// How firm the revocation side of a verdict is, in words.
pub fn revocation_words(page: &Page, state: RevocationState) -> Cow<'static, str> {
    page.t(&format!("agency-dyn-revocation-{}", state.as_str()))
}

/// Reads an arrival number of a path; anything else is not there.
///
/// # Errors
/// 404.
pub fn arrival_number(text: &str) -> Result<ArrivalNumber, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// The filing, where it is this agency's to see. Another agency's, a held one and one that is not there answer alike.
///
/// # Errors
/// 404; a store that does not answer.
pub async fn own_record(
    gateway: &Gateway,
    user: &AgencyUser,
    number: ArrivalNumber,
) -> Result<SubmissionRecord, Problem> {
    let record = gateway.store.submission_record(number).await?;
    let hidden = [SubmissionStatus::Held, SubmissionStatus::Refused];
    record
        .filter(|record| record.submission.recipient == user.agency && !hidden.contains(&record.submission.status))
        .ok_or_else(Problem::not_found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::i18n::Language;

    #[test]
    fn every_status_and_state_has_its_words() {
        for language in Language::ALL {
            for status in SubmissionStatus::ALL {
                let key = format!("agency-dyn-status-{}", status.as_str().replace('_', "-"));
                assert!(language.find(&key).is_some(), "{key}");
            }
            for state in RevocationState::ALL {
                let key = format!("agency-dyn-revocation-{}", state.as_str());
                assert!(language.find(&key).is_some(), "{key}");
            }
        }
    }
}
