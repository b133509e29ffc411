//! What goes on with a filing after its receipt: it is entered in the index of signers, accepted revocation lists are run
//! against the filings, and provisional verdicts are confirmed or contested. Every step is one transaction that is made
//! only once; a round that is broken off anywhere is gone on with by the next, of this gateway or another.
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::clock::Stopwatch;
use crate::gateway::steps::Judged;
use crate::gateway::{Gateway, impact};
use crate::settings::Grace;
use crate::store::StoreError;
use crate::store::awaiting::Step;
use crate::store::impacts::{Follows, ImpactDue, ImpactToJudge};
use crate::submission::status::RevocationState;
use crate::telemetry;

/// Entries of the feed that are followed in one transaction, and how many such in one round.
const FOLLOWED_AT_ONCE: u32 = 250;
const FOLLOWED_A_ROUND: usize = 40;
/// Lists that are run against the filings in one round.
const LISTS_A_ROUND: u32 = 20;
/// Filings that are judged in one piece, and in one round.
const JUDGED_AT_ONCE: u32 = 64;
const JUDGED_A_ROUND: usize = 2_000;
/// How often all lists are looked at, and not only those that are new to this gateway.
const LOOK_AT_ALL: Duration = Duration::from_secs(600);
/// How long one gateway has a scope's filings or a list in hand.
const LEASE: chrono::Duration = chrono::Duration::seconds(120);

/// What one round did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct FollowRound {
    /// Filings newly followed.
    pub followed: usize,
    /// Lists run against the filings.
    pub lists: usize,
    /// Filings confirmed.
    pub confirmed: usize,
    /// Filings contested.
    pub contested: usize,
    /// Filings that were judged and stay as they are.
    pub unchanged: usize,
    /// Whether there is more to do at once.
    pub more: bool,
}

/// The work; one for each gateway.
pub struct FollowUp {
    gateway: Arc<Gateway>,
    grace: Arc<Grace>,
    name: String,
    /// Up to which list each row's filings were looked at.
    looked: HashMap<[u8; 32], DateTime<Utc>>,
    last_full: Option<Stopwatch>,
}

impl FollowUp {
    /// For this gateway.
    pub fn new(gateway: Arc<Gateway>, grace: Grace) -> Self {
        let name = format!("follow-up-{}", uuid::Uuid::new_v4());
        Self { gateway, grace: Arc::new(grace), name, looked: HashMap::new(), last_full: None }
    }

    /// One round. Lists are run only when the index has every filing that was recorded before: what comes later is judged
    /// by a snapshot that holds the list, or is provisional and waits for one that is newer still.
    ///
    /// # Errors
    /// When the record does not answer; what was done before that is done.
    pub async fn round(&mut self) -> Result<FollowRound, StoreError> {
        let mut round = FollowRound::default();
        match self.follow(&mut round).await? {
            true => self.run_lists(&mut round).await?,
            false => round.more = true,
        }
        self.judge_touched(&mut round).await?;
        self.confirm(&mut round).await?;
        telemetry::count_steps(round.confirmed, round.contested);
        Ok(round)
    }

