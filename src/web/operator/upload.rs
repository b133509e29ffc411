//! POST /operator/crls: takes a revocation list in, or says why not. One that is accepted is first written into the
//! watched folder, where every gateway finds it, and this one after a restart.
use actix_web::http::StatusCode;
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::overview::{Said, show};
use crate::gateway::Gateway;
use crate::pki::crl::sources;
use crate::web::extract::csrf::{self, Browser};
use crate::web::extract::multipart::{Part, PartSpec, read_parts};
use crate::web::extract::session::OperatorUser;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::staff::{audit, frame};
use crate::web::state::WebState;

/// POST /operator/crls
///
/// # Errors
/// A form that is not ours; an upload that cannot be read; a store that does not answer.
pub async fn post_crl(
    request: HttpRequest,
    payload: Payload,
    (gateway, state): (web::Data<Gateway>, web::Data<WebState>),
    user: OperatorUser,
    page: Page,
    browser: Browser,
) -> Result<HttpResponse, Problem> {
    let specs = [PartSpec::optional(csrf::FIELD, 1024), PartSpec::once("crl", state.config.limits.body)];
    let mut parts = read_parts(&request, payload.into_inner(), &specs).await?;
    let token = parts.take(csrf::FIELD).map(|part| part.bytes).unwrap_or_default();
    browser.verify(&String::from_utf8_lossy(&token))?;
    let part = parts.require("crl")?;
    let subject = hex::encode(part.sha256);
    let page = frame(page, &browser, &user.user.account);
    let (status, outcome, said) = take_in(&gateway, &state, &page, part).await?;
    audit(&gateway, &user.user.account, "upload_crl", subject, outcome).await?;
    show((&gateway, &state), page, status, Some(said)).await
}

async fn take_in(
    gateway: &web::Data<Gateway>,
    state: &WebState,
    page: &Page,
    part: Part,
) -> Result<(StatusCode, &'static str, Said), Problem> {
    let (gateway, folder) = (gateway.clone(), state.config.crl_directory.clone());
    let now = gateway.clock.now();
    // A large list takes a while: not on a thread that serves requests.
    let taken = web::block(move || {
        let trust = gateway.verifier().trust().clone();
        match folder {
            // Kept before it is in use: what decides verdicts now decides them after a restart.
            Some(folder) => sources::upload(&gateway.crls, &folder, &part.bytes, &trust, now),
            None => gateway.crls.offer_from("upload", &part.bytes, &trust, now),
        }
    });
    Ok(match taken.await.map_err(Problem::internal)? {
        Ok(identity) => {
            let number = identity.number.clone().unwrap_or_default();
            let detail = format!("{} · {number} · {}", identity.issuer, identity.sha256);
            let title = page.t("operator-upload-done").into_owned();
            (StatusCode::OK, "done", Said { kind: "success", title, detail })
        }
        Err(refusal) => {
            let title = page.t("operator-upload-refused").into_owned();
            let detail = format!("{}: {}", refusal.code, refusal.detail);
            (StatusCode::UNPROCESSABLE_ENTITY, refusal.code, Said { kind: "error", title, detail })
        }
    })
}
