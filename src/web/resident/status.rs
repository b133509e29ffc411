//! `/status`: where a filing stands, by its arrival number and access key, which are posted and never in an address.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use serde::Deserialize;

use super::municipalities;
use crate::gateway::Gateway;
use crate::ids::{ArrivalNumber, IdError};
use crate::store::submissions::{StoredStatus, SubmissionRecord};
use crate::submission::status::{RevocationState, SubmissionStatus};
use crate::web::extract::csrf::{Browser, CsrfForm};
use crate::web::forms::{Field, SummaryLine, summary};
use crate::web::i18n::Language;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::steps::{resident_words, step_words};

/// What is posted.
#[derive(Deserialize)]
pub struct StatusForm {
    #[serde(default)]
    arrival_number: String,
    #[serde(default)]
    access_key: String,
}

#[derive(Template)]
#[template(path = "resident/status_form.html")]
struct FormView {
    page: Page,
    errors: Vec<SummaryLine>,
    fields: Vec<Field>,
}

impl FormView {
    fn new(page: Page, number: &str, wrong: Option<(&str, &str)>) -> Self {
        let text = |key: &str| page.t(key).into_owned();
        let error = |name: &str| wrong.filter(|(field, _)| *field == name).map(|(_, key)| text(key));
        let fields = vec![
            Field::text("arrival_number", text("status-number"))
                .hint(text("status-number-hint"))
                .value(number)
                .autocomplete("off")
                .error(error("arrival_number")),
            Field::text("access_key", text("status-key"))
                .hint(text("status-key-hint"))
                .autocomplete("off")
                .error(error("access_key")),
        ];
        let errors = summary(&fields);
        Self { page: page.titled("status-title").errors(!errors.is_empty()), errors, fields }
    }
}

/// The form.
pub async fn get_form(page: Page, browser: Browser) -> HttpResponse {
    let view = FormView::new(page.csrf(browser.csrf_token()), "", None);
    view.page.respond(StatusCode::OK, &view)
}

/// One step of a filing's history.
struct StepView {
    name: String,
    at: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "resident/status.html")]
struct StatusView {
    page: Page,
    number: String,
    colour: &'static str,
    status: String,
    next: String,
    procedure: String,
    recipient: String,
    received_at: String,
    revocation: String,
    revocation_words: String,
    contested: bool,
    steps: Vec<StepView>,
    receipt_jws: String,
    statements: Vec<String>,
    evidence: String,
    /// Where one came from.
    back: &'static str,
}

impl StatusView {
    fn new(page: Page, gateway: &Gateway, record: SubmissionRecord) -> Self {
        let (language, steps, evidence) = (page.language, steps(page.language, &record), evidence(&record));
        let statements = record.verdicts.into_iter().filter_map(|verdict| verdict.statement_jws).collect();
        let filing = record.submission;
        let named = gateway.catalog.get(filing.procedure.as_str());
        let procedure = named.map(|procedure| procedure.title.get(language).to_owned());
        let revocation = language.t(&format!("revocation-state-{}", filing.revocation.as_str()));
        Self {
            page: page.titled("status-result-title"),
            number: filing.arrival_number.grouped(),
            colour: colour(filing.status),
            status: language.t(&status_key("name", filing.status)).into_owned(),
            next: language.t(&status_key("next", filing.status)).into_owned(),
            procedure: procedure.unwrap_or_else(|| filing.procedure.to_string()),
            recipient: municipalities::describe(language, filing.recipient.as_str()),
            received_at: super::dates::moment(language, filing.received_at),
            revocation: revocation.into_owned(),
            revocation_words: resident_words(language, filing.revocation),
            contested: filing.revocation == RevocationState::Contested,
            steps,
            receipt_jws: filing.receipt_jws,
            statements,
            evidence,
            back: "/status",
        }
    }
}

/// A filing as whoever may see it is shown it.
pub(super) fn respond(page: Page, gateway: &Gateway, record: SubmissionRecord, back: &'static str) -> HttpResponse {
    let view = StatusView { back, ..StatusView::new(page, gateway, record) };
    view.page.respond(StatusCode::OK, &view)
}

