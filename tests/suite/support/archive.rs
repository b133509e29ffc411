//! A CA, a record on either database, and gateways over it that each have a folder of revocation lists.
#![allow(dead_code)]
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use madoguchi::clock::FixedClock;
use madoguchi::delivery::background::Background;
use madoguchi::gateway::Gateway;
use madoguchi::settings::Settings;
use madoguchi::store::StoreError;

use super::der_pki::*;
use super::http::sha256_hex;
use super::postgres::{Postgres, shared};
use super::visitor::wait;

/// A record, and gateways over it that each have a folder of lists.
pub struct Place {
    pub ca: Entity,
    database: String,
    server: Option<Arc<Postgres>>,
    pub folder: tempfile::TempDir,
    pub clock: Arc<FixedClock>,
}

/// A gateway that has looked at its folder.
pub struct Running {
    pub gateway: Arc<Gateway>,
    pub background: Background,
}

impl Place {
    fn new(database: impl FnOnce(&tempfile::TempDir) -> String, server: Option<Arc<Postgres>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ca = Entity::new("CN=Archived");
        // For the commands too, which know no other time than the present.
        let valid = CertSpec::ca(1).valid(at() - Duration::days(365), at() + Duration::days(36_500));
        let certificate = valid.certificate(&ca, &ca);
        fs::create_dir(folder.path().join("anchors")).unwrap();
        fs::write(folder.path().join("anchors/root.cer"), certificate.der()).unwrap();
        fs::create_dir(folder.path().join("intermediates")).unwrap();
        let clock = Arc::new(FixedClock::new(at()));
        Self { ca, database: database(&folder), server, folder, clock }
    }

    pub fn sqlite() -> Self {
        Self::new(|folder| format!("sqlite:{}", folder.path().join("record.db").display()), None)
    }

    pub fn postgresql() -> Self {
        let server = shared();
        let database = server.new_database();
        Self::new(|_| database, Some(server))
    }

    pub fn crls(&self, gateway: &str) -> PathBuf {
        self.folder.path().join(gateway).join("crls")
    }

    /// Puts a list into a gateway's folder and gives its digest.
    pub fn put(&self, gateway: &str, file: &str, list: &CrlSpec) -> String {
        let der = list.der(&self.ca);
        fs::create_dir_all(self.crls(gateway)).unwrap();
        fs::write(self.crls(gateway).join(file), &der).unwrap();
        sha256_hex(&der)
    }

    pub fn empty(&self, gateway: &str) {
        fs::remove_dir_all(self.crls(gateway)).unwrap();
        fs::create_dir_all(self.crls(gateway)).unwrap();
    }

    /// The settings file of a gateway, which ends within `[revocation]`.
    pub fn settings(&self, gateway: &str) -> String {
        let at = |path: &str| self.folder.path().join(path).display().to_string();
        format!(
            "[database]\nurl = {:?}\n[documents]\nstore = {:?}\n[trust]\nanchors = {:?}\nintermediates = {:?}\n\
             [revocation]\ndirectory = {:?}\nsoon_stale = \"1h\"\n",
            self.database,
            format!("file:{}", at("documents")),
            at("anchors"),
            at("intermediates"),
            self.crls(gateway).display().to_string(),
        )
    }

    pub fn start(&self, gateway: &str) -> Running {
        self.start_with(gateway, "").0
    }

    /// With more keys of `[revocation]`, and its sources.
    pub fn start_with(&self, gateway: &str, more: &str) -> (Running, Settings) {
        fs::create_dir_all(self.crls(gateway)).unwrap();
        let text = self.settings(gateway) + more;
        let settings = Settings::from_text(&text, [], &self.folder.path().join(gateway)).unwrap();
        let gateway = Arc::new(Gateway::open(&settings, self.clock.clone()).unwrap());
        let mut background = Background::new(gateway.clone(), &settings).unwrap();
        background.take_in_lists();
        (Running { gateway, background }, settings)
    }

    /// As if nothing had ever been archived.
    pub fn forget_archive(&self) {
        self.run("DELETE FROM crl_impacts_due");
        self.run("DELETE FROM crl_archive");
    }

    /// As if no source had ever been asked.
    pub fn forget_sources(&self) {
        self.run("DELETE FROM crl_sources");
    }

    fn run(&self, sql: &'static str) {
        let settings = Settings::from_text(&self.settings("sql"), [], self.folder.path()).unwrap();
        let store =
            madoguchi::store::Store::open(&madoguchi::gateway::open::store_options(&settings).unwrap()).unwrap();
        let done = store.write(move |conn| Ok(diesel::RunQueryDsl::execute(diesel::sql_query(sql), conn)?));
        wait(done).unwrap();
    }

    /// Changes the stored bytes of a list.
    pub fn damage(&self, sha256: &str) {
        match &self.server {
            None => {
                let (shelf, rest) = sha256.split_at(2);
                fs::write(self.folder.path().join("documents/crls").join(shelf).join(rest), b"something else").unwrap();
            }
            Some(server) => {
                let name = self.database.rsplit('/').next().unwrap();
                let sql = format!("UPDATE crl_archive SET content = '\\x00' WHERE sha256 = '\\x{sha256}'");
                server.psql(name, &sql).unwrap();
            }
        }
    }
}

impl Running {
    pub fn look(&mut self) {
        self.background.take_in_lists();
    }

    /// The lists in use, by digest, with since when they are archived.
    pub fn lists(&self) -> Vec<(String, Option<DateTime<Utc>>)> {
        self.gateway.crls.list().into_iter().map(|list| (list.identity.sha256.clone(), list.archived_since)).collect()
    }

    pub fn numbers(&self) -> Vec<String> {
        self.gateway.crls.list().into_iter().filter_map(|list| list.identity.number.clone()).collect()
    }

    /// What the operators are told, the oldest first.
    pub fn told(&self) -> Vec<&'static str> {
        self.gateway.crls.refusals().into_iter().rev().map(|told| told.code).collect()
    }

    /// Out of the archive.
    pub fn read(&self, sha256: &str) -> Result<Vec<u8>, StoreError> {
        let mut digest = [0; 32];
        hex::decode_to_slice(sha256, &mut digest).unwrap();
        wait(self.gateway.store.crl_archive_read(digest))
    }
}

/// A list that was issued `hours` before [`at`].
pub fn issued(number: u64, hours: i64) -> CrlSpec {
    CrlSpec::new(number).issued(at() - Duration::hours(hours), at() + Duration::days(1))
}
