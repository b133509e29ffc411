//! `POST /api/v1/agency/identity`: a program of an agency asks whether a person's data are current.
use actix_web::{HttpResponse, web};

use super::json;
use crate::gateway::Gateway;
use crate::submission::rejection::RejectionCode;
use crate::web::agency::identity::{IdentityForm, problem_of, refused};
use crate::web::extract::agency_program::AgencyProgram;
use crate::web::extract::body::JsonBody;
use crate::web::problem::Problem;

/// `POST /api/v1/agency/identity`: one word, when it was looked up, and on a match the digest of the record's state.
///
/// # Errors
/// 401 without an agency's token; 404 where this gateway keeps no registry; 400 for a question that cannot be read; 403 without
/// a purpose and the clause that it rests on; 429 beyond the number of questions of an hour.
pub async fn post_identity(
    gateway: web::Data<Gateway>,
    program: AgencyProgram,
    body: Result<JsonBody<serde_json::Map<String, serde_json::Value>>, Problem>,
) -> Result<HttpResponse, Problem> {
    gateway.registry().ok_or_else(Problem::not_found)?;
    let form = strict(body?.0)?;
    let query = form.query(&gateway, program.actor()).map_err(problem_of)?;
    json(&gateway.registry_identity(&query, program.0.agency).await.map_err(refused)?)
}

/// The members that a question may have.
const MEMBERS: [&str; 7] = ["name", "date_of_birth", "sex", "address", "code", "purpose", "legal_basis"];

fn strict(body: serde_json::Map<String, serde_json::Value>) -> Result<IdentityForm, Problem> {
    let wrong =
        || Problem::new(RejectionCode::BadRequest, "The question has a member that is not known, or not a text.");
    if body.keys().any(|member| !MEMBERS.contains(&member.as_str())) {
        return Err(wrong());
    }
    serde_json::from_value(serde_json::Value::Object(body)).map_err(|_| wrong())
}
