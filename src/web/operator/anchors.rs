//! GET /operator/anchors: what the gateway trusts.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use crate::gateway::Gateway;
use crate::pki::certificate::Certificate;
use crate::web::extract::csrf::Browser;
use crate::web::extract::session::OperatorUser;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::dates::moment;
use crate::web::staff::frame;

struct CertificateRow {
    subject: String,
    until: String,
    ended: bool,
    sha256: String,
}

#[derive(Template)]
#[template(path = "operator/anchors.html")]
struct AnchorsView {
    page: Page,
    state: String,
    groups: Vec<Group>,
}

struct Group {
    key: &'static str,
    rows: Vec<CertificateRow>,
}

/// GET /operator/anchors
///
/// # Errors
/// None of its own.
pub async fn get_anchors(
    gateway: web::Data<Gateway>,
    user: OperatorUser,
    page: Page,
    browser: Browser,
) -> Result<HttpResponse, Problem> {
    let page = frame(page, &browser, &user.user.account).titled("operator-anchors-title");
    let (trust, now) = (gateway.verifier().trust().clone(), gateway.clock.now());
    let row = |certificate: &std::sync::Arc<Certificate>| CertificateRow {
        subject: certificate.subject().to_string(),
        until: moment(page.language, certificate.not_after()),
        ended: certificate.not_after() < now,
        sha256: certificate.sha256_hex().to_string(),
    };
    let view = AnchorsView {
        state: trust.digest().to_owned(),
        groups: vec![
            Group { key: "operator-anchors", rows: trust.anchors().iter().map(row).collect() },
            Group { key: "operator-intermediates", rows: trust.intermediates().iter().map(row).collect() },
        ],
        page,
    };
    Ok(view.page.respond(StatusCode::OK, &view))
}
