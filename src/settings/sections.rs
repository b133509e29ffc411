//! The sections, one struct a subject: each field with its default and what is allowed there.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use serde::Deserialize;

use super::read::Section;
use super::values::{ByteSize, LogFormat, Origin, Period, Secret};

/// Declares a section: its struct, its defaults and its table of keys in one place, so that they cannot differ.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident = $section:literal {
        $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr, $allowed:literal;)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* #[doc = ""] #[doc = concat!("Allowed: ", $allowed, ".")] pub $field: $type,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default),* }
            }
        }

        impl Section for $name {
            const NAME: &'static str = $section;
            const KEYS: &'static [(&'static str, &'static str)] = &[$((stringify!($field), $allowed)),*];
        }
    };
}

/// What becomes of a filing whose revocation cannot be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnUndecided {
    /// It is recorded and decided later (202).
    Hold,
    /// It is refused for now (503).
    Refuse,
}

/// From which certificates' distribution points lists are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FollowPoints {
    /// From none.
    Never,
    /// From those of trusted CAs.
    Cas,
    /// From those of the chains of held filings too, once the chain is verified.
    Filings,
}

/// From which lists' freshestCRL deltas are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FollowFreshest {
    /// From none.
    Never,
    /// Where the host is that of a source in the settings.
    Listed,
    /// From all lists that were taken in.
    Always,
}

section! {
    /// The HTTP server.
    ServerSettings = "server" {
        /// Where it listens.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080)), "an address and a port: \"127.0.0.1:8080\"";
        /// The origin that residents see; documents and requests are bound to it.
        public_origin: Option<Origin> = None, "an origin without a path: \"https://madoguchi.example\"";
        /// The largest request body.
        max_body: ByteSize = ByteSize::new(50 << 20), "a size: \"50MiB\"";
        /// PEM certificate chain for TLS.
        tls_certificate: Option<PathBuf> = None, "a PEM file";
        /// PEM private key for TLS.
        tls_key: Option<PathBuf> = None, "a PEM file";
        /// Whose X-Forwarded-For is believed.
        trusted_proxies: Vec<IpNet> = vec![IpNet::V4(Ipv4Addr::LOCALHOST.into())], "a list of networks: [\"127.0.0.1/32\"]";
        /// Who may read /metrics; empty: everyone.
        metrics_from: Vec<IpNet> = Vec::new(), "a list of networks: [\"127.0.0.1/32\"]";
        /// How long a client may take for its request.
        request_timeout: Period = Period::seconds(60), "a length of time: \"60s\"";
        /// Threads that serve; 0: one a core.
        workers: usize = 0, "a number; 0: one a core";
    }
}

impl ServerSettings {
    /// The configured origin, or the one of the listening address.
    pub fn origin(&self) -> String {
        let scheme = if self.tls_certificate.is_some() { "https" } else { "http" };
        self.public_origin
            .as_ref()
            .map_or_else(|| format!("{scheme}://{}", self.listen), |origin| origin.as_str().to_owned())
    }
}

section! {
    /// The database.
    DatabaseSettings = "database" {
        /// Which one.
        url: String = "sqlite:madoguchi.db".to_owned(), "\"sqlite:FILE\" or \"postgres://user@host/db\"";
        /// Connections for reading and small writes.
        connections: u32 = 8, "a number from 1";
    }
}

section! {
    /// Where documents go.
    DocumentSettings = "documents" {
        /// A folder, or a bucket for documents of more than 64 KiB.
        store: String = "file:documents".to_owned(), "\"file:FOLDER\" or \"s3://bucket/prefix\"";
        /// The bucket's store; none: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, or Amazon's of the region.
        endpoint: Option<String> = None, "an http or https URL: \"https://s3.example\"";
        /// The bucket's region; none: `AWS_REGION`, `AWS_DEFAULT_REGION`.
        region: Option<String> = None, "a region: \"ap-northeast-1\"";
        /// Who opens the bucket; none: `AWS_ACCESS_KEY_ID`, with its secret and its token.
        access_key_id: Option<String> = None, "an access key";
        /// With what; better in the environment than in a file.
        secret_access_key: Option<Secret> = None, "a secret key";
        /// The token of temporary credentials.
        session_token: Option<Secret> = None, "a session token";
    }
}

