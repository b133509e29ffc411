//! The agent's own windows: each address is good once, each form too.
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::{HttpRequest, HttpResponse, web};
use zeroize::Zeroize;

use super::form::{Action, Answer, MAX_FORM};
use super::guard::one_header;
use super::operation::{Kind, Operation, Progress};
use super::screen::{self, Screen};
use super::state::{Agent, Inner};
use super::work::{Entry, Work};
use crate::card_client::ClientError;
use crate::card_client::origin::Origin;
use crate::card_client::pairing::{offer, random_token};
use crate::card_client::phrase;
use crate::card_client::texts::Language;

/// `GET /p/{key}`.
pub async fn get_page(agent: web::Data<Agent>, request: HttpRequest, key: web::Path<String>) -> HttpResponse {
    let language = accepted_language(request.headers());
    if !is_own_navigation(request.headers()) {
        return screen::gone(language);
    }
    let screen = {
        let mut inner = agent.inner();
        let held = inner.held.as_ref().map(|held| (held.card.clone(), held.until));
        inner.open_page(&key, agent.now()).map(|operation| Screen::of(operation, held))
    };
    let Some(mut screen) = screen else { return screen::gone(language) };
    if let Some(purpose) = screen.wants_cards() {
        let at = agent.clone();
        // Asking readers takes its time; what else the agent answers must not wait for it.
        screen.cards = web::block(move || at.cards.cards(purpose)).await.ok();
        let shown = screen.cards.as_ref().and_then(|cards| cards.as_ref().ok());
        agent.inner().shown = shown.cloned().unwrap_or_default();
    }
    screen.phrase = phrase::phrase(&agent.folder).ok().flatten();
    screen.respond()
}

/// `POST /answer`.
pub async fn post_answer(agent: web::Data<Agent>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let language = accepted_language(request.headers());
    let answer =
        if body.len() <= MAX_FORM && is_own_form(&agent, request.headers(), "application/x-www-form-urlencoded") {
            Answer::read(&body)
        } else {
            None
        };
    // The PIN stood in it. The copy that was read wipes itself.
    if let Ok(mut form) = body.try_into_mut() {
        form[..].zeroize();
    }
    let Some(answer) = answer else { return screen::forged(language) };
    let mut worked_for = None;
    match take_in(&agent, answer) {
        Taken::Gone => return screen::gone(language),
        Taken::Answered => {}
        Taken::Work(work) => {
            worked_for = Some(work.operation.clone());
            let at = agent.clone();
            if let Ok(outcome) = web::block(move || work.run(&at)).await {
                agent.inner().finish(outcome);
            }
        }
    }
    let mut inner = agent.inner();
    let Some(operation) = inner.operation.as_mut() else { return screen::gone(language) };
    // While the card worked another operation may have taken the place; its window is not this one.
    if worked_for.is_some_and(|worked_for| worked_for != operation.id) {
        return screen::gone(language);
    }
    go_on(operation, language)
}

/// Leads to what is shown next. That page has an address of its own, so that loading it again sends no PIN a second time.
pub fn go_on(operation: &mut Operation, language: Language) -> HttpResponse {
    let Ok(key) = random_token() else { return screen::gone(language) };
    let location = format!("/p/{key}");
    operation.page_key = Some(key);
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}

enum Taken {
    /// The form is good no more.
    Gone,
    /// What follows is known.
    Answered,
    /// The card has to work.
    Work(Work),
}

fn take_in(agent: &Agent, answer: Answer) -> Taken {
    let now = agent.now();
    let mut inner = agent.inner();
    let Some(operation) = inner.take_form(&answer.secret, now) else { return Taken::Gone };
    operation.notice = None;
    let waiting = matches!(operation.progress, Progress::Waiting);
    match answer.action {
        Action::Refuse if waiting => {
            let detail = "the person did not agree";
            operation.end(ClientError::refused("user-cancelled", "refused by the person", detail));
            (inner.held, inner.opened) = (None, None);
        }
        Action::Close => {
            (inner.held, inner.opened) = (None, None);
        }
        Action::Agree if waiting && matches!(operation.kind, Kind::Pair) => agree_to_pair(agent, &mut inner, &answer),
        Action::Agree if waiting => return agree(&mut inner, answer),
        Action::Again | Action::Refuse | Action::Agree => {}
    }
    Taken::Answered
}

