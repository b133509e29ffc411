//! The answer to a filing: 201 recorded now, 202 recorded and held, 200 recorded before.
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};

use crate::gateway::outcome::SubmitOutcome;
use crate::ids::ArrivalNumber;
use crate::submission::rejection::RejectionCode;
use crate::submission::status::SubmissionStatus;
use crate::web::problem::Problem;

/// Puts `outcome` into HTTP.
///
/// # Errors
/// The refusal, as a problem; 503 where the record could not be written.
pub fn to_filing(outcome: SubmitOutcome) -> Result<HttpResponse, Problem> {
    match outcome {
        SubmitOutcome::New { arrival_number, status, receipt_json, receipt_jws, access_token } => {
            let code = if status == SubmissionStatus::Held { StatusCode::ACCEPTED } else { StatusCode::CREATED };
            let body = body(arrival_number, status, &receipt_json, &receipt_jws, access_token.as_deref());
            Ok(respond(code, arrival_number, body))
        }
        SubmitOutcome::Known { arrival_number, status, receipt_json, receipt_jws } => {
            let body = body(arrival_number, status, &receipt_json, &receipt_jws, None);
            Ok(respond(StatusCode::OK, arrival_number, body))
        }
        SubmitOutcome::Rejected(rejection) => Err((*rejection).into()),
        SubmitOutcome::Unavailable => Err(unavailable()),
    }
}

/// 503: the record cannot be written now.
pub fn unavailable() -> Problem {
    let detail = "The record cannot be reached just now. Whether the filing was recorded is not known: send the same \
                  bytes again, which gives the same receipt if it was.";
    Problem::new(RejectionCode::StorageUnavailable, detail)
}

/// 503: no application could be made now.
pub fn not_made() -> Problem {
    let detail = "The record cannot be reached just now, so no application was made and nothing was filed. Try again.";
    Problem::new(RejectionCode::StorageUnavailable, detail)
}

/// The receipt goes out byte for byte as it was recorded and signed: it is never parsed and written anew.
fn body(number: ArrivalNumber, status: SubmissionStatus, receipt: &str, jws: &str, token: Option<&str>) -> String {
    let mut body = String::with_capacity(receipt.len() + jws.len() + 192);
    for piece in ["{\"arrival_number\":\"", number.as_str(), "\",\"status\":\"", status.as_str(), "\",\"receipt\":"] {
        body.push_str(piece);
    }
    for piece in [receipt, ",\"receipt_jws\":\"", jws, "\""] {
        body.push_str(piece);
    }
    if let Some(token) = token {
        for piece in [",\"access_token\":\"", token, "\""] {
            body.push_str(piece);
        }
    }
    body.push('}');
    body
}

fn respond(code: StatusCode, number: ArrivalNumber, body: String) -> HttpResponse {
    HttpResponse::build(code)
        .insert_header((header::LOCATION, format!("/api/v1/submissions/{number}")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("application/json")
        .body(body)
}
