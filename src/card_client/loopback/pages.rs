//! The agent's own windows: the review, the PIN, the outcome. No script; each address is good once.
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use zeroize::Zeroize;

use super::form::{Answer, MAX_FORM};
use super::guard::one_header;
use super::operation::{Kind, Notice, Operation, Progress};
use super::state::{Agent, Inner};
use crate::card_client::ClientError;
use crate::card_client::confirm::Review;
use crate::card_client::pairing::random_token;
use crate::card_client::texts::{Language, Texts};

/// A card to choose.
struct Choice {
    index: usize,
    label: String,
    tries_left: String,
    chosen: bool,
}

/// The window with the PIN field.
#[derive(Template)]
#[template(path = "card/confirm.html")]
struct ConfirmPage<'a> {
    lang: &'static str,
    t: &'static Texts,
    title: &'static str,
    lead: &'static str,
    button: &'static str,
    origin: &'a str,
    review: Option<Review>,
    cards: Vec<Choice>,
    error: Option<&'static str>,
    secret: &'a str,
}

/// The window that says how it ended.
#[derive(Template)]
#[template(path = "card/message.html")]
struct MessagePage {
    lang: &'static str,
    t: &'static Texts,
    title: &'static str,
    message: String,
    done: bool,
}

/// `GET /p/{key}`.
pub async fn get_page(agent: web::Data<Agent>, request: HttpRequest, key: web::Path<String>) -> HttpResponse {
    let language = accepted_language(request.headers());
    if !is_navigation(request.headers()) {
        return gone(language);
    }
    let now = agent.now();
    let mut inner = agent.inner();
    if inner.open_page(&key, now).is_none() {
        return gone(language);
    }
    let present = inner.present();
    let Inner { operation: Some(operation), .. } = &mut *inner else { return gone(language) };
    let texts = operation.language.texts();
    let choices = present.iter().enumerate().map(|(index, card)| Choice {
        index,
        label: card.label.clone(),
        tries_left: card.tries.told(texts),
        chosen: operation.chosen == Some(index),
    });
    let choices = choices.collect();
    match &operation.progress {
        Progress::Waiting => confirm_page(operation, choices),
        Progress::Done(_) => outcome(operation, None),
        Progress::Ended(error) => outcome(operation, Some(error)),
    }
}

/// `POST /answer`.
pub async fn post_answer(agent: web::Data<Agent>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let language = accepted_language(request.headers());
    let answer =
        if body.len() <= MAX_FORM && is_own_form(&agent, request.headers()) { Answer::read(&body) } else { None };
    // The PIN stood in it. The copy that was read wipes itself.
    if let Ok(mut form) = body.try_into_mut() {
        form[..].zeroize();
    }
    let Some(answer) = answer else { return forged(language) };
    let now = agent.now();
    let mut inner = agent.inner();
    let Some(operation) = inner.take_form(&answer.secret, now) else { return gone(language) };
    operation.notice = None;
    if answer.agreed {
        inner.answer(answer.card, answer.pin, &agent.folder, now);
    } else {
        let detail = "the person did not agree";
        operation.progress = Progress::Ended(ClientError::refused("user-cancelled", "refused by the person", detail));
    }
    let (Some(operation), Ok(key)) = (inner.operation.as_mut(), random_token()) else { return gone(language) };
    // The next page has an address of its own, so that loading it again sends no PIN a second time.
    let location = format!("/p/{key}");
    operation.page_key = Some(key);
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}

/// `GET /card.css`.
pub async fn get_style() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(include_str!("../../../templates/card/card.css"))
}

fn confirm_page(operation: &Operation, cards: Vec<Choice>) -> HttpResponse {
    let texts = operation.language.texts();
    let (title, lead, button, review) = match &operation.kind {
        Kind::Certificate => (texts.read_title, texts.read_lead, texts.read, None),
        Kind::Sign(request) => (texts.sign_title, texts.sign_lead, texts.sign, Some(Review::of(request, texts))),
    };
    let error = operation.notice.map(|notice| match notice {
        Notice::WrongPin => texts.wrong_pin,
        Notice::BadPin => texts.bad_pin,
        Notice::NoCard => texts.no_card,
    });
    render(&ConfirmPage {
        lang: operation.language.tag(),
        t: texts,
        title,
        lead,
        button,
        origin: &operation.origin,
        review,
        cards,
        error,
        secret: operation.form_secret.as_deref().unwrap_or_default(),
    })
}

fn outcome(operation: &Operation, error: Option<&ClientError>) -> HttpResponse {
    let texts = operation.language.texts();
    let (title, text) = match (error, &operation.kind) {
        (None, Kind::Certificate) => (texts.read_done, texts.close.to_owned()),
        (None, Kind::Sign(_)) => (texts.sign_done, texts.close.to_owned()),
        (Some(error), _) => match error.code {
            "user-cancelled" => (texts.refuse, texts.refused.to_owned()),
            "pin-locked" => (texts.unusable, texts.locked.to_owned()),
            _ => (error.title_in(operation.language), error.detail_in(operation.language)),
        },
    };
    message(operation.language, title, text, error.is_none())
}

fn message(language: Language, title: &'static str, message: String, done: bool) -> HttpResponse {
    render(&MessagePage { lang: language.tag(), t: language.texts(), title, message, done })
}

fn gone(language: Language) -> HttpResponse {
    let texts = language.texts();
    let mut answer = message(language, texts.gone_title, texts.gone.to_owned(), false);
    *answer.status_mut() = actix_web::http::StatusCode::GONE;
    answer
}

fn forged(language: Language) -> HttpResponse {
    let texts = language.texts();
    let mut answer = message(language, texts.gone_title, texts.forged.to_owned(), false);
    *answer.status_mut() = actix_web::http::StatusCode::FORBIDDEN;
    answer
}

fn render(page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(html) => HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

/// Whether a browser loads this as a page of its own: not in a frame, not by a script.
fn is_navigation(headers: &HeaderMap) -> bool {
    let says = |name: &'static str, wanted: &str| {
        let name = HeaderName::from_static(name);
        !headers.contains_key(&name) || one_header(headers, &name) == Some(wanted)
    };
    says("sec-fetch-dest", "document") && says("sec-fetch-mode", "navigate")
}

/// Whether a form comes from the agent's own window. A page with `no-referrer` sends `Origin: null` with its forms, so
/// there the browser's `Sec-Fetch-Site: same-origin` must stand in for it.
fn is_own_form(agent: &Agent, headers: &HeaderMap) -> bool {
    let name = HeaderName::from_static("sec-fetch-site");
    let is_form = one_header(headers, &header::CONTENT_TYPE)
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let origin = one_header(headers, &header::ORIGIN);
    let own = origin == Some(agent.origin.as_str());
    let same_site = match (headers.contains_key(&name), one_header(headers, &name)) {
        (true, Some("same-origin")) => own || origin == Some("null"),
        (false, _) => own,
        _ => false,
    };
    is_form && same_site && is_navigation(headers)
}

fn accepted_language(headers: &HeaderMap) -> Language {
    match one_header(headers, &header::ACCEPT_LANGUAGE) {
        Some(value) if value.trim_start().get(..2).is_some_and(|tag| tag.eq_ignore_ascii_case("en")) => Language::En,
        _ => Language::Ja,
    }
}
