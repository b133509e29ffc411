//! POST /agency/filings/{arrival_number}/messages and /correction: a message to the applicant, and a request for a correction
//! of the marked fields or of the whole.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::correspondence::{REQUEST_LIMIT, Said, markable, show};
use super::{arrival_number, own_record};
use crate::gateway::Gateway;
use crate::store::StoreError;
use crate::store::correction_requests::CorrectionWanted;
use crate::store::messages::{NewMessage, Sent};
use crate::store::statuses::StatusChange;
use crate::submission::status::SubmissionStatus;
use crate::web::conversation::{MessageForm, read};
use crate::web::extract::csrf::{Browser, CsrfForm};
use crate::web::extract::session::AgencyUser;
use crate::web::page::Page;
use crate::web::plain_text::{TextFault, plain};
use crate::web::problem::Problem;
use crate::web::staff::audit;
use crate::web::staff::sign_in::see_other;

/// POST /agency/filings/{arrival_number}/messages
///
/// # Errors
/// 404; a store that does not answer.
pub async fn post_message(
    gateway: web::Data<Gateway>,
    user: AgencyUser,
    page: Page,
    browser: Browser,
    number: web::Path<String>,
    form: CsrfForm<MessageForm>,
) -> Result<HttpResponse, Problem> {
    let number = arrival_number(&number)?;
    own_record(&gateway, &user, number).await?;
    let fault = match read(&form.0) {
        Ok(body) => {
            let (at, actor) = (gateway.clock.now(), user.user.account.actor());
            let new = NewMessage { arrival_number: number, agency: Some(user.agency), actor, body, at };
            match gateway.store.message_send(new).await? {
                Sent::Done => {
                    return Ok(see_other(&format!("/agency/filings/{number}/correspondence?done=1#messages")));
                }
                Sent::Full => "after-message-full",
            }
        }
        Err(fault) => fault,
    };
    let said = Said { message: form.0.body, message_fault: Some(fault), ..Said::default() };
    show(&gateway, &user, (page, &browser), number, (StatusCode::UNPROCESSABLE_ENTITY, said, false)).await
}

/// POST /agency/filings/{arrival_number}/correction
///
/// # Errors
/// 404; a store that does not answer.
pub async fn post_correction(
    gateway: web::Data<Gateway>,
    user: AgencyUser,
    page: Page,
    browser: Browser,
    number: web::Path<String>,
    form: CsrfForm<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let number = arrival_number(&number)?;
    let record = own_record(&gateway, &user, number).await?;
    let (text, wanted) = match read_request(&form.0, &markable(&gateway, &record).await?) {
        Ok(read) => read,
        Err(said) => {
            let said = (StatusCode::UNPROCESSABLE_ENTITY, *said, false);
            return show(&gateway, &user, (page, &browser), number, said).await;
        }
    };
    let change = StatusChange {
        arrival_number: number,
        agency: Some(user.agency),
        to: SubmissionStatus::CorrectionRequested,
        at: gateway.clock.now(),
        by: user.user.account.actor(),
        reason: Some(text.clone()),
    };
    match gateway.store.correction_request(change, wanted).await {
        Ok(()) => {
            audit(&gateway, &user.user.account, "ask_for_correction", number.to_string(), "done").await?;
            Ok(see_other(&format!("/agency/filings/{number}/correspondence?done=1")))
        }
        Err(StoreError::StatusConflict { .. }) => {
            audit(&gateway, &user.user.account, "ask_for_correction", number.to_string(), "status-conflict").await?;
            let said = Said { request: text, request_fault: Some("after-ask-conflict"), ..Said::default() };
            show(&gateway, &user, (page, &browser), number, (StatusCode::CONFLICT, said, false)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What is wanted, or what is wrong with the form; what was typed and marked stays.
fn read_request(form: &[(String, String)], markable: &[String]) -> Result<(String, CorrectionWanted), Box<Said>> {
    let one =
        |name: &str| form.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let marked: Vec<String> = markable
        .iter()
        .filter(|name| form.iter().any(|(field, value)| field == "field" && value == *name))
        .cloned()
        .collect();
    let (kind, typed) = (one("kind"), one("text"));
    let wanted = match kind.as_str() {
        "again" => Ok(CorrectionWanted::Again),
        "partial" if marked.is_empty() => Err("after-ask-none-marked"),
        "partial" => Ok(CorrectionWanted::Partial(marked.clone())),
        _ => Err("after-ask-kind-missing"),
    };
    match (plain(&typed, REQUEST_LIMIT), wanted) {
        (Ok(text), Ok(wanted)) => Ok((text, wanted)),
        (text, wanted) => Err(Box::new(Said {
            request: typed,
            request_fault: text.err().map(|fault| match fault {
                TextFault::Empty => "after-ask-text-missing",
                TextFault::Long => "after-message-long",
            }),
            kind,
            marked,
            kind_fault: wanted.err(),
            ..Said::default()
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_partial_correction_marks_fields_of_the_form_and_nothing_typed_is_lost() {
        let fields = ["title".to_owned(), "body".to_owned()];
        let said = read_request(&form(&[("kind", "partial"), ("text", "why"), ("field", "x")]), &fields).unwrap_err();
        assert_eq!((said.kind_fault, said.request.as_str()), (Some("after-ask-none-marked"), "why"));
        let said = read_request(&form(&[("text", " "), ("field", "body")]), &fields).unwrap_err();
        assert_eq!(said.kind_fault, Some("after-ask-kind-missing"));
        assert_eq!((said.request_fault, said.marked), (Some("after-ask-text-missing"), vec!["body".to_owned()]));
        let good = form(&[("kind", "partial"), ("text", "why"), ("field", "body"), ("field", "body")]);
        let (text, wanted) = read_request(&good, &fields).unwrap();
        assert_eq!((text.as_str(), wanted), ("why", CorrectionWanted::Partial(vec!["body".to_owned()])));
    }
}
