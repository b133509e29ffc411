//! The filing's page: where it stands, whose turn it is, what happened, and what can be done.
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::official;
use crate::gateway::Gateway;
use crate::procedures::Procedure;
use crate::store::correction_requests::{ATTACHMENTS, CorrectionRequest, CorrectionWanted};
use crate::store::draft_corrections::CorrectedBy;
use crate::store::messages::Author;
use crate::store::notices::{Notice, NoticeKind};
use crate::store::submissions::{StoredStatus, SubmissionRecord};
use crate::submission::status::{RevocationState, SubmissionStatus};
use crate::web::conversation::{self, MessageLine};
use crate::web::extract::filing::{OpenFiling, address};
use crate::web::filing_facts::{self, Fact};
use crate::web::forms::{Field, SummaryLine, summary};
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
    /// Whether the person may take it back.
    withdrawable: bool,
    /// Whether the person may correct it by themselves.
    correctable: bool,
    wanted: Option<WantedView>,
    messages: Vec<MessageLine>,
    message_field: Option<Field>,
    notices: Vec<NoticeLine>,
    newest_unread: Option<i64>,
    documents: Vec<official::OfficialLine>,
    /// What it corrects: address and number.
    corrects: Option<(String, String)>,
    /// What corrects it: address, number, when it arrived.
    corrected_by: Vec<(String, String, String)>,
    errors: Vec<SummaryLine>,
    facts: Vec<Fact>,
}

/// What is new.
struct NoticeLine {
    words: String,
    at: String,
    unread: bool,
}

/// What the agency wants corrected.
struct WantedView {
    text: String,
    /// Labels of the marked fields; empty where the whole is wanted again.
    fields: Vec<String>,
}

/// What was typed and could not be taken.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The message.
    pub message: String,
    /// What is wrong with it: a key.
    pub message_fault: Option<&'static str>,
}

/// The filing as whoever may see it is shown it.
///
/// # Errors
/// 503 where the record cannot be read.
pub async fn show(
    page: Page,
    gateway: &Gateway,
    open: OpenFiling,
    (status, said): (StatusCode, Said),
) -> Result<HttpResponse, Problem> {
    let number = open.number();
    let around = gateway.store.filing_around(&open.record.submission).await?;
    let arrived = (number, open.record.submission.received_at);
    let facts = filing_facts::of_filing(gateway, page.language, arrived).await?;
    let procedure = gateway.catalog.get(open.record.submission.procedure.as_str()).cloned();
    let view = FilingView::new(page, gateway, open);
    let language = view.page.language;
    let field = conversation::field(&view.page, &said.message, said.message_fault);
    let errors = summary(std::slice::from_ref(&field));
    let view = FilingView {
        messages: conversation::lines(language, &around.messages, Author::Resident),
        message_field: Some(field),
        notices: around.notices.iter().map(|notice| notice_line(language, notice)).collect(),
        newest_unread: around.notices.iter().find(|notice| notice.read_at.is_none()).map(|notice| notice.id),
        wanted: around.wanted.map(|wanted| wanted_view(language, procedure.as_deref(), &wanted)),
        documents: around.documents.iter().map(|document| official::line(&view.page, document)).collect(),
        corrected_by: around.corrected_by.iter().map(|one| correction_line(language, one)).collect(),
        errors,
        facts,
        ..view
    };
    let view = FilingView { page: view.page.clone().errors(!view.errors.is_empty()), ..view };
    Ok(view.page.respond(status, &view))
}

/// A filing that corrects this one.
fn correction_line(language: Language, correction: &CorrectedBy) -> (String, String, String) {
    let number = correction.arrival_number;
    (address(number, ""), number.grouped(), dates::moment(language, correction.received_at))
}

/// A notice in words.
fn notice_line(language: Language, notice: &Notice) -> NoticeLine {
    let words = match notice.kind {
        NoticeKind::Status(status) => {
            language.with("after-notice-status", "status", language.t(&status_key("name", status)))
        }
        NoticeKind::Message => language.t("after-notice-message").into_owned(),
        NoticeKind::Document => language.t("after-notice-document").into_owned(),
        NoticeKind::Contested => language.t("after-notice-contested").into_owned(),
    };
    NoticeLine { words, at: dates::moment(language, notice.made_at), unread: notice.read_at.is_none() }
}

/// What the agency wants corrected, by the labels of its form.
fn wanted_view(language: Language, procedure: Option<&Procedure>, wanted: &CorrectionRequest) -> WantedView {
    let fields = match &wanted.wanted {
        CorrectionWanted::Again => Vec::new(),
        CorrectionWanted::Partial(fields) => fields.iter().map(|name| label_of(language, procedure, name)).collect(),
    };
    WantedView { text: wanted.text.clone(), fields }
}

/// The label of a marked field.
pub fn label_of(language: Language, procedure: Option<&Procedure>, name: &str) -> String {
    if name == ATTACHMENTS {
        return language.t("step-attachments").into_owned();
    }
    let field = procedure.and_then(|procedure| procedure.fields.iter().find(|field| field.name() == name));
    field.map_or_else(|| name.to_owned(), |field| field.label.get(language).to_owned())
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
            here: address(filing.arrival_number, ""),
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
            withdrawable: filing.status.may_become(SubmissionStatus::Withdrawn),
            correctable: filing.status.takes_correction() && filing.status != SubmissionStatus::CorrectionRequested,
            wanted: None,
            messages: Vec::new(),
            message_field: None,
            notices: Vec::new(),
            newest_unread: None,
            documents: Vec::new(),
            corrects: filing.corrects.map(|number| (address(number, ""), number.grouped())),
            corrected_by: Vec::new(),
            errors: Vec::new(),
            facts: Vec::new(),
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
