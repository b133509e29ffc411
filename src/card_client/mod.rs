//! The resident's card client: takes a request that a gateway signed, shows the application out of the bytes that are
//! signed, takes the PIN in a window of its own, and signs. It needs nothing of the server. `docs/card-client.md` is its
//! description.
pub mod attachments;
pub mod command;
pub mod confirm;
pub mod diagnosis;
pub mod document;
pub mod folder;
mod leave;
pub mod loopback;
pub mod messages;
pub mod native_host;
pub mod opener;
pub mod origin;
pub mod pairing;
pub mod phrase;
pub mod pin;
pub mod request;
pub mod signer;
pub mod texts;
pub mod token;
pub mod trust;
pub mod used;
pub mod visible;
pub mod web_eid;

use texts::Language;

/// Why the client did not do what it was asked. The code is stable; the sentences are for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{title}: {detail} ({code})")]
pub struct ClientError {
    /// The stable code.
    pub code: &'static str,
    /// What happened, in a few words.
    pub title: &'static str,
    /// What exactly, and what to do.
    pub detail: String,
    /// Whose matter it is.
    pub kind: ErrorKind,
    /// The detail in Japanese, where it holds more than the table of messages says for this code.
    pub detail_ja: Option<String>,
}

/// Whose matter an error is; decides the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request, the card or the person said no.
    Refused,
    /// An argument is wrong.
    Usage,
    /// An input cannot be read.
    Input,
    /// A fault of the program or the machine.
    Fault,
}

impl ClientError {
    /// A refusal.
    pub fn refused(code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self { code, title, detail: detail.into(), kind: ErrorKind::Refused, detail_ja: None }
    }

    /// A wrong argument.
    pub fn usage(detail: impl Into<String>) -> Self {
        Self { code: "usage", title: "wrong usage", detail: detail.into(), kind: ErrorKind::Usage, detail_ja: None }
    }

    /// An input that cannot be read.
    pub fn input(path: &std::path::Path, reason: impl std::fmt::Display) -> Self {
        let detail = format!("{}: {reason}", path.display());
        Self {
            code: "input-unreadable",
            title: "a file cannot be read",
            detail,
            kind: ErrorKind::Input,
            detail_ja: None,
        }
    }

    /// A fault.
    pub fn fault(detail: impl Into<String>) -> Self {
        Self {
            code: "fault",
            title: "the card client failed",
            detail: detail.into(),
            kind: ErrorKind::Fault,
            detail_ja: None,
        }
    }

    /// The same with its detail in Japanese.
    #[must_use]
    pub fn in_japanese(mut self, detail: impl Into<String>) -> Self {
        self.detail_ja = Some(detail.into());
        self
    }

    /// The same with the fact that the Japanese texts of its code do not hold: an address, a file, a reason.
    #[must_use]
    pub fn about(self, fact: impl std::fmt::Display) -> Self {
        let next = messages::message(self.code).map_or("", |message| message.next.ja);
        self.in_japanese(format!("{fact}。{next}"))
    }

    /// What happened, in a few words of a language.
    pub fn title_in(&self, language: Language) -> &'static str {
        messages::message(self.code).map_or(self.title, |message| message.title.of(language))
    }

    /// What exactly, and what to do, in a language.
    pub fn detail_in(&self, language: Language) -> String {
        match (language, &self.detail_ja) {
            (Language::Ja, Some(detail)) => detail.clone(),
            (Language::Ja, None) => match messages::message(self.code) {
                // Arguments, files and faults are named by the detail alone.
                Some(message) if self.kind == ErrorKind::Refused => message.next.ja.to_owned(),
                Some(message) => format!("{}（{}）", message.next.ja, self.detail),
                None => self.detail.clone(),
            },
            (Language::En, _) => self.detail.clone(),
        }
    }

    /// One line for a person: title, detail and code.
    pub fn told(&self, language: Language) -> String {
        format!("{}: {} ({})", self.title_in(language), self.detail_in(language), self.code)
    }
}
