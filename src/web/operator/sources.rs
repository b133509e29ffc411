//! Where lists are fetched from, as the overview shows it, and POST /operator/sources/{source}/fetch: ask one now.
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::countdown;
use crate::gateway::Gateway;
use crate::store::crl_sources::SourceState;
use crate::web::extract::csrf::{Browser, CsrfForm};
use crate::web::extract::session::OperatorUser;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::dates::moment;
use crate::web::staff::audit;
use crate::web::staff::sign_in::see_other;

/// A source on the page.
pub struct SourceRow {
    /// What operators call it.
    pub name: String,
    /// Hex of the record's key.
    pub key: String,
    /// Key of the state's words.
    pub state: &'static str,
    /// Of its tag.
    pub colour: &'static str,
    /// When it last gave a list, or said that it is the same.
    pub last_success: String,
    /// When it is asked next.
    pub next: String,
    /// Code and sentence of the last failure.
    pub failure: Option<(String, String)>,
    /// Key of the words that say what to do.
    pub to_do: &'static str,
}

/// The sources of this gateway with what the record knows of them; those that fail first.
///
/// # Errors
/// A store that does not answer.
pub async fn rows(page: &Page, gateway: &Gateway, now: DateTime<Utc>) -> Result<Vec<SourceRow>, Problem> {
    let sources = gateway.sources.all();
    if sources.is_empty() {
        return Ok(Vec::new());
    }
    let mut states = gateway.store.crl_source_list().await?;
    states.retain(|state| sources.iter().any(|source| source.key == state.key));
    states.sort_by_key(|state| std::cmp::Reverse(state.failures > 0));
    Ok(states.iter().map(|state| row(page, state, now)).collect())
}

fn row(page: &Page, state: &SourceState, now: DateTime<Utc>) -> SourceRow {
    let (words, colour) = match (state.failures, state.last_tried) {
        (0, None) => ("operator-source-new", "gray"),
        (0, Some(_)) => ("operator-source-good", "green"),
        _ if state.next_update.is_some_and(|next| next > now) => ("operator-source-failing", "yellow"),
        _ => ("operator-source-failing", "red"),
    };
    let code = state.last_failure.as_ref().map_or("", |(code, _)| code.as_str());
    SourceRow {
        name: state.name.clone(),
        key: hex::encode(state.key),
        state: words,
        colour,
        last_success: state
            .last_success
            .map_or_else(|| page.t("operator-none").into_owned(), |at| moment(page.language, at)),
        next: countdown(page.language, now, state.next_due),
        failure: state.last_failure.clone(),
        to_do: to_do(code),
    }
}

/// What an operator can do about a failure of that code.
fn to_do(code: &str) -> &'static str {
    match code {
        "address_refused" => "operator-source-do-allow",
        "host_not_found" | "not_reached" | "timed_out" | "http_status" | "cut_short" => "operator-source-do-wait",
        "not_found" | "no_list" | "html" | "url_refused" | "too_many_redirects" | "protocol" | "packed" => {
            "operator-source-do-url"
        }
        "tls_failed" => "operator-source-do-tls",
        "too_large" => "operator-source-do-size",
        "ldap_sign_in" | "ldap_result" => "operator-source-do-sign-in",
        _ => "operator-source-do-list",
    }
}

/// The form holds nothing but its token.
#[derive(Debug, Deserialize)]
pub struct FetchForm {}

/// POST /operator/sources/{source}/fetch: the next round of whichever gateway is first asks it.
///
/// # Errors
/// 403; 404; a store that does not answer.
pub async fn post_fetch(
    gateway: web::Data<Gateway>,
    user: OperatorUser,
    _browser: Browser,
    source: web::Path<String>,
    _form: CsrfForm<FetchForm>,
) -> Result<HttpResponse, Problem> {
    let mut key = [0; 32];
    hex::decode_to_slice(source.as_bytes(), &mut key).map_err(|_| Problem::not_found())?;
    if !gateway.sources.all().iter().any(|source| source.key == key) {
        return Err(Problem::not_found());
    }
    if !gateway.store.crl_source_make_due(key, gateway.clock.now()).await? {
        return Err(Problem::not_found());
    }
    audit(&gateway, &user.user.account, "fetch_crl", hex::encode(key), "done").await?;
    Ok(see_other("/operator?asked=1#sources"))
}
