//! Filings: posting one, correcting and withdrawing it.
use actix_web::{HttpResponse, web};

use super::answer;
use crate::gateway::Gateway;
use crate::ids::ArrivalNumber;
use crate::web::extract::multipart::FilingUpload;
use crate::web::problem::Problem;

/// `POST /api/v1/submissions`.
///
/// # Errors
/// A refusal, or 503 where the record cannot be written.
pub async fn post_submission(gateway: web::Data<Gateway>, upload: FilingUpload) -> Result<HttpResponse, Problem> {
    let received = upload.into_received(gateway.clock.now());
    answer::to_filing(gateway.submit(received).await)
}

/// `POST /api/v1/submissions/{arrival_number}/corrections`: an application whose `corrects` names the filing.
///
/// # Errors
/// As [`post_submission`].
pub async fn post_correction(
    gateway: web::Data<Gateway>,
    number: web::Path<String>,
    upload: FilingUpload,
) -> Result<HttpResponse, Problem> {
    let corrected = arrival_number(&number)?;
    let received = upload.into_received(gateway.clock.now());
    answer::to_filing(gateway.correct(corrected, received).await)
}

/// `POST /api/v1/submissions/{arrival_number}/withdrawal`: the part `application` holds the withdrawal document.
///
/// # Errors
/// As [`post_submission`].
pub async fn post_withdrawal(
    gateway: web::Data<Gateway>,
    number: web::Path<String>,
    upload: FilingUpload,
) -> Result<HttpResponse, Problem> {
    let withdrawn = arrival_number(&number)?;
    let received = upload.into_received(gateway.clock.now());
    answer::to_filing(gateway.withdraw(withdrawn, received).await)
}

/// The arrival number in a path; what is none names nothing.
pub fn arrival_number(text: &str) -> Result<ArrivalNumber, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}
