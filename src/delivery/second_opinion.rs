//! The second opinion as background work, on a thread of its own: a large list that is read through keeps no new list
//! waiting. What waits is gathered, so that a list is read once for many filings, and never for longer than a quarter of
//! the lag that is allowed.
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::alarms::Alarms;
use super::alarms::concerns::Concern;
use crate::clock::Stopwatch;
use crate::gateway::Gateway;
use crate::settings::SecondOpinionSettings;
use crate::store::StoreError;
use crate::telemetry;

/// How many filings are looked at together, as soon as they are there.
const ENOUGH: usize = 1_000;
/// How often it is looked whether there is something to do.
const POLL: Duration = Duration::from_secs(5);
/// How often it is looked whether operators are to be told of something.
const TELL_EVERY: Duration = Duration::from_secs(30);
/// For how long operators are reminded of an opinion that disagrees.
const REMINDED: chrono::Duration = chrono::Duration::days(7);
/// How many opinions operators are told of.
const TOLD: i64 = 100;

/// The work of one gateway; several share it, for each batch is noted once.
pub struct SecondOpinionWork {
    gateway: Arc<Gateway>,
    alarms: Alarms,
    lag_at_most: chrono::Duration,
}

impl SecondOpinionWork {
    /// The work that the settings ask for; none where it is switched off.
    pub fn new(gateway: Arc<Gateway>, settings: &SecondOpinionSettings, alarms: Alarms) -> Option<Self> {
        settings.enabled.then(|| Self { gateway, alarms, lag_at_most: settings.lag_at_most.chrono() })
    }

    /// One round: batches, as long as there is enough to do; gives how long the oldest filing has waited that is left.
    ///
    /// # Errors
    /// When the record does not answer.
    pub async fn round(&self) -> Result<chrono::Duration, StoreError> {
        let due = self.gateway.clock.now() - self.lag_at_most / 4;
        let waits_since = loop {
            let round = self.gateway.second_opinions(ENOUGH, due).await?;
            if round.looked_at == 0 {
                break round.waits_since;
            }
        };
        let now = self.gateway.clock.now();
        let lag = waits_since.map_or(chrono::Duration::zero(), |since| now - since);
        telemetry::note_second_opinion_lag(lag.num_seconds());
        Ok(lag)
    }

    /// Tells operators of a lag past its bound and of opinions that disagree; gives how many of these were due.
    ///
    /// # Errors
    /// When the record does not answer.
    pub async fn tell(&self, lag: chrono::Duration) -> Result<usize, StoreError> {
        let now = self.gateway.clock.now();
        self.alarms.tell(&self.gateway.store, self.concerns(lag, now).await?, now).await
    }

    async fn concerns(&self, lag: chrono::Duration, now: DateTime<Utc>) -> Result<Vec<Concern>, StoreError> {
        let late = "second_opinion_late";
        let mut concerns = vec![if lag > self.lag_at_most {
            let detail = format!("A filing has waited for {} minutes for its second opinion", lag.num_minutes());
            Concern::stands(late, "", detail, "/operator")
        } else {
            Concern::over(late, "Second opinions are in time again", "/operator")
        }];
        let opinions = self.gateway.store.second_opinion_list(TOLD).await?;
        let fresh = opinions.into_iter().filter(|one| one.kind == "disagrees" && one.formed_at + REMINDED > now);
        concerns.extend(fresh.map(|one| {
            Concern::stands("second_opinion_disagrees", one.arrival_number.as_str(), one.detail, "/operator")
        }));
        Ok(concerns)
    }

    /// Works until the handle is dropped.
    pub(super) async fn run(self, mut stopped: watch::Receiver<()>) {
        let mut told: Option<Stopwatch> = None;
        loop {
            let outcome = match self.round().await {
                Ok(lag) if told.is_none_or(|last| last.elapsed() >= TELL_EVERY) => {
                    told = Some(Stopwatch::start());
                    self.tell(lag).await.map(drop)
                }
                other => other.map(drop),
            };
            if let Err(error) = outcome {
                tracing::warn!(target: "madoguchi::second_opinion", %error, "the second opinion waits for the record");
            }
            if tokio::time::timeout(POLL, stopped.changed()).await.is_ok() {
                return;
            }
        }
    }
}
