//! `/status`: where a filing stands, by its arrival number and access key, which are posted and never in
//! an address, opens its page in this browser.
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use ring::digest::{SHA256, digest};
use serde::Deserialize;

use super::filing::page::{Said, show};
use super::procedures::see_other;
use crate::gateway::Gateway;
use crate::ids::{ArrivalNumber, IdError};
use crate::store::submissions::SubmissionRecord;
use crate::submission::status::SubmissionStatus;
use crate::web::extract::csrf::{Browser, CsrfForm, CsrfGuard, random_id};
use crate::web::extract::filing::{OpenFiling, address, page_of};
use crate::web::extract::session::{FILING_COOKIE, cookie_sha256};
use crate::web::forms::{Field, SummaryLine, summary};
use crate::web::page::Page;
use crate::web::problem::Problem;

/// What is posted.
#[derive(Deserialize)]
pub struct StatusForm {
    #[serde(default)]
    arrival_number: String,
    #[serde(default)]
    access_key: String,
    /// The page to come back to.
    #[serde(default)]
    next: String,
    /// A message that was written when the filing was not open any more.
    #[serde(default)]
    message: String,
}

#[derive(Template)]
#[template(path = "resident/status_form.html")]
struct FormView {
    page: Page,
    errors: Vec<SummaryLine>,
    fields: Vec<Field>,
    closed: bool,
    next: String,
    message: String,
}

impl FormView {
    fn new(page: Page, number: &str, wrong: Option<(&str, &str)>) -> Self {
        let text = |key: &str| page.t(key).into_owned();
        let error = |name: &str| wrong.filter(|(field, _)| *field == name).map(|(_, key)| text(key));
        let fields = vec![
            Field::text("arrival_number", text("status-number"))
                .hint(text("status-number-hint"))
                .value(number)
                .autocomplete("off")
                .error(error("arrival_number")),
            Field::text("access_key", text("status-key"))
                .hint(text("status-key-hint"))
                .autocomplete("off")
                .error(error("access_key")),
        ];
        let errors = summary(&fields);
        Self {
            page: page.titled("status-title").errors(!errors.is_empty()),
            errors,
            fields,
            closed: false,
            next: String::new(),
            message: String::new(),
        }
    }
}

/// `?closed=1`: a filing's page was asked for that is not open here.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    closed: u8,
    #[serde(default)]
    next: String,
}

/// The form.
pub async fn get_form(page: Page, browser: Browser, asked: web::Query<Asked>) -> HttpResponse {
    let Asked { closed, next } = asked.into_inner();
    let number = number_in(&next).map(|number| number.grouped()).unwrap_or_default();
    let view = FormView::new(page.csrf(browser.csrf_token()), &number, None);
    let view = FormView { closed: closed == 1, next, ..view };
    view.page.respond(StatusCode::OK, &view)
}

/// The number in the address of a filing's page.
fn number_in(page: &str) -> Option<ArrivalNumber> {
    let number = page.strip_prefix("/filings/")?.split('/').next()?.parse().ok()?;
    page_of(number, page).map(|_| number)
}

/// The form where a message was sent to a filing that is not open any more: the message stays with it.
pub fn keeping(page: Page, number: Option<ArrivalNumber>, message: String) -> HttpResponse {
    let typed = number.map(|number| number.grouped()).unwrap_or_default();
    let view = FormView { closed: true, message, ..FormView::new(page, &typed, None) };
    view.page.respond(StatusCode::UNAUTHORIZED, &view)
}

pub(super) fn status_key(part: &str, status: SubmissionStatus) -> String {
    format!("status-{part}-{}", status.as_str().replace('_', "-"))
}

/// Whose turn it is: the end of the key of its words.
pub(super) fn who_acts(status: SubmissionStatus) -> &'static str {
    match status {
        SubmissionStatus::Held => "gateway-acts",
        SubmissionStatus::Received | SubmissionStatus::UnderReview => "agency-acts",
        SubmissionStatus::Corrected | SubmissionStatus::Accepted => "agency-acts",
        SubmissionStatus::CorrectionRequested => "you-act",
        SubmissionStatus::Rejected | SubmissionStatus::Completed => "nobody-acts",
        SubmissionStatus::Withdrawn | SubmissionStatus::Refused => "nobody-acts",
    }
}

