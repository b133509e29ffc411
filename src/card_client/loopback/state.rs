//! The agent's state: the one operation that is under way, and the card that is held open for its site.
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use chrono::{DateTime, Utc};
use subtle::ConstantTimeEq;

use super::ending::{Ending, FOR_A_SIGNATURE};
use super::lock::{self, busy};
use super::operation::{Kind, Operation, Progress};
use super::windows::Windows;
use super::work::{Held, Opened};
use crate::card_client::ClientError;
use crate::card_client::folder::{DataFolder, FolderLock};
use crate::card_client::opener::OpenWindow;
use crate::card_client::pairing::random_token;
use crate::card_client::texts::Language;
use crate::card_client::token::{CardInfo, TokenSource};
use crate::clock::Clock;

/// How long a page has to hear of a signature that was made while the agent ends; it asks more often.
const TO_BE_HEARD: Duration = Duration::from_millis(1500);
/// How long a native messaging host has to send it.
const TO_BE_SENT: Duration = Duration::from_millis(300);
/// How long a card is given to be closed when the agent ends.
const TO_CLOSE: Duration = Duration::from_millis(500);

/// The agent.
pub struct Agent {
    /// The client's folder.
    pub folder: DataFolder,
    /// The one `Host` that it answers to.
    pub host: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// Its own origin.
    pub origin: String,
    /// Whether pages may speak to it; a native messaging host answers its browser alone.
    pub answers_pages: bool,
    /// Where cards may be.
    pub cards: Arc<dyn TokenSource>,
    opener: Arc<dyn OpenWindow>,
    clock: Arc<dyn Clock>,
    /// What may still finish once this is told to end.
    pub ending: Ending,
    inner: Mutex<Inner>,
}

/// What changes.
#[derive(Default)]
pub struct Inner {
    /// The newest operation, until another takes its place.
    pub operation: Option<Operation>,
    /// The operation before it, so that its page hears what became of it.
    previous: Option<Operation>,
    /// The card that was opened last, to choose it again.
    pub last_card: Option<String>,
    /// The cards that the open window offers.
    pub shown: Vec<CardInfo>,
    /// The card that is open, and for whom.
    pub held: Option<Held>,
    /// Whose card that is, also after it was pulled out.
    pub opened: Option<Opened>,
    windows: Windows,
    lock: Option<FolderLock>,
}

impl Agent {
    /// An agent that listens on `address`.
    pub fn new(config: super::AgentConfig, address: SocketAddr) -> Self {
        Self {
            folder: config.folder,
            host: address.to_string(),
            address,
            origin: format!("http://{address}"),
            answers_pages: config.answers_pages,
            cards: config.cards,
            opener: config.opener,
            clock: config.clock,
            ending: Ending::default(),
            inner: Mutex::default(),
        }
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Its clock.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    /// The state, with what is over let go; a thread that panicked with it left nothing half done that matters.
    pub fn inner(&self) -> MutexGuard<'_, Inner> {
        let mut inner = self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        inner.tidy(self.now());
        inner
    }

    /// Begins an operation and opens its window; one of the same origin that still waits ends. Gives its identifier.
    ///
    /// # Errors
    /// `busy` while somebody else's window is open, `too-many`, `window-not-opened`, `client-ending`.
    pub fn begin(&self, origin: &str, kind: Kind, language: Language) -> Result<String, ClientError> {
        self.ending.check()?;
        let now = self.now();
        let (id, url) = {
            let mut inner = self.inner();
            let operation = inner.begin(&self.folder, origin, kind, language, now)?;
            let url = format!("{}/p/{}", self.origin, operation.page_key.as_deref().unwrap_or_default());
            (operation.id.clone(), url)
        };
        if let Err(error) = self.opener.open(&url) {
            let mut inner = self.inner();
            if let Some(operation) = inner.find(origin, &id) {
                operation.end(error.clone());
            }
            return Err(error);
        }
        Ok(id)
    }

