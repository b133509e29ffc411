//! What the extension asks for, one message at a time. A message is `{id, origin, command, …}`, an answer `{id, ok}` or
//! `{id, error}`. The origin is the one that the browser attests to the extension; only gateways whose keys are pinned
//! are answered with more than that the client is there.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Output, send};
use crate::card_client::ClientError;
use crate::card_client::loopback::api::{authenticate_kind, sign_kind};
use crate::card_client::loopback::operation::{Kind, error_body};
use crate::card_client::loopback::state::Agent;
use crate::card_client::request::Envelope;
use crate::card_client::texts::Language;
use crate::card_client::trust::trusted;

/// How often an operation is asked how far it is.
const LOOK_EVERY: Duration = Duration::from_millis(150);
/// Messages that wait for a person at once; the extension sends one.
const MAX_WAITING: usize = 8;

/// The version of what is said here; the extension compares it with its own.
const API: u32 = 2;

#[derive(Deserialize)]
struct Message {
    id: u64,
    #[serde(default)]
    origin: String,
    #[serde(flatten)]
    command: Command,
}

#[derive(Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
enum Command {
    Status {},
    Certificate {
        #[serde(default)]
        language: Language,
    },
    Sign {
        #[serde(default)]
        language: Language,
        mgreqs: Vec<Envelope>,
    },
    Authenticate {
        #[serde(default)]
        language: Language,
        nonce: String,
    },
    Cancel {
        of: u64,
    },
}

/// Takes messages.
pub struct Desk {
    agent: Arc<Agent>,
    /// The operations that wait, by the message that began them.
    waiting: Arc<Mutex<HashMap<u64, (String, String)>>>,
}

/// The answer to a message that failed.
pub fn failure(id: &Value, error: &ClientError) -> Value {
    json!({ "id": id, "error": error_body(error) })
}

impl Desk {
    /// Works with this state.
    pub fn new(agent: Arc<Agent>) -> Self {
        Self { agent, waiting: Arc::default() }
    }

    /// Takes a message; gives what can be answered at once. The rest is sent to `output` when the person answered.
    pub fn take(&self, message: &Value, output: &Output) -> Vec<Value> {
        let unread_id = message.get("id").cloned().unwrap_or_default();
        let message: Message = match serde_json::from_value(message.clone()) {
            Ok(message) => message,
            Err(error) => {
                let error = ClientError::refused("message-malformed", "the message cannot be read", error.to_string());
                return vec![failure(&unread_id, &error)];
            }
        };
        let id = message.id;
        match self.handle(message, output) {
            Ok(answer) => answer.map(|ok| json!({ "id": id, "ok": ok })).into_iter().collect(),
            Err(error) => vec![failure(&json!(id), &error)],
        }
    }

    fn handle(&self, message: Message, output: &Output) -> Result<Option<Value>, ClientError> {
        let Message { id, origin, command } = message;
        let (kind, language) = match command {
            Command::Status {} => return Ok(Some(self.status(&origin)?)),
            Command::Cancel { of } => {
                self.cancel(&origin, of);
                return Ok(Some(json!({})));
            }
            Command::Certificate { language } => (Kind::Certificate, language),
            Command::Authenticate { language, nonce } => (authenticate_kind(nonce)?, language),
            Command::Sign { language, mgreqs } => {
                self.check_pinned(&origin)?;
                (sign_kind(&self.agent, &origin, &mgreqs)?, language)
            }
        };
        self.check_pinned(&origin)?;
        if self.waiting().len() >= MAX_WAITING || self.waiting().contains_key(&id) {
            let detail = "too many messages wait for an answer";
            return Err(ClientError::refused("too-many", "too many messages", detail));
        }
        let operation = self.agent.begin(&origin, kind, language)?;
        self.waiting().insert(id, (origin.clone(), operation.clone()));
        self.watch(id, origin, operation, Arc::clone(output));
        Ok(None)
    }

    fn status(&self, origin: &str) -> Result<Value, ClientError> {
        let trusted = self.is_pinned(origin)?;
        Ok(json!({ "version": env!("CARGO_PKG_VERSION"), "api": API, "trusted": trusted }))
    }

    fn is_pinned(&self, origin: &str) -> Result<bool, ClientError> {
        Ok(trusted(&self.agent.folder)?.iter().any(|gateway| gateway.origin == origin))
    }

    fn check_pinned(&self, origin: &str) -> Result<(), ClientError> {
        match self.is_pinned(origin)? {
            true => Ok(()),
            false => {
                let told = crate::card_client::visible::neutralise(origin);
                let detail = format!("its keys are not pinned here; if you know it: madoguchi-card trust {told}");
                Err(ClientError::refused("gateway-not-trusted", "this gateway is not trusted", detail).about(told))
            }
        }
    }

    /// Ends what the message `of` of the same origin began.
    fn cancel(&self, origin: &str, of: u64) {
        let found = self.waiting().get(&of).filter(|(of_origin, _)| of_origin == origin).cloned();
        if let Some((origin, operation)) = found
            && let Some(operation) = self.agent.inner().find(&origin, &operation)
        {
            operation.cancel();
        }
    }

    fn watch(&self, id: u64, origin: String, operation: String, output: Output) {
        let (agent, waiting) = (Arc::clone(&self.agent), Arc::clone(&self.waiting));
        std::thread::spawn(move || {
            let answer = loop {
                std::thread::sleep(LOOK_EVERY);
                let now = agent.now();
                let report = agent.inner().find(&origin, &operation).map(|operation| operation.report(now));
                let Some(report) = report else {
                    break json!({ "id": id, "error": error_body(&ClientError::fault("the operation is lost")) });
                };
                match report.get("status").and_then(Value::as_str) {
                    Some("done") => break json!({ "id": id, "ok": report.get("result") }),
                    Some("ended") => break json!({ "id": id, "error": report.get("error") }),
                    _ => {}
                }
            };
            waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&id);
            // When the browser is gone, the loop over its messages ends the program.
            let _ = send(&output, &answer);
        });
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, (String, String)>> {
        self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
