//! The filing's page: where it stands, whose turn it is, what happened, and what can be done.
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::gateway::Gateway;
use crate::store::submissions::{StoredStatus, SubmissionRecord};
use crate::submission::status::RevocationState;
use crate::web::extract::filing::OpenFiling;
use crate::web::i18n::Language;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::status::{colour, status_key, who_acts};
use crate::web::resident::{dates, municipalities};
use crate::web::steps::{resident_words, step_words};

/// One step of a filing's history.
struct StepView {
    name: String,
    at: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "resident/filing/filing.html")]
struct FilingView {
    page: Page,
    /// The address of the filing's pages.
    here: String,
    number: String,
    colour: &'static str,
    status: String,
    who: String,
    next: String,
    since: String,
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
    by_account: bool,
}

/// The filing as whoever may see it is shown it.
///
/// # Errors
/// 503 where the record cannot be read.
pub async fn show(page: Page, gateway: &Gateway, open: OpenFiling) -> Result<HttpResponse, Problem> {
    let view = FilingView::new(page, gateway, open);
    Ok(view.page.respond(StatusCode::OK, &view))
}

impl FilingView {
    fn new(page: Page, gateway: &Gateway, open: OpenFiling) -> Self {
        let OpenFiling { record, by_account } = open;
        let (language, steps, evidence) = (page.language, steps(page.language, &record), evidence(&record));
        let statements = record.verdicts.into_iter().filter_map(|verdict| verdict.statement_jws).collect();
        let filing = record.submission;
        let named = gateway.catalog.get(filing.procedure.as_str());
        let procedure = named.map(|procedure| procedure.title.get(language).to_owned());
        let revocation = language.t(&format!("revocation-state-{}", filing.revocation.as_str()));
        Self {
            page: page.titled("status-result-title"),
            here: crate::web::extract::filing::address(filing.arrival_number, ""),
            number: filing.arrival_number.grouped(),
            colour: colour(filing.status),
            status: language.t(&status_key("name", filing.status)).into_owned(),
            who: language.t(&format!("after-dyn-{}", who_acts(filing.status))).into_owned(),
            next: language.t(&status_key("next", filing.status)).into_owned(),
            since: dates::moment_in_both_eras(language, filing.status_at),
            procedure: procedure.unwrap_or_else(|| filing.procedure.to_string()),
            recipient: municipalities::describe(language, filing.recipient.as_str()),
            received_at: dates::moment_in_both_eras(language, filing.received_at),
            revocation: revocation.into_owned(),
            revocation_words: resident_words(language, filing.revocation),
            contested: filing.revocation == RevocationState::Contested,
            steps,
            receipt_jws: filing.receipt_jws,
            statements,
            evidence,
            by_account,
        }
    }
}

/// The changes of the status and the later verdicts, in the order of time.
fn steps(language: Language, record: &SubmissionRecord) -> Vec<StepView> {
    let changes = record.history.iter().map(|step| (step.at, step_view(language, step)));
    let verdicts = record.verdicts.iter().filter_map(|verdict| {
        let at = dates::moment_in_both_eras(language, verdict.decided_at);
        let name = step_words(language, &verdict.kind)?;
        Some((verdict.decided_at, StepView { name, at, reason: String::new() }))
    });
    let mut all: Vec<_> = changes.chain(verdicts).collect();
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, step)| step).collect()
}

/// The receipt and every statement as one file, in base64: `madoguchi verify-receipt` checks the whole chain.
fn evidence(record: &SubmissionRecord) -> String {
    STANDARD.encode(evidence_json(record))
}

/// The same as JSON text.
pub(super) fn evidence_json(record: &SubmissionRecord) -> String {
    let statements: Vec<&String> =
        record.verdicts.iter().filter_map(|verdict| verdict.statement_jws.as_ref()).collect();
    serde_json::json!({ "receipt_jws": record.submission.receipt_jws, "statements": statements }).to_string()
}

fn step_view(language: Language, step: &StoredStatus) -> StepView {
    StepView {
        name: language.t(&status_key("name", step.to)).into_owned(),
        at: dates::moment_in_both_eras(language, step.at),
        reason: step.reason.clone().unwrap_or_default(),
    }
}
