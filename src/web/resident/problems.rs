//! `GET /problems` and `/problems/{code}`: what each refusal means, what is kept and what to do; and the page that a
//! browser is shown in place of a problem document.
use actix_web::http::StatusCode;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use askama::Template;

use super::{dates, office};
use crate::gateway::Gateway;
use crate::submission::rejection::RejectionCode;
use crate::web::extract::about::NotTaken;
use crate::web::extract::request_id::RequestId;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::verdict::{CheckLine, check_lines};

#[derive(Template)]
#[template(path = "resident/problems.html")]
struct ProblemsView {
    page: Page,
}

impl ProblemsView {
    fn entries(&self) -> Vec<(&'static str, std::borrow::Cow<'static, str>)> {
        RejectionCode::ALL.iter().map(|code| (code.as_str(), self.page.t(&title_key(*code)))).collect()
    }
}

/// Every refusal.
pub async fn list_problems(page: Page) -> HttpResponse {
    let view = ProblemsView { page: page.titled("problems-title") };
    view.page.respond(StatusCode::OK, &view)
}

/// One problem: explained, or as it happened.
#[derive(Template)]
#[template(path = "resident/problem.html")]
struct ProblemView {
    page: Page,
    code: RejectionCode,
    /// Of an occurrence: the request's number.
    request: Option<String>,
    /// Of an occurrence: the sentence on it.
    detail: String,
    /// Of a refused signature: the checks that failed.
    checks: Vec<CheckLine>,
    /// Of an occurrence: what was typed and not taken.
    typed: Vec<(String, String)>,
    /// Of a draft that is not open here: the sign-in that leads back to it.
    away: Option<String>,
    /// Where to ask, where it is known what it is about.
    office: Vec<String>,
    /// Of an occurrence: when it reached the gateway.
    tried_at: String,
}

/// What is known of an occurrence beside the problem itself.
struct Around {
    typed: Vec<(String, String)>,
    away: Option<String>,
    office: Vec<String>,
    tried_at: String,
}

impl Around {
    fn of(page: &Page, request: &HttpRequest, code: RejectionCode) -> Self {
        let gateway = request.app_data::<web::Data<Gateway>>();
        let now = gateway.map(|gateway| dates::moment_in_both_eras(page.language, gateway.clock.now()));
        let is_draft = request.path().starts_with("/apply/") && code == RejectionCode::NotFound;
        Self {
            typed: request.extensions().get::<NotTaken>().map(|typed| typed.0.clone()).unwrap_or_default(),
            away: is_draft.then(|| format!("/sign-in?next={}", request.path())),
            office: gateway.map(|gateway| office::of_request(page.language, gateway, request)).unwrap_or_default(),
            tried_at: now.unwrap_or_default(),
        }
    }
}

impl ProblemView {
    fn what(&self) -> std::borrow::Cow<'static, str> {
        self.page.t(&key("what", self.code))
    }

    fn kept(&self) -> std::borrow::Cow<'static, str> {
        self.page.t(kept(self.code))
    }

    fn to_do(&self) -> std::borrow::Cow<'static, str> {
        self.page.t(&key("do", self.code))
    }
}

/// The page that explains a code; `None` where it cannot be rendered.
pub fn problem_page(request: &HttpRequest, code: RejectionCode) -> Option<String> {
    let page = Page::of(request).titled(&title_key(code));
    let (typed, checks, office) = (Vec::new(), Vec::new(), Vec::new());
    let (detail, tried_at) = (String::new(), String::new());
    ProblemView { page, code, request: None, detail, checks, typed, away: None, office, tried_at }.render().ok()
}

/// The page that a browser is shown for a problem; `None` where it cannot be rendered and the plain document will do.
pub fn error_page(request: &HttpRequest, problem: &Problem) -> Option<String> {
    let code = problem.code();
    let page = Page::of(request).titled(&title_key(code));
    let checks = check_lines(page.language, problem.rejection().checks.iter().filter(|check| check.is_failed()));
    let number = request.extensions().get::<RequestId>().map(|id| id.as_str().to_owned());
    let detail = problem.detail().to_owned();
    let Around { typed, away, office, tried_at } = Around::of(&page, request, code);
    ProblemView { page, code, request: number, detail, checks, typed, away, office, tried_at }.render().ok()
}

fn title_key(code: RejectionCode) -> String {
    format!("problem-title-{}", code.as_str())
}

/// The key of the text that explains a code: `what` happened, what to `do`.
fn key(part: &str, code: RejectionCode) -> String {
    format!("problem-{part}-{}", code.as_str())
}

/// The key of the sentence on what is kept.
fn kept(code: RejectionCode) -> &'static str {
    match code {
        RejectionCode::ApplicationIdTaken => "problem-kept-first",
        RejectionCode::StatusConflict
        | RejectionCode::WithdrawalFormat
        | RejectionCode::WithdrawalMismatch
        | RejectionCode::NotTheApplicant
        | RejectionCode::CorrectionBeyondMarked
        | RejectionCode::CorrectsUnknown
        | RejectionCode::LinkAnotherPerson
        | RejectionCode::LinkRaced
        | RejectionCode::SignInToken
        | RejectionCode::SignInFormat
        | RejectionCode::SignInChallenge
        | RejectionCode::SignInSignature
        | RejectionCode::SignInWrongCertificate
        | RejectionCode::SignInCertificateEnded
        | RejectionCode::SignInNotTrusted
        | RejectionCode::SignInUndecided
        | RejectionCode::AttachmentRefused
        | RejectionCode::ScannerUnavailable => "problem-kept-unchanged",
        // Both can come of a commit whose outcome nobody heard.
        RejectionCode::StorageUnavailable | RejectionCode::Internal => "problem-kept-unknown",
        _ => "problem-kept-nothing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::i18n::Language;

    #[test]
    fn every_code_is_explained_in_every_language() {
        for code in RejectionCode::ALL {
            for language in Language::ALL {
                for key in [title_key(*code), key("what", *code), key("do", *code), kept(*code).to_owned()] {
                    assert!(language.find(&key).is_some(), "{key} is missing in {}", language.tag());
                }
            }
        }
    }
}
