//! What a gateway does besides answering: it takes in revocation lists, decides held filings, and raises alarms. One
//! thread of its own, so that none of it ever waits for a request or keeps one waiting.
use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;

use super::alarms::concerns::Concern;
use super::alarms::mail::MailChannel;
use super::alarms::webhook::WebhookChannel;
use super::alarms::{Alarms, Freshness, WatchedList};
use super::follow_up::{FollowRound, FollowUp};
use super::mails::MailWork;
use super::patience::patiently;
use super::second_opinion::SecondOpinionWork;
use super::{Round, Worker, WorkerSettings, failing, registry};
use crate::clock::Stopwatch;
use crate::gateway::Gateway;
use crate::gateway::{lists, quarantine};
use crate::pki::crl::CrlIdentity;
use crate::pki::crl::sources::WatchedFolder;
use crate::settings::{Grace, Settings};
use crate::store::StoreError;
use crate::store::crl_quarantine::QuarantinedCrl;
use crate::store::documents::objects::Swept;
use crate::telemetry;

/// How often held filings and alarms are looked at where no new list came in, and the archive for other gateways' lists.
const ROUND_EVERY: Duration = Duration::from_secs(30);

/// How often documents that are nobody's are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);

/// How old a document is at least before it counts as nobody's: far longer than a filing takes from its documents to its
/// commit.
const DOCUMENT_GRACE: Duration = Duration::from_secs(3600);

/// The rounds of background work.
pub struct Background {
    gateway: Arc<Gateway>,
    folder: WatchedFolder,
    /// Whether the archive's lists were taken in, which is the first thing of all.
    restored: bool,
    /// Archived lists that were tried, by digest.
    tried: HashSet<[u8; 32]>,
    alarms: Alarms,
    soon_stale: chrono::Duration,
    poll: Duration,
    worker: Worker,
    follow_up: FollowUp,
    second_opinion: Option<SecondOpinionWork>,
    mails: Option<MailWork>,
    /// Whether the last round left work for the next.
    more: bool,
    /// How many lists sources had given at the last round.
    of_sources: usize,
    last_round: Option<Stopwatch>,
    last_sweep: Option<Stopwatch>,
}

impl Background {
    /// The work that `settings` ask for.
    ///
    /// # Errors
    /// A sentence: an address of `[mail]` or `[alarms]` cannot be used.
    pub fn new(gateway: Arc<Gateway>, settings: &Settings) -> Result<Self, String> {
        let hold_for_at_most = settings.revocation.hold_for_at_most.chrono();
        let refusals_kept = settings.limits.refusals_kept.chrono();
        let has_registry = !settings.registry.municipality.is_empty();
        let accesses_kept = has_registry.then(|| settings.registry.accesses_kept.chrono());
        let draft_restore = settings.limits.draft_restore.chrono();
        let worker_settings = WorkerSettings {
            hold_for_at_most,
            refusals_kept,
            draft_restore,
            accesses_kept,
            ..WorkerSettings::default()
        };
        let worker = Worker::new(gateway.store.clone(), gateway.clock.clone(), gateway.clone(), worker_settings);
        let alarms = alarms_of(&gateway, settings)?;
        Ok(Self {
            worker,
            second_opinion: SecondOpinionWork::new(gateway.clone(), &settings.second_opinion, alarms.clone()),
            mails: MailWork::new(gateway.clone(), &settings.mail)?,
            alarms,
            follow_up: FollowUp::new(gateway.clone(), Grace::of(&settings.revocation)),
            more: false,
            of_sources: 0,
            gateway,
            folder: WatchedFolder::new(&settings.revocation.directory),
            restored: false,
            tried: HashSet::new(),
            soon_stale: settings.revocation.soon_stale.chrono(),
            poll: settings.revocation.poll.duration(),
            last_round: None,
            last_sweep: None,
        })
    }

