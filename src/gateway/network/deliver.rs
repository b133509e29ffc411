//! What waits is sent: one gateway at a time to each municipality, the first of each lane, until a signed answer settles it.
//! In crash order: the answer comes; one transaction notes it with what follows from it. A crash before that: the message is
//! sent again, and the other side gives the answer that it gave.
use std::sync::Arc;

use chrono::Duration;

use super::Network;
use crate::gateway::Gateway;
use crate::ids::AgencyCode;
use crate::network::answer::{Answer, Outcome};
use crate::network::message::Message;
use crate::network::refusal::{NetworkFault, NetworkRefusal};
use crate::store::StoreError;
use crate::store::network::outbox::{DueMessage, Settled};

/// How long one gateway has the sending to a municipality in hand; a round to it ends sooner.
const LEASE: Duration = Duration::minutes(10);

/// How many messages go to one municipality in a round.
const AT_MOST: usize = 500;

/// What a round did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct NetworkRound {
    /// Answered, and so done with.
    pub settled: usize,
    /// Tried, and to be tried again.
    pub failed: usize,
}

/// Whether the rest of what waits for a municipality can be tried.
#[derive(PartialEq, Eq)]
enum Way {
    Open,
    Closed,
}

impl Gateway {
    /// Sends what is due. `worker` is the name under which this gateway takes work in hand.
    ///
    /// # Errors
    /// [`StoreError`] when the record does not answer; what was not noted is sent again.
    pub async fn network_round(&self, worker: &str) -> Result<NetworkRound, StoreError> {
        let mut round = NetworkRound::default();
        let Some(network) = self.network.clone() else { return Ok(round) };
        for waiting in self.store.network_outbox_waiting().await? {
            let (lease, now) = (format!("network-{}", waiting.to), self.clock.now());
            if self.store.lease_take(lease.clone(), worker.to_owned(), now, now + LEASE).await? {
                let ended = self.network_deliver(&network, waiting.to, &mut round).await;
                self.store.lease_give_back(lease, worker.to_owned()).await?;
                ended?;
            }
        }
        Ok(round)
    }

    async fn network_deliver(
        &self,
        network: &Arc<Network>,
        to: AgencyCode,
        round: &mut NetworkRound,
    ) -> Result<(), StoreError> {
        let mut tried = 0;
        loop {
            let due = self.store.network_outbox_due(to, self.clock.now()).await?;
            if due.is_empty() || tried >= AT_MOST {
                return Ok(());
            }
            for one in due {
                tried += 1;
                if self.network_deliver_one(network, &one, round).await? == Way::Closed {
                    return Ok(());
                }
            }
        }
    }

    async fn network_deliver_one(
        &self,
        network: &Arc<Network>,
        due: &DueMessage,
        round: &mut NetworkRound,
    ) -> Result<Way, StoreError> {
        let (id, to) = (due.message.id, due.message.to);
        let message = network.unseal(&due.message)?;
        match self.network_ask(message.clone()).await {
            Ok(answer) => {
                let consequence = self.network_consequence(&message, &answer);
                self.store.network_outbox_settle(id, settled(&answer), self.clock.now(), consequence).await?;
                tell(&message, &answer);
                round.settled += 1;
                Ok(Way::Open)
            }
            Err(refusal) => {
                let now = self.clock.now();
                let next_due = now + network.pause(due.attempts);
                let code = refusal.fault.code();
                self.store.network_outbox_failed(id, code, (now, next_due)).await?;
                tracing::warn!(target: "madoguchi::network", %id, kind = %message.kind, %to, code, "a message waits");
                round.failed += 1;
                if concerns_the_message_alone(&refusal) {
                    return Ok(Way::Open);
                }
                self.store.network_outbox_postpone(to, next_due).await?;
                Ok(Way::Closed)
            }
        }
    }
}

/// Whether another message may fare better now.
fn concerns_the_message_alone(refusal: &NetworkRefusal) -> bool {
    use NetworkFault::{IdReused, Malformed, Replayed, TooLong};
    matches!(refusal.fault, IdReused | Malformed | Replayed | TooLong)
}

fn settled(answer: &Answer) -> Settled {
    let outcome = if answer.outcome == Outcome::Done { "done" } else { "refused" };
    Settled { outcome, code: answer.code.clone() }
}

fn tell(message: &Message, answer: &Answer) {
    let Message { id, kind, to, .. } = message;
    tracing::info!(target: "madoguchi::network", %id, %kind, %to, code = %answer.code, "a message was answered");
}
