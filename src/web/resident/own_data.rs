//! `/account/data`: everything that is held about a person who signed in, as a page and as JSON; and deleting what is no filing,
//! each kind by itself, after a question.
use actix_web::http::StatusCode;
use actix_web::{Error, HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::SecondsFormat;
use serde::Deserialize;
use serde_json::{Value, json};

use super::procedures::see_other;
use super::{account, dates, shared};
use crate::gateway::Gateway;
use crate::ids::ArrivalNumber;
use crate::store::resident_data::HeldAccount;
use crate::store::resident_filings::COUNTED;
use crate::store::resident_links::{LinkAnswer, LinkState, ResidentLink};
use crate::store::resident_sessions::ResidentSession;
use crate::submission::rejection::RejectionCode;
use crate::web::download;
use crate::web::extract::csrf::{Browser, CsrfForm, CsrfGuard};
use crate::web::extract::resident::Resident;
use crate::web::page::Page;
use crate::web::problem::Problem;

/// What can be deleted.
const KINDS: [&str; 4] = ["drafts", "mail", "links", "account"];

/// Everything that is held.
struct Held {
    account: HeldAccount,
    links: Vec<ResidentLink>,
    filings: Vec<ArrivalNumber>,
    /// Of which filing, the address's own identifier, the address, whether it was confirmed.
    mail: Vec<(ArrivalNumber, String, String, bool)>,
}

impl Held {
    async fn of(gateway: &Gateway, session: &ResidentSession) -> Result<Self, Problem> {
        let store = &gateway.store;
        let account = store.resident_data(session.account.clone()).await?.ok_or_else(Problem::not_found)?;
        let links = store.links_list(session.account.clone()).await?;
        let listed = store.resident_filings(session.account.clone(), None, COUNTED).await?;
        let filings: Vec<_> = listed.map(|page| page.filings).unwrap_or_default();
        let filings: Vec<ArrivalNumber> = filings.into_iter().map(|filing| filing.arrival_number).collect();
        let mut mail = Vec::new();
        for number in &filings {
            let addresses = store.mail_addresses_of(*number).await?;
            mail.extend(addresses.into_iter().map(|one| (*number, one.id, one.address, one.confirmed)));
        }
        Ok(Self { account, links, filings, mail })
    }

    /// As a file: everything, in the words of the record.
    fn to_json(&self) -> Value {
        let time = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let typed = |input: &str| serde_json::from_str::<Value>(input).unwrap_or(Value::Null);
        json!({
            "account": {
                "certificate_sha256": hex::encode(self.account.certificate_sha256),
                "issuer_sha256": hex::encode(self.account.issuer_sha256),
                "serial": hex::encode(&self.account.serial),
                "not_after": time(self.account.not_after),
                "first_signed_in_at": time(self.account.created_at),
            },
            "sessions": self.account.sessions.iter().map(|(since, used)| json!({
                "signed_in_at": time(*since), "used_at": time(*used),
            })).collect::<Vec<_>>(),
            "links": self.links.iter().map(|link| json!({
                "signature_certificate_sha256": hex::encode(link.signer_sha256), "state": link.state.as_str(),
                "offered_at": time(link.offered_at), "decided_at": link.decided_at.map(time),
                "arrival_number": link.arrival_number.to_string(),
            })).collect::<Vec<_>>(),
            "drafts": self.account.drafts.iter().map(|draft| json!({
                "procedure": draft.procedure, "saved_at": time(draft.saved_at), "kept_until": time(draft.until),
                "typed": typed(&draft.input),
            })).collect::<Vec<_>>(),
            "mail_addresses": self.mail.iter().map(|(number, _, address, confirmed)| json!({
                "arrival_number": number.to_string(), "address": address, "confirmed": confirmed,
            })).collect::<Vec<_>>(),
            "filings": self.filings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    }
}

#[derive(Template)]
#[template(path = "resident/own_data.html")]
struct DataView {
    page: Page,
    certificate: String,
    serial: String,
    not_after: String,
    first: String,
    /// Since when, used last.
    sessions: Vec<(String, String)>,
    /// Certificate, state, since.
    links: Vec<(String, String, String)>,
    /// Address, title, saved, until.
    drafts: Vec<(String, String, String, String)>,
    /// Number, address, whether confirmed.
    mail: Vec<(String, String, bool)>,
    filings: usize,
    /// What was deleted just now: a key.
    done: Option<&'static str>,
    /// Whether that can be taken back.
    undo: bool,
}

fn link_words(page: &Page, state: LinkState) -> String {
    let key = match state {
        LinkState::Offered => "account-link-offered",
        LinkState::Linked => "account-link-linked",
        LinkState::Refused => "account-link-refused",
        LinkState::Undone => "account-link-undone",
        LinkState::Moved => "account-link-moved",
    };
    page.t(key).into_owned()
}

impl DataView {
    fn new(page: Page, gateway: &Gateway, held: &Held, done: Option<&'static str>) -> Self {
        let (language, moment) = (page.language, |at| dates::moment(page.language, at));
        let title = |code: &str| {
            let named = gateway.catalog.get(code).map(|procedure| procedure.title.get(language).to_owned());
            named.unwrap_or_else(|| code.to_owned())
        };
        let link = |link: &ResidentLink| {
            let since = moment(link.decided_at.unwrap_or(link.offered_at));
            (account::in_fours(&link.signer_sha256), link_words(&page, link.state), since)
        };
        let of = &held.account;
        let drafts = of.drafts.iter();
        Self {
            certificate: hex::encode(of.certificate_sha256),
            serial: hex::encode(&of.serial),
            not_after: moment(of.not_after),
            first: moment(of.created_at),
            sessions: of.sessions.iter().map(|(since, used)| (moment(*since), moment(*used))).collect(),
            links: held.links.iter().map(link).collect(),
            drafts: drafts
                .map(|one| (one.id.clone(), title(&one.procedure), moment(one.saved_at), moment(one.until)))
                .collect(),
            mail: held.mail.iter().map(|(number, _, at, sure)| (number.grouped(), at.clone(), *sure)).collect(),
            filings: held.filings.len(),
            done,
            undo: done == Some("own-done-drafts"),
            page,
        }
    }
}

/// `?done=drafts`: what was deleted.
#[derive(Debug, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// Everything that is held.
///
/// # Errors
/// 503 where the record cannot be read.
pub async fn get_data(
    page: Page,
    browser: Browser,
    Resident(session): Resident,
    gateway: web::Data<Gateway>,
    asked: web::Query<Done>,
) -> Result<HttpResponse, Problem> {
    let held = Held::of(&gateway, &session).await?;
    let done = match asked.done.as_str() {
        "drafts" => Some("own-done-drafts"),
        "mail" => Some("own-done-mail"),
        "links" => Some("own-done-links"),
        _ => None,
    };
    let page = account::frame(page.titled("own-title"), &browser);
    let view = DataView::new(page, &gateway, &held, done);
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// The same as a file.
///
/// # Errors
/// 503 where the record cannot be read.
pub async fn get_json(Resident(session): Resident, gateway: web::Data<Gateway>) -> Result<HttpResponse, Problem> {
    let held = Held::of(&gateway, &session).await?;
    Ok(download::of_kind("application/json", "my-data.json", held.to_json().to_string()))
}

/// What is to be deleted, and whether the person was asked.
#[derive(Debug, Deserialize)]
pub struct DeleteForm {
    #[serde(default)]
    what: String,
    #[serde(default)]
    sure: String,
}

#[derive(Template)]
#[template(path = "resident/own_delete.html")]
struct DeleteView {
    page: Page,
    what: &'static str,
    text: String,
}

/// Asks first, and deletes when the person says so.
///
/// # Errors
/// 400 for what is none of the kinds; 503.
pub async fn post_delete(
    (page, browser): (Page, Browser),
    request: HttpRequest,
    Resident(session): Resident,
    (guard, gateway): (web::Data<CsrfGuard>, web::Data<Gateway>),
    form: CsrfForm<DeleteForm>,
) -> Result<HttpResponse, Error> {
    let Some(what) = KINDS.into_iter().find(|kind| *kind == form.0.what) else {
        return Err(Problem::new(RejectionCode::BadRequest, "There is no such kind of data to delete.").into());
    };
    if form.0.sure != "yes" {
        let text = page.t(asks(what)).into_owned();
        let view = DeleteView { page: account::frame(page.titled("own-delete-title"), &browser), what, text };
        return Ok(view.page.respond(StatusCode::OK, &view));
    }
    delete(&gateway, &session, what).await?;
    if what != "account" {
        return Ok(see_other(&format!("/account/data?done={what}")));
    }
    shared::end_sessions(&request, &guard, &gateway).await.map_err(Problem::from)?;
    browser.forget_refresh();
    Ok(shared::wiped(&guard, "/finished")?)
}

/// The key of the question.
fn asks(what: &str) -> &'static str {
    match what {
        "drafts" => "own-ask-drafts",
        "mail" => "own-ask-mail",
        "links" => "own-ask-links",
        _ => "own-ask-account",
    }
}

async fn delete(gateway: &Gateway, session: &ResidentSession, what: &str) -> Result<(), Problem> {
    let (store, now) = (&gateway.store, gateway.clock.now());
    match what {
        "drafts" => {
            store.resident_drafts_discard(session.account.clone(), now).await?;
        }
        "mail" => {
            for (_, id, ..) in Held::of(gateway, session).await?.mail {
                store.mail_address_stop(id, now).await?;
            }
        }
        "links" => {
            for link in store.links_list(session.account.clone()).await? {
                let answer = match link.state {
                    LinkState::Linked => LinkAnswer::Undo,
                    LinkState::Offered => LinkAnswer::Refuse,
                    _ => continue,
                };
                store.link_answer(session.account.clone(), link.id, answer, now).await?;
            }
        }
        _ => store.resident_forget(session.account.clone(), now).await?,
    }
    Ok(())
}