impl DocumentSettings {
    /// Takes from the usual variables of S3 clients what is not set. Key, secret and token are one thing: they come from
    /// one place.
    pub(super) fn fill_from(&mut self, variable: impl Fn(&str) -> Option<String>) {
        if !self.store.starts_with("s3://") {
            return;
        }
        let variable = |names: &[&str]| names.iter().find_map(|name| variable(name).filter(|text| !text.is_empty()));
        self.endpoint = self.endpoint.take().or_else(|| variable(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]));
        self.region = self.region.take().or_else(|| variable(&["AWS_REGION", "AWS_DEFAULT_REGION"]));
        if self.access_key_id.is_none() && self.secret_access_key.is_none() && self.session_token.is_none() {
            self.access_key_id = variable(&["AWS_ACCESS_KEY_ID"]);
            self.secret_access_key = variable(&["AWS_SECRET_ACCESS_KEY"]).map(Secret::new);
            self.session_token = variable(&["AWS_SESSION_TOKEN"]).map(Secret::new);
        }
    }
}

section! {
    /// What the gateway trusts.
    TrustSettings = "trust" {
        /// Folder of trust anchors.
        anchors: PathBuf = PathBuf::from("pki/anchors"), "a folder of PEM or DER files";
        /// Folder of intermediates.
        intermediates: PathBuf = PathBuf::from("pki/intermediates"), "a folder of PEM or DER files";
    }
}

mod issuing;
mod network;
mod papers;
mod registry;
mod revocation;

pub use issuing::IssuingSettings;
pub use network::{NetworkSettings, PeerSettings};
pub use papers::{PaperMunicipality, PaperSettings};
pub use registry::{MunicipalitySettings, RegistrySettings};
pub use revocation::{OcspSettings, ResponderFiles, RevocationSettings, SourceSettings};

section! {
    /// How signatures are judged.
    SignatureSettings = "signature" {
        /// The policy.
        policy: String = "jpki".to_owned(), "\"jpki\", \"generic\" or a policy file";
    }
}

section! {
    /// The gateway's own keys.
    KeySettings = "keys" {
        /// Receipt, request, session and index keys; made at the first start, mode 0600, the same for all gateways.
        directory: PathBuf = PathBuf::from("keys"), "a folder";
    }
}

section! {
    /// Finished documents that agencies send with their seal.
    OfficialSettings = "official" {
        /// Trust anchors of agencies' seals; none: no official document is taken.
        anchors: Option<PathBuf> = None, "a folder of PEM or DER files";
        /// Their intermediate certificates.
        intermediates: Option<PathBuf> = None, "a folder of PEM or DER files";
        /// Their revocation lists, read at each verification.
        crls: Option<PathBuf> = None, "a folder of revocation lists";
        /// The largest document.
        document: ByteSize = ByteSize::new(20 << 20), "a size: \"20MiB\"";
    }
}

section! {
    /// Outgoing mail.
    MailSettings = "mail" {
        /// The server; none: no mail is sent.
        smtp: Option<String> = None, "\"smtp://user:password@host:port\" or \"smtps://...\"";
        /// The sender's address.
        from: String = "madoguchi@localhost".to_owned(), "a mail address";
        /// Where agencies hear of new filings: a municipality code and an address each.
        agencies: Vec<String> = Vec::new(), "a list of \"131016 desk@city.example\"";
        /// How long new filings are gathered before an agency hears of them.
        gather: Period = Period::seconds(600), "a length of time: \"10m\"";
    }
}

section! {
    /// Who hears of a stale CRL.
    AlarmSettings = "alarms" {
        /// Mail addresses.
        mail: Vec<String> = Vec::new(), "a list of mail addresses";
        /// A URL that gets a JSON POST.
        webhook: Option<String> = None, "an http or https URL";
        /// How often an alarm that still stands is repeated.
        repeat: Period = Period::seconds(86_400), "a length of time: \"24h\"";
    }
}

section! {
    /// The second opinion on accepted filings: OpenSSL, and a second search of the revocation lists.
    SecondOpinionSettings = "second_opinion" {
        /// Whether it is formed.
        enabled: bool = true, "true or false";
        /// When a filing has waited longer for it, operators are told.
        lag_at_most: Period = Period::seconds(600), "a length of time: \"10m\"";
    }
}

section! {
    /// The malware scanner that attachments pass before an agency gets them.
    ScannerSettings = "scanner" {
        /// A clamd, over TCP.
        clamd: Option<String> = None, "an address and a port: \"127.0.0.1:3310\"";
        /// A program that reads the file from its standard input: exit status 0 clean, 1 harmful.
        command: Vec<String> = Vec::new(), "a list: the program and its arguments";
        /// How long it may take for one file.
        patience: Period = Period::seconds(60), "a length of time: \"60s\"";
    }
}