    /// Looks at the folder of revocation lists, the first time after the archive; gives how many were taken in.
    pub fn take_in_lists(&mut self) -> usize {
        let (gateway, now) = (self.gateway.clone(), self.gateway.clock.now());
        let restored = if self.restored { Vec::new() } else { self.take_from_archive() };
        let report = self.folder.scan(&gateway.crls, gateway.verifier().trust(), now);
        for list in &report.taken_in {
            let number = list.number.as_deref().unwrap_or("none");
            tracing::info!(target: "madoguchi::crl", number, sha256 = %list.sha256, "a revocation list was taken in");
        }
        for (file, refusal) in &report.refused {
            let (code, detail) = (refusal.code, &refusal.detail);
            tracing::warn!(target: "madoguchi::crl", %file, code, %detail, "a revocation list was refused");
        }
        let of_sources = if restored.is_empty() { HashSet::new() } else { lists::of_sources(&gateway.store) };
        let is_known = |sha256: &str| self.folder.holds(sha256) || of_sources.contains(sha256);
        lists::tell_of_missing(&gateway.crls, &restored, is_known, now);
        let kept = gateway.crls.archive_waiting(now);
        if kept > 0 {
            tracing::info!(target: "madoguchi::crl", kept, "revocation lists that waited for the archive are archived");
        }
        telemetry::note_not_archived(gateway.crls.not_archived());
        lists::mend_damaged(&gateway.store, &gateway.crls, now);
        let taken_in = restored.len() + report.taken_in.len() + self.let_in_quarantined();
        if self.restored && (taken_in > 0 || !report.refused.is_empty()) {
            gateway.crls.tidy_shelf();
        }
        taken_in
    }

    /// Takes in the lists that two operators have let in; gives how many.
    fn let_in_quarantined(&self) -> usize {
        match quarantine::round(&self.gateway) {
            Ok(round) => {
                if round.let_in + round.failed + round.overtaken > 0 {
                    tracing::info!(target: "madoguchi::crl", ?round, "quarantined revocation lists");
                }
                telemetry::note_quarantined(round.waiting);
                round.let_in
            }
            Err(error) => {
                tracing::warn!(target: "madoguchi::crl", %error, "the quarantine of revocation lists does not answer");
                0
            }
        }
    }

    /// Takes in what the archive has: what was in use before the start, or what other gateways accepted since. An archive
    /// that does not answer is asked again at the next look.
    fn take_from_archive(&mut self) -> Vec<Arc<CrlIdentity>> {
        let (gateway, now) = (&self.gateway, self.gateway.clock.now());
        match lists::restore(&gateway.store, &gateway.crls, gateway.verifier().trust(), now, &mut self.tried) {
            Ok(restored) => {
                self.restored = true;
                for list in &restored {
                    let number = list.number.as_deref().unwrap_or("none");
                    tracing::info!(target: "madoguchi::crl", number, sha256 = %list.sha256, "a list came from the archive");
                }
                restored
            }
            Err(error) => {
                tracing::error!(target: "madoguchi::crl", %error, "the archive of revocation lists does not answer");
                Vec::new()
            }
        }
    }

    /// One round of everything that is due.
    pub async fn round(&mut self) {
        let due = self.last_round.is_none_or(|last| last.elapsed() >= ROUND_EVERY);
        // At the start the lists of the archive come in together with the folder's.
        let taken_in = patiently(|| {
            let of_others = if due && self.restored { self.take_from_archive().len() } else { 0 };
            self.take_in_lists() + of_others
        });
        let of_sources = self.gateway.sources.taken_in();
        if taken_in == 0 && of_sources == self.of_sources && !due && !self.more {
            return;
        }
        self.of_sources = of_sources;
        self.last_round = Some(Stopwatch::start());
        if let Err(error) = self.with_the_record().await {
            tracing::warn!(target: "madoguchi::background", %error, "background work waits for the record");
        }
        if self.last_sweep.is_none_or(|last| last.elapsed() >= SWEEP_EVERY) {
            self.sweep().await;
        }
    }

    /// Takes away what filings that were not recorded left; what cannot be taken away now is at the next time.
    async fn sweep(&mut self) {
        match self.gateway.store.documents_sweep(DOCUMENT_GRACE).await {
            Ok(Swept { objects, parts }) => {
                self.last_sweep = Some(Stopwatch::start());
                if objects + parts > 0 {
                    tracing::info!(target: "madoguchi::background", objects, parts, "documents of no filing were removed");
                }
            }
            Err(error) => tracing::warn!(target: "madoguchi::background", %error, "documents could not be swept"),
        }
    }

