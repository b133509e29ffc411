//! The agent's state: its cards, and the one operation that is under way.
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde_json::json;
use subtle::ConstantTimeEq;

use super::AgentConfig;
use super::operation::{Kind, Notice, Operation, Progress};
use crate::card_client::folder::DataFolder;
use crate::card_client::pairing::random_token;
use crate::card_client::pin::Pin;
use crate::card_client::texts::Language;
use crate::card_client::token::{CardInfo, PinEntry, Purpose, TokenError, TokenSession, TokenSource};
use crate::card_client::{ClientError, signer};
use crate::clock::Clock;

/// The agent.
pub struct Agent {
    /// The client's folder.
    pub folder: DataFolder,
    /// The one `Host` that it answers to.
    pub host: String,
    /// Its own origin.
    pub origin: String,
    clock: Arc<dyn Clock>,
    inner: Mutex<Inner>,
}

/// What changes.
pub struct Inner {
    /// The cards.
    pub cards: Box<dyn TokenSource>,
    /// The newest operation, until another takes its place.
    pub operation: Option<Operation>,
    /// The operation before it, so that its page hears what became of it.
    previous: Option<Operation>,
    /// The card that was opened last, to choose it again.
    last_card: Option<usize>,
}

impl Agent {
    /// An agent that listens on `address`.
    pub fn new(config: AgentConfig, address: SocketAddr) -> Self {
        let inner = Inner { cards: config.cards, operation: None, previous: None, last_card: None };
        Self {
            folder: config.folder,
            host: address.to_string(),
            origin: format!("http://{address}"),
            clock: config.clock,
            inner: Mutex::new(inner),
        }
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The state; a thread that panicked with it left nothing half done that matters.
    pub fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Inner {
    /// The cards that are there.
    pub fn present(&self) -> Vec<CardInfo> {
        self.cards.cards(Purpose::Signature).unwrap_or_default()
    }

    /// Whether a person is being asked something.
    pub fn is_busy(&self, now: DateTime<Utc>) -> bool {
        self.operation.as_ref().is_some_and(|operation| operation.is_waiting(now))
    }

    /// Begins an operation; one of the same origin that still waits ends.
    ///
    /// # Errors
    /// `busy` when another origin's waits.
    pub fn begin(
        &mut self,
        origin: &str,
        kind: Kind,
        language: Language,
        now: DateTime<Utc>,
    ) -> Result<&Operation, ClientError> {
        if let Some(current) = self.operation.as_mut().filter(|operation| operation.is_waiting(now)) {
            if current.origin != origin {
                let detail = "another site's window is open; answer or close that one first";
                return Err(ClientError::refused("busy", "the card is in use", detail));
            }
            let detail = "the same site asked for something newer";
            current.progress = Progress::Ended(ClientError::refused("replaced", "replaced by a newer request", detail));
        }
        let mut operation = Operation::new(origin, kind, language, now)?;
        operation.chosen = self.last_card.or_else(|| (self.present().len() == 1).then_some(0));
        self.previous = self.operation.take();
        Ok(self.operation.insert(operation))
    }

    /// An operation of `origin` by its identifier.
    pub fn find(&mut self, origin: &str, id: &str) -> Option<&mut Operation> {
        let known = [self.operation.as_mut(), self.previous.as_mut()];
        known.into_iter().flatten().find(|operation| operation.origin == origin && same(&operation.id, id))
    }

    /// Opens the page of `key`, which is good no more then; a form on it gets a secret.
    pub fn open_page(&mut self, key: &str, now: DateTime<Utc>) -> Option<&mut Operation> {
        let operation = self.operation.as_mut()?;
        if !operation.page_key.as_ref().is_some_and(|expected| same(expected, key)) {
            return None;
        }
        operation.page_key = None;
        operation.form_secret = if operation.is_waiting(now) { random_token().ok() } else { None };
        (now < operation.expires_at).then_some(operation)
    }

    /// Takes the form of `secret`, which is good no more then.
    pub fn take_form(&mut self, secret: &str, now: DateTime<Utc>) -> Option<&mut Operation> {
        let operation = self.operation.as_mut().filter(|operation| operation.is_waiting(now))?;
        if !operation.form_secret.as_ref().is_some_and(|expected| same(expected, secret)) {
            return None;
        }
        operation.form_secret = None;
        Some(operation)
    }

    /// Does what the person confirmed with `pin` on the card `chosen`: reads or signs. A wrong PIN leaves the operation
    /// waiting, with a notice.
    pub fn answer(
        &mut self,
        chosen: Option<usize>,
        pin: Result<Pin, ClientError>,
        folder: &DataFolder,
        now: DateTime<Utc>,
    ) {
        let present = self.present();
        let Some(operation) = self.operation.as_mut() else { return };
        let Some((index, card)) = chosen.and_then(|index| present.get(index).map(|card| (index, card))) else {
            operation.notice = Some(Notice::NoCard);
            return;
        };
        operation.chosen = Some(index);
        let Ok(pin) = pin else {
            operation.notice = Some(Notice::BadPin);
            return;
        };
        let done = match self.cards.open(&card.id, Purpose::Signature, PinEntry::Typed(&pin)) {
            Ok(mut session) => {
                self.last_card = Some(index);
                perform(&operation.kind, session.as_mut(), &card.label, folder, now)
            }
            Err(TokenError::WrongPin { .. }) => {
                operation.notice = Some(Notice::WrongPin);
                return;
            }
            Err(error) => Err(error.into()),
        };
        operation.progress = match done {
            Ok(result) => Progress::Done(result),
            Err(error) => Progress::Ended(error),
        };
    }
}

/// What the page that asked gets.
fn perform(
    kind: &Kind,
    session: &mut dyn TokenSession,
    card: &str,
    folder: &DataFolder,
    now: DateTime<Utc>,
) -> Result<serde_json::Value, ClientError> {
    let certificate = STANDARD.encode(session.certificate());
    match kind {
        Kind::Certificate => Ok(json!({ "certificate": certificate, "card": card })),
        Kind::Sign(request) => {
            let signature = STANDARD.encode(signer::sign(request, session, folder, now)?);
            let sha256 = &request.claims().application_sha256;
            Ok(
                json!({ "signature": signature, "certificate": certificate, "application_sha256": sha256, "card": card }),
            )
        }
    }
}

/// Compares secrets without telling by time where they differ.
fn same(expected: &str, given: &str) -> bool {
    expected.as_bytes().ct_eq(given.as_bytes()).into()
}
