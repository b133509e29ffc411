//! GET /agency/filings/{arrival_number}: one filing with its applicant, its answers as a document, its verdict, its
//! history, its files and what may be decided. Every look leaves an audit line.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde_json::Value;

use super::queue::{procedure_title, title};
use super::registry_answers::{RegistryView, replaces, view as registry_view};
use super::report::{VerdictView, view as verdict_view};
use super::{arrival_number, own_record, revocation_words, status_colour, status_words};
use crate::gateway::Gateway;
use crate::ids::ArrivalNumber;
use crate::intake::document::ApplicationDocument;
use crate::procedures::Procedure;
use crate::procedures::show::bare_answers;
use crate::store::DocumentRole;
use crate::store::draft_corrections::CorrectedBy;
use crate::store::impact_reports::StoredImpactFiling;
use crate::store::submissions::{StoredDocument, StoredStatus, SubmissionRecord};
use crate::submission::status::{RevocationState, SubmissionStatus};
use crate::web::extract::csrf::Browser;
use crate::web::extract::session::AgencyUser;
use crate::web::filing_facts::{self, Fact};
use crate::web::forms::{Choice, Field, FieldKind, SummaryLine, summary};
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::dates::{moment, size};
use crate::web::staff::{audit, frame};
use crate::web::steps::{agency_words, follows_colour, follows_words, reason_words, state_words};

struct FileRow {
    href: String,
    kind: String,
    name: String,
    size: String,
    sha256: String,
}

/// The applicant's certificate on a revocation list.
struct ImpactRow {
    reason: String,
    since: String,
    then: String,
    follows: String,
    colour: &'static str,
}

/// A filing that corrects this one.
struct CorrectionRow {
    number: String,
    grouped: String,
    received: String,
    status: String,
    colour: &'static str,
}

struct HistoryRow {
    at: String,
    status: String,
    by: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "agency/filing.html")]
