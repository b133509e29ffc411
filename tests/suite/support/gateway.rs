//! A gateway that runs: inside the test's process on a free port, with a database, keys and folders of its own.
#![allow(dead_code)]
use std::path::{Path, PathBuf};
use std::sync::Arc;

use madoguchi::clock::{Clock, SystemClock};
use madoguchi::delivery::background::Background;
use madoguchi::gateway::Gateway;
use madoguchi::settings::Settings;
use madoguchi::web::config::WebConfig;
use madoguchi::web::server::RunningServer;
use serde_json::{Value, json};

use super::http::{Answer, Client, filing};
use super::pki::TestPki;

/// The origin that test documents name.
pub const ORIGIN: &str = "https://madoguchi.example";

/// What a test wants to be different; the rest is as an ordinary gateway has it.
pub struct Wanted {
    /// TOML that is added to the settings file.
    pub settings: String,
    /// The folder of revocation lists; none: those of the shared test PKI.
    pub crls: Option<PathBuf>,
    /// `hold` or `refuse`.
    pub on_undecided: &'static str,
    pub clock: Arc<dyn Clock>,
    /// Changes the web's settings, which a file cannot say (short time-outs).
    pub web: fn(&mut WebConfig),
}

impl Default for Wanted {
    fn default() -> Self {
        Self { settings: String::new(), crls: None, on_undecided: "hold", clock: Arc::new(SystemClock), web: |_| {} }
    }
}

/// A running gateway; it stops when it is dropped.
pub struct TestGateway {
    pub gateway: Arc<Gateway>,
    pub client: Client,
    pub settings: Settings,
    server: Option<RunningServer>,
    folder: tempfile::TempDir,
}

/// The text of a settings file for a gateway that listens on a free port and keeps everything beside the file.
pub fn settings_text(pki: &Path, crls: &Path, on_undecided: &str, more: &str) -> String {
    let limits = if more.contains("[limits]") { "" } else { "[limits]\nrequests_per_minute = 0\n" };
    format!(
        "{more}\n{limits}[trust]\nanchors = {:?}\nintermediates = {:?}\n[revocation]\ndirectory = {:?}\npoll = \"1s\"\n\
         on_undecided = {on_undecided:?}\n",
        pki.join("anchors"),
        pki.join("intermediates"),
        crls
    )
}

impl TestGateway {
    /// An ordinary one, under policy `jpki`.
    pub fn start() -> Self {
        Self::start_with(Wanted::default())
    }

    pub fn start_with(wanted: Wanted) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pki = TestPki::shared();
        let crls = wanted.crls.unwrap_or_else(|| pki.crls_dir());
        let mut text = settings_text(pki.dir(), &crls, wanted.on_undecided, &wanted.settings);
        if !wanted.settings.contains("[server]") {
            text.push_str(&format!("[server]\nlisten = \"127.0.0.1:0\"\npublic_origin = \"{ORIGIN}\"\nworkers = 2\n"));
        }
        let settings = Settings::from_text(&text, [], folder.path()).unwrap();
        let gateway = Arc::new(Gateway::open(&settings, wanted.clock).unwrap());
        Background::new(gateway.clone(), &settings).unwrap().take_in_lists();
        let mut config = WebConfig::from(&settings);
        (wanted.web)(&mut config);
        let server = RunningServer::start(gateway.clone(), config).unwrap();
        let client = Client { address: server.address() };
        Self { gateway, client, settings, server: Some(server), folder }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The rounds of background work, to be made by hand.
    pub fn background(&self) -> Background {
        Background::new(self.gateway.clone(), &self.settings).unwrap()
    }

    /// Stops it gracefully.
    pub fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
    }

    /// Files `application` signed by `card` and gives the answer.
    pub fn file(&self, card: &str, application: &[u8]) -> Answer {
        let signature = TestPki::shared().sign(card, application);
        self.client.post_multipart("/api/v1/submissions", &filing(application, &signature, &[]))
    }
}

/// What `card` says of its holder, as an application states it.
pub fn applicant(card: &str) -> Value {
    let certificate = TestPki::shared().certificate(card);
    let certificate = madoguchi::pki::certificate::Certificate::from_der(certificate).unwrap();
    let attributes = madoguchi::pki::jpki::resident_attributes(&certificate).unwrap();
    json!({"name": attributes.name, "date_of_birth": attributes.date_of_birth, "sex": attributes.sex,
        "address": attributes.address})
}

/// An application for `general-application` by the holder of `card`.
pub fn application(card: &str) -> Value {
    let now = SystemClock.now();
    json!({
        "format": "madoguchi/application/1", "gateway": ORIGIN, "procedure": "general-application", "form_version": 1,
        "application_id": uuid::Uuid::now_v7().to_string(), "recipient": "131016",
        "created_at": now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        "expires_at": (now + chrono::Duration::hours(1)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        "applicant": applicant(card),
        "answers": {"title": "Street lamp", "body": "The lamp before house 3 is out.\nPlease repair it."},
        "attachments": [],
    })
}
