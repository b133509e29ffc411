//! `/account`: what a resident who signed in with their card sees: questions about links, the filings that links open,
//! and the links themselves, each of which can be undone.
use actix_web::http::StatusCode;
use actix_web::{Error, HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::procedures::see_other;
use super::{dates, filing, municipalities, shared, status};
use crate::gateway::Gateway;
use crate::ids::ArrivalNumber;
use crate::store::resident_filings::{COUNTED, FilingsPage, ListedFiling};
use crate::store::resident_links::{LinkAnswer, LinkOutcome, LinkState, ResidentLink};
use crate::store::resident_sessions::ResidentSession;
use crate::submission::rejection::RejectionCode;
use crate::web::extract::csrf::{Browser, CsrfForm, CsrfGuard};
use crate::web::extract::filing::OpenFiling;
use crate::web::extract::resident::Resident;
use crate::web::page::{Page, SignedIn};
use crate::web::problem::Problem;

/// The filings on a page.
const LISTED: usize = 50;

/// Where in the list a page is.
#[derive(Deserialize)]
pub struct Place {
    /// The filing that the page before ended with.
    #[serde(default)]
    after: Option<String>,
}

/// A filing that a link opens.
struct FilingLine {
    number: String,
    href: String,
    title: String,
    procedure: String,
    recipient: String,
    received_at: String,
    colour: &'static str,
    status: String,
    /// How many notices are new, in words; empty for none.
    unread: String,
}

/// A link, or the question whether there is to be one.
struct LinkLine {
    id: String,
    number: String,
    filed_at: String,
    /// The first digits of the certificate's SHA-256, in fours: enough to tell two cards apart.
    certificate: String,
    state: String,
    colour: &'static str,
    since: String,
}

#[derive(Template)]
#[template(path = "resident/account.html")]
struct AccountView {
    page: Page,
    signed_in_at: String,
    certificate: String,
    not_after: String,
    offered: Vec<LinkLine>,
    filings: Vec<FilingLine>,
    /// Which of how many; empty where it is not known.
    range: String,
    older: Option<String>,
    newest: Option<&'static str>,
    linked: Vec<LinkLine>,
    ended: Vec<LinkLine>,
}

/// The frame of a page of the account.
pub fn frame(page: Page, browser: &Browser) -> Page {
    let name = page.t("account-signed-in").into_owned();
    page.user(SignedIn { name, sign_out: "/account/sign-out" }).csrf(browser.csrf_token())
}

/// The account, with the newest filings or those after one of them.
///
/// # Errors
/// 404 where the page is to begin after a filing that is not on the list, 503 where the record cannot be read.
pub async fn get_account(
    page: Page,
    browser: Browser,
    Resident(session): Resident,
    gateway: web::Data<Gateway>,
    place: web::Query<Place>,
) -> Result<HttpResponse, Problem> {
    let page = frame(page.titled("account-title"), &browser);
    let after = place.into_inner().after.map(|number| number.parse().map_err(|_| Problem::not_found())).transpose()?;
    let links = gateway.store.links_list(session.account.clone()).await?;
    let listed = gateway.store.resident_filings(session.account.clone(), after, LISTED).await?;
    let listed = listed.ok_or_else(Problem::not_found)?;
    let last = listed.filings.last().filter(|_| listed.is_more);
    let in_state = |wanted: fn(LinkState) -> bool| {
        links.iter().filter(|link| wanted(link.state)).map(|link| link_line(&page, link)).collect::<Vec<_>>()
    };
    let view = AccountView {
        signed_in_at: dates::moment(page.language, session.signed_in_at),
        certificate: in_fours(&session.certificate_sha256),
        not_after: dates::moment(page.language, session.not_after),
        offered: in_state(|state| state == LinkState::Offered),
        linked: in_state(|state| state == LinkState::Linked),
        ended: in_state(|state| !matches!(state, LinkState::Offered | LinkState::Linked)),
        filings: listed.filings.iter().map(|filing| filing_line(&page, &gateway, filing)).collect(),
        range: range(&page, &listed),
        older: last.map(|filing| format!("/account?after={}", filing.arrival_number)),
        newest: after.map(|_| "/account"),
        page,
    };
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// "51–100 of 237": nothing where all stand on one page.
fn range(page: &Page, listed: &FilingsPage) -> String {
    let (first, last, total) = (listed.newer + 1, listed.newer + listed.filings.len(), listed.total);
    if last == first - 1 || listed.newer >= COUNTED || (listed.newer == 0 && !listed.is_more) {
        return String::new();
    }
    let key = if total < COUNTED { "account-filings-range" } else { "account-filings-range-more" };
    page.language.with_all(key, &[("first", &first), ("last", &last), ("total", &total)])
}

fn filing_line(page: &Page, gateway: &Gateway, filing: &ListedFiling) -> FilingLine {
    let language = page.language;
    let named = gateway.catalog.get(filing.procedure.as_str());
    let procedure = named.map(|procedure| procedure.title.get(language).to_owned());
    FilingLine {
        number: filing.arrival_number.grouped(),
        href: format!("/account/filings/{}", filing.arrival_number),
        title: filing.title.clone(),
        procedure: procedure.unwrap_or_else(|| filing.procedure.to_string()),
        recipient: municipalities::describe(language, filing.recipient.as_str()),
        received_at: dates::moment(language, filing.received_at),
        colour: status::colour(filing.status),
        status: page.t(&status::status_key("name", filing.status)).into_owned(),
        unread: if filing.unread > 0 { page.count("account-unread", filing.unread) } else { String::new() },
    }
}

fn link_line(page: &Page, link: &ResidentLink) -> LinkLine {
    let (state, colour) = match link.state {
        LinkState::Offered => ("account-link-offered", "yellow"),
        LinkState::Linked => ("account-link-linked", "green"),
        LinkState::Refused => ("account-link-refused", "grey"),
        LinkState::Undone => ("account-link-undone", "grey"),
        LinkState::Moved => ("account-link-moved", "red"),
    };
    LinkLine {
        id: link.id.clone(),
        number: link.arrival_number.grouped(),
        filed_at: dates::moment(page.language, link.offered_at),
        certificate: in_fours(&link.signer_sha256),
        state: page.t(state).into_owned(),
        colour,
        since: link.decided_at.map(|at| dates::moment(page.language, at)).unwrap_or_default(),
    }
}

/// The first sixteen hexadecimal digits.
pub fn in_fours(sha256: &[u8; 32]) -> String {
    let digits: Vec<char> = hex::encode(sha256).chars().take(16).collect();
    let fours: Vec<String> = digits.chunks(4).map(|four| four.iter().collect()).collect();
    fours.join(" ")
}

/// One filing, where a link opens it.
///
/// # Errors
/// 404 otherwise: another person's filing looks like none.
pub async fn get_filing(
    page: Page,
    browser: Browser,
    Resident(session): Resident,
    gateway: web::Data<Gateway>,
    number: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let number: ArrivalNumber = number.parse().map_err(|_| Problem::not_found())?;
    let record = gateway.store.submission_record(number).await?.ok_or_else(Problem::not_found)?;
    if !gateway.store.link_opens(session.account, &record.submission).await? {
        return Err(Problem::not_found());
    }
    let open = OpenFiling { record, by_account: true };
    let said = (StatusCode::OK, filing::page::Said::default());
    filing::page::show(frame(page, &browser), &gateway, open, said).await
}

/// What the person says to a link.
#[derive(Deserialize)]
pub struct LinkForm {
    #[serde(default)]
    link: String,
    #[serde(default)]
    answer: String,
}

/// Does it, and shows the account again.
///
/// # Errors
/// 404 for a link that is not this account's or was answered already, 409 for another person's certificate and for one that
/// is linked elsewhere in the same moment.
pub async fn post_link(
    form: CsrfForm<LinkForm>,
    Resident(session): Resident,
    gateway: web::Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let answer = match form.0.answer.as_str() {
        "link" => LinkAnswer::Link,
        "refuse" => LinkAnswer::Refuse,
        "undo" => LinkAnswer::Undo,
        _ => return Err(Problem::new(RejectionCode::BadRequest, "The answer is none of link, refuse and undo.")),
    };
    answered(&gateway, session, form.0.link, answer).await
}

async fn answered(
    gateway: &Gateway,
    session: ResidentSession,
    link: String,
    answer: LinkAnswer,
) -> Result<HttpResponse, Problem> {
    match gateway.store.link_answer(session.account, link, answer, gateway.clock.now()).await? {
        LinkOutcome::Done => Ok(see_other("/account")),
        LinkOutcome::NotThere => Err(Problem::not_found()),
        LinkOutcome::AnotherPerson => {
            let detail = "This account is linked to the signature certificate of somebody with another name or date of \
                          birth. An account is for one person.";
            Err(Problem::new(RejectionCode::LinkAnotherPerson, detail))
        }
        LinkOutcome::Raced => {
            let detail = "Somebody linked the same signature certificate to another account in this very moment.";
            Err(Problem::new(RejectionCode::LinkRaced, detail))
        }
    }
}

/// The form that signs out carries nothing but its token.
#[derive(Deserialize)]
pub struct SignOutForm {}

/// Ends the session and has the browser forget everything of this site. Twice is the same as once.
///
/// # Errors
/// A form that is not ours; a store that does not answer.
pub async fn post_sign_out(
    (page, browser): (Page, Browser),
    request: HttpRequest,
    _form: CsrfForm<SignOutForm>,
    guard: web::Data<CsrfGuard>,
    gateway: web::Data<Gateway>,
) -> Result<HttpResponse, Error> {
    let only_here = gateway.store.drafts_only_here(browser.id_sha256(), gateway.clock.now()).await;
    if !page.is_shared && !only_here.map_err(Problem::from)?.is_empty() {
        // What nothing but this browser opens would be lost: the page says which, and how to keep it.
        return Ok(see_other("/shared-computer"));
    }
    shared::end_sessions(&request, &guard, &gateway).await.map_err(Problem::from)?;
    browser.forget_refresh();
    Ok(shared::wiped(&guard, "/sign-in")?)
}
