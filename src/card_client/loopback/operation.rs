//! One thing that a page asked for, from the asking to its end.
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use crate::card_client::ClientError;
use crate::card_client::pairing::random_token;
use crate::card_client::request::CheckedRequest;
use crate::card_client::texts::Language;

/// How long a person has.
pub const LIFE_SECONDS: i64 = 300;
/// How many filings one PIN entry may sign; each is shown.
pub const MAX_FILINGS: usize = 20;
/// The longest call that asks for signatures, in bytes: so many requests with a document of 1 MiB each, in base64, and their
/// tokens.
pub const MAX_ASKED: usize = MAX_FILINGS * (3 << 19);

/// That more was sent at once than [`MAX_ASKED`].
pub fn too_large() -> ClientError {
    let most = MAX_ASKED >> 20;
    let detail = format!("{MAX_FILINGS} applications, {most} MiB together, are taken at once; ask for fewer");
    ClientError::refused("too-large", "too much was sent at once", detail).in_japanese(format!(
        "一度に受け付けるのは {MAX_FILINGS} 件、合わせて {most} MiB までです。申請の数を減らしてください"
    ))
}

/// What is asked for.
#[derive(Debug)]
pub enum Kind {
    /// The certificate.
    Certificate,
    /// Signatures over requests that were checked, shown one after the other.
    Sign {
        /// The requests; at least one.
        requests: Vec<Arc<CheckedRequest>>,
        /// How many of them the person agreed to. All are signed together, after the last.
        agreed: usize,
    },
    /// A sign-in with the authentication certificate, over this challenge (Web eID).
    Authenticate {
        /// The gateway's nonce, as it came.
        nonce: String,
    },
    /// Pairing with the origin: the person chooses a phrase and is shown a code.
    Pair,
}

impl Kind {
    /// For the interface.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Sign { .. } => "sign",
            Self::Authenticate { .. } => "authenticate",
            Self::Pair => "pair",
        }
    }
}

/// How far it is.
#[derive(Debug)]
pub enum Progress {
    /// The person has not answered.
    Waiting,
    /// The card works on it.
    Working,
    /// Done: what the page gets.
    Done(Value),
    /// Ended without a result.
    Ended(ClientError),
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
    /// What the next page says above its form, in the operation's language.
    pub notice: Option<String>,
    /// Size and SHA-256 (hex) of the files that the person chose in the window and that are attachments.
    pub at_hand: Vec<(u64, String)>,
    /// The card that was chosen last.
    pub chosen: Option<String>,
    /// The code of a pairing, once it may be shown.
    pub code: Option<String>,
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
            at_hand: Vec::new(),
            chosen: None,
            code: None,
        })
    }

    /// Whether the person may still answer.
    pub fn is_waiting(&self, now: DateTime<Utc>) -> bool {
        matches!(self.progress, Progress::Waiting) && now < self.expires_at
    }

    /// Whether the card is in use for it, or a person is being asked.
    pub fn is_under_way(&self, now: DateTime<Utc>) -> bool {
        matches!(self.progress, Progress::Working) || self.is_waiting(now)
    }

    /// The request that is shown next, its number from 1, and how many there are.
    pub fn at_filing(&self) -> Option<(&CheckedRequest, usize, usize)> {
        let Kind::Sign { requests, agreed } = &self.kind else { return None };
        Some((requests.get(*agreed)?, agreed + 1, requests.len()))
    }

    /// Ends it without a result.
    pub fn end(&mut self, error: ClientError) {
        self.progress = Progress::Ended(error);
    }

    /// The page that asked goes on another way. What the person agreed to and the card does already is not broken off: its
    /// request would be used up and its signature lost.
    pub fn cancel(&mut self) {
        if matches!(self.progress, Progress::Waiting) {
            let detail = "the page that asked goes on another way";
            self.end(ClientError::refused("cancelled", "cancelled by the page", detail));
        }
    }

    /// What the page that asked is told.
    pub fn report(&self, now: DateTime<Utc>) -> Value {
        let (id, kind) = (&self.id, self.kind.name());
        match &self.progress {
            Progress::Waiting if now >= self.expires_at => {
                let error = ClientError::refused("expired", "the time is over", "nobody answered in time; ask again");
                json!({ "operation": id, "kind": kind, "status": "ended", "error": error_body(&error) })
            }
            Progress::Waiting | Progress::Working => json!({ "operation": id, "kind": kind, "status": "waiting" }),
            Progress::Done(result) => json!({ "operation": id, "kind": kind, "status": "done", "result": result }),
            Progress::Ended(error) => {
                json!({ "operation": id, "kind": kind, "status": "ended", "error": error_body(error) })
            }
        }
    }
}

/// An error as the interface tells it; `webeid` is the nearest word of Web eID's vocabulary.
pub fn error_body(error: &ClientError) -> Value {
    json!({ "code": error.code, "title": error.title, "detail": error.detail, "webeid": webeid_code(error.code) })
}

/// A code of ours in Web eID's vocabulary, which pages of that ecosystem know how to explain.
pub fn webeid_code(code: &str) -> &'static str {
    match code {
        "user-cancelled" | "cancelled" => "ERR_WEBEID_USER_CANCELLED",
        "expired" => "ERR_WEBEID_USER_TIMEOUT",
        "busy" | "replaced" | "too-many" => "ERR_WEBEID_ACTION_PENDING",
        "fault" | "window-not-opened" => "ERR_WEBEID_NATIVE_FATAL",
        code if code.starts_with("pin-") || code.starts_with("card-") || code.starts_with("reader-") => {
            "ERR_WEBEID_NATIVE_FATAL"
        }
        _ => "ERR_WEBEID_NATIVE_INVALID_ARGUMENT",
    }
}
