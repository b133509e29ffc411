//! What the card does once the person agreed: outside of the state's lock, for a card takes its time.
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::operation::{Kind, Operation, Progress, error_body};
use super::state::{Agent, Inner};
use crate::card_client::pin::Pin;
use crate::card_client::request::CheckedRequest;
use crate::card_client::token::{CardInfo, PinEntry, Purpose, TokenError, TokenSession};
use crate::card_client::{ClientError, signer, web_eid};

/// How long a card stays open after its certificate was read, so that the application is signed without a second PIN.
const HELD_MINUTES: i64 = 5;

/// A card that was opened with one PIN entry, for one site.
#[derive(Debug)]
pub struct Held {
    /// The site; no other gets at it.
    pub origin: String,
    /// The card's name.
    pub card: String,
    /// Until when.
    pub until: DateTime<Utc>,
    session: Box<dyn TokenSession>,
}

/// How the card is opened.
pub enum Entry {
    /// It is open.
    Open(Held),
    /// By a PIN typed in the window; none where the reader takes it on its own keys.
    Pin {
        /// The card.
        card: CardInfo,
        /// The PIN.
        pin: Option<Pin>,
    },
}

/// What is done with it.
enum Task {
    Certificate,
    Sign(Vec<Arc<CheckedRequest>>),
    Authenticate(String),
}

/// A piece of work.
pub struct Work {
    /// The identifier of the operation that it is for.
    pub operation: String,
    origin: String,
    task: Task,
    entry: Entry,
    keep_open: bool,
}

/// What became of it.
pub struct Outcome {
    operation: String,
    result: Result<Done, Failure>,
    held: Option<Held>,
}

/// A result.
struct Done {
    /// What the page that asked gets.
    result: Value,
    /// Why it is not all that was asked for.
    broken_off: Option<ClientError>,
}

impl From<Value> for Done {
    fn from(result: Value) -> Self {
        Self { result, broken_off: None }
    }
}

/// Why there is no result.
enum Failure {
    /// The card did not open; the person may try again.
    NotOpened(TokenError),
    /// The end of it.
    Final(ClientError),
}

impl Work {
    /// What `operation` asks for; none where no card is needed. `keep_open`: the person wants to sign without another PIN.
    pub fn of(operation: &Operation, entry: Entry, keep_open: bool) -> Option<Self> {
        let task = match &operation.kind {
            Kind::Certificate => Task::Certificate,
            Kind::Sign { requests, .. } => Task::Sign(requests.clone()),
            Kind::Authenticate { nonce } => Task::Authenticate(nonce.clone()),
            Kind::Pair => return None,
        };
        Some(Self { operation: operation.id.clone(), origin: operation.origin.clone(), task, entry, keep_open })
    }

    /// Does it.
    pub fn run(self, agent: &Agent) -> Outcome {
        let Self { operation, origin, task, entry, keep_open } = self;
        let mut held = match open(agent, &task, entry, &origin) {
            Ok(held) => held,
            Err(error) => return Outcome { operation, result: Err(Failure::NotOpened(error)), held: None },
        };
        let result = perform(agent, &task, &origin, &mut held).map_err(Failure::Final);
        // Only a certificate leaves something to be signed; everything else closes the card at once.
        let keep = keep_open && result.is_ok() && matches!(task, Task::Certificate);
        Outcome { operation, result, held: keep.then_some(held) }
    }
}

fn open(agent: &Agent, task: &Task, entry: Entry, origin: &str) -> Result<Held, TokenError> {
    let (card, pin) = match entry {
        Entry::Open(held) => return Ok(held),
        Entry::Pin { card, pin } => (card, pin),
    };
    let purpose = match task {
        Task::Authenticate(_) => Purpose::Authentication,
        Task::Certificate | Task::Sign(_) => Purpose::Signature,
    };
    let entry = pin.as_ref().map_or(PinEntry::OnThePad, PinEntry::Typed);
    let session = agent.cards.open(&card.id, purpose, entry)?;
    if matches!(task, Task::Sign(_)) {
        agent.inner().check_same_card(origin, session.certificate())?;
    }
    let until = agent.now() + Duration::minutes(HELD_MINUTES);
    Ok(Held { origin: origin.to_owned(), card: card.label, until, session })
}

