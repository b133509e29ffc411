//! What a window shows: the review, the PIN, pairing, the outcome. No script.
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use chrono::{DateTime, Utc};

use super::operation::{Kind, Operation, Progress};
use crate::card_client::ClientError;
use crate::card_client::confirm::Review;
use crate::card_client::texts::{Language, Texts};
use crate::card_client::token::{CardInfo, Purpose, TokenError};

/// A window, ready to be shown once cards and phrase are filled in.
pub struct Screen {
    language: Language,
    origin: String,
    secret: String,
    notice: Option<String>,
    chosen: Option<String>,
    what: What,
    /// The cards that are there, or why there are none; filled in where [`Screen::wants_cards`].
    pub cards: Option<Result<Vec<CardInfo>, TokenError>>,
    /// The phrase that the person chose.
    pub phrase: Option<String>,
}

enum What {
    Certificate,
    Authenticate,
    Sign { review: Box<Review>, number: usize, of: usize, open: Option<(String, DateTime<Utc>)> },
    Pair,
    Code(String),
    Done { kind: &'static str, open: Option<(String, DateTime<Utc>)> },
    Ended(ClientError),
}

impl Screen {
    /// What is shown next of an operation; `held` is the card that is open, and until when.
    pub fn of(operation: &Operation, held: Option<(String, DateTime<Utc>)>) -> Self {
        let texts = operation.language.texts();
        let what = match (&operation.progress, &operation.kind, operation.at_filing()) {
            (Progress::Ended(error), _, _) => What::Ended(error.clone()),
            (Progress::Done(_), Kind::Pair, _) => What::Code(operation.code.clone().unwrap_or_default()),
            (Progress::Done(_), kind, _) => What::Done { kind: kind.name(), open: held },
            (_, Kind::Certificate, _) => What::Certificate,
            (_, Kind::Authenticate { .. }, _) => What::Authenticate,
            (_, Kind::Sign { .. }, Some((request, number, of))) => {
                let mut review = Review::of(request, texts);
                for attachment in &mut review.attachments {
                    let at_hand = operation.at_hand.iter().any(|(size, sha256)| attachment.is(*size, sha256));
                    attachment.compared = at_hand.then_some(());
                }
                What::Sign { review: Box::new(review), number, of, open: held }
            }
            (_, Kind::Sign { .. } | Kind::Pair, _) => What::Pair,
        };
        Self {
            language: operation.language,
            origin: operation.origin.clone(),
            secret: operation.form_secret.clone().unwrap_or_default(),
            notice: operation.notice.clone(),
            chosen: operation.chosen.clone(),
            what,
            cards: None,
            phrase: None,
        }
    }

    /// For what a card is to be chosen here; none where no PIN is asked for.
    pub fn wants_cards(&self) -> Option<Purpose> {
        match &self.what {
            What::Certificate => Some(Purpose::Signature),
            What::Authenticate => Some(Purpose::Authentication),
            What::Sign { number, of, open: None, .. } if number == of => Some(Purpose::Signature),
            _ => None,
        }
    }

    /// The page.
    pub fn respond(self) -> HttpResponse {
        let texts = self.language.texts();
        match &self.what {
            What::Certificate | What::Authenticate | What::Sign { .. } => self.confirm(texts),
            What::Pair => render(&PairPage {
                lang: self.language.tag(),
                t: texts,
                origin: &self.origin,
                phrase: self.phrase.as_deref().unwrap_or_default(),
                error: self.notice.as_deref(),
                secret: &self.secret,
            }),
            What::Code(code) => render(&CodePage { lang: self.language.tag(), t: texts, origin: &self.origin, code }),
            What::Done { kind, open } => self.done(texts, kind, open.as_ref()),
            What::Ended(error) => self.ended(texts, error),
        }
    }

    fn confirm(&self, texts: &'static Texts) -> HttpResponse {
        let (title, lead, button) = match &self.what {
            What::Authenticate => (texts.login_title, texts.login_lead, texts.login),
            What::Sign { number, of, .. } if number < of => (texts.sign_title, texts.sign_lead, texts.next_filing),
            What::Sign { .. } => (texts.sign_title, texts.sign_lead, texts.sign),
            _ => (texts.read_title, texts.read_lead, texts.read),
        };
        let (review, count, open) = match &self.what {
            What::Sign { review, number, of, open } => {
                let open = open.as_ref().filter(|_| number == of);
                (Some(review.as_ref()), (*of > 1).then(|| format!("{number} / {of}")), open)
            }
            _ => (None, None, None),
        };
        let is_login = matches!(self.what, What::Authenticate);
        let (cards, card_error) = self.choices(texts);
        render(&ConfirmPage {
            lang: self.language.tag(),
            t: texts,
            title,
            lead,
            button,
            origin: &self.origin,
            review,
            count,
            asks_card: self.wants_cards().is_some(),
            // Where every reader takes the PIN on its own keys there is no field to type it in by mistake.
            asks_pin: cards.iter().any(|card| !card.pin_pad),
            open: open.map(|(card, until)| (card.as_str(), clock_time(*until))),
            can_keep: matches!(self.what, What::Certificate),
            pin_label: if is_login { texts.login_pin } else { texts.pin },
            cards,
            card_error,
            phrase: self.phrase.as_deref(),
            error: self.notice.as_deref(),
            secret: &self.secret,
        })
    }

