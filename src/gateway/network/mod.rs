//! This gateway on the network of gateways: what it shows, whom it knows, and what it does with messages.
mod deliver;
mod effects;
mod limit;
pub mod moves;
mod receive;

use std::path::Path;

use chrono::{DateTime, Duration, Utc};
use ring::rand::SystemRandom;
use serde_json::Value;

pub use deliver::NetworkRound;

use super::Gateway;
use crate::evidence::keys::{secret, signing_key};
use crate::ids::AgencyCode;
use crate::jws::{JwkSet, SigningKey};
use crate::network::answer::{self, Answer};
use crate::network::client::NetworkClient;
use crate::network::message::Message;
use crate::network::peers::{Peer, PeerBook};
use crate::network::refusal::{NetworkFault, NetworkRefusal};
use crate::network::sealed::{KEY_BYTES, Sealer};
use crate::network::tls::TlsIdentity;
use crate::registry::moving::MoveDeadlines;
use crate::settings::{NetworkSettings, Settings};
use crate::store::StoreError;
use crate::store::network::outbox::NewMessage;
use limit::MinuteLimit;

/// A gateway's place on the network.
#[derive(Debug)]
pub struct Network {
    /// What it shows on both ends of TLS.
    pub identity: TlsIdentity,
    /// The other gateways.
    pub peers: PeerBook,
    /// The municipalities that it speaks for.
    pub own: Vec<AgencyCode>,
    key: SigningKey,
    sealer: Sealer,
    client: NetworkClient,
    limit: MinuteLimit,
    deadlines: MoveDeadlines,
    rng: SystemRandom,
    window: Duration,
    retry: Duration,
    retry_at_most: Duration,
}

impl Network {
    /// The place that the settings give it; none where they name no listener.
    ///
    /// # Errors
    /// A sentence that names the file or the setting that is wrong.
    pub fn open(settings: &Settings) -> Result<Option<Self>, String> {
        let NetworkSettings { certificate, key, authority, .. } = &settings.network;
        let (Some(_), Some(certificate), Some(key), Some(authority)) =
            (settings.network.listen, certificate, key, authority)
        else {
            return Ok(None);
        };
        let identity = TlsIdentity::load(certificate, key, authority)?;
        let code = |code: &String| code.parse().map_err(|_| format!("{code:?} is not a municipality code"));
        let own: Vec<AgencyCode> = settings.network.municipalities.iter().map(code).collect::<Result<_, _>>()?;
        let patience = settings.network.patience.duration();
        let folder = &settings.keys.directory;
        let sealing =
            secret::<KEY_BYTES>(&folder.join("network.key"), "a sealing key has 32 bytes").map_err(sentence)?;
        Ok(Some(Self {
            peers: PeerBook::load(&settings.network.peers, &own)?,
            own,
            key: signing_key(&folder.join("network.p8")).map_err(sentence)?,
            sealer: Sealer::new(&sealing).map_err(sentence)?,
            client: NetworkClient::new(&identity, patience).map_err(sentence)?,
            identity,
            limit: MinuteLimit::new(settings.network.messages_per_minute),
            deadlines: MoveDeadlines {
                move_in_within: settings.network.move_in_within.chrono(),
                visit_within: settings.network.visit_within.chrono(),
            },
            rng: SystemRandom::new(),
            window: settings.network.window.chrono(),
            retry: settings.network.retry.chrono(),
            retry_at_most: settings.network.retry_at_most.chrono(),
        }))
    }

    /// The public key that signs this gateway's messages, as other gateways' settings want it; made where it is not there.
    ///
    /// # Errors
    /// A sentence that names the file.
    pub fn public_keys(folder: &Path) -> Result<JwkSet, String> {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let key = signing_key(&folder.join("network.p8")).map_err(sentence)?;
        Ok(JwkSet { keys: vec![key.jwk().clone()] })
    }

    /// A message as it is kept until it is answered: for [`crate::store::network::outbox::enqueue`] in the transaction of what
    /// it tells. `lane` names what it has to come after.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn keep(&self, message: &Message, lane: &str) -> Result<NewMessage, StoreError> {
        let sealed = self.sealer.seal(&message.id.to_string(), message.body.to_string().as_bytes());
        let sealed = sealed.map_err(|error| StoreError::Fault(error.to_string()))?;
        let Message { id, kind, from, to, created_at, .. } = message.clone();
        Ok(NewMessage { id, kind, from, to, lane: lane.to_owned(), created_at, sealed })
    }

    fn unseal(&self, kept: &NewMessage) -> Result<Message, StoreError> {
        let body = self.sealer.open(&kept.id.to_string(), &kept.sealed);
        let body = body.map_err(|error| StoreError::Damaged(error.to_string()))?;
        let body: Value =
            serde_json::from_slice(&body).map_err(|_| StoreError::Damaged("a kept message".to_owned()))?;
        let NewMessage { id, kind, from, to, created_at, .. } = kept.clone();
        Ok(Message { id, kind, from, to, created_at, body })
    }

    /// Sends one message to a peer and opens the answer. It blocks.
    fn post(&self, peer: &Peer, message: &Message, now: DateTime<Utc>) -> Result<Answer, NetworkRefusal> {
        let fault = |error: &dyn std::fmt::Display| NetworkRefusal::new(NetworkFault::Unavailable, &error.to_string());
        let token = message.sign(&self.key, &self.rng, now).map_err(|error| fault(&error))?;
        if token.len() > crate::network::MAX_BYTES {
            return Err(NetworkRefusal::new(NetworkFault::TooLong, "the message is longer than 1 MiB"));
        }
        let answered = self.client.post(peer, &token)?;
        answer::open(&answered, &peer.keys, (message, &token), now, self.window)
    }

    /// The pause after a message failed for the `attempts`-th time.
    fn pause(&self, attempts: u32) -> Duration {
        let doubled = 1_i32.checked_shl(attempts.min(20)).unwrap_or(i32::MAX);
        self.retry.checked_mul(doubled).map_or(self.retry_at_most, |pause| pause.min(self.retry_at_most))
    }
}

impl Gateway {
    /// Asks another municipality and waits for its answer: for what is of use at once or not at all. What has to arrive is
    /// kept first ([`Network::keep`]).
    ///
    /// # Errors
    /// [`NetworkRefusal`]: there is no answer now.
    pub async fn network_ask(&self, message: Message) -> Result<Answer, NetworkRefusal> {
        let not_here =
            || NetworkRefusal::new(NetworkFault::NotHere, "no gateway is known that serves the municipality");
        let network = self.network.clone().ok_or_else(not_here)?;
        let now = self.clock.now();
        if network.own.contains(&message.to) {
            return self.network_take_own(&network, &message).await;
        }
        let peer = network.peers.serving(message.to).cloned().ok_or_else(not_here)?;
        let name = peer.name.clone();
        let asked = tokio::task::spawn_blocking(move || network.post(&peer, &message, now)).await;
        let answer = asked.unwrap_or_else(|_| Err(NetworkRefusal::new(NetworkFault::Unavailable, "it broke off")));
        let ended = answer.as_ref().map(|_| ()).map_err(|refusal| refusal.fault.code());
        if let Err(error) = self.store.network_peer_note(name, ended, now).await {
            tracing::warn!(target: "madoguchi::network", %error, "how a peer answered could not be noted");
        }
        answer
    }
}

fn sentence(error: impl std::fmt::Display) -> String {
    error.to_string()
}