    async fn with_the_record(&mut self) -> Result<(), StoreError> {
        let gateway = self.gateway.clone();
        gateway.keep_present_trust_state().await?;
        let round = self.worker.round().await?;
        if round.received + round.refused > 0 {
            let Round { received, refused, undecided } = round;
            tracing::info!(target: "madoguchi::held", received, refused, undecided, "held filings were decided");
        }
        self.follow_up().await?;
        registry::round(&gateway).await?;
        let now = gateway.clock.now();
        self.alarms.round(&gateway.store, self.watched_lists(now), now).await?;
        self.alarms.tell(&gateway.store, self.quarantined().await?, now).await?;
        let sources: HashSet<[u8; 32]> = gateway.sources.all().iter().map(|source| source.key).collect();
        let mut states = gateway.store.crl_source_list().await?;
        states.retain(|state| sources.contains(&state.key));
        self.alarms.tell(&gateway.store, failing::concerns(&states, self.soon_stale, now), now).await?;
        Ok(())
    }

    async fn follow_up(&mut self) -> Result<(), StoreError> {
        self.more = false;
        let round = self.follow_up.round().await?;
        self.more = round.more;
        if round.confirmed + round.contested > 0 {
            let FollowRound { confirmed, contested, unchanged, .. } = round;
            tracing::info!(target: "madoguchi::steps", confirmed, contested, unchanged, "provisional verdicts were judged again");
        }
        Ok(())
    }

    /// What waits in quarantine, for operators to hear of.
    async fn quarantined(&self) -> Result<Vec<Concern>, StoreError> {
        let lists = self.gateway.store.crl_quarantine_list(0).await?;
        let concern = |list: QuarantinedCrl| {
            let (sha256, number) = (hex::encode(list.sha256), list.number.unwrap_or_default());
            let detail = format!("List {number} of {} waits for two operators: {}", list.issuer, list.codes.join(", "));
            let page = format!("/operator/quarantine/{sha256}");
            Concern::stands("crl_quarantined", sha256, detail, &page)
        };
        Ok(lists.into_iter().map(concern).collect())
    }

    fn watched_lists(&self, now: chrono::DateTime<chrono::Utc>) -> Vec<WatchedList> {
        let watched = |list: crate::pki::crl::CrlSummary| WatchedList {
            issuer: list.identity.issuer.clone(),
            scope: list.scope,
            number: list.identity.number.clone(),
            next_update: list.identity.next_update,
            state: Freshness::of(list.identity.next_update, self.soon_stale, now),
        };
        self.gateway.crls.list().into_iter().map(watched).collect()
    }

    /// Starts the rounds on a thread of their own, and the second opinion on another.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn start(mut self) -> io::Result<BackgroundHandle> {
        let (stop, mut stopped) = watch::channel(());
        let mut threads = Vec::new();
        if let Some(work) = self.second_opinion.take() {
            let (runtime, stopped) = (runtime()?, stopped.clone());
            let thread = std::thread::Builder::new().name("second-opinion".to_owned());
            threads.push(thread.spawn(move || runtime.block_on(work.run(stopped)))?);
        }
        if let Some(work) = self.mails.take() {
            let (runtime, stopped) = (runtime()?, stopped.clone());
            let thread = std::thread::Builder::new().name("mails".to_owned());
            threads.push(thread.spawn(move || runtime.block_on(work.run(stopped)))?);
        }
        let runtime = runtime()?;
        let thread = std::thread::Builder::new().name("background".to_owned()).spawn(move || {
            runtime.block_on(async move {
                loop {
                    self.round().await;
                    // Ends when the handle is dropped.
                    if tokio::time::timeout(self.poll, stopped.changed()).await.is_ok() {
                        return;
                    }
                }
            });
        })?;
        threads.push(thread);
        Ok(BackgroundHandle { stop: Some(stop), threads })
    }
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

fn alarms_of(gateway: &Gateway, settings: &Settings) -> Result<Alarms, String> {
    let (mail, alarms) = (&settings.mail, &settings.alarms);
    let mail = match &mail.smtp {
        Some(smtp) if !alarms.mail.is_empty() => Some(MailChannel::new(smtp, &mail.from, &alarms.mail)?),
        _ => None,
    };
    let webhook = alarms.webhook.as_deref().map(WebhookChannel::new).transpose()?;
    let repeat = Some(alarms.repeat.chrono());
    Ok(Alarms { mail, webhook, gateway: gateway.origin().to_owned(), repeat })
}

/// Background work under way; dropping it ends the work after the present round.
pub struct BackgroundHandle {
    stop: Option<watch::Sender<()>>,
    threads: Vec<JoinHandle<()>>,
}

impl Drop for BackgroundHandle {
    fn drop(&mut self) {
        drop(self.stop.take());
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
