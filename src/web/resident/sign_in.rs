//! `/sign-in`: signing in with a card. The page's script asks the browser extension, in the messages of web-eid.js, and then
//! the card client's agent; what is missing is told in the codes of that ecosystem, with what to do.
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use askama::Template;

use super::agent::{self, AgentView};
use crate::submission::rejection::RejectionCode;
use crate::web::extract::resident::MaybeResident;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::state::WebState;

/// The codes that an extension of the ecosystem answers with, and those of the page's own script.
pub const WEB_EID_CODES: &[&str] = &[
    "ERR_WEBEID_ACTION_PENDING",
    "ERR_WEBEID_ACTION_TIMEOUT",
    "ERR_WEBEID_CONTEXT_INSECURE",
    "ERR_WEBEID_EXTENSION_UNAVAILABLE",
    "ERR_WEBEID_MISSING_PARAMETER",
    "ERR_WEBEID_NATIVE_FATAL",
    "ERR_WEBEID_NATIVE_INVALID_ARGUMENT",
    "ERR_WEBEID_NATIVE_UNAVAILABLE",
    "ERR_WEBEID_UNKNOWN_ERROR",
    "ERR_WEBEID_USER_CANCELLED",
    "ERR_WEBEID_USER_TIMEOUT",
    "ERR_WEBEID_VERSION_INVALID",
    "ERR_WEBEID_VERSION_MISMATCH",
];

/// Codes of this project's own card client, where they say more than the one of the ecosystem that comes with them. The
/// texts are those of the signing pages.
pub const CARD_CODES: &[&str] = &[
    "agent-key",
    "token-invalid",
    "gateway-not-trusted",
    "too-many",
    "window-not-opened",
    "pin-locked",
    "card-removed",
    "certificate-expired",
    "certificate-revoked",
    "replaced",
];

/// What the gateway may answer to a token.
const REFUSALS: &[RejectionCode] = &[
    RejectionCode::SignInToken,
    RejectionCode::SignInFormat,
    RejectionCode::SignInChallenge,
    RejectionCode::SignInSignature,
    RejectionCode::SignInWrongCertificate,
    RejectionCode::SignInCertificateEnded,
    RejectionCode::SignInNotTrusted,
    RejectionCode::SignInUndecided,
    RejectionCode::TooManyRequests,
    RejectionCode::Overloaded,
    RejectionCode::StorageUnavailable,
    RejectionCode::Internal,
];

/// A code with its words, for the script.
struct Words {
    code: &'static str,
    title: String,
    to_do: String,
}

#[derive(Template)]
#[template(path = "resident/sign_in.html")]
struct SignInView {
    page: Page,
    agent: Option<AgentView>,
    words: Vec<Words>,
    next: String,
}

/// `?next=/apply/...`: where to go afterwards.
#[derive(serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    next: Option<String>,
}

/// Whether it is one of the pages that people come from to sign in: never another site's.
pub fn is_next(path: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/".contains(&byte);
    ["/apply/", "/drafts", "/account", "/procedures", "/filings/", "/kiosk"].iter().any(|start| path.starts_with(start))
        && path.len() <= 200
        && path.bytes().all(fits)
        && !path.contains("//")
}

/// `ERR_WEBEID_USER_CANCELLED` is explained under `sign-in-dyn-user-cancelled`.
fn key(code: &str) -> String {
    format!("sign-in-dyn-{}", code.trim_start_matches("ERR_WEBEID_").to_ascii_lowercase().replace('_', "-"))
}

/// The page.
///
/// # Errors
/// 404 where signing in is not offered.
pub async fn get_sign_in(
    page: Page,
    resident: MaybeResident,
    state: web::Data<WebState>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let next = asked.into_inner().next.filter(|next| is_next(next)).unwrap_or_else(|| "/account".to_owned());
    if !state.config.sign_in.enabled {
        return Err(Problem::not_found());
    }
    if resident.0.is_some() {
        return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, next)).finish());
    }
    let agent = AgentView::of(&state);
    let mut page = page.titled("sign-in-title");
    page.connect_to = agent.as_ref().map(|agent| agent.origin.clone());
    let of_extension = WEB_EID_CODES.iter().map(|code| Words {
        code,
        title: page.t(&key(code)).into_owned(),
        to_do: page.t(&format!("{}-do", key(code))).into_owned(),
    });
    let of_gateway = REFUSALS.iter().map(|code| Words {
        code: code.as_str(),
        title: page.t(&format!("problem-title-{}", code.as_str())).into_owned(),
        to_do: page.t(&format!("problem-do-{}", code.as_str())).into_owned(),
    });
    let of_card = CARD_CODES.iter().map(|code| Words {
        code,
        title: page.t(&agent::text_key(code)).into_owned(),
        to_do: String::new(),
    });
    let words = of_extension.chain(of_gateway).chain(of_card).collect();
    let view = SignInView { page, agent, words, next };
    Ok(view.page.respond(StatusCode::OK, &view))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::i18n::Language;

    #[test]
    fn signing_in_leads_to_pages_of_this_site_alone() {
        for path in ["/apply/abc-_9/form/applicant", "/drafts", "/account"] {
            assert!(is_next(path), "{path}");
        }
        for path in
            ["//evil.example", "/apply//evil", "https://evil.example/apply/", "/agency", "/apply/x?y", "/apply/\\x"]
        {
            assert!(!is_next(path), "{path}");
        }
    }

    #[test]
    fn every_code_of_the_ecosystem_has_words_and_what_to_do() {
        for language in Language::ALL {
            for code in CARD_CODES {
                assert!(agent::CODES.contains(code) && language.find(&agent::text_key(code)).is_some(), "{code}");
            }
            for code in WEB_EID_CODES {
                assert!(language.find(&key(code)).is_some(), "{} in {}", key(code), language.tag());
                assert!(
                    language.find(&format!("{}-do", key(code))).is_some(),
                    "{}-do in {}",
                    key(code),
                    language.tag()
                );
            }
        }
    }
}
