//! GET /operator/quarantine/{sha256}: one list with what speaks against it, who let it in, and what can be done.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::{digest, state_words};
use crate::gateway::Gateway;
use crate::pki::crl::{Lint, ListDiff, ParsedCrl, lints};
use crate::store::accounts::Account;
use crate::store::crl_quarantine::{Act, QuarantineState, QuarantinedCrl, QuarantinedDetail, Release};
use crate::web::extract::csrf::Browser;
use crate::web::extract::session::OperatorUser;
use crate::web::forms::{Choice, Field, FieldKind, SummaryLine, summary};
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::dates::{moment, size};
use crate::web::staff::frame;

/// The most characters of a reason.
pub const REASON_LIMIT: usize = 2000;
/// A list larger than this is not looked through for a page.
const LINTED: i64 = 64 << 20;

struct ReleaseRow {
    login: String,
    at: String,
    reason: String,
    counts: bool,
}

#[derive(Template)]
#[template(path = "operator/quarantined.html")]
struct OneView {
    page: Page,
    path: String,
    seen: String,
    state: &'static str,
    colour: &'static str,
    decided: Option<String>,
    facts: Vec<(String, String)>,
    codes: Vec<String>,
    detail: String,
    diff: ListDiff,
    releases: Vec<ReleaseRow>,
    lints: Option<Vec<Lint>>,
    fields: Option<Vec<Field>>,
    errors: Vec<SummaryLine>,
    notice: Option<(&'static str, String)>,
}

/// What the page says beside the list itself.
#[derive(Debug, Default)]
pub struct Said {
    /// What was chosen, where it was not done.
    pub act: String,
    /// The reason as it was typed.
    pub reason: String,
    /// What is wrong with the choice: a key.
    pub act_fault: Option<&'static str>,
    /// What is wrong with the reason: a key.
    pub reason_fault: Option<&'static str>,
    /// The list stands elsewhere now, or is compared with another.
    pub conflict: bool,
    /// It was done.
    pub done: bool,
}

/// `?done=1` after an act.
#[derive(Debug, serde::Deserialize)]
pub struct Done {
    #[serde(default)]
    done: u8,
}

/// GET /operator/quarantine/{sha256}
///
/// # Errors
/// 404; a store that does not answer.
pub async fn get_one(
    gateway: web::Data<Gateway>,
    user: OperatorUser,
    page: Page,
    browser: Browser,
    sha256: web::Path<String>,
    query: web::Query<Done>,
) -> Result<HttpResponse, Problem> {
    let said = Said { done: query.done == 1, ..Said::default() };
    show(&gateway, &user, (page, &browser), digest(&sha256)?, (StatusCode::OK, said)).await
}

/// The page of one list, with what there is to say.
///
/// # Errors
/// As [`get_one`].
pub async fn show(
    gateway: &Gateway,
    user: &OperatorUser,
    (page, browser): (Page, &Browser),
    sha256: [u8; 32],
    (status, said): (StatusCode, Said),
) -> Result<HttpResponse, Problem> {
    let found = gateway.store.crl_quarantine_find(sha256).await?.ok_or_else(Problem::not_found)?;
    let lints = lints_of(gateway, &found.list).await?;
    let page = frame(page, browser, &user.user.account);
    let view = view(page, &user.user.account, found, lints, &said);
    Ok(view.page.respond(status, &view))
}

/// The lints of a list; none where it is too large to be looked through for a page, or cannot be read back.
async fn lints_of(gateway: &Gateway, list: &QuarantinedCrl) -> Result<Option<Vec<Lint>>, Problem> {
    if list.size > LINTED {
        return Ok(None);
    }
    let Ok(der) = gateway.store.crl_quarantine_read(list.sha256).await else { return Ok(None) };
    let found = web::block(move || ParsedCrl::from_der(&der).ok().map(|crl| lints(&crl)));
    found.await.map_err(Problem::internal)
}

fn view(page: Page, account: &Account, found: QuarantinedDetail, lints: Option<Vec<Lint>>, said: &Said) -> OneView {
    let QuarantinedDetail { list, diff, releases } = found;
    let fields = fields(&page, account, list.state, &releases, said);
    let errors = fields.as_deref().map(summary).unwrap_or_default();
    let (state, colour) = state_words(list.state);
    let page = page.titled("operator-quarantined-title").errors(!errors.is_empty());
    OneView {
        path: format!("/operator/quarantine/{}", hex::encode(list.sha256)),
        seen: list.compared_with.map(hex::encode).unwrap_or_default(),
        decided: decided(&page, &list),
        facts: facts(&page, &list),
        releases: releases.into_iter().map(|release| release_row(&page, release)).collect(),
        notice: notice(&page, said),
        codes: list.codes,
        detail: list.detail,
        state,
        colour,
        diff,
        lints,
        fields,
        errors,
        page,
    }
}

fn notice(page: &Page, said: &Said) -> Option<(&'static str, String)> {
    if said.conflict {
        return Some(("warning", page.t("operator-quarantine-conflict").into_owned()));
    }
    said.done.then(|| ("success", page.t("operator-quarantine-done").into_owned()))
}

/// Who brought a list to where it stands, and why.
fn decided(page: &Page, list: &QuarantinedCrl) -> Option<String> {
    if list.state == QuarantineState::Waiting && list.state_reason.is_empty() {
        return None;
    }
    let at = moment(page.language, list.state_since);
    Some(format!("{at} · {} {}", list.state_by, list.state_reason))
}

fn facts(page: &Page, list: &QuarantinedCrl) -> Vec<(String, String)> {
    let none = || page.t("operator-none").into_owned();
    let compared = match (list.compared_with, list.compared_update) {
        (Some(digest), Some(issued)) => format!("{} · {}", moment(page.language, issued), hex::encode(digest)),
        _ => none(),
    };
    let rows = [
        ("operator-quarantine-issuer", list.issuer.clone()),
        ("operator-quarantine-scope", list.scope.clone()),
        ("operator-column-number", list.number.clone().unwrap_or_else(none)),
        ("operator-quarantine-issued", moment(page.language, list.this_update)),
        ("operator-column-next", moment(page.language, list.next_update)),
        ("operator-column-entries", format!("{} ({})", list.entries, size(list.size.unsigned_abs()))),
        ("operator-column-source", list.source.clone()),
        ("operator-quarantine-since", moment(page.language, list.quarantined_at)),
        ("operator-quarantine-compared", compared),
        ("operator-quarantine-digest", hex::encode(list.sha256)),
    ];
    rows.into_iter().map(|(key, value)| (page.t(key).into_owned(), value)).collect()
}

fn release_row(page: &Page, release: Release) -> ReleaseRow {
    let at = moment(page.language, release.released_at);
    ReleaseRow { login: release.login, at, reason: release.reason, counts: release.counts }
}

/// What this operator can do with a list that stands there; none where nothing can be done any more.
pub fn acts(account: &Account, state: QuarantineState, releases: &[Release]) -> Vec<(&'static str, Act, &'static str)> {
    let released = releases.iter().any(|release| release.account_id == account.id);
    let discard = ("discard", Act::Discard, "operator-quarantine-act-discard");
    match state {
        QuarantineState::Waiting if released => {
            vec![("take_back", Act::TakeBack, "operator-quarantine-act-take-back"), discard]
        }
        QuarantineState::Waiting => vec![("release", Act::Release, "operator-quarantine-act-release"), discard],
        QuarantineState::Discarded => vec![("reopen", Act::Reopen, "operator-quarantine-act-reopen")],
        QuarantineState::Released | QuarantineState::LetIn | QuarantineState::Overtaken => Vec::new(),
    }
}

fn fields(
    page: &Page,
    account: &Account,
    state: QuarantineState,
    releases: &[Release],
    said: &Said,
) -> Option<Vec<Field>> {
    let choice =
        |(value, _, key): (&str, Act, &str)| Choice { value: value.to_owned(), label: page.t(key).into_owned() };
    let choices: Vec<Choice> = acts(account, state, releases).into_iter().map(choice).collect();
    if choices.is_empty() {
        return None;
    }
    let fault = |key: Option<&'static str>| key.map(|key| page.with(key, "count", REASON_LIMIT));
    let act = Field::text("act", page.t("operator-quarantine-act"))
        .kind(FieldKind::Radios)
        .choices(choices)
        .value(&said.act)
        .error(fault(said.act_fault));
    let reason = Field::text("reason", page.t("operator-quarantine-reason"))
        .kind(FieldKind::Lines(3))
        .hint(page.t("operator-quarantine-reason-hint"))
        .value(&said.reason)
        .max_length(REASON_LIMIT as u32)
        .optional()
        .error(fault(said.reason_fault));
    Some(vec![act, reason])
}
