//! GET /agency/filings/{arrival_number}/documents/{role}/{ordinal}: a file of a filing, always as a download, never as
//! a page, and an attachment only after the malware scanner let it pass.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::scanner::{Finding, scan};
use super::{arrival_number, own_record};
use crate::gateway::Gateway;
use crate::ids::ArrivalNumber;
use crate::store::DocumentRole;
use crate::web::download;
use crate::web::extract::csrf::Browser;
use crate::web::extract::session::AgencyUser;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::staff::{audit, frame};
use crate::web::state::WebState;

#[derive(Template)]
#[template(path = "agency/file_refused.html")]
struct FileRefusedView {
    page: Page,
    number: String,
    text: &'static str,
}

/// GET /agency/filings/{arrival_number}/documents/{role}/{ordinal}
///
/// # Errors
/// 404; a store that does not answer.
pub async fn get_file(
    gateway: web::Data<Gateway>,
    state: web::Data<WebState>,
    user: AgencyUser,
    page: Page,
    browser: Browser,
    path: web::Path<(String, String, i32)>,
) -> Result<HttpResponse, Problem> {
    let (number, role, ordinal) = path.into_inner();
    let number = arrival_number(&number)?;
    let role = DocumentRole::from_text(&role).ok_or_else(Problem::not_found)?;
    own_record(&gateway, &user, number).await?;
    let stored = gateway.store.submission_document(number, role, ordinal).await?;
    let (document, bytes) = stored.ok_or_else(Problem::not_found)?;
    let subject = format!("{number} {} {ordinal}", role.as_str());
    if role == DocumentRole::Attachment {
        let refused = match scan(&state.config.scanner, bytes.clone()).await {
            Ok(Finding::Clean | Finding::NotScanned) => None,
            Ok(Finding::Harmful) => Some((StatusCode::UNPROCESSABLE_ENTITY, "agency-file-harmful")),
            Err(error) => {
                tracing::error!(target: "madoguchi::scanner", %error, "an attachment could not be scanned");
                Some((StatusCode::SERVICE_UNAVAILABLE, "agency-file-unscanned"))
            }
        };
        if let Some((status, text)) = refused {
            audit(&gateway, &user.user.account, "download_file", subject, "attachment-refused").await?;
            return Ok(refuse(frame(page, &browser, &user.user.account), number, status, text));
        }
    }
    audit(&gateway, &user.user.account, "download_file", subject, "done").await?;
    Ok(download::opaque(&file_name(number, role, document.name), bytes))
}

fn refuse(page: Page, number: ArrivalNumber, status: StatusCode, text: &'static str) -> HttpResponse {
    let view = FileRefusedView { page: page.titled("agency-file-refused-title"), number: number.to_string(), text };
    view.page.respond(status, &view)
}

/// The name to save it under.
fn file_name(number: ArrivalNumber, role: DocumentRole, label: String) -> String {
    match role {
        DocumentRole::Application => format!("{number}-application.json"),
        DocumentRole::Signature => format!("{number}-signature.p7s"),
        DocumentRole::Attachment => label,
    }
}
