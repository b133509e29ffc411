//! An agency's filings, one by one: the filing, its documents, its evidence, and the decision. Another agency's filing,
//! a held one and one that is not there answer alike.
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::json;
use super::submissions::arrival_number;
use super::views::{SubmissionView, time};
use crate::gateway::Gateway;
use crate::ids::ArrivalNumber;
use crate::store::DocumentRole;
use crate::store::registry::filings::FilingAnswer;
use crate::store::statuses::StatusChange;
use crate::store::submissions::{StoredDocument, SubmissionRecord};
use crate::submission::rejection::RejectionCode;
use crate::submission::status::SubmissionStatus;
use crate::web::agency::scanner::{Finding, scan};
use crate::web::download;
use crate::web::extract::agency_program::AgencyProgram;
use crate::web::extract::body::JsonBody;
use crate::web::problem::Problem;
use crate::web::state::WebState;

/// The longest reason, in characters.
const REASON_LIMIT: usize = 2000;

/// `GET /api/v1/agency/submissions/{arrival_number}`.
///
/// # Errors
/// 404 where it is not one of this agency's.
pub async fn get_submission(
    gateway: web::Data<Gateway>,
    program: AgencyProgram,
    number: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let number = arrival_number(&number)?;
    let record = own(&gateway, &program, number).await?;
    let opinion = gateway.store.second_opinion_of(number).await?;
    json(&SubmissionView::for_agency(&record, opinion.as_ref()))
}

/// `GET /api/v1/agency/submissions/{arrival_number}/documents/{role}/{ordinal}`: the exact bytes, never to be shown in a
/// page of ours.
///
/// # Errors
/// 404 where there is none; 422 for an attachment that the scanner refuses, 503 where the scanner does not answer.
pub async fn get_document(
    gateway: web::Data<Gateway>,
    state: web::Data<WebState>,
    program: AgencyProgram,
    path: web::Path<(String, String, i32)>,
) -> Result<HttpResponse, Problem> {
    let (number, role, ordinal) = path.into_inner();
    let number = arrival_number(&number)?;
    let role = DocumentRole::from_text(&role).ok_or_else(Problem::not_found)?;
    own(&gateway, &program, number).await?;
    let (document, bytes) =
        gateway.store.submission_document(number, role, ordinal).await?.ok_or_else(Problem::not_found)?;
    if role == DocumentRole::Attachment {
        pass_scanner(&state, bytes.clone()).await?;
    }
    Ok(download::opaque(&file_name(document), bytes))
}

/// An attachment goes out only after the malware scanner let it pass, as on the agency's pages.
async fn pass_scanner(state: &WebState, bytes: bytes::Bytes) -> Result<(), Problem> {
    match scan(&state.config.scanner, bytes).await {
        Ok(Finding::Clean | Finding::NotScanned) => Ok(()),
        Ok(Finding::Harmful) => {
            let detail = "The malware scanner found something harmful in this attachment.";
            Err(Problem::new(RejectionCode::AttachmentRefused, detail))
        }
        Err(error) => {
            tracing::error!(target: "madoguchi::scanner", %error, "an attachment could not be scanned");
            let detail = "The malware scanner does not answer, and nothing goes out unscanned. Try again later.";
            Err(Problem::new(RejectionCode::ScannerUnavailable, detail))
        }
    }
}

/// The name to save it under.
fn file_name(document: StoredDocument) -> String {
    match document.role {
        DocumentRole::Application => "application.json".to_owned(),
        DocumentRole::Signature => "signature.p7s".to_owned(),
        DocumentRole::Attachment => document.name,
    }
}

/// `GET /api/v1/agency/submissions/{arrival_number}/evidence`: the receipt and every verdict with its report.
///
/// # Errors
/// 404 where it is not one of this agency's.
pub async fn get_evidence(
    gateway: web::Data<Gateway>,
    program: AgencyProgram,
    number: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let record = own(&gateway, &program, arrival_number(&number)?).await?;
    let report = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap_or_default();
    let verdicts: Vec<_> = record
        .verdicts
        .iter()
        .map(|verdict| {
            json!({
                "kind": verdict.kind, "decided_at": time(verdict.decided_at), "report": report(&verdict.report),
                "statement_jws": verdict.statement_jws,
            })
        })
        .collect();
    let filing = &record.submission;
    let receipt = report(&filing.receipt_json);
    let mut evidence = json!({ "receipt": receipt, "receipt_jws": filing.receipt_jws, "verdicts": verdicts });
    let answers = gateway.store.registry_filing_answers(filing.arrival_number).await?;
    if !answers.is_empty() {
        evidence["registry"] = answers.iter().map(registry_answer).collect();
    }
    json(&evidence)
}

/// What the resident registry answered about the signer, with the signed statement of it.
fn registry_answer(answer: &FilingAnswer) -> serde_json::Value {
    json!({
        "answer": answer.found.as_str(), "reasons": answer.reasons, "by_clerk": answer.by_clerk,
        "municipality": answer.municipality, "record_digest": answer.record_digest, "asked_at": time(answer.asked_at),
        "purpose": answer.purpose, "legal_basis": answer.basis, "statement_jws": answer.statement_jws,
    })
}

/// What an agency decides.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Verb {
    Accept,
    Reject,
}

/// The body of a decision.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    decision: Verb,
    #[serde(default)]
    reason: Option<String>,
}

/// `POST /api/v1/agency/submissions/{arrival_number}/decision`.
///
/// # Errors
/// 400 where a rejection has no reason, 404 where it is not one of this agency's, 409 where it is decided already.
pub async fn post_decision(
    gateway: web::Data<Gateway>,
    program: AgencyProgram,
    number: web::Path<String>,
    body: Result<JsonBody<Decision>, Problem>,
) -> Result<HttpResponse, Problem> {
    let arrival_number = arrival_number(&number)?;
    let decision = body?.0;
    let reason = reason_of(&decision)?;
    let to = match decision.decision {
        Verb::Accept => SubmissionStatus::Accepted,
        Verb::Reject => SubmissionStatus::Rejected,
    };
    let (at, by, agency) = (gateway.clock.now(), program.actor(), Some(program.0.agency));
    gateway.store.submission_change_status(StatusChange { arrival_number, agency, to, at, by, reason }).await?;
    json(&json!({ "arrival_number": arrival_number, "status": to.as_str() }))
}

fn reason_of(decision: &Decision) -> Result<Option<String>, Problem> {
    let reason = decision.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let wrong = |detail: String| Err(Problem::new(RejectionCode::BadRequest, detail));
    match (decision.decision, reason) {
        (Verb::Reject, None) => wrong("A rejection needs a reason, which the applicant sees.".to_owned()),
        (_, Some(reason)) if reason.chars().count() > REASON_LIMIT => {
            wrong(format!("A reason has {REASON_LIMIT} characters at most."))
        }
        (_, reason) => Ok(reason.map(str::to_owned)),
    }
}

/// The filing, where it is this agency's and not held back from it.
async fn own(gateway: &Gateway, program: &AgencyProgram, number: ArrivalNumber) -> Result<SubmissionRecord, Problem> {
    let record = gateway.store.submission_record(number).await?;
    let visible = |record: &SubmissionRecord| {
        let hidden = matches!(record.submission.status, SubmissionStatus::Held | SubmissionStatus::Refused);
        record.submission.recipient == program.0.agency && !hidden
    };
    record.filter(visible).ok_or_else(Problem::not_found)
}