    /// True when the feed has nothing more.
    async fn follow(&mut self, round: &mut FollowRound) -> Result<bool, StoreError> {
        for _ in 0..FOLLOWED_A_ROUND {
            let followed = self.gateway.store.follow_up((*self.grace).clone(), FOLLOWED_AT_ONCE).await?;
            round.followed += followed.filings;
            for row in &followed.list_rows {
                self.looked.remove(row);
            }
            if followed.caught_up {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn run_lists(&self, round: &mut FollowRound) -> Result<(), StoreError> {
        // Those that fail keep no other waiting.
        let failures = &self.gateway.impact_failures;
        let limit = LISTS_A_ROUND.saturating_add(u32::try_from(failures.count()).unwrap_or(u32::MAX));
        let due = self.gateway.store.impacts_due(limit).await?;
        failures.keep_due(&due);
        round.more |= due.len() == limit as usize;
        for list in due {
            let lease = format!("impact {}", hex::encode(list.list));
            if !self.take(&lease).await? {
                continue;
            }
            let ran = self.run_list(list).await;
            self.give_back(lease).await;
            round.lists += usize::from(ran?);
        }
        Ok(())
    }

    async fn run_list(&self, due: ImpactDue) -> Result<bool, StoreError> {
        let list = due.list;
        let (gateway, sha256) = (self.gateway.clone(), hex::encode(due.list));
        let run = blocking(move || impact::run(&gateway.store, gateway.verifier().trust(), due)).await?;
        let run = match run {
            Err(error) if !error.is_temporary() => {
                // It stays due, and operators see it.
                if self.gateway.impact_failures.note(list, error.to_string()) {
                    tracing::error!(target: "madoguchi::impact", %sha256, %error, "a list cannot be run against the filings");
                }
                return Ok(false);
            }
            run => run?,
        };
        let (entries, filings, took) = (run.entries, run.filings.len(), run.took);
        let noted = self.gateway.store.impact_note(run, self.gateway.clock.now()).await?;
        if noted {
            telemetry::note_impact(took, filings);
            tracing::info!(target: "madoguchi::impact", %sha256, entries, filings, "a revocation list was run against the filings");
        }
        Ok(noted)
    }

    /// Judges the filings again whose signers came onto lists.
    async fn judge_touched(&self, round: &mut FollowRound) -> Result<(), StoreError> {
        for _ in 0..JUDGED_A_ROUND / JUDGED_AT_ONCE as usize {
            let now = self.gateway.clock.now();
            let touched = self.gateway.store.impacts_to_judge(now, JUDGED_AT_ONCE).await?;
            if touched.is_empty() {
                return Ok(());
            }
            self.judge_some_touched(touched, round).await?;
        }
        round.more = true;
        Ok(())
    }

    async fn judge_some_touched(&self, touched: Vec<ImpactToJudge>, round: &mut FollowRound) -> Result<(), StoreError> {
        let store = &self.gateway.store;
        let mut ids: Vec<i64> = touched.iter().map(|one| one.submission_id).collect();
        ids.dedup();
        let seen = self.rows_seen();
        let (mut open, mut good, mut steps) = (Vec::new(), Vec::new(), Vec::new());
        for (id, judged) in self.judge(ids).await? {
            // A gateway that does not have the list yet, or one newer, knows nothing of what it says.
            let has_the_list = touched
                .iter()
                .filter(|one| one.submission_id == id)
                .all(|one| seen.get(&one.list_row).is_some_and(|newest| *newest >= one.this_update));
            match judged {
                Some(Judged::Step(step)) if step.to == RevocationState::Contested => steps.push(*step),
                // Confirming is for the round over those that await it.
                Some(Judged::Good | Judged::Awaits { .. } | Judged::Step(_)) if has_the_list => {
                    good.push((id, Follows::StillGood))
                }
                _ => open.push(id),
            }
        }
        round.unchanged += good.len() + open.len();
        let asked: Vec<i64> = steps.iter().map(Step::filing).collect();
        let made = self.note(steps, round).await?;
        // What another made first is settled by it; what moved on meanwhile is judged again soon.
        open.extend(asked.iter().zip(made).filter(|(_, made)| !made).map(|(id, _)| *id));
        store.impacts_settle(good).await?;
        let soon = self.gateway.clock.now() + chrono::Duration::seconds(60);
        store.impacts_put_off(open, soon).await
    }

    fn rows_seen(&self) -> HashMap<[u8; 32], DateTime<Utc>> {
        self.gateway.step_judging(&self.grace).newest().clone()
    }

    /// Confirms what lists that are new here may confirm, in each scope in the order of arrival.
    async fn confirm(&mut self, round: &mut FollowRound) -> Result<(), StoreError> {
        let mut newest = self.rows_seen();
        if self.last_full.is_none_or(|last| last.elapsed() >= LOOK_AT_ALL) {
            self.looked.clear();
            // Lists that come no more, because the CA shares its certificates out in another way now.
            let any = newest.get(&crate::store::follow_up::NO_LIST).copied();
            for row in self.gateway.store.awaiting_rows().await? {
                if let (Some(any), None) = (any, newest.get(&row)) {
                    newest.insert(row, any);
                }
            }
            self.last_full = Some(Stopwatch::start());
        }
        for (row, this_update) in newest {
            if self.looked.get(&row).is_some_and(|looked| *looked >= this_update) {
                continue;
            }
            if self.confirm_row(row, this_update, round).await? {
                self.looked.insert(row, this_update);
            } else if round.confirmed + round.contested + round.unchanged >= JUDGED_A_ROUND {
                round.more = true;
                return Ok(());
            }
        }
        Ok(())
    }

    /// True when nothing is left that the list may confirm.
    async fn confirm_row(
        &self,
        row: [u8; 32],
        this_update: DateTime<Utc>,
        round: &mut FollowRound,
    ) -> Result<bool, StoreError> {
        let store = &self.gateway.store;
        if store.awaiting_due(row, this_update, 1).await?.is_empty() {
            return Ok(true);
        }
        let lease = format!("confirm {}", hex::encode(row));
        let mut done = false;
        while !done && round.confirmed + round.contested + round.unchanged < JUDGED_A_ROUND {
            if !self.take(&lease).await? {
                return Ok(false);
            }
            let due = store.awaiting_due(row, this_update, JUDGED_AT_ONCE).await?;
            done = due.is_empty();
            if let Err(error) = self.confirm_some(due, this_update, round).await {
                self.give_back(lease).await;
                return Err(error);
            }
        }
        self.give_back(lease).await;
        Ok(done)
    }

    async fn confirm_some(
        &self,
        due: Vec<i64>,
        this_update: DateTime<Utc>,
        round: &mut FollowRound,
    ) -> Result<(), StoreError> {
        let (mut put_off, mut steps, mut of_another) = (Vec::new(), Vec::new(), Vec::new());
        for (id, judged) in self.judge(due).await? {
            match judged {
                Some(Judged::Step(step)) => steps.push(*step),
                Some(Judged::Awaits { list_row, needs_after }) => of_another.push((id, list_row, needs_after)),
                _ => put_off.push(id),
            }
        }
        round.unchanged += put_off.len() + of_another.len();
        self.gateway.store.awaiting_other_lists(of_another).await?;
        let asked: Vec<i64> = steps.iter().map(Step::filing).collect();
        let made = self.note(steps, round).await?;
        // It moved on while it was judged (the agency decided): it is judged again at once, as it stands now.
        let moved_on = asked.iter().zip(made).filter(|(_, made)| !made).count();
        round.unchanged += moved_on;
        self.gateway.store.awaiting_put_off(put_off, this_update).await
    }

    async fn judge(&self, ids: Vec<i64>) -> Result<Vec<(i64, Option<Judged>)>, StoreError> {
        let filings = self.gateway.store.steps_load(ids.clone()).await?;
        let (gateway, grace, now) = (self.gateway.clone(), self.grace.clone(), self.gateway.clock.now());
        blocking(move || {
            let judging = gateway.step_judging(&grace);
            let judged = filings.into_iter().map(|filing| filing.map(|filing| judging.judge(&filing, now)));
            ids.into_iter().zip(judged).collect()
        })
        .await
    }

    async fn note(&self, steps: Vec<Step>, round: &mut FollowRound) -> Result<Vec<bool>, StoreError> {
        if steps.is_empty() {
            return Ok(Vec::new());
        }
        let to: Vec<RevocationState> = steps.iter().map(|step| step.to).collect();
        let made = self.gateway.store.steps_note(steps, self.gateway.clock.now()).await?;
        for (to, _) in to.iter().zip(&made).filter(|(_, made)| **made) {
            match to {
                RevocationState::Contested => round.contested += 1,
                _ => round.confirmed += 1,
            }
        }
        Ok(made)
    }

    async fn take(&self, lease: &str) -> Result<bool, StoreError> {
        let now = self.gateway.clock.now();
        self.gateway.store.lease_take(lease.to_owned(), self.name.clone(), now, now + LEASE).await
    }

    async fn give_back(&self, lease: String) {
        if let Err(error) = self.gateway.store.lease_give_back(lease, self.name.clone()).await {
            // It runs out by itself.
            tracing::warn!(target: "madoguchi::follow_up", %error, "a lease could not be given back");
        }
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| StoreError::Fault("judging filings again broke off".to_owned()))
}