section! {
    /// Limits.
    LimitSettings = "limits" {
        /// Per address; 0: off.
        requests_per_minute: u32 = 600, "a number; 0: off";
        /// The largest application document.
        application: ByteSize = ByteSize::new(1 << 20), "a size: \"1MiB\"";
        /// The largest signature.
        signature: ByteSize = ByteSize::new(1 << 20), "a size: \"1MiB\"";
        /// The most attachments.
        attachments: usize = 20, "a number";
        /// The largest attachment.
        attachment: ByteSize = ByteSize::new(10 << 20), "a size: \"10MiB\"";
        /// How long an application may be filed after it was made.
        request_life: Period = Period::seconds(86_400), "a length of time: \"24h\"";
        /// How long an untouched draft is kept.
        draft_life: Period = Period::seconds(86_400), "a length of time: \"24h\"";
        /// The same of a draft that is kept for somebody who signs in, or has a private link.
        draft_kept: Period = Period::seconds(30 * 86_400), "a length of time: \"30d\"";
        /// For how long a draft that is over or was discarded can be restored; it is deleted then.
        draft_restore: Period = Period::seconds(7 * 86_400), "a length of time: \"7d\"";
        /// The most drafts of one browser that are not filed.
        drafts_per_browser: u32 = 20, "a number";
        /// The attachments of one draft together.
        draft_attachments: ByteSize = ByteSize::new(50 << 20), "a size: \"50MiB\"";
        /// All drafts together.
        drafts: ByteSize = ByteSize::new(4 << 30), "a size: \"4GiB\"";
        /// How long the audit line of a refused filing is kept.
        refusals_kept: Period = Period::seconds(90 * 86_400), "a length of time: \"90d\"";
        /// The bodies of all requests under way together; no less than server.max_body.
        uploads_in_flight: ByteSize = ByteSize::new(512 << 20), "a size: \"512MiB\"";
    }
}

section! {
    /// Sign-in sessions of agencies and operators.
    SessionSettings = "sessions" {
        /// Ends after this long without a request.
        idle: Period = Period::seconds(30 * 60), "a length of time: \"30m\"";
        /// Ends after this long in any case.
        at_most: Period = Period::seconds(12 * 3_600), "a length of time: \"12h\"";
        /// Wrong passwords in a row until the account is locked.
        lock_after: u32 = 5, "a number from 1";
        /// How long it stays locked.
        lock_for: Period = Period::seconds(15 * 60), "a length of time: \"15m\"";
    }
}

section! {
    /// Residents who sign in with their card (Web eID).
    SignInSettings = "sign_in" {
        /// Whether pages offer it.
        enabled: bool = true, "true or false";
        /// Certificate policies of which an authentication certificate must have one; empty: any or none.
        certificate_policies: Vec<String> = vec!["1.2.392.200149.8.5.1.3.30".to_owned()], "a list of OIDs: [\"1.2.392.200149.8.5.1.3.30\"]";
        /// organizationalUnitName of CAs whose certificates must not sign in.
        refused_issuer_units: Vec<String> = vec!["JPKI for digital signature".to_owned()], "a list of texts: [\"JPKI for digital signature\"]";
        /// How long a challenge may be answered.
        challenge_life: Period = Period::seconds(300), "a length of time: \"5m\"";
        /// The most challenges that are open at the same time.
        challenges: u32 = 100_000, "a number from 1";
        /// Challenges and answers together that one address may send in a minute; 0: no limit of its own.
        tries_per_minute: u32 = 60, "a number; 0: off";
        /// A session ends after this long without a request.
        idle: Period = Period::seconds(20 * 60), "a length of time: \"20m\"";
        /// It ends after this long in any case.
        at_most: Period = Period::seconds(4 * 3_600), "a length of time: \"4h\"";
    }
}

section! {
    /// The catalog of procedures.
    CatalogSettings = "catalog" {
        /// Folder of procedure files, beside those built in.
        directory: Option<PathBuf> = None, "a folder of TOML files";
    }
}

section! {
    /// A card client on the resident's own machine that pages may offer.
    CardSettings = "card" {
        /// The loopback agent's origin; none: pages offer files only.
        agent: Option<Origin> = None, "an origin: \"http://127.0.0.1:8081\"";
        /// The line under which this gateway's pages are paired with it beforehand (demo).
        pairing: Option<String> = None, "the line of `madoguchi-card pair ORIGIN --line`";
    }
}

section! {
    /// Log lines.
    LogSettings = "log" {
        /// How they are written.
        format: LogFormat = LogFormat::Text, "\"text\" or \"json\"";
        /// Which are written.
        level: String = "info".to_owned(), "a tracing filter: \"info\", \"madoguchi=debug\"";
    }
}
