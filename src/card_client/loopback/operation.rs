//! One thing that a page asked for, from the asking to its end.
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use crate::card_client::ClientError;
use crate::card_client::pairing::random_token;
use crate::card_client::request::CheckedRequest;
use crate::card_client::texts::Language;

/// How long a person has.
pub const LIFE_SECONDS: i64 = 300;

/// What is asked for.
#[derive(Debug)]
pub enum Kind {
    /// The certificate.
    Certificate,
    /// A signature over a request that was checked.
    Sign(Box<CheckedRequest>),
}

impl Kind {
    /// For the interface.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Sign(_) => "sign",
        }
    }
}

/// How far it is.
#[derive(Debug)]
pub enum Progress {
    /// The person has not answered.
    Waiting,
    /// Done: what the page gets.
    Done(Value),
    /// Ended without a result.
    Ended(ClientError),
}

/// What the next page says above its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The PIN was wrong.
    WrongPin,
    /// No PIN was typed.
    BadPin,
    /// No card was chosen.
    NoCard,
}

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// Its identifier.
    pub id: String,
    /// The origin that asked.
    pub origin: String,
    /// What for.
    pub kind: Kind,
    /// The language of its windows.
    pub language: Language,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// How far it is.
    pub progress: Progress,
    /// The key of the page that may be opened next; good once.
    pub page_key: Option<String>,
    /// The secret of the form that is open.
    pub form_secret: Option<String>,
    /// What the next page says.
    pub notice: Option<Notice>,
    /// The card that was chosen last.
    pub chosen: Option<usize>,
}

impl Operation {
    /// A new one.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new(origin: &str, kind: Kind, language: Language, now: DateTime<Utc>) -> Result<Self, ClientError> {
        Ok(Self {
            id: random_token()?,
            origin: origin.to_owned(),
            kind,
            language,
            expires_at: now + Duration::seconds(LIFE_SECONDS),
            progress: Progress::Waiting,
            page_key: Some(random_token()?),
            form_secret: None,
            notice: None,
            chosen: None,
        })
    }

    /// Whether the person may still answer.
    pub fn is_waiting(&self, now: DateTime<Utc>) -> bool {
        matches!(self.progress, Progress::Waiting) && now < self.expires_at
    }

    /// What the page that asked is told.
    pub fn report(&self, now: DateTime<Utc>) -> Value {
        let (id, kind) = (&self.id, self.kind.name());
        match &self.progress {
            _ if now >= self.expires_at => {
                let error = ClientError::refused("expired", "the time is over", "nobody answered in time; ask again");
                json!({ "operation": id, "kind": kind, "status": "ended", "error": error_body(&error) })
            }
            Progress::Waiting => json!({ "operation": id, "kind": kind, "status": "waiting" }),
            Progress::Done(result) => json!({ "operation": id, "kind": kind, "status": "done", "result": result }),
            Progress::Ended(error) => {
                json!({ "operation": id, "kind": kind, "status": "ended", "error": error_body(error) })
            }
        }
    }
}

/// An error as the interface tells it.
pub fn error_body(error: &ClientError) -> Value {
    json!({ "code": error.code, "title": error.title, "detail": error.detail })
}