pub(super) fn colour(status: SubmissionStatus) -> &'static str {
    match status {
        SubmissionStatus::Accepted | SubmissionStatus::Completed => "green",
        SubmissionStatus::Held | SubmissionStatus::CorrectionRequested => "yellow",
        SubmissionStatus::Rejected | SubmissionStatus::Refused => "red",
        SubmissionStatus::Withdrawn => "grey",
        SubmissionStatus::Received | SubmissionStatus::UnderReview | SubmissionStatus::Corrected => "blue",
    }
}

/// Opens the filing in this browser and leads to it. A wrong number and a wrong key are told apart only by the number's check digit.
///
/// # Errors
/// 503 where the record cannot be read.
pub async fn post_form(
    page: Page,
    browser: Browser,
    request: HttpRequest,
    guard: web::Data<CsrfGuard>,
    gateway: web::Data<Gateway>,
    form: CsrfForm<StatusForm>,
) -> Result<HttpResponse, Problem> {
    let page = page.csrf(browser.csrf_token());
    let number: ArrivalNumber = match form.0.arrival_number.trim().parse() {
        Ok(number) => number,
        Err(error) => return Ok(again(page, &form.0, ("arrival_number", number_fault(error)))),
    };
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest(&SHA256, form.0.access_key.trim().as_bytes()).as_ref());
    let found = gateway.store.submission_record(number).await?;
    match found.filter(|record| record.submission.token_matches(&sha256)) {
        Some(record) => {
            let id = random_id().map_err(Problem::internal)?;
            let before = guard.cookie_value(&request, FILING_COOKIE).map(|value| cookie_sha256(&value));
            gateway.store.filing_session_open(number, cookie_sha256(&id), before, gateway.clock.now()).await?;
            let mut response = opened(page, &gateway, record, form.0).await?;
            response.add_cookie(&guard.cookie(FILING_COOKIE, id)).map_err(Problem::internal)?;
            Ok(response)
        }
        None => Ok(again(page, &form.0, ("access_key", "status-not-found"))),
    }
}

/// The way to the filing's page, or to the one that was asked for; its page itself with a message that was written before.
async fn opened(
    page: Page,
    gateway: &Gateway,
    record: SubmissionRecord,
    form: StatusForm,
) -> Result<HttpResponse, Problem> {
    let number = record.submission.arrival_number;
    if form.message.is_empty() {
        return Ok(see_other(&page_of(number, &form.next).unwrap_or_else(|| address(number, ""))));
    }
    let said = Said { message: form.message, message_fault: Some("after-message-kept") };
    show(page, gateway, OpenFiling { record, by_account: false }, (StatusCode::OK, said)).await
}

fn number_fault(error: IdError) -> &'static str {
    match error {
        IdError::CheckDigit(_) => "status-number-mistyped",
        IdError::Form(_) => "status-number-form",
    }
}

fn again(page: Page, form: &StatusForm, wrong: (&str, &str)) -> HttpResponse {
    let view = FormView::new(page, &form.arrival_number, Some(wrong));
    let view = FormView { next: form.next.clone(), message: form.message.clone(), ..view };
    view.page.respond(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::status::RevocationState;
    use crate::web::i18n::Language;

    #[test]
    fn every_status_and_every_revocation_state_has_words() {
        for language in Language::ALL {
            for status in SubmissionStatus::ALL {
                assert!(language.find(&format!("after-dyn-{}", who_acts(*status))).is_some());
                for part in ["name", "next"] {
                    assert!(language.find(&status_key(part, *status)).is_some(), "{}", status_key(part, *status));
                }
            }
            for state in RevocationState::ALL {
                assert!(language.find(&format!("revocation-state-{}", state.as_str())).is_some());
            }
        }
    }
}
