//! Following a filing with its access token, or as a resident who signed in and whose account it is linked to. No token, a wrong one and an unknown number answer alike, so that nobody
//! learns which numbers are taken.
use actix_web::http::header;
use actix_web::{HttpResponse, web};

use super::json;
use super::views::SubmissionView;
use crate::gateway::Gateway;
use crate::ids::ArrivalNumber;
use crate::store::submissions::SubmissionRecord;
use crate::web::extract::resident::FilingKey;
use crate::web::problem::Problem;

/// `GET /api/v1/submissions/{arrival_number}`: status, verdicts and history.
///
/// # Errors
/// 401 where the token does not open the filing.
pub async fn get_submission(
    gateway: web::Data<Gateway>,
    number: web::Path<String>,
    key: FilingKey,
) -> Result<HttpResponse, Problem> {
    let record = opened(&gateway, &number, key).await?;
    json(&SubmissionView::for_resident(&record))
}

/// `GET /api/v1/submissions/{arrival_number}/receipt`: the receipt, byte for byte as it was recorded.
///
/// # Errors
/// As [`get_submission`].
pub async fn get_receipt(
    gateway: web::Data<Gateway>,
    number: web::Path<String>,
    key: FilingKey,
) -> Result<HttpResponse, Problem> {
    let filing = opened(&gateway, &number, key).await?.submission;
    let body = format!("{{\"receipt\":{},\"receipt_jws\":\"{}\"}}", filing.receipt_json, filing.receipt_jws);
    let answer = HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("application/json")
        .body(body);
    Ok(answer)
}

async fn opened(gateway: &Gateway, number: &str, key: FilingKey) -> Result<SubmissionRecord, Problem> {
    let number: ArrivalNumber = number.parse().map_err(|_| Problem::unauthorized())?;
    let record = gateway.store.submission_record(number).await?.ok_or_else(Problem::unauthorized)?;
    let opens = match key {
        FilingKey::Token(token) => record.submission.token_matches(&token.sha256),
        FilingKey::Resident(resident) => gateway.store.link_opens(resident.account, &record.submission).await?,
    };
    if opens { Ok(record) } else { Err(Problem::unauthorized()) }
}
