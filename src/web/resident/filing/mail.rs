//! `/filings/{arrival_number}/mail`: where notices are mailed to; and `/mail/{id}/{tag}`, the link in a mail, by which an
//! address is confirmed or stopped. Opening the link changes nothing: programs open links too.
use actix_web::http::StatusCode;
use actix_web::{Error, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::gateway::Gateway;
use crate::store::mails::{Asked, MailAddress};
use crate::web::extract::csrf::{Browser, CsrfForm, random_id};
use crate::web::extract::filing::{FilingDoor, OpenFiling};
use crate::web::forms::{Field, SummaryLine, summary};
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::procedures::see_other;

/// The longest address (RFC 5321 4.5.3.1.3, without its brackets).
const LONGEST: usize = 254;

#[derive(Template)]
#[template(path = "resident/filing/mail.html")]
struct MailView {
    page: Page,
    here: String,
    addresses: Vec<MailAddress>,
    fields: Vec<Field>,
    errors: Vec<SummaryLine>,
    sends: bool,
    asked: bool,
}

/// `?asked=1` after an address was given.
#[derive(Deserialize)]
pub struct AskedQuery {
    #[serde(default)]
    asked: u8,
}

/// The addresses and the form.
///
/// # Errors
/// The way to `/status` where the filing is not open; 503.
pub async fn get_mail(page: Page, door: FilingDoor, asked: web::Query<AskedQuery>) -> Result<HttpResponse, Error> {
    let open = door.open().await?;
    let view = view(page, &door, &open, ("", None)).await?;
    let view = MailView { asked: asked.asked == 1, ..view };
    Ok(view.page.respond(StatusCode::OK, &view))
}

async fn view(
    page: Page,
    door: &FilingDoor,
    open: &OpenFiling,
    (typed, fault): (&str, Option<&'static str>),
) -> Result<MailView, Problem> {
    let page = open.frame(page.titled("after-mail-title"), &door.browser);
    let field = Field::text("address", page.t("after-mail-address"))
        .hint(page.t("after-mail-hint"))
        .autocomplete("email")
        .value(typed)
        .error(fault.map(|key| page.t(key).into_owned()));
    let fields = vec![field];
    let errors = summary(&fields);
    let addresses = door.gateway.store.mail_addresses_of(open.number()).await?;
    let (here, sends) = (open.address(""), door.state.config.sends_mail);
    Ok(MailView { here, addresses, fields, page: page.errors(!errors.is_empty()), errors, sends, asked: false })
}

/// An address.
#[derive(Deserialize)]
pub struct AddressForm {
    #[serde(default)]
    address: String,
}

/// Whether mail can be sent there.
pub fn is_address(text: &str) -> bool {
    text.len() <= LONGEST && text.parse::<lettre::Address>().is_ok()
}

/// Asks for an address to be confirmed.
///
/// # Errors
/// 401 where the filing is not open; 503.
pub async fn post_mail(page: Page, form: CsrfForm<AddressForm>, door: FilingDoor) -> Result<HttpResponse, Error> {
    let open = door.open().await?;
    let typed = form.0.address;
    let address = typed.trim();
    let fault = if !door.state.config.sends_mail {
        "after-mail-none"
    } else if !is_address(address) {
        "after-mail-wrong"
    } else {
        let id = random_id().map_err(Problem::internal)?;
        let (store, now) = (&door.gateway.store, door.gateway.clock.now());
        let asked = store.mail_address_ask(open.number(), id, address.to_owned(), page.language.tag(), now).await;
        match asked.map_err(Problem::from)? {
            // Whether it is confirmed already is told by the list above.
            Asked::Done | Asked::Known => return Ok(see_other(&open.address("mail?asked=1"))),
            Asked::TooMany => "after-mail-too-many",
        }
    };
    let view = view(page, &door, &open, (&typed, Some(fault))).await?;
    Ok(view.page.respond(StatusCode::UNPROCESSABLE_ENTITY, &view))
}

/// Which address.
#[derive(Deserialize)]
pub struct RemoveForm {
    #[serde(default)]
    id: String,
}

/// Stops mails to one of the filing's addresses.
///
/// # Errors
/// 401 where the filing is not open; 404 for an address that is not the filing's; 503.
pub async fn post_remove(form: CsrfForm<RemoveForm>, door: FilingDoor) -> Result<HttpResponse, Error> {
    let open = door.open().await?;
    let store = &door.gateway.store;
    let addresses = store.mail_addresses_of(open.number()).await.map_err(Problem::from)?;
    if !addresses.iter().any(|address| address.id == form.0.id) {
        return Err(Problem::not_found().into());
    }
    store.mail_address_stop(form.0.id, door.gateway.clock.now()).await.map_err(Problem::from)?;
    Ok(see_other(&open.address("mail")))
}

#[derive(Template)]
#[template(path = "resident/filing/mail_link.html")]
struct LinkView {
    page: Page,
    action: String,
    /// `asked`, `confirmed` or `stopped`.
    state: String,
}

/// What the link leads to: a button that confirms, or one that stops.
///
/// # Errors
/// 404 for a link that this gateway did not make; 503.
pub async fn get_link(
    page: Page,
    browser: Browser,
    gateway: web::Data<Gateway>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, tag) = path.into_inner();
    if !gateway.is_mail_tag(&id, &tag) {
        return Err(Problem::not_found());
    }
    let state = gateway.store.mail_address_state(id.clone()).await?.ok_or_else(Problem::not_found)?;
    let page = page.titled("after-mail-title").csrf(browser.csrf_token());
    let view = LinkView { action: gateway.mail_link(&id), state, page };
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// What is to be done.
#[derive(Deserialize)]
pub struct LinkForm {
    #[serde(default)]
    action: String,
}

/// Confirms or stops, and shows where the address stands.
///
/// # Errors
/// 404 for a link that this gateway did not make; 503.
pub async fn post_link(
    form: CsrfForm<LinkForm>,
    gateway: web::Data<Gateway>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, tag) = path.into_inner();
    if !gateway.is_mail_tag(&id, &tag) {
        return Err(Problem::not_found());
    }
    let now = gateway.clock.now();
    match form.0.action.as_str() {
        "confirm" => drop(gateway.store.mail_address_confirm(id.clone(), now).await?),
        "stop" => gateway.store.mail_address_stop(id.clone(), now).await?,
        _ => {}
    }
    Ok(see_other(&gateway.mail_link(&id)))
}
