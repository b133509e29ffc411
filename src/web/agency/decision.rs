//! POST /agency/filings/{arrival_number}/decision: a legal move, with the reason that the resident sees.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::filing::{Said, show};
use super::{arrival_number, own_record};
use crate::gateway::Gateway;
use crate::store::StoreError;
use crate::store::statuses::StatusChange;
use crate::submission::status::SubmissionStatus;
use crate::web::extract::csrf::{Browser, CsrfForm};
use crate::web::extract::session::AgencyUser;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::staff::audit;
use crate::web::staff::sign_in::see_other;

/// The most characters of a reason.
pub const REASON_LIMIT: usize = 2000;

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct DecisionForm {
    #[serde(default)]
    decision: String,
    #[serde(default)]
    reason: String,
}

/// POST /agency/filings/{arrival_number}/decision
///
/// # Errors
/// 404; a store that does not answer.
pub async fn post_decision(
    gateway: web::Data<Gateway>,
    user: AgencyUser,
    page: Page,
    browser: Browser,
    number: web::Path<String>,
    form: CsrfForm<DecisionForm>,
) -> Result<HttpResponse, Problem> {
    let number = arrival_number(&number)?;
    own_record(&gateway, &user, number).await?;
    let (to, reason) = match read(&form.0) {
        Ok(read) => read,
        Err(said) => {
            return show(&gateway, &user, (page, &browser), number, StatusCode::UNPROCESSABLE_ENTITY, said).await;
        }
    };
    let (at, by) = (gateway.clock.now(), user.user.account.actor());
    let change = StatusChange { arrival_number: number, agency: Some(user.agency), to, at, by, reason };
    match gateway.store.submission_change_status(change).await {
        Ok(_) => {
            audit(&gateway, &user.user.account, "decide_filing", number.to_string(), to.as_str()).await?;
            Ok(see_other(&format!("/agency/filings/{number}?done=1")))
        }
        Err(StoreError::StatusConflict { .. }) => {
            audit(&gateway, &user.user.account, "decide_filing", number.to_string(), "status-conflict").await?;
            let said = Said { reason: form.0.reason, conflict: true, ..Said::default() };
            show(&gateway, &user, (page, &browser), number, StatusCode::CONFLICT, said).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The move and the reason, or what is wrong with them; what was typed stays.
fn read(form: &DecisionForm) -> Result<(SubmissionStatus, Option<String>), Said> {
    let to = match form.decision.as_str() {
        "review" => Some(SubmissionStatus::UnderReview),
        "accept" => Some(SubmissionStatus::Accepted),
        "reject" => Some(SubmissionStatus::Rejected),
        "complete" => Some(SubmissionStatus::Completed),
        _ => None,
    };
    let reason = form.reason.trim();
    let reason_fault = match to {
        _ if reason.chars().count() > REASON_LIMIT => Some("agency-decide-reason-long"),
        Some(SubmissionStatus::Rejected) if reason.is_empty() => Some("agency-decide-reason-missing"),
        _ => None,
    };
    match (to, reason_fault) {
        (Some(to), None) => Ok((to, Some(reason.replace("\r\n", "\n")).filter(|reason| !reason.is_empty()))),
        (to, reason_fault) => Err(Said {
            decision: form.decision.clone(),
            reason: form.reason.clone(),
            decision_fault: to.is_none().then_some("agency-decide-missing"),
            reason_fault,
            ..Said::default()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(decision: &str, reason: &str) -> DecisionForm {
        DecisionForm { decision: decision.to_owned(), reason: reason.to_owned() }
    }

    #[test]
    fn a_rejection_needs_a_reason_and_nothing_typed_is_lost() {
        let said = read(&form("reject", "  ")).unwrap_err();
        assert_eq!(said.reason_fault, Some("agency-decide-reason-missing"));
        let said = read(&form("", "because")).unwrap_err();
        assert_eq!((said.decision_fault, said.reason.as_str()), (Some("agency-decide-missing"), "because"));
        let (to, reason) = read(&form("reject", " one\r\ntwo ")).unwrap();
        assert_eq!((to, reason.as_deref()), (SubmissionStatus::Rejected, Some("one\ntwo")));
        assert_eq!(read(&form("accept", "")).unwrap(), (SubmissionStatus::Accepted, None));
        assert!(read(&form("accept", &"x".repeat(REASON_LIMIT + 1))).is_err());
    }
}