struct FilingView {
    page: Page,
    number: String,
    grouped: String,
    status: String,
    colour: &'static str,
    revocation: String,
    revocation_words: String,
    contested: bool,
    impacts: Vec<ImpactRow>,
    questioned: Option<String>,
    received: String,
    procedure: String,
    corrects: Option<(String, String)>,
    corrected_by: Vec<CorrectionRow>,
    facts: Vec<Fact>,
    for_another: bool,
    applicant: Vec<(String, String)>,
    answers: Vec<(String, String)>,
    files: Vec<FileRow>,
    registry: Vec<RegistryView>,
    replaces: Option<(String, bool)>,
    verdicts: Vec<VerdictView>,
    history: Vec<HistoryRow>,
    decision: Option<Vec<Field>>,
    errors: Vec<SummaryLine>,
    notice: Option<(&'static str, String)>,
}

/// What the page says beside the filing itself.
#[derive(Debug, Default)]
pub struct Said {
    /// The decision as it was typed, where it was not taken.
    pub decision: String,
    /// The reason as it was typed.
    pub reason: String,
    /// What is wrong with the decision: a key.
    pub decision_fault: Option<&'static str>,
    /// What is wrong with the reason: a key.
    pub reason_fault: Option<&'static str>,
    /// Somebody was quicker: the filing stands elsewhere now.
    pub conflict: bool,
    /// The decision was taken.
    pub done: bool,
}

/// `?done=1` after a decision.
#[derive(Debug, serde::Deserialize)]
pub struct Done {
    #[serde(default)]
    done: u8,
}

/// GET /agency/filings/{arrival_number}
///
/// # Errors
/// 404; a store that does not answer.
pub async fn get_filing(
    gateway: web::Data<Gateway>,
    user: AgencyUser,
    page: Page,
    browser: Browser,
    number: web::Path<String>,
    query: web::Query<Done>,
) -> Result<HttpResponse, Problem> {
    let said = Said { done: query.done == 1, ..Said::default() };
    show(&gateway, &user, (page, &browser), arrival_number(&number)?, StatusCode::OK, said).await
}

/// The page of one filing, with what there is to say.
///
/// # Errors
/// As [`get_filing`].
pub async fn show(
    gateway: &Gateway,
    user: &AgencyUser,
    (page, browser): (Page, &Browser),
    number: ArrivalNumber,
    status: StatusCode,
    said: Said,
) -> Result<HttpResponse, Problem> {
    let record = own_record(gateway, user, number).await?;
    audit(gateway, &user.user.account, "view_filing", number.to_string(), "done").await?;
    let stored = gateway.store.submission_document(number, DocumentRole::Application, 0).await?;
    let (_, bytes) = stored.ok_or_else(|| Problem::internal("a filing has no application document"))?;
    let document =
        ApplicationDocument::read(&bytes).map_err(|_| Problem::internal("a recorded document is unreadable"))?;
    let impacts = gateway.store.impacts_of_filing(number).await?;
    let opinion = gateway.store.second_opinion_of(number).await?.filter(|opinion| opinion.kind == "disagrees");
    let page = frame(page, browser, &user.user.account);
    let impacts = impacts.iter().map(|impact| impact_row(&page, impact)).collect();
    let questioned =
        opinion.map(|opinion| page.with("agency-questioned", "time", moment(page.language, opinion.formed_at)));
    let corrections = gateway.store.corrected_by(number).await?;
    let corrected_by = corrections.iter().filter(|one| !is_hidden(one.status)).map(|one| correction_row(&page, one));
    let corrected_by = corrected_by.collect();
    let answers = gateway.store.registry_filing_answers(number).await?;
    let registry = answers.iter().map(|answer| registry_view(&page, answer)).collect();
    let replaces = replaces(&page, gateway, &record, answers.last());
    let view = view(page, gateway, &record, &document, &said);
    let view = FilingView { impacts, questioned, corrected_by, registry, replaces, ..view };
    Ok(view.page.respond(status, &view))
}

fn view(
    page: Page,
    gateway: &Gateway,
    record: &SubmissionRecord,
    document: &ApplicationDocument,
    said: &Said,
) -> FilingView {
    let filing = &record.submission;
    let decision = decision_fields(&page, filing.status, said);
    let errors = decision.as_deref().map(summary).unwrap_or_default();
    let title = title(&page, gateway, filing);
    let page = page.named(title).errors(!errors.is_empty());
    let form = gateway.catalog.version(filing.procedure.as_str(), filing.form_version);
    FilingView {
        number: filing.arrival_number.to_string(),
        grouped: filing.arrival_number.grouped(),
        status: status_words(&page, filing.status).into_owned(),
        colour: status_colour(filing.status),
        revocation: revocation_words(&page, filing.revocation).into_owned(),
        revocation_words: agency_words(page.language, filing.revocation),
        contested: filing.revocation == RevocationState::Contested,
        impacts: Vec::new(),
        received: moment(page.language, filing.received_at),
        procedure: procedure_title(&page, gateway, filing.procedure.as_str()),
        corrects: filing.corrects.map(|number| (number.to_string(), number.grouped())),
        corrected_by: Vec::new(),
        facts: filing_facts::of_document(gateway, page.language, document, filing.received_at),
        for_another: form.is_some_and(|form| form.represented(page.language, &document.answers).is_some()),
        applicant: applicant(&page, document),
        answers: answers(&page, form.map(AsRef::as_ref), &document.answers),
        files: record.documents.iter().map(|stored| file_row(&page, record, stored)).collect(),
        verdicts: record.verdicts.iter().rev().map(|verdict| verdict_view(&page, verdict)).collect(),
        registry: Vec::new(),
        replaces: None,
        history: history(&page, record),
        notice: notice(&page, filing.status, said),
        questioned: None,
        decision,
        errors,
        page,
    }
}

/// What is held or refused is no agency's to see.
fn is_hidden(status: SubmissionStatus) -> bool {
    matches!(status, SubmissionStatus::Held | SubmissionStatus::Refused)
}

fn correction_row(page: &Page, correction: &CorrectedBy) -> CorrectionRow {
    CorrectionRow {
        number: correction.arrival_number.to_string(),
        grouped: correction.arrival_number.grouped(),
        received: moment(page.language, correction.received_at),
        status: status_words(page, correction.status).into_owned(),
        colour: status_colour(correction.status),
    }
}

fn impact_row(page: &Page, impact: &StoredImpactFiling) -> ImpactRow {
    ImpactRow {
        reason: reason_words(page.language, &impact.reason),
        since: moment(page.language, impact.revoked_at),
        then: state_words(page.language, impact.revocation_then),
        follows: follows_words(page.language, impact.follows),
        colour: follows_colour(impact.follows),
    }
}

fn notice(page: &Page, status: SubmissionStatus, said: &Said) -> Option<(&'static str, String)> {
    if said.conflict {
        return Some(("warning", page.with("agency-decision-conflict", "status", status_words(page, status))));
    }
    said.done.then(|| ("success", page.with("agency-decision-done", "status", status_words(page, status))))
}

fn applicant(page: &Page, document: &ApplicationDocument) -> Vec<(String, String)> {
    let applicant = &document.applicant;
    let sex = applicant.sex.as_deref().map(|sex| match sex {
        "male" => page.t("agency-sex-male").into_owned(),
        "female" => page.t("agency-sex-female").into_owned(),
        _ => page.t("agency-sex-unknown").into_owned(),
    });
    let rows = [
        ("agency-applicant-name", Some(applicant.name.clone())),
        ("agency-applicant-birth", applicant.date_of_birth.clone()),
        ("agency-applicant-sex", sex),
        ("agency-applicant-address", applicant.address.clone()),
    ];
    rows.into_iter().filter_map(|(key, value)| Some((page.t(key).into_owned(), value?))).collect()
}

/// The answers under the labels of the form that they were signed under; under their bare names where it is not known any
/// more.
fn answers(page: &Page, procedure: Option<&Procedure>, answers: &Value) -> Vec<(String, String)> {
    let shown = procedure.map_or_else(|| bare_answers(answers), |procedure| procedure.shown(page.language, answers));
    shown.into_iter().map(|one| (one.label, one.value)).collect()
}

fn file_row(page: &Page, record: &SubmissionRecord, stored: &StoredDocument) -> FileRow {
    let number = record.submission.arrival_number;
    let (kind, name) = match stored.role {
        DocumentRole::Application => ("agency-file-application", String::new()),
        DocumentRole::Signature => ("agency-file-signature", String::new()),
        DocumentRole::Attachment => ("agency-file-attachment", stored.name.clone()),
    };
    FileRow {
        href: format!("/agency/filings/{number}/documents/{}/{}", stored.role.as_str(), stored.ordinal),
        kind: page.t(kind).into_owned(),
        name,
        size: size(u64::try_from(stored.size).unwrap_or_default()),
        sha256: hex::encode(stored.sha256),
    }
}

fn history(page: &Page, record: &SubmissionRecord) -> Vec<HistoryRow> {
    let row = |one: &StoredStatus| HistoryRow {
        at: moment(page.language, one.at),
        status: status_words(page, one.to).into_owned(),
        by: one.by.clone(),
        reason: one.reason.clone().unwrap_or_default(),
    };
    record.history.iter().rev().map(row).collect()
}

/// The moves that an agency can make from here; none where the filing is decided.
fn decision_fields(page: &Page, status: SubmissionStatus, said: &Said) -> Option<Vec<Field>> {
    let moves = [
        ("review", SubmissionStatus::UnderReview, "agency-decide-review"),
        ("accept", SubmissionStatus::Accepted, "agency-decide-accept"),
        ("reject", SubmissionStatus::Rejected, "agency-decide-reject"),
        ("complete", SubmissionStatus::Completed, "agency-decide-complete"),
    ];
    let choices: Vec<Choice> = moves
        .iter()
        .filter(|(_, to, _)| status.may_become(*to))
        .map(|(value, _, key)| Choice { value: (*value).to_owned(), label: page.t(key).into_owned() })
        .collect();
    if choices.is_empty() {
        return None;
    }
    let fault = |key: Option<&'static str>| key.map(|key| page.with(key, "count", super::decision::REASON_LIMIT));
    let reason = Field::text("reason", page.t("agency-decide-reason"))
        .kind(FieldKind::Lines(4))
        .hint(page.t("agency-decide-reason-hint"))
        .value(&said.reason)
        .max_length(super::decision::REASON_LIMIT as u32)
        .optional()
        .error(fault(said.reason_fault));
    let decision = Field::text("decision", page.t("agency-decide-what"))
        .kind(FieldKind::Radios)
        .choices(choices)
        .value(&said.decision)
        .error(fault(said.decision_fault));
    Some(vec![decision, reason])
}
