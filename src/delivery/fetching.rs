//! Asks the sources of revocation lists that are due, beside everything else: on a thread of its own, several at a time,
//! each taken in hand by one gateway of several. What comes in passes intake as a file in the folder does.
use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, Utc};
use ring::rand::{SecureRandom, SystemRandom};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::fetch::Conditions;
use crate::gateway::Gateway;
use crate::pki::crl::CrlIdentity;
use crate::pki::crl::sources::schedule::{self, Dice, ListTimes};
use crate::pki::crl::sources::{Source, SourceError};
use crate::settings::Settings;
use crate::store::StoreError;
use crate::store::crl_sources::{SourceFailure, SourceLease, SourceState, SourceSuccess};
use crate::telemetry;

/// What intake may take on top of a source's own time, before another gateway takes the source in hand.
const INTAKE_TIME: Duration = Duration::from_secs(120);

/// A look at a source that has ended.
struct Look {
    source: Arc<Source>,
    failures: u32,
    tried: DateTime<Utc>,
    ended: Result<SourceSuccess, SourceError>,
    times: Option<ListTimes>,
}

/// Asks sources.
pub struct Fetching {
    gateway: Arc<Gateway>,
    at_once: usize,
    poll: Duration,
    /// By what name it takes sources in hand.
    name: String,
    /// The sources that have a row.
    known: HashSet<[u8; 32]>,
    running: JoinSet<Look>,
    /// The sources that are asked now.
    in_hand: HashSet<[u8; 32]>,
}

impl Fetching {
    /// Asks what `gateway` knows, as `settings` say.
    pub fn new(gateway: Arc<Gateway>, settings: &Settings) -> Self {
        Self {
            gateway,
            at_once: settings.revocation.fetch_at_once.max(1),
            poll: settings.revocation.poll.duration(),
            name: format!("gateway-{}", uuid::Uuid::new_v4()),
            known: HashSet::new(),
            running: JoinSet::new(),
            in_hand: HashSet::new(),
        }
    }

    /// Takes in hand what is due and notes what has ended; never waits for a source.
    ///
    /// # Errors
    /// [`StoreError`] when the record does not answer; what is in hand goes on.
    pub async fn round(&mut self) -> Result<(), StoreError> {
        while let Some(look) = self.running.try_join_next() {
            self.note(look).await?;
        }
        self.gateway.sources.follow_cas(self.gateway.verifier().trust());
        let sources = self.gateway.sources.all();
        if sources.is_empty() {
            return Ok(());
        }
        self.make_known(&sources).await?;
        let store = self.gateway.store.clone();
        let states: HashMap<[u8; 32], SourceState> =
            store.crl_source_list().await?.into_iter().map(|state| (state.key, state)).collect();
        let filings_wait = !store.held_list(1).await?.is_empty();
        for source in sources {
            if self.running.len() >= self.at_once {
                break;
            }
            let Some(state) = states.get(&source.key).filter(|_| !self.in_hand.contains(&source.key)) else { continue };
            self.take_in_hand(source, state, filings_wait).await?;
        }
        Ok(())
    }

    /// Waits until nothing is in hand: for tests, and for commands that ask once.
    ///
    /// # Errors
    /// As [`Fetching::round`].
    pub async fn settle(&mut self) -> Result<(), StoreError> {
        while let Some(look) = self.running.join_next().await {
            self.note(look).await?;
        }
        Ok(())
    }

    async fn make_known(&mut self, sources: &[Arc<Source>]) -> Result<(), StoreError> {
        let new = sources.iter().filter(|source| !self.known.contains(&source.key));
        let new: Vec<_> = new.map(|source| (source.key, source.name.clone())).collect();
        if new.is_empty() {
            return Ok(());
        }
        self.gateway.store.crl_source_ensure(new.clone(), self.gateway.clock.now()).await?;
        self.known.extend(new.into_iter().map(|(key, _)| key));
        Ok(())
    }

    async fn take_in_hand(
        &mut self,
        source: Arc<Source>,
        state: &SourceState,
        filings_wait: bool,
    ) -> Result<(), StoreError> {
        let now = self.gateway.clock.now();
        let nothing_fresh = state.next_update.is_none_or(|next| next <= now);
        let waited = now - schedule::WHILE_FILINGS_WAIT;
        let or_last_tried_before = (filings_wait && nothing_fresh).then_some(waited);
        let waits = state.last_tried.is_some_and(|tried| or_last_tried_before.is_some_and(|before| tried < before));
        if state.leased_until.is_some_and(|until| until >= now) || (state.next_due > now && !waits) {
            return Ok(());
        }
        let patience = chrono::Duration::from_std(source.rules.fetch.timeout + INTAKE_TIME);
        let until = now + patience.unwrap_or_else(|_| chrono::Duration::hours(1));
        let lease = SourceLease { by: self.name.clone(), now, until, or_last_tried_before };
        let Some(state) = self.gateway.store.crl_source_lease(source.key, lease).await? else { return Ok(()) };
        self.in_hand.insert(source.key);
        let gateway = self.gateway.clone();
        self.running.spawn_blocking(move || look(&gateway, source, &state));
        Ok(())
    }

