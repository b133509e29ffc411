//! What a message does here, by its kind, and what follows from its answer there. Each is a closure that runs in the
//! transaction that notes it, so that it happens once.
use serde_json::json;

use crate::gateway::Gateway;
use crate::network::answer::Answer;
use crate::network::message::Message;
use crate::store::StoreError;
use crate::store::connection::AnyConnection;

/// What happens in the transaction in which a message is taken; it gives the answer.
pub(super) type Effect = Box<dyn FnOnce(&mut AnyConnection) -> Result<Answer, StoreError> + Send>;

/// What happens in the transaction in which an answer is noted.
pub(super) type Consequence = Box<dyn FnOnce(&mut AnyConnection) -> Result<(), StoreError> + Send>;

impl Gateway {
    /// What `message` does here.
    pub(super) fn network_effect(&self, message: &Message) -> Effect {
        if let Some(effect) = self.move_effect(message) {
            return effect;
        }
        match message.kind.as_str() {
            "ping" => {
                let now = self.clock.now().timestamp();
                Box::new(move |_| Ok(Answer::done(json!({ "now": now }))))
            }
            // Said with a signature, so that the sender does not send it for ever.
            _ => Box::new(|_| Ok(Answer::refused("unknown_kind"))),
        }
    }

    /// What follows here from the answer to `message`.
    pub(super) fn network_consequence(&self, message: &Message, answer: &Answer) -> Consequence {
        self.move_consequence(message, answer).unwrap_or_else(|| Box::new(|_| Ok(())))
    }
}