fn perform(agent: &Agent, task: &Task, origin: &str, held: &mut Held) -> Result<Done, ClientError> {
    let now = agent.now();
    let certificate = STANDARD.encode(held.session.certificate());
    match task {
        Task::Certificate => {
            signer::check_dates(held.session.certificate(), now)?;
            let algorithm = held.session.algorithm().jose_name();
            Ok(json!({ "certificate": certificate, "card": held.card, "algorithm": algorithm }).into())
        }
        Task::Sign(requests) => {
            let (signatures, broken_off) = signatures(agent, requests, held)?;
            let mut result = json!({ "signatures": signatures, "certificate": certificate, "card": held.card });
            if let (Some(error), Some(members)) = (&broken_off, result.as_object_mut()) {
                members.insert("error".to_owned(), error_body(error));
            }
            Ok(Done { result, broken_off })
        }
        Task::Authenticate(nonce) => {
            let _signing = agent.ending.sign()?;
            web_eid::token(held.session.as_mut(), origin, nonce, now).map(Done::from)
        }
    }
}

/// The signatures over the requests, in their order, up to the first that fails: what was made is given out, because its
/// request is used up.
///
/// # Errors
/// When the first fails.
fn signatures(
    agent: &Agent,
    requests: &[Arc<CheckedRequest>],
    held: &mut Held,
) -> Result<(Vec<Value>, Option<ClientError>), ClientError> {
    let mut made = Vec::new();
    for request in requests {
        let signed = agent
            .ending
            .sign()
            .and_then(|_signing| signer::sign(request, held.session.as_mut(), &agent.folder, agent.now()));
        match signed {
            Ok(signature) => {
                let sha256 = &request.claims().application_sha256;
                made.push(json!({ "signature": STANDARD.encode(signature), "application_sha256": sha256 }));
            }
            Err(error) if made.is_empty() => return Err(error),
            Err(error) => return Ok((made, Some(error))),
        }
    }
    Ok((made, None))
}

/// The card that a person opened for a site's signatures, whether it is still open or was pulled out since.
#[derive(Debug)]
pub struct Opened {
    origin: String,
    certificate: Vec<u8>,
    /// Until when it was to be open.
    pub until: DateTime<Utc>,
}

impl Opened {
    fn of(held: &Held) -> Self {
        Self { origin: held.origin.clone(), certificate: held.session.certificate().to_vec(), until: held.until }
    }

    /// Whether it was opened for this site.
    pub fn is_for(&self, origin: &str) -> bool {
        self.origin == origin
    }
}

impl Inner {
    /// That a card which was opened anew for a signature of `origin` is the one whose certificate that site was given, where one
    /// was to stay open for it: another card in the same reader does not take its place.
    fn check_same_card(&self, origin: &str, certificate: &[u8]) -> Result<(), TokenError> {
        match &self.opened {
            Some(opened) if opened.is_for(origin) && opened.certificate != certificate => Err(TokenError::Changed),
            _ => Ok(()),
        }
    }

    /// Takes in what became of a piece of work; one that was ended in the meantime gives nothing away.
    pub fn finish(&mut self, outcome: Outcome) {
        let Some(operation) = self.operation.as_mut() else { return };
        if operation.id != outcome.operation || !matches!(operation.progress, Progress::Working) {
            return;
        }
        match outcome.result {
            Ok(Done { result, broken_off }) => {
                let language = operation.language;
                operation.notice =
                    broken_off.map(|error| format!("{}: {}", error.title_in(language), error.detail_in(language)));
                operation.progress = Progress::Done(result);
                // While a card is open, the site's signature is that card's, even where it went and came in between.
                self.opened = outcome.held.as_ref().map(Opened::of);
                self.held = outcome.held;
                if !matches!(operation.kind, Kind::Authenticate { .. }) && operation.chosen.is_some() {
                    self.last_card.clone_from(&operation.chosen);
                }
                let origin = operation.origin.clone();
                self.agreed(&origin);
            }
            Err(Failure::NotOpened(error)) if may_try_again(&error) => {
                let error = ClientError::from(error);
                let language = operation.language;
                operation.notice = Some(format!("{}: {}", error.title_in(language), error.detail_in(language)));
                operation.progress = Progress::Waiting;
            }
            Err(Failure::NotOpened(error)) => operation.end(error.into()),
            Err(Failure::Final(error)) => operation.end(error),
        }
    }
}

fn may_try_again(error: &TokenError) -> bool {
    !matches!(error, TokenError::Locked | TokenError::Expired { .. } | TokenError::NotYetValid { .. })
}
