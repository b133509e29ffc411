//! What else operators are told of beside the age of revocation lists: a list that waits in quarantine, a second opinion
//! that disagrees. Told as lists are: once when it comes to be so, again while it stays so, by one gateway of several.
use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;

use super::{Alarms, ChannelError};
use crate::store::alarms::{AlarmClaim, CALM};
use crate::store::{Store, StoreError};

/// One thing that operators should look at. No personal data stands in it.
#[derive(Debug, Clone, Serialize)]
pub struct Concern {
    /// What it is: `crl_quarantined`, `second_opinion_disagrees`, `second_opinion_late`.
    pub event: &'static str,
    /// Which one: a digest, an arrival number; empty where there is only one.
    pub subject: String,
    /// `alarm`, or `fresh` where all is well again.
    pub state: &'static str,
    /// A sentence.
    pub detail: String,
    /// The page to look at, from the gateway's origin on.
    pub page: String,
}

impl Concern {
    /// One that stands.
    pub fn stands(event: &'static str, subject: impl Into<String>, detail: impl Into<String>, page: &str) -> Self {
        Self { event, subject: subject.into(), state: "alarm", detail: detail.into(), page: page.to_owned() }
    }

    /// One that is over.
    pub fn over(event: &'static str, detail: impl Into<String>, page: &str) -> Self {
        let (detail, page) = (detail.into(), page.to_owned());
        Self { event, subject: String::new(), state: CALM, detail, page }
    }

    fn key(&self) -> String {
        format!("{}\n{}", self.event, self.subject)
    }
}

/// One message about them.
#[derive(Debug, Clone, Serialize)]
pub struct ConcernMessage {
    /// `concerns`
    pub event: &'static str,
    /// The gateway's origin.
    pub gateway: String,
    /// When it was noticed.
    pub at: DateTime<Utc>,
    /// What it is about.
    pub concerns: Vec<Concern>,
}

impl ConcernMessage {
    fn subject(&self) -> String {
        format!("Madoguchi: {} for operators to look at", self.concerns.len())
    }

    fn body(&self) -> String {
        let mut text = format!("Gateway {} at {}\r\n\r\n", self.gateway, self.at.to_rfc3339());
        for concern in &self.concerns {
            let Concern { event, subject, detail, page, .. } = concern;
            text.push_str(&format!("{event} {subject}\r\n  {detail}\r\n  {}{page}\r\n\r\n", self.gateway));
        }
        text
    }
}

impl Alarms {
    /// Tells of those that are due; gives how many. As with lists, a message may come twice rather than not at all.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tell(&self, store: &Store, concerns: Vec<Concern>, now: DateTime<Utc>) -> Result<usize, StoreError> {
        if concerns.is_empty() {
            return Ok(0);
        }
        let mut by_key: HashMap<String, Concern> = concerns.into_iter().map(|one| (one.key(), one)).collect();
        let seen = by_key.iter().map(|(key, one)| (key.clone(), one.state)).collect();
        let repeat = self.repeat.unwrap_or(Duration::hours(24));
        let claims = store.alarm_claim(seen, repeat, now).await?;
        let mut told: Vec<Concern> = claims.iter().filter_map(|claim| by_key.remove(&claim.subject)).collect();
        if told.is_empty() {
            return Ok(0);
        }
        told.sort_by_key(Concern::key);
        for Concern { event, subject, state, detail, .. } in &told {
            tracing::warn!(target: "madoguchi::alarms", event, subject, state, detail, "operators should look");
        }
        let message = ConcernMessage { event: "concerns", gateway: self.gateway.clone(), at: now, concerns: told };
        self.deliver_concerns(store, message, claims).await
    }

    async fn deliver_concerns(
        &self,
        store: &Store,
        message: ConcernMessage,
        claims: Vec<AlarmClaim>,
    ) -> Result<usize, StoreError> {
        let (channels, count) = (self.clone(), message.concerns.len());
        let sent = tokio::task::spawn_blocking(move || channels.send_concerns(&message)).await;
        let broken = || ChannelError { channel: "alarms", cause: "sending broke off".to_owned() };
        if let Err(error) = sent.unwrap_or_else(|_| Err(broken())) {
            tracing::error!(target: "madoguchi::alarms", %error, "an alarm could not be sent; it is tried again");
            store.alarm_release(claims).await?;
            return Ok(0);
        }
        Ok(count)
    }

    fn send_concerns(&self, message: &ConcernMessage) -> Result<(), ChannelError> {
        let by_mail = self.mail.as_ref().map_or(Ok(()), |mail| mail.send_text(&message.subject(), message.body()));
        let by_webhook = self.webhook.as_ref().map_or(Ok(()), |webhook| webhook.send_json(message));
        by_mail.and(by_webhook)
    }
}
