//! What the HTTP side needs of the settings.
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use crate::settings::{ScannerSettings, ServerSettings, SessionSettings, Settings, SignInSettings};
use crate::store::draft_limits::DraftLimits;

/// A certificate chain and its key, PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate first, then its intermediates.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// How much an upload may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadLimits {
    /// Bytes of the whole body.
    pub body: u64,
    /// Bytes of the `application` part.
    pub application: u64,
    /// Bytes of the `signature` part.
    pub signature: u64,
    /// Bytes of one `attachment` part.
    pub attachment: u64,
    /// How many `attachment` parts.
    pub attachments: usize,
}

/// How long a client may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// To send the header of a request.
    pub head: Duration,
    /// To send the next bytes of a body.
    pub next_bytes: Duration,
    /// To send a whole body.
    pub body: Duration,
    /// To send another request on an open connection.
    pub keep_alive: Duration,
    /// For requests under way when the server stops.
    pub shutdown: Duration,
}

/// What the HTTP side needs of the settings.
#[derive(Debug, Clone)]
pub struct WebConfig {
    /// Where to listen: `127.0.0.1:8080`; port 0 takes a free one.
    pub listen: String,
    /// The origin under which clients reach the gateway, without a final slash.
    pub public_origin: String,
    /// TLS, where the gateway does it itself.
    pub tls: Option<TlsFiles>,
    /// Proxies whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Who may read /metrics; empty: anyone who can connect.
    pub metrics_from: Vec<IpNet>,
    /// Requests a minute from one address; 0: no limit.
    pub requests_per_minute: u32,
    /// Sizes of uploads.
    pub limits: UploadLimits,
    /// Bytes of an official document.
    pub official_document: u64,
    /// Whether there is a mail server.
    pub sends_mail: bool,
    /// Bytes of all bodies of requests under way together.
    pub uploads_in_flight: u64,
    /// What drafts may take up.
    pub drafts: DraftLimits,
    /// How long the audit line of a refused filing is kept.
    pub refusals_kept: chrono::Duration,
    /// Time-outs.
    pub patience: Patience,
    /// Sign-in sessions of agencies and operators.
    pub sessions: SessionSettings,
    /// Residents who sign in with their card.
    pub sign_in: SignInSettings,
    /// The malware scanner.
    pub scanner: ScannerSettings,
    /// A revocation list whose nextUpdate is nearer than this is soon stale.
    pub soon_stale: chrono::Duration,
    /// The watched folder, into which uploaded revocation lists are written.
    pub crl_directory: Option<PathBuf>,
    /// Worker threads; 0: one a core.
    pub workers: usize,
    /// Origin of the card client's agent that pages may offer.
    pub card_agent: Option<String>,
    /// The token under which this gateway's pages are paired with it beforehand.
    pub card_pairing: Option<String>,
}

const MIB: u64 = 1024 * 1024;

impl Default for UploadLimits {
    fn default() -> Self {
        Self { body: 50 * MIB, application: MIB, signature: MIB, attachment: 10 * MIB, attachments: 20 }
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            next_bytes: Duration::from_secs(15),
            body: Duration::from_secs(60),
            keep_alive: Duration::from_secs(75),
            shutdown: Duration::from_secs(30),
        }
    }
}

impl Default for WebConfig {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            public_origin: "http://127.0.0.1:8080".to_owned(),
            tls: None,
            trusted_proxies: ServerSettings::default().trusted_proxies,
            metrics_from: Vec::new(),
            requests_per_minute: 600,
            limits: UploadLimits::default(),
            official_document: 20 * MIB,
            sends_mail: false,
            uploads_in_flight: 512 * MIB,
            drafts: DraftLimits::default(),
            refusals_kept: chrono::Duration::days(90),
            patience: Patience::default(),
            sessions: SessionSettings::default(),
            sign_in: SignInSettings::default(),
            scanner: ScannerSettings::default(),
            soon_stale: chrono::Duration::hours(6),
            crl_directory: None,
            workers: 0,
            card_agent: None,
            card_pairing: None,
        }
    }
}

impl From<&Settings> for WebConfig {
    fn from(settings: &Settings) -> Self {
        let (server, limits) = (&settings.server, &settings.limits);
        let tls = match (&server.tls_certificate, &server.tls_key) {
            (Some(certificate), Some(key)) => Some(TlsFiles { certificate: certificate.clone(), key: key.clone() }),
            _ => None,
        };
        let timeout = server.request_timeout.duration();
        Self {
            listen: server.listen.to_string(),
            public_origin: server.origin(),
            tls,
            trusted_proxies: server.trusted_proxies.clone(),
            metrics_from: server.metrics_from.clone(),
            requests_per_minute: limits.requests_per_minute,
            limits: UploadLimits {
                body: server.max_body.bytes(),
                application: limits.application.bytes(),
                signature: limits.signature.bytes(),
                attachment: limits.attachment.bytes(),
                attachments: limits.attachments,
            },
            official_document: settings.official.document.bytes(),
            sends_mail: settings.mail.smtp.is_some(),
            uploads_in_flight: limits.uploads_in_flight.bytes(),
            drafts: DraftLimits {
                life: limits.draft_life.chrono(),
                kept: limits.draft_kept.chrono(),
                restore: limits.draft_restore.chrono(),
                per_browser: limits.drafts_per_browser,
                attachments: limits.draft_attachments.bytes(),
                all: limits.drafts.bytes(),
            },
            refusals_kept: limits.refusals_kept.chrono(),
            card_agent: settings.card.agent.as_ref().map(|origin| origin.as_str().to_owned()),
            card_pairing: settings.card.pairing.clone(),
            patience: Patience {
                head: timeout.min(Patience::default().head),
                next_bytes: timeout.min(Patience::default().next_bytes),
                body: timeout,
                ..Patience::default()
            },
            sessions: settings.sessions.clone(),
            sign_in: settings.sign_in.clone(),
            scanner: settings.scanner.clone(),
            soon_stale: settings.revocation.soon_stale.chrono(),
            crl_directory: Some(settings.revocation.directory.clone()),
            workers: server.workers,
        }
    }
}
