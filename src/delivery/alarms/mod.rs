//! Alarms for operators: a revocation list that is stale, or soon will be, is told by mail and webhook, once when it
//! comes to be so, again while it stays so, and once when it is fresh again. What changes at the same time is told
//! in one message: a CA's hundreds of shards go stale together. No personal data: only CA names stand in it.
pub mod concerns;
pub mod mail;
pub mod webhook;

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use ring::digest;
use serde::Serialize;

use self::mail::MailChannel;
use self::webhook::WebhookChannel;
use crate::store::alarms::AlarmClaim;
pub use crate::store::alarms::Freshness;
use crate::store::{Store, StoreError};

/// A revocation list as alarms see it.
#[derive(Debug, Clone, Serialize)]
pub struct WatchedList {
    /// Issuer, RFC 4514.
    pub issuer: String,
    /// What of the issuer's certificates it covers.
    pub scope: String,
    /// CRL number.
    pub number: Option<String>,
    /// When the next one was due.
    pub next_update: Option<DateTime<Utc>>,
    /// How old it is.
    pub state: Freshness,
}

impl WatchedList {
    /// The key it is known by: it stays the same from one list of that scope to the next.
    pub fn subject(&self) -> String {
        hex::encode(digest::digest(&digest::SHA256, format!("{}\n{}", self.issuer, self.scope).as_bytes()))
    }
}

/// One message.
#[derive(Debug, Clone, Serialize)]
pub struct Alarm {
    /// `crl_state`
    pub event: &'static str,
    /// The gateway's origin.
    pub gateway: String,
    /// When it was noticed.
    pub at: DateTime<Utc>,
    /// The lists it is about.
    pub lists: Vec<WatchedList>,
}

/// Why a message did not go out.
#[derive(Debug, thiserror::Error)]
#[error("{channel}: {cause}")]
pub struct ChannelError {
    /// `mail` or `webhook`.
    pub channel: &'static str,
    /// What happened.
    pub cause: String,
}

/// Where alarms go. With neither channel they stand in the log alone.
#[derive(Debug, Clone, Default)]
pub struct Alarms {
    /// Mail to operators.
    pub mail: Option<MailChannel>,
    /// A JSON POST.
    pub webhook: Option<WebhookChannel>,
    /// The gateway's origin, which a message names.
    pub gateway: String,
    /// How often what still stands is told again.
    pub repeat: Option<Duration>,
}

impl Alarms {
    /// Looks at every list once and tells what is due. Gives how many lists were told of. Where any channel fails, the
    /// message counts as not told and the next round tries again: a message may come twice rather than not at all.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn round(&self, store: &Store, lists: Vec<WatchedList>, now: DateTime<Utc>) -> Result<usize, StoreError> {
        let mut by_subject: HashMap<String, WatchedList> =
            lists.into_iter().map(|list| (list.subject(), list)).collect();
        let seen = by_subject.iter().map(|(subject, list)| (subject.clone(), list.state.as_str())).collect();
        let repeat = self.repeat.unwrap_or(Duration::hours(24));
        let claims = store.alarm_claim(seen, repeat, now).await?;
        let mut told: Vec<WatchedList> = claims.iter().filter_map(|claim| by_subject.remove(&claim.subject)).collect();
        if told.is_empty() {
            return Ok(0);
        }
        told.sort_by(|a, b| (&a.issuer, &a.scope).cmp(&(&b.issuer, &b.scope)));
        let alarm = Alarm { event: "crl_state", gateway: self.gateway.clone(), at: now, lists: told };
        self.deliver(store, alarm, claims).await
    }

    async fn deliver(&self, store: &Store, alarm: Alarm, claims: Vec<AlarmClaim>) -> Result<usize, StoreError> {
        for list in &alarm.lists {
            tracing::warn!(target: "madoguchi::alarms", issuer = %list.issuer, scope = %list.scope,
                state = list.state.as_str(), "a revocation list changed its state");
        }
        let (channels, count) = (self.clone(), alarm.lists.len());
        let sent = tokio::task::spawn_blocking(move || channels.send(&alarm)).await;
        let sent =
            sent.unwrap_or_else(|_| Err(ChannelError { channel: "alarms", cause: "sending broke off".to_owned() }));
        if let Err(error) = sent {
            tracing::error!(target: "madoguchi::alarms", %error, "an alarm could not be sent; it is tried again");
            store.alarm_release(claims).await?;
            return Ok(0);
        }
        Ok(count)
    }

    /// Sends by every channel, also when one of them fails.
    fn send(&self, alarm: &Alarm) -> Result<(), ChannelError> {
        let by_mail = self.mail.as_ref().map_or(Ok(()), |mail| mail.send(alarm));
        let by_webhook = self.webhook.as_ref().map_or(Ok(()), |webhook| webhook.send(alarm));
        by_mail.and(by_webhook)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_stale_from_the_second_of_its_next_update() {
        let next: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        let state = |now: &str| Freshness::of(Some(next), Duration::hours(6), now.parse().unwrap());
        assert_eq!(state("2026-11-22T05:59:59Z"), Freshness::Fresh);
        assert_eq!(state("2026-11-22T06:00:00Z"), Freshness::SoonStale);
        assert_eq!(state("2026-11-22T11:59:59Z"), Freshness::SoonStale);
        assert_eq!(state("2026-11-22T12:00:00Z"), Freshness::Stale);
        assert_eq!(Freshness::of(None, Duration::hours(6), next), Freshness::Stale);
    }
}