/// The changes of the status and the later verdicts, in the order of time.
fn steps(language: Language, record: &SubmissionRecord) -> Vec<StepView> {
    let changes = record.history.iter().map(|step| (step.at, step_view(language, step)));
    let verdicts = record.verdicts.iter().filter_map(|verdict| {
        let at = super::dates::moment(language, verdict.decided_at);
        let name = step_words(language, &verdict.kind)?;
        Some((verdict.decided_at, StepView { name, at, reason: String::new() }))
    });
    let mut all: Vec<_> = changes.chain(verdicts).collect();
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, step)| step).collect()
}

/// The receipt and every statement as one file, in base64: `madoguchi verify-receipt` checks the whole chain.
fn evidence(record: &SubmissionRecord) -> String {
    let statements: Vec<&String> =
        record.verdicts.iter().filter_map(|verdict| verdict.statement_jws.as_ref()).collect();
    let file = serde_json::json!({ "receipt_jws": record.submission.receipt_jws, "statements": statements });
    STANDARD.encode(file.to_string())
}

fn step_view(language: Language, step: &StoredStatus) -> StepView {
    StepView {
        name: language.t(&status_key("name", step.to)).into_owned(),
        at: super::dates::moment(language, step.at),
        reason: step.reason.clone().unwrap_or_default(),
    }
}

pub(super) fn status_key(part: &str, status: SubmissionStatus) -> String {
    format!("status-{part}-{}", status.as_str().replace('_', "-"))
}

pub(super) fn colour(status: SubmissionStatus) -> &'static str {
    match status {
        SubmissionStatus::Accepted | SubmissionStatus::Completed => "green",
        SubmissionStatus::Held | SubmissionStatus::CorrectionRequested => "yellow",
        SubmissionStatus::Rejected | SubmissionStatus::Refused => "red",
        SubmissionStatus::Withdrawn => "grey",
        SubmissionStatus::Received | SubmissionStatus::UnderReview | SubmissionStatus::Corrected => "blue",
    }
}

/// Where the filing stands. A wrong number and a wrong key are told apart only by the number's check digit.
///
/// # Errors
/// 503 where the record cannot be read.
pub async fn post_form(
    page: Page,
    browser: Browser,
    gateway: web::Data<Gateway>,
    form: CsrfForm<StatusForm>,
) -> Result<HttpResponse, Problem> {
    let page = page.csrf(browser.csrf_token());
    let number: ArrivalNumber = match form.0.arrival_number.trim().parse() {
        Ok(number) => number,
        Err(error) => return Ok(again(page, &form.0, ("arrival_number", number_fault(error)))),
    };
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest(&SHA256, form.0.access_key.trim().as_bytes()).as_ref());
    let found = gateway.store.submission_record(number).await?;
    match found.filter(|record| record.submission.token_matches(&sha256)) {
        Some(record) => {
            let view = StatusView::new(page, &gateway, record);
            Ok(view.page.respond(StatusCode::OK, &view))
        }
        None => Ok(again(page, &form.0, ("access_key", "status-not-found"))),
    }
}

fn number_fault(error: IdError) -> &'static str {
    match error {
        IdError::CheckDigit(_) => "status-number-mistyped",
        IdError::Form(_) => "status-number-form",
    }
}

fn again(page: Page, form: &StatusForm, wrong: (&str, &str)) -> HttpResponse {
    let view = FormView::new(page, &form.arrival_number, Some(wrong));
    view.page.respond(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_and_every_revocation_state_has_words() {
        for language in Language::ALL {
            for status in SubmissionStatus::ALL {
                for part in ["name", "next"] {
                    assert!(language.find(&status_key(part, *status)).is_some(), "{}", status_key(part, *status));
                }
            }
            for state in RevocationState::ALL {
                assert!(language.find(&format!("revocation-state-{}", state.as_str())).is_some());
            }
        }
    }
}
