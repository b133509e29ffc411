//! `/apply/{draft}/keep`: keeping a draft for longer than this browser's day: with the card that is signed in, or by a private
//! link; and `/drafts/{link}`, which opens it in another browser.
//!
//! The link is a secret of 256 bits; the record has its digest alone, so it is shown once, and a new one takes the place of the
//! one before. Opening takes a button: programs that follow links by themselves open nothing.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use ring::digest::{SHA256, digest};
use serde::Deserialize;

use super::at_draft::AtDraft;
use super::dates;
use super::drafts::next_step;
use super::filing::mail::is_address;
use super::procedures::{NoFields, see_other};
use crate::gateway::Gateway;
use crate::store::draft_addresses::DraftAddress;
use crate::store::mails::Asked;
use crate::submission::rejection::RejectionCode;
use crate::web::extract::csrf::{Browser, CsrfForm, random_id};
use crate::web::forms::{Field, SummaryLine, summary};
use crate::web::page::Page;
use crate::web::problem::Problem;

#[derive(Template)]
#[template(path = "resident/draft_keep.html")]
struct KeepView {
    page: Page,
    id: String,
    until: String,
    days: i64,
    is_signed_in: bool,
    offers_sign_in: bool,
    has_holder: bool,
    has_link: bool,
    /// The link, when it was just made.
    link: String,
    /// Its address for mails, and whether it was confirmed.
    mail: Option<DraftAddress>,
    /// The field for one; none where no mail is sent.
    fields: Vec<Field>,
    errors: Vec<SummaryLine>,
}

impl KeepView {
    fn sign_in(&self) -> String {
        format!("/sign-in?next=/apply/{}/keep", self.id)
    }
}

/// What the page shows beside the draft: a link that was just made, an address that was typed, and what is wrong with it.
#[derive(Default)]
struct Said {
    link: String,
    address: String,
    fault: Option<&'static str>,
}

async fn show(page: Page, at: &AtDraft, said: Said) -> Result<HttpResponse, Problem> {
    let draft = at.open().await?;
    let link = said.link;
    if draft.filed.is_some() {
        return Ok(at.lead_to(next_step(&draft)));
    }
    let mut page = at.with_token(page.titled("keep-title"));
    // Changing the language loads the page again, without the link.
    page.language_links = link.is_empty();
    let mail = at.gateway.store.draft_address_of(draft.key.id.clone()).await?;
    let field = Field::text("address", page.t("after-mail-address"))
        .hint(page.t("after-mail-hint"))
        .autocomplete("email")
        .value(said.address.as_str())
        .error(said.fault.map(|key| page.t(key).into_owned()));
    let fields: Vec<Field> = at.state.config.sends_mail.then_some(field).into_iter().collect();
    let errors = summary(&fields);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = page.errors(!errors.is_empty());
    let view = KeepView {
        mail,
        fields,
        errors,
        id: draft.key.id.clone(),
        until: dates::moment(page.language, draft.expires_at),
        days: at.state.config.drafts.kept.num_days(),
        is_signed_in: at.is_signed_in(),
        offers_sign_in: page.offers_sign_in,
        has_holder: draft.has_holder,
        has_link: draft.has_link,
        link,
        page,
    };
    Ok(view.page.respond(status, &view))
}

/// How long it is kept, and the ways to keep it longer.
///
/// # Errors
/// 404 for a draft that is not open to who asks.
pub async fn get_keep(page: Page, at: AtDraft) -> Result<HttpResponse, Problem> {
    show(page, &at, Said::default()).await
}

/// Which way.
#[derive(Deserialize)]
pub struct KeepForm {
    #[serde(default)]
    how: String,
    #[serde(default)]
    address: String,
}

/// Keeps it for longer. A new link is shown in the answer, and never again.
///
/// # Errors
/// 400 for another way; 404 for a draft that is not open to who asks; 503.
pub async fn post_keep(page: Page, at: AtDraft, form: CsrfForm<KeepForm>) -> Result<HttpResponse, Problem> {
    at.open().await?;
    let until = at.gateway.clock.now() + at.state.config.drafts.kept;
    match form.0.how.as_str() {
        "card" => {
            at.gateway.store.draft_give_holder(at.key(), until).await?;
            Ok(at.lead_to("keep"))
        }
        "link" => {
            let secret = random_id().map_err(Problem::internal)?;
            at.gateway.store.draft_give_link(at.key(), digest_of(&secret), until).await?;
            let link = format!("{}/drafts/{secret}", at.state.config.public_origin);
            show(page, &at, Said { link, ..Said::default() }).await
        }
        "mail" => ask_for_mail(page, &at, form.0.address).await,
        _ => Err(Problem::new(RejectionCode::BadRequest, "A draft is kept by \"card\", by \"link\" or by \"mail\".")),
    }
}

/// Asks for an address to be confirmed, which is told before the draft ends.
async fn ask_for_mail(page: Page, at: &AtDraft, address: String) -> Result<HttpResponse, Problem> {
    let typed = address.trim().to_owned();
    let fault = if !at.state.config.sends_mail {
        "after-mail-none"
    } else if !is_address(&typed) {
        "after-mail-wrong"
    } else {
        let (id, now) = (random_id().map_err(Problem::internal)?, at.gateway.clock.now());
        let store = &at.gateway.store;
        match store.draft_address_ask(at.key(), id, typed, page.language.tag(), now).await? {
            Asked::Done | Asked::Known => return Ok(at.lead_to("keep#mail")),
            Asked::TooMany => "after-mail-too-many",
        }
    };
    show(page, at, Said { address, fault: Some(fault), ..Said::default() }).await
}

fn digest_of(secret: &str) -> [u8; 32] {
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest(&SHA256, secret.as_bytes()).as_ref());
    sha256
}

#[derive(Template)]
#[template(path = "resident/draft_link.html")]
struct LinkView {
    page: Page,
    link: String,
    procedure: String,
}

/// What a private link is of, and the button that opens it here.
///
/// # Errors
/// 404 for a link that opens nothing.
pub async fn get_link(
    page: Page,
    browser: Browser,
    gateway: web::Data<Gateway>,
    link: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let found = gateway.store.draft_of_link(digest_of(&link), gateway.clock.now()).await?;
    let (_, code) = found.ok_or_else(Problem::not_found)?;
    let page = page.titled("link-title").csrf(browser.csrf_token());
    let title = gateway.catalog.get(&code).map(|procedure| procedure.title.get(page.language).to_owned());
    let view = LinkView { page, link: link.into_inner(), procedure: title.unwrap_or(code) };
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// Opens it in this browser.
///
/// # Errors
/// 404 for a link that opens nothing; 503.
pub async fn post_link(
    browser: Browser,
    gateway: web::Data<Gateway>,
    link: web::Path<String>,
    _form: CsrfForm<NoFields>,
) -> Result<HttpResponse, Problem> {
    let opened = gateway.store.draft_open_by_link(digest_of(&link), browser.id_sha256(), gateway.clock.now());
    let id = opened.await?.ok_or_else(Problem::not_found)?;
    Ok(see_other(&format!("/apply/{id}/form")))
}
