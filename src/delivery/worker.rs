//! The worker: lease, judge, note. Every step can be broken off at any moment: a lease runs out, a decision is one
//! transaction, and the move from "held" is made only once.
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::gateway::held::Wait;
use crate::ids::ArrivalNumber;
use crate::store::held::{HeldDecision, HeldFiling};
use crate::store::{Store, StoreError};
use crate::verdict::{Indication, SubIndication};

/// What judging a held filing again gave.
#[derive(Debug)]
pub enum HeldJudgement {
    /// Decided, with the signed statement of the new verdict.
    Decided {
        /// The decision.
        decision: HeldDecision,
        /// Compact JWS that names `HeldFiling::last_verdict`.
        statement_jws: Option<String>,
    },
    /// Revocation still cannot be decided, and there is no more time for it: the signed statement of the refusal.
    TooLong {
        /// Compact JWS that names `HeldFiling::last_verdict`.
        statement_jws: String,
    },
    /// Revocation still cannot be decided.
    StillHeld,
    /// Nor can that of any later filing of the same scope: a list is missing or stale.
    NoList,
}

/// Judges a held filing by the same path as a new one, with the revocation lists of now.
pub trait HeldJudge: Send + Sync {
    /// Judges it. The time of judging is when the filing was received; `now` is the decision's own time.
    fn judge(&self, filing: HeldFiling, now: DateTime<Utc>, wait: Wait) -> HeldJudgement;
}

/// How the worker works.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// How often it looks when nothing wakes it.
    pub every: Duration,
    /// How long it may have a filing in hand before another worker takes it.
    pub lease: chrono::Duration,
    /// A filing that waits longer is refused (`[revocation] hold_for_at_most`).
    pub hold_for_at_most: chrono::Duration,
    /// How many it takes in hand at a time.
    pub at_a_time: u32,
    /// How long the audit line of a refused filing is kept (`[limits] refusals_kept`).
    pub refusals_kept: chrono::Duration,
    /// How long it is kept who looked at residents' records (`[registry] accesses_kept`); none: there are no such records.
    pub accesses_kept: Option<chrono::Duration>,
    /// For how long a draft that is over can be restored (`[limits] draft_restore`).
    pub draft_restore: chrono::Duration,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(30),
            lease: chrono::Duration::seconds(120),
            hold_for_at_most: chrono::Duration::days(7),
            at_a_time: 50,
            refusals_kept: chrono::Duration::days(90),
            accesses_kept: None,
            draft_restore: chrono::Duration::days(7),
        }
    }
}

/// What one round did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// Held filings that are received now.
    pub received: usize,
    /// Held filings that are refused now.
    pub refused: usize,
    /// Held filings that could not be decided, that met a fault, or that another decided first.
    pub undecided: usize,
}

/// Whether a scope has more to decide in this round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    More,
    Done,
}

/// The worker. Several may run, in one gateway or in many.
#[derive(Clone)]
pub struct Worker {
    store: Store,
    clock: Arc<dyn Clock>,
    judge: Arc<dyn HeldJudge>,
    settings: WorkerSettings,
    name: String,
}

impl Worker {
    /// A worker of a name of its own.
    pub fn new(store: Store, clock: Arc<dyn Clock>, judge: Arc<dyn HeldJudge>, settings: WorkerSettings) -> Self {
        Self { store, clock, judge, settings, name: format!("worker-{}", uuid::Uuid::new_v4()) }
    }

    /// Works until the task is dropped: a round whenever `wake` is notified (a new revocation list came in) and every
    /// `settings.every`. A round that fails is told and tried again at the next.
    pub async fn run(self, wake: Arc<Notify>) {
        loop {
            if let Err(error) = self.round().await {
                tracing::warn!(event = "worker_round_failed", %error);
            }
            let _ = tokio::time::timeout(self.settings.every, wake.notified()).await;
        }
    }

    /// One round over everything that waits, and the housekeeping that comes with it.
    ///
    /// # Errors
    /// When the store could not be asked; what was decided before that stays decided.
    pub async fn round(&self) -> Result<Round, StoreError> {
        let mut round = Round::default();
        let mut leased = Vec::new();
        let worked = self.work_through(&mut round, &mut leased).await;
        for arrival_number in leased {
            if let Err(error) = self.store.held_release(arrival_number, self.name.clone()).await {
                // The lease runs out by itself.
                tracing::warn!(event = "held_release_failed", %arrival_number, %error);
            }
        }
        worked?;
        self.store.feed_number().await?;
        // A held filing may still need to show that it was signed after its request was made.
        self.store.signing_requests_expire(self.clock.now() - self.settings.hold_for_at_most).await?;
        self.store.drafts_expire(self.settings.draft_restore, self.clock.now()).await?;
        self.store.audit_refusals_expire(self.clock.now() - self.settings.refusals_kept).await?;
        if let Some(kept) = self.settings.accesses_kept {
            self.store.registry_accesses_expire(self.clock.now(), Some(kept)).await?;
        }
        Ok(round)
    }