/// The person agreed to what is shown; what is missing is told on the next page.
fn agree(inner: &mut Inner, answer: Answer) -> Taken {
    let Inner { operation: Some(operation), held, shown, .. } = inner else { return Taken::Gone };
    let texts = operation.language.texts();
    let signs = matches!(operation.kind, Kind::Sign { .. });
    let complain = |operation: &mut Operation, text: &str| {
        operation.notice = Some(text.to_owned());
        Taken::Answered
    };
    if signs && !answer.checked {
        return complain(operation, texts.not_checked);
    }
    if let Kind::Sign { requests, agreed } = &mut operation.kind
        && *agreed + 1 < requests.len()
    {
        *agreed += 1;
        return Taken::Answered;
    }
    let entry = match held.take().filter(|_| signs) {
        Some(open) => Entry::Open(open),
        None => {
            operation.chosen.clone_from(&answer.card);
            let card = shown.iter().find(|card| Some(&card.id) == answer.card.as_ref());
            let Some(card) = card else { return complain(operation, texts.no_card) };
            match (answer.pin.transpose(), card.pin_pad) {
                (Ok(Some(_)), true) => return complain(operation, texts.pin_pad),
                (Ok(Some(pin)), false) => Entry::Pin { card: card.clone(), pin: Some(pin) },
                (Ok(None), true) => Entry::Pin { card: card.clone(), pin: None },
                (Ok(None), false) | (Err(_), _) => return complain(operation, texts.bad_pin),
            }
        }
    };
    match Work::of(operation, entry, answer.keep_open) {
        Some(work) => {
            operation.progress = Progress::Working;
            Taken::Work(work)
        }
        None => Taken::Gone,
    }
}

/// The person agreed to pair: the phrase is kept, and the code is shown on the next page.
fn agree_to_pair(agent: &Agent, inner: &mut Inner, answer: &Answer) {
    let Some(operation) = inner.operation.as_mut() else { return };
    let texts = operation.language.texts();
    if phrase::choose(&agent.folder, answer.phrase.as_deref().unwrap_or_default()).is_err() {
        operation.notice = Some(texts.bad_phrase.to_owned());
        return;
    }
    let offered = Origin::parse(&operation.origin).and_then(|origin| offer::offer(&agent.folder, &origin, agent.now()));
    match offered {
        Ok(code) => {
            operation.code = Some(code);
            operation.progress = Progress::Done(serde_json::json!({}));
        }
        Err(error) => operation.end(error),
    }
}

/// `GET /card.css`.
pub async fn get_style() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(include_str!("../../../templates/card/card.css"))
}

/// Whether a browser loads this as a page of its own, and no site sent it here: not in a frame, not by a script, not by a
/// link. The agent opens its windows itself.
fn is_own_navigation(headers: &HeaderMap) -> bool {
    is_navigation(headers)
        && match header_of(headers, "sec-fetch-site") {
            Presence::Absent => true,
            Presence::Once(site) => site == "none" || site == "same-origin",
            Presence::Odd => false,
        }
}

fn is_navigation(headers: &HeaderMap) -> bool {
    let says = |name, wanted| match header_of(headers, name) {
        Presence::Absent => true,
        Presence::Once(value) => value == wanted,
        Presence::Odd => false,
    };
    says("sec-fetch-dest", "document") && says("sec-fetch-mode", "navigate")
}

enum Presence<'a> {
    Absent,
    Once(&'a str),
    Odd,
}

fn header_of<'a>(headers: &'a HeaderMap, name: &'static str) -> Presence<'a> {
    let name = HeaderName::from_static(name);
    match (headers.contains_key(&name), one_header(headers, &name)) {
        (false, _) => Presence::Absent,
        (true, Some(value)) => Presence::Once(value),
        (true, None) => Presence::Odd,
    }
}

/// Whether a form comes from the agent's own window. A page with `no-referrer` sends `Origin: null` with its forms, so
/// there the browser's `Sec-Fetch-Site: same-origin` must stand in for it.
pub fn is_own_form(agent: &Agent, headers: &HeaderMap, media_type: &str) -> bool {
    let is_form = one_header(headers, &header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with(media_type));
    let origin = one_header(headers, &header::ORIGIN);
    let own = origin == Some(agent.origin.as_str());
    let same_site = match header_of(headers, "sec-fetch-site") {
        Presence::Once("same-origin") => own || origin == Some("null"),
        Presence::Absent => own,
        _ => false,
    };
    is_form && same_site && is_navigation(headers)
}

/// The language of a page that belongs to no operation.
pub fn accepted_language(headers: &HeaderMap) -> Language {
    match one_header(headers, &header::ACCEPT_LANGUAGE) {
        Some(value) if value.trim_start().get(..2).is_some_and(|tag| tag.eq_ignore_ascii_case("en")) => Language::En,
        _ => Language::Ja,
    }
}
