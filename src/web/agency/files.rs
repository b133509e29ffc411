//! GET /agency/filings/{arrival_number}/documents/{role}/{ordinal}: a file of a filing, always as a download, never as
//! a page, and an attachment only after the malware scanner let it pass.
use actix_web::http::StatusCode;
use actix_web::http::header::{self, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue};
use actix_web::{HttpResponse, web};
use askama::Template;

use super::scanner::{Finding, scan};
use super::{arrival_number, own_record};
use crate::gateway::Gateway;
use crate::ids::ArrivalNumber;
use crate::store::DocumentRole;
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
    let name = file_name(number, role, &document.name);
    Ok(HttpResponse::Ok()
        .insert_header(disposition(&name))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type("application/octet-stream")
        .body(bytes))
}

fn refuse(page: Page, number: ArrivalNumber, status: StatusCode, text: &'static str) -> HttpResponse {
    let view = FileRefusedView { page: page.titled("agency-file-refused-title"), number: number.to_string(), text };
    view.page.respond(status, &view)
}

/// The name to save it under. An attachment's label was written by a stranger: no separators, controls or marks that
/// turn the direction of writing, no leading dot, and not too long.
fn file_name(number: ArrivalNumber, role: DocumentRole, label: &str) -> String {
    match role {
        DocumentRole::Application => return format!("{number}-application.json"),
        DocumentRole::Signature => return format!("{number}-signature.p7s"),
        DocumentRole::Attachment => {}
    }
    let harmless = |letter: char| match letter {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
        '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => '_',
        letter if letter.is_control() => '_',
        letter => letter,
    };
    let name: String = label.trim().chars().map(harmless).collect();
    let name = name.trim_start_matches('.').trim_end_matches(['.', ' ']);
    // The end of a name is its kind: where a long one is cut, it is cut at its beginning.
    let length = name.chars().count();
    let kept: String = name.chars().skip(length.saturating_sub(120)).collect();
    if kept.is_empty() { "attachment".to_owned() } else { kept }
}

/// RFC 6266, with the name in UTF-8 (RFC 8187).
pub fn disposition(name: &str) -> ContentDisposition {
    let value = ExtendedValue {
        charset: Charset::Ext("UTF-8".to_owned()),
        language_tag: None,
        value: name.as_bytes().to_vec(),
    };
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::FilenameExt(value)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_never_becomes_a_path_or_a_trick() {
        let number = ArrivalNumber::random(&ring::rand::SystemRandom::new()).unwrap();
        let name = |label: &str| file_name(number, DocumentRole::Attachment, label);
        assert_eq!(name("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(name("住民票.pdf"), "住民票.pdf");
        assert_eq!(name("a\u{202e}fdp.exe"), "a_fdp.exe");
        assert_eq!(name("a\u{200b}b\u{feff}.pdf"), "a_b_.pdf");
        assert_eq!(name("a\r\nSet-Cookie: x"), "a__Set-Cookie_ x");
        assert_eq!(name(".htaccess"), "htaccess");
        assert_eq!(name("..."), "attachment");
        assert!(name(&format!("{}.pdf", "x".repeat(500))).ends_with(".pdf"));
        let header = disposition("住 民\".pdf").to_string();
        assert_eq!(header, "attachment; filename*=UTF-8''%E4%BD%8F%20%E6%B0%91%22.pdf");
    }
}
