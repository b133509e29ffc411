//! POST /operator/quarantine/{sha256}: lets a list in as one of two, takes that back, refuses the list for good, or looks
//! at it again. What two operators let in is taken in by the background work: no request waits for a large list.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::digest;
use super::one::{REASON_LIMIT, Said, acts, show};
use crate::gateway::Gateway;
use crate::store::StoreError;
use crate::store::crl_quarantine::{Act, OperatorAct, QuarantinedDetail};
use crate::web::extract::csrf::{Browser, CsrfForm};
use crate::web::extract::session::OperatorUser;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::staff::audit;
use crate::web::staff::sign_in::see_other;

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct ActForm {
    #[serde(default)]
    act: String,
    #[serde(default)]
    reason: String,
    /// The list that the page compared with, so that nobody lets in what was not shown.
    #[serde(default)]
    seen: String,
}

/// POST /operator/quarantine/{sha256}
///
/// # Errors
/// 404; a form that is not ours; a store that does not answer.
pub async fn post_act(
    gateway: web::Data<Gateway>,
    user: OperatorUser,
    page: Page,
    browser: Browser,
    sha256: web::Path<String>,
    form: CsrfForm<ActForm>,
) -> Result<HttpResponse, Problem> {
    let sha256 = digest(&sha256)?;
    let found = gateway.store.crl_quarantine_find(sha256).await?.ok_or_else(Problem::not_found)?;
    let act = match read(&form.0, &user, &found) {
        Ok(act) => act,
        Err(said) => {
            return show(&gateway, &user, (page, &browser), sha256, (StatusCode::UNPROCESSABLE_ENTITY, said)).await;
        }
    };
    let (account, at) = (user.user.account.clone(), gateway.clock.now());
    let reason = form.0.reason.trim().replace("\r\n", "\n");
    let seen = digest(&form.0.seen).ok();
    match gateway.store.crl_quarantine_act(OperatorAct { sha256, act, by: account, reason, seen, at }).await {
        Ok(_) => Ok(see_other(&format!("/operator/quarantine/{}?done=1", hex::encode(sha256)))),
        Err(StoreError::QuarantineConflict { state }) => {
            audit(&gateway, &user.user.account, "act_on_quarantined_crl", hex::encode(sha256), state).await?;
            let said = Said { reason: form.0.reason, conflict: true, ..Said::default() };
            show(&gateway, &user, (page, &browser), sha256, (StatusCode::CONFLICT, said)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What is to be done, or what is wrong; what was typed stays.
fn read(form: &ActForm, user: &OperatorUser, found: &QuarantinedDetail) -> Result<Act, Said> {
    let known = acts(&user.user.account, found.list.state, &found.releases);
    let act = known.iter().find(|(value, ..)| *value == form.act).map(|(_, act, _)| *act);
    let reason = form.reason.trim();
    let reason_fault = match act {
        _ if reason.chars().count() > REASON_LIMIT => Some("operator-quarantine-reason-long"),
        Some(Act::Release | Act::Discard | Act::Reopen) if reason.is_empty() => {
            Some("operator-quarantine-reason-missing")
        }
        _ => None,
    };
    match (act, reason_fault) {
        (Some(act), None) => Ok(act),
        (act, reason_fault) => Err(Said {
            act: form.act.clone(),
            reason: form.reason.clone(),
            act_fault: act.is_none().then_some("operator-quarantine-act-missing"),
            reason_fault,
            ..Said::default()
        }),
    }
}
