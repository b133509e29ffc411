//! A record on either database, and desks over it: each desk is a gateway of its own.
#![allow(dead_code)]
use std::sync::Arc;

use chrono::SubsecRound;
use madoguchi::clock::FixedClock;
use madoguchi::delivery::follow_up::{FollowRound, FollowUp};
use madoguchi::gateway::Gateway;
use madoguchi::settings::{Grace, Settings};

use super::desk::{Desk, ORIGIN, run};
use super::pki::{TestPki, now};
use super::postgres::{Postgres, shared};

/// Makes each test twice, as `sqlite::name` and `postgresql::name`.
#[macro_export]
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {
        mod sqlite { $(#[test] fn $name() { super::$name(&$crate::support::place::Place::sqlite()); })* }
        mod postgresql { $(#[test] fn $name() { super::$name(&$crate::support::place::Place::postgresql()); })* }
    };
}

/// A database, a folder, a test PKI of its own and a clock.
pub struct Place {
    pub pki: TestPki,
    pub clock: Arc<FixedClock>,
    pub database: String,
    folder: tempfile::TempDir,
    _server: Option<Arc<Postgres>>,
}

impl Place {
    fn new(database: impl FnOnce(&tempfile::TempDir) -> String, server: Option<Arc<Postgres>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new(now().trunc_subsecs(3)));
        Self { pki: TestPki::copy(), clock, database: database(&folder), folder, _server: server }
    }

    pub fn sqlite() -> Self {
        Self::new(|folder| format!("sqlite:{}", folder.path().join("record.db").display()), None)
    }

    pub fn postgresql() -> Self {
        let server = shared();
        let database = server.new_database();
        Self::new(|_| database, Some(server))
    }

    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub fn settings(&self, policy: &str) -> Settings {
        Settings::from_text(&self.settings_text(policy), Vec::new(), self.folder.path()).unwrap()
    }

    /// As a file, with a folder of lists of its own.
    pub fn settings_text(&self, policy: &str) -> String {
        format!(
            "[server]\npublic_origin = \"{ORIGIN}\"\n[database]\nurl = {:?}\n[documents]\nstore = {:?}\n[trust]\n\
             anchors = {:?}\nintermediates = {:?}\n[signature]\npolicy = {policy:?}\n[keys]\ndirectory = {:?}\n\
             [revocation]\npoll = \"1s\"\ndirectory = {:?}\n",
            self.database,
            format!("file:{}", self.folder.path().join("documents").display()),
            self.pki.anchors_dir(),
            self.pki.intermediates_dir(),
            self.folder.path().join("keys"),
            self.folder.path().join("crls"),
        )
    }

    /// A gateway with every list that is fresh but for those whose ids are `left_out`, and its follow-up work.
    pub fn desk(&self, left_out: &[&str]) -> (Desk, FollowUp) {
        self.desk_under("jpki", left_out)
    }

    /// The same under another policy.
    pub fn desk_under(&self, policy: &str, left_out: &[&str]) -> (Desk, FollowUp) {
        let settings = self.settings(policy);
        let gateway = Arc::new(Gateway::open(&settings, self.clock.clone()).unwrap());
        let follow_up = FollowUp::new(gateway.clone(), Grace::of(&settings.revocation));
        let desk = Desk { gateway, clock: self.clock.clone(), folder: tempfile::tempdir().unwrap() };
        for entry in std::fs::read_dir(self.pki.crls_dir()).unwrap() {
            let path = entry.unwrap().path();
            if !left_out.contains(&path.file_stem().unwrap().to_str().unwrap()) {
                // A list that is stale on purpose may be refused.
                let _ = desk.take_crl(&std::fs::read(path).unwrap());
            }
        }
        (desk, follow_up)
    }

    /// Signs the list that covers `card` anew as of now, after `change` by the authority, and gives it.
    pub fn sign_list(&self, card: &str, change: impl FnOnce(&mut madoguchi::authority::Authority)) -> Vec<u8> {
        use madoguchi::clock::Clock;
        let list = self.pki.authority_list(card);
        let mut authority = self.pki.authority();
        change(&mut authority);
        let id = authority.sign_list(&list, self.clock.now()).unwrap();
        drop(authority);
        self.pki.crl(&id)
    }
}

/// Rounds until nothing is left to do at once: what they did together.
pub fn follow(follow_up: &mut FollowUp) -> FollowRound {
    let mut all = FollowRound::default();
    loop {
        let round = run(follow_up.round()).unwrap();
        all.followed += round.followed;
        all.lists += round.lists;
        all.confirmed += round.confirmed;
        all.contested += round.contested;
        all.unchanged += round.unchanged;
        if !round.more {
            return all;
        }
    }
}
