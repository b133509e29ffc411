//! A message comes in: who sent it, whether it is one, whether it was seen, and its effect with the answer.
use super::Network;
use crate::gateway::Gateway;
use crate::network::answer::{Answer, Outcome};
use crate::network::message::{self, Message, NONCE_BYTES, OpenedMessage};
use crate::network::peers::Peer;
use crate::network::refusal::{NetworkFault, NetworkRefusal};
use crate::store::StoreError;
use crate::store::network::inbox::{Incoming, KeptAnswer, Taken};

/// By what name a gateway speaks to itself, for municipalities that it serves both; no DNS name has a blank.
const ITSELF: &str = "this gateway";

impl Gateway {
    /// Takes the message in `token`, which came over a connection whose certificate has these DNS names, and gives the signed
    /// answer.
    ///
    /// # Errors
    /// [`NetworkRefusal`]: nothing of it was taken.
    pub async fn network_receive(&self, names: &[String], token: &str) -> Result<String, NetworkRefusal> {
        let unknown = || NetworkRefusal::new(NetworkFault::UnknownPeer, "the certificate is not that of a peer here");
        let network = self.network.clone().ok_or_else(unknown)?;
        let peer = network.peers.named(names).ok_or_else(unknown)?;
        let now = self.clock.now();
        if !network.limit.lets(&peer.name, now) {
            return Err(NetworkRefusal::new(NetworkFault::TooMany, "more messages a minute than are taken here"));
        }
        let opened = message::open(token, &peer.keys, now, network.window)?;
        speaks_for(peer, &opened.message)?;
        if !network.own.contains(&opened.message.to) {
            return Err(NetworkRefusal::new(NetworkFault::NotHere, "the municipality is not served here"));
        }
        let answer = self.network_take(&network, &peer.name, &opened).await?;
        if let Err(error) = self.store.network_outbox_make_due(opened.message.from, now).await {
            tracing::warn!(target: "madoguchi::network", %error, "what waits for a peer could not be made due");
        }
        let signed = answer.sign(&network.key, (&opened.message, &opened.sha256), now);
        signed.map_err(|error| NetworkRefusal::new(NetworkFault::Unavailable, &error.to_string()))
    }

    /// Takes a message from one municipality of this gateway to another: the same, without a connection.
    pub(super) async fn network_take_own(
        &self,
        network: &Network,
        message: &Message,
    ) -> Result<Answer, NetworkRefusal> {
        let nonce: [u8; NONCE_BYTES] = *uuid::Uuid::new_v4().as_bytes();
        let opened = OpenedMessage { message: message.clone(), nonce, issued_at: self.clock.now(), sha256: [0; 32] };
        self.network_take(network, ITSELF, &opened).await
    }

    async fn network_take(
        &self,
        network: &Network,
        peer: &str,
        opened: &OpenedMessage,
    ) -> Result<Answer, NetworkRefusal> {
        let message = &opened.message;
        let incoming = Incoming {
            peer: peer.to_owned(),
            from: message.from,
            to: message.to,
            id: message.id,
            kind: message.kind.clone(),
            content_sha256: message.content_sha256(),
            created_at: message.created_at,
            nonce: opened.nonce.to_vec(),
            // By then it is refused for its age.
            expires_at: opened.issued_at + network.window * 2,
        };
        let effect = self.network_effect(message);
        let taken = self.store.network_inbox_take(incoming, self.clock.now(), move |conn| effect(conn).map(kept)).await;
        match taken.map_err(|error| unavailable(&error))? {
            Taken::Now(answer) | Taken::Before(answer) => given(answer),
            Taken::Replayed => Err(NetworkRefusal::new(NetworkFault::Replayed, "this very sending was seen before")),
            Taken::IdReused => {
                Err(NetworkRefusal::new(NetworkFault::IdReused, "its id stood for something else before"))
            }
        }
    }
}

/// A peer speaks for its own municipalities alone, whatever it signs.
fn speaks_for(peer: &Peer, message: &Message) -> Result<(), NetworkRefusal> {
    if peer.municipalities.contains(&message.from) {
        return Ok(());
    }
    Err(NetworkRefusal::new(NetworkFault::NotYours, "the peer does not speak for this municipality"))
}

fn unavailable(error: &StoreError) -> NetworkRefusal {
    tracing::warn!(target: "madoguchi::network", %error, "a message could not be taken");
    NetworkRefusal::new(NetworkFault::Unavailable, "it cannot be taken now")
}

fn kept(answer: Answer) -> KeptAnswer {
    KeptAnswer { done: answer.outcome == Outcome::Done, code: answer.code, body: answer.body.to_string() }
}

fn given(kept: KeptAnswer) -> Result<Answer, NetworkRefusal> {
    let body = serde_json::from_str(&kept.body)
        .map_err(|_| NetworkRefusal::new(NetworkFault::Unavailable, "a kept answer cannot be read"))?;
    Ok(Answer { outcome: if kept.done { Outcome::Done } else { Outcome::Refused }, code: kept.code, body })
}