    async fn note(&mut self, look: Result<Look, tokio::task::JoinError>) -> Result<(), StoreError> {
        // One that broke off keeps its lease until that runs out.
        let Ok(look) = look else { return Ok(()) };
        self.in_hand.remove(&look.source.key);
        let (source, dice) = (&look.source, dice());
        let every = source.rules.every;
        let configured = self.gateway.sources.configured().iter().any(|one| one.key == source.key);
        let label = if configured { source.name.as_str() } else { "followed" };
        telemetry::count_source_look(label, look.ended.as_ref().err().map(SourceError::code));
        let now = self.gateway.clock.now();
        let (ended, due) = match look.ended {
            Ok(success) => (Ok(success), schedule::after_success(now, look.times, every, dice)),
            Err(error) => {
                let (code, detail) = (error.code(), error.to_string());
                tracing::warn!(target: "madoguchi::crl", source = %source.name, code, %detail, "a source gave no list");
                let due = schedule::after_failure(now, look.failures + 1, every, dice);
                (Err(SourceFailure { code, detail }), due)
            }
        };
        let done = self.gateway.store.crl_source_done(source.key, self.name.clone(), ended, (look.tried, due));
        done.await.map(|_| ())
    }

    /// Starts the rounds on a thread of their own.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(mut self) -> io::Result<FetchingHandle> {
        let (stop, mut stopped) = watch::channel(());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new().name("crl-sources".to_owned()).spawn(move || {
            runtime.block_on(async {
                loop {
                    if let Err(error) = self.round().await {
                        tracing::warn!(target: "madoguchi::crl", %error, "sources of revocation lists wait for the record");
                    }
                    // Ends when the handle is dropped.
                    if tokio::time::timeout(self.poll, stopped.changed()).await.is_ok() {
                        return;
                    }
                }
            });
            // What is in hand is not waited for: its lease runs out.
            runtime.shutdown_background();
        })?;
        Ok(FetchingHandle { stop: Some(stop), thread: Some(thread) })
    }
}

/// Sources being asked; dropping it ends that.
pub struct FetchingHandle {
    stop: Option<watch::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for FetchingHandle {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn dice() -> Dice {
    let mut octets = [0; 4];
    // Without randomness all come at the same moment, which is no fault.
    let _ = SystemRandom::new().fill(&mut octets);
    Dice::of(octets)
}

/// Asks one source and offers what it gives. Blocks.
fn look(gateway: &Gateway, source: Arc<Source>, state: &SourceState) -> Look {
    let tried = gateway.clock.now();
    let (ended, times) = match obtain(gateway, &source, state) {
        Ok((success, times)) => (Ok(success), times),
        Err(error) => (Err(error), None),
    };
    Look { source, failures: state.failures, tried, ended, times }
}

fn obtain(
    gateway: &Gateway,
    source: &Source,
    state: &SourceState,
) -> Result<(SourceSuccess, Option<ListTimes>), SourceError> {
    // "As before" helps only a gateway that has what came before.
    let held: HashMap<String, CrlIdentity> =
        gateway.crls.list().into_iter().map(|list| (list.identity.sha256.clone(), (*list.identity).clone())).collect();
    let has_all = !state.lists.is_empty() && state.lists.iter().all(|sha256| held.contains_key(sha256));
    let conditions = match has_all {
        true => Conditions { etag: state.etag.clone(), last_modified: state.last_modified.clone() },
        false => Conditions::default(),
    };
    let obtained = source.obtain(&conditions)?;
    let lists = match obtained.lists {
        None => state.lists.iter().filter_map(|sha256| held.get(sha256).cloned()).collect(),
        Some(lists) => offer(gateway, source, state, lists, &held)?,
    };
    let times = lists.iter().filter_map(times_of).min_by_key(|times| times.next_update);
    let success = SourceSuccess {
        etag: obtained.conditions.etag,
        last_modified: obtained.conditions.last_modified,
        lists: lists.into_iter().map(|identity| identity.sha256).collect(),
        next_update: times.map(|times| times.next_update),
        look_from: times.map(|times| times.look_from()),
    };
    Ok((success, times))
}

fn times_of(list: &CrlIdentity) -> Option<ListTimes> {
    Some(ListTimes { this_update: list.this_update, next_update: list.next_update? })
}

/// Offers each list; where none can be used, why the first cannot.
fn offer(
    gateway: &Gateway,
    source: &Source,
    state: &SourceState,
    lists: Vec<Vec<u8>>,
    held: &HashMap<String, CrlIdentity>,
) -> Result<Vec<CrlIdentity>, SourceError> {
    let (verifier, now) = (gateway.verifier(), gateway.clock.now());
    let (mut used, mut refused) = (Vec::new(), None);
    for der in lists {
        gateway.sources.follow_freshest(&der);
        let sha256 = crate::pki::crl::sources::digest(&der);
        match gateway.crls.offer_as(&source.name, der, verifier.trust(), now) {
            Ok(identity) => {
                if !held.contains_key(&identity.sha256) {
                    let number = identity.number.as_deref().unwrap_or("none");
                    tracing::info!(target: "madoguchi::crl", source = %source.name, number, sha256 = %identity.sha256,
                        "a revocation list was taken in");
                    gateway.sources.note_taken_in();
                }
                used.push((*identity).clone());
            }
            Err(refusal) => {
                // The same list refused for the same reason is told once.
                let told = state.last_failure.as_ref();
                if told.is_none_or(|(code, detail)| code != refusal.code || *detail != refusal.detail) {
                    gateway.crls.note_of_list(&source.name, &sha256, &refusal, now);
                }
                refused.get_or_insert(refusal);
            }
        }
    }
    match (used.is_empty(), refused) {
        (true, Some(refusal)) => Err(SourceError::Refused(refusal)),
        (true, None) => Err(SourceError::NoList),
        _ => Ok(used),
    }
}