    /// Decides what waits, scope by scope in turns, so that no scope waits for another. Everything taken in hand is put into
    /// `taken` and stays leased until the round's end, so that the next lease gives others.
    async fn work_through(&self, round: &mut Round, taken: &mut Vec<ArrivalNumber>) -> Result<(), StoreError> {
        let mut scopes: VecDeque<Vec<u8>> = self.store.held_scopes().await?.into();
        while let Some(scope) = scopes.pop_front() {
            let lease = format!("held {}", hex::encode(&scope));
            let now = self.clock.now();
            // One worker at a time in a scope: its filings are decided in the order in which they arrived.
            if !self.store.lease_take(lease.clone(), self.name.clone(), now, now + self.settings.lease).await? {
                continue;
            }
            let worked = self.work_in(scope.clone(), round, taken).await;
            if let Err(error) = self.store.lease_give_back(lease, self.name.clone()).await {
                // It runs out by itself.
                tracing::warn!(event = "held_scope_release_failed", %error);
            }
            if worked? == Turn::More {
                scopes.push_back(scope);
            }
        }
        Ok(())
    }

    /// One turn of a scope.
    async fn work_in(
        &self,
        scope: Vec<u8>,
        round: &mut Round,
        taken: &mut Vec<ArrivalNumber>,
    ) -> Result<Turn, StoreError> {
        let now = self.clock.now();
        let until = now + self.settings.lease;
        let leased = self.store.held_lease(scope, self.name.clone(), now, until, self.settings.at_a_time).await?;
        // A lease that ran out during a long round gives the same filings again: once a round is enough.
        let fresh: Vec<_> = leased.into_iter().filter(|number| !taken.contains(number)).collect();
        if fresh.is_empty() {
            return Ok(Turn::Done);
        }
        taken.extend(&fresh);
        for arrival_number in fresh {
            match self.decide(arrival_number, now, round).await {
                Ok(Turn::More) => {}
                Ok(Turn::Done) => return Ok(Turn::Done),
                Err(error) if error.is_temporary() => return Err(error),
                Err(error) => {
                    // One that cannot be dealt with keeps no other from its decision.
                    tracing::error!(event = "held_filing_failed", %arrival_number, %error);
                    round.undecided += 1;
                }
            }
        }
        Ok(Turn::More)
    }

    async fn decide(
        &self,
        arrival_number: ArrivalNumber,
        now: DateTime<Utc>,
        round: &mut Round,
    ) -> Result<Turn, StoreError> {
        let filing = match self.store.held_load(arrival_number).await {
            Ok(Some(filing)) => filing,
            Ok(None) => return Ok(Turn::More),
            Err(StoreError::Damaged(what)) => {
                // Not the applicant's fault: it stays held until an operator has looked.
                tracing::error!(event = "held_document_damaged", %arrival_number, %what);
                round.undecided += 1;
                return Ok(Turn::More);
            }
            Err(error) => return Err(error),
        };
        let too_long = now - filing.held_since > self.settings.hold_for_at_most;
        let wait = if too_long { Wait::TooLong } else { Wait::InTime };
        let last_report = filing.last_verdict.report.clone();
        let judge = self.judge.clone();
        let judgement = tokio::task::spawn_blocking(move || judge.judge(filing, now, wait))
            .await
            .map_err(|_| StoreError::Fault("judging a held filing broke off".to_owned()))?;
        let (decision, statement_jws) = match judgement {
            HeldJudgement::Decided { decision, statement_jws } => (decision, statement_jws),
            HeldJudgement::TooLong { statement_jws } => (held_too_long(last_report), Some(statement_jws)),
            HeldJudgement::StillHeld => {
                round.undecided += 1;
                return Ok(Turn::More);
            }
            HeldJudgement::NoList => {
                round.undecided += 1;
                return Ok(Turn::Done);
            }
        };
        let refused = matches!(decision, HeldDecision::Refused { .. });
        match self.store.held_decide(arrival_number, decision, statement_jws, now).await {
            Ok(_) if refused => round.refused += 1,
            Ok(_) => round.received += 1,
            Err(StoreError::StatusConflict { .. }) => round.undecided += 1,
            Err(error) => return Err(error),
        }
        Ok(Turn::More)
    }
}

/// The last report stands: nothing new was found out, and the time to find out is over.
fn held_too_long(last_report: String) -> HeldDecision {
    HeldDecision::Refused {
        indication: Indication::Indeterminate,
        sub_indication: Some(SubIndication::TryLater),
        report: last_report,
        reason: "Whether the certificate was valid could not be found out in the time allowed. Please file again."
            .to_owned(),
    }
}
