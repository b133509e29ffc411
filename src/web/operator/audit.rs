//! GET /operator/audit: who did what, the newest first.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::gateway::Gateway;
use crate::store::audit::AuditLine;
use crate::web::extract::csrf::Browser;
use crate::web::extract::session::OperatorUser;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::staff::{frame, words_of_time};

/// Lines on one page.
const PAGE: i64 = 100;

#[derive(Template)]
#[template(path = "operator/audit.html")]
struct AuditView {
    page: Page,
    lines: Vec<AuditLine>,
    older: Option<String>,
}

/// `?before=` for the next page.
#[derive(Debug, Deserialize)]
pub struct AuditQuery {
    before: Option<i64>,
}

/// GET /operator/audit
///
/// # Errors
/// A store that does not answer.
pub async fn get_audit(
    gateway: web::Data<Gateway>,
    user: OperatorUser,
    page: Page,
    browser: Browser,
    query: web::Query<AuditQuery>,
) -> Result<HttpResponse, Problem> {
    let mut lines = gateway.store.audit_list(query.before, PAGE + 1).await?;
    let more = lines.len() > PAGE as usize;
    lines.truncate(PAGE as usize);
    let older = lines.last().filter(|_| more).map(|line| format!("/operator/audit?before={}", line.id));
    let page = frame(page, &browser, &user.user.account).titled("operator-audit-title");
    let view = AuditView { page, lines, older };
    Ok(view.page.respond(StatusCode::OK, &view))
}

impl AuditView {
    fn time(&self, line: &AuditLine) -> String {
        words_of_time(line.at)
    }
}