    /// Ends what is under way: nothing more begins, and a signature that is being made is waited for and heard of by the page
    /// that asked, each for a bounded time.
    pub fn end(&self) {
        if self.ending.end(FOR_A_SIGNATURE) {
            std::thread::sleep(if self.answers_pages { TO_BE_HEARD } else { TO_BE_SENT });
        }
    }

    /// Closes the card that is held open; false when that takes longer than a moment.
    pub fn close_card(self: &Arc<Self>) -> bool {
        let (agent, (tell, told)) = (Arc::clone(self), std::sync::mpsc::channel());
        let closes = std::thread::Builder::new().name("card-close".to_owned()).spawn(move || {
            agent.inner().held = None;
            // Nobody hears it when the moment is over.
            let _ = tell.send(());
        });
        closes.is_ok() && told.recv_timeout(TO_CLOSE).is_ok()
    }

    /// Whether a card, or the file of one, is at work; taken for so where that cannot be told at once.
    pub fn card_works(&self) -> bool {
        self.inner.try_lock().map_or(true, |inner| {
            inner.operation.as_ref().is_some_and(|operation| matches!(operation.progress, Progress::Working))
        })
    }
}

impl Inner {
    /// Whether a person is being asked something.
    pub fn is_busy(&self, now: DateTime<Utc>) -> bool {
        self.operation.as_ref().is_some_and(|operation| operation.is_under_way(now))
    }

    /// Lets go what is over: a card that was held open long enough, the lock of an operation that ended.
    fn tidy(&mut self, now: DateTime<Utc>) {
        if self.held.as_ref().is_some_and(|held| now >= held.until) {
            self.held = None;
        }
        self.opened.take_if(|opened| now >= opened.until);
        if !self.is_busy(now) {
            self.lock = None;
        }
    }

    fn begin(
        &mut self,
        folder: &DataFolder,
        origin: &str,
        kind: Kind,
        language: Language,
        now: DateTime<Utc>,
    ) -> Result<&mut Operation, ClientError> {
        if let Some(current) = self.operation.as_mut().filter(|operation| operation.is_under_way(now)) {
            if current.origin != origin || matches!(current.progress, Progress::Working) {
                return Err(busy());
            }
            self.windows.opened(origin, now)?;
            let detail = "the same site asked for something newer";
            current.end(ClientError::refused("replaced", "replaced by a newer request", detail));
        } else {
            self.lock = Some(lock::take(folder)?);
            self.windows.opened(origin, now)?;
        }
        // A card that is open for one site is not open for another; and whatever opens a card anew must find it free.
        let goes_on = matches!(kind, Kind::Sign { .. });
        self.held = self.held.take().filter(|held| goes_on && held.origin == origin);
        self.opened.take_if(|opened| !(goes_on && opened.is_for(origin)));
        let mut operation = Operation::new(origin, kind, language, now)?;
        // The card that signs is not the one that signs in.
        if !matches!(operation.kind, Kind::Authenticate { .. }) {
            operation.chosen.clone_from(&self.last_card);
        }
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
        let held = self.held.is_some();
        let operation = self.operation.as_mut()?;
        if !operation.page_key.as_ref().is_some_and(|expected| same(expected, key)) {
            return None;
        }
        operation.page_key = None;
        let answers = operation.is_waiting(now) || (held && matches!(operation.progress, Progress::Done(_)));
        operation.form_secret = if answers { random_token().ok() } else { None };
        (now < operation.expires_at).then_some(operation)
    }

    /// Takes the form of `secret`, which is good no more then.
    pub fn take_form(&mut self, secret: &str, now: DateTime<Utc>) -> Option<&mut Operation> {
        let operation = self.operation.as_mut().filter(|operation| now < operation.expires_at)?;
        if !operation.form_secret.as_ref().is_some_and(|expected| same(expected, secret)) {
            return None;
        }
        operation.form_secret = None;
        Some(operation)
    }

    /// The person agreed to what `origin` asked: its windows are counted from the beginning.
    pub fn agreed(&mut self, origin: &str) {
        self.windows.agreed(origin);
    }
}

/// Compares secrets without telling by time where they differ.
fn same(expected: &str, given: &str) -> bool {
    expected.as_bytes().ct_eq(given.as_bytes()).into()
}
