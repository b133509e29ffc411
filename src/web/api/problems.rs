//! The page behind the type of every problem: `GET /problems/{code}`.
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::submission::rejection::RejectionCode;
use crate::web::problem::Problem;
use crate::web::state::WebState;

/// Explains a problem's code: a page for people, JSON for programs.
///
/// # Errors
/// 404 where there is no such code.
pub async fn get_problem(
    request: HttpRequest,
    state: web::Data<WebState>,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let found = RejectionCode::ALL.iter().copied().find(|known| known.as_str() == code.as_str());
    let code = found.ok_or_else(Problem::not_found)?;
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html")
        && let Some(page) = (state.problem_page)(&request, code)
    {
        return Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page));
    }
    let kind = format!("{}/problems/{}", state.origin, code.as_str());
    Ok(HttpResponse::Ok().json(json!({
        "type": kind, "title": code.title(), "status": code.http_status(), "code": code.as_str(),
    })))
}