    fn choices(&self, texts: &'static Texts) -> (Vec<Choice>, Option<String>) {
        match &self.cards {
            None => (Vec::new(), None),
            Some(Err(error)) => {
                let error = ClientError::from(error.clone());
                let (title, next) = (error.title_in(self.language), error.detail_in(self.language));
                (Vec::new(), Some(format!("{title}: {next}")))
            }
            Some(Ok(cards)) => {
                let choice = |card: &CardInfo| Choice {
                    id: card.id.clone(),
                    label: card.label.clone(),
                    reader: card.reader.clone(),
                    tries: card.tries.told(texts),
                    pin_pad: card.pin_pad,
                    chosen: cards.len() == 1 || self.chosen.as_deref() == Some(card.id.as_str()),
                };
                (cards.iter().map(choice).collect(), None)
            }
        }
    }

    fn done(&self, texts: &'static Texts, kind: &str, open: Option<&(String, DateTime<Utc>)>) -> HttpResponse {
        let title = match kind {
            "certificate" => texts.read_done,
            "authenticate" => texts.login_done,
            _ if self.notice.is_some() => texts.sign_partly,
            _ => texts.sign_done,
        };
        render(&MessagePage {
            lang: self.language.tag(),
            t: texts,
            title,
            message: self.notice.clone().unwrap_or_else(|| texts.close.to_owned()),
            done: self.notice.is_none(),
            open: open.map(|(card, until)| (card.as_str(), clock_time(*until))),
            secret: &self.secret,
        })
    }

    fn ended(&self, texts: &'static Texts, error: &ClientError) -> HttpResponse {
        let (title, text) = match error.code {
            "user-cancelled" => (texts.refuse, texts.refused.to_owned()),
            "replaced" | "cancelled" => (texts.gone_title, error.detail_in(self.language)),
            _ => (error.title_in(self.language), error.detail_in(self.language)),
        };
        message(self.language, title, text)
    }
}

/// Hours and minutes in this machine's time.
fn clock_time(at: DateTime<Utc>) -> String {
    at.with_timezone(&chrono::Local).format("%H:%M").to_string()
}

/// A card to choose.
struct Choice {
    id: String,
    label: String,
    reader: String,
    tries: String,
    pin_pad: bool,
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
    review: Option<&'a Review>,
    count: Option<String>,
    asks_card: bool,
    asks_pin: bool,
    open: Option<(&'a str, String)>,
    can_keep: bool,
    pin_label: &'static str,
    cards: Vec<Choice>,
    card_error: Option<String>,
    phrase: Option<&'a str>,
    error: Option<&'a str>,
    secret: &'a str,
}

/// The window that asks whether to pair, and for a phrase.
#[derive(Template)]
#[template(path = "card/pair.html")]
struct PairPage<'a> {
    lang: &'static str,
    t: &'static Texts,
    origin: &'a str,
    phrase: &'a str,
    error: Option<&'a str>,
    secret: &'a str,
}

/// The window with the code.
#[derive(Template)]
#[template(path = "card/code.html")]
struct CodePage<'a> {
    lang: &'static str,
    t: &'static Texts,
    origin: &'a str,
    code: &'a str,
}

/// The window that says how it ended.
#[derive(Template)]
#[template(path = "card/message.html")]
struct MessagePage<'a> {
    lang: &'static str,
    t: &'static Texts,
    title: &'static str,
    message: String,
    done: bool,
    open: Option<(&'a str, String)>,
    secret: &'a str,
}

fn message(language: Language, title: &'static str, message: String) -> HttpResponse {
    let texts = language.texts();
    render(&MessagePage { lang: language.tag(), t: texts, title, message, done: false, open: None, secret: "" })
}

/// A page that was opened before, or is over.
pub fn gone(language: Language) -> HttpResponse {
    let texts = language.texts();
    let mut answer = message(language, texts.gone_title, texts.gone.to_owned());
    *answer.status_mut() = StatusCode::GONE;
    answer
}

/// A form that did not come from our window.
pub fn forged(language: Language) -> HttpResponse {
    let texts = language.texts();
    let mut answer = message(language, texts.gone_title, texts.forged.to_owned());
    *answer.status_mut() = StatusCode::FORBIDDEN;
    answer
}

fn render(page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(html) => HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
