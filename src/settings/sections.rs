//! The sections, one struct a subject: each field with its default and what is allowed there.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use serde::Deserialize;

use super::read::Section;
use super::values::{ByteSize, LogFormat, Origin, Period, Secret, SourceUrl};

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

section! {
    /// Revocation lists.
    RevocationSettings = "revocation" {
        /// Watched: a file dropped in is taken in.
        directory: PathBuf = PathBuf::from("pki/crls"), "a folder";
        /// Where the gateway lays the lists in use, with an index of each for the next start; of this machine.
        index: PathBuf = PathBuf::from("crl-index"), "a folder";
        /// How often the folder is looked at.
        poll: Period = Period::seconds(5), "a length of time: \"5s\"";
        /// What becomes of a filing whose revocation cannot be decided.
        on_undecided: OnUndecided = OnUndecided::Hold, "\"hold\" or \"refuse\"";
        /// After that a held filing is refused.
        hold_for_at_most: Period = Period::seconds(7 * 86_400), "a length of time: \"7d\"";
        /// A list issued so long after a receipt confirms its verdict: what was reported to the CA before is on it.
        grace: Period = Period::seconds(3_600), "a length of time: \"1h\"";
        /// The same of single CAs, by their names as `madoguchi crl list` shows them.
        grace_of: BTreeMap<String, Period> = BTreeMap::new(), "a table of names and lengths of time: { \"CN=Slow CA,C=JP\" = \"24h\" }";
        /// A list whose nextUpdate is nearer than this is soon stale.
        soon_stale: Period = Period::seconds(6 * 3_600), "a length of time: \"6h\"";
        /// An entry may leave a list when its revocation date plus this has passed: the longest validity of certificates,
        /// of a CA of which the trust store knows none that is valid for longer.
        longest_validity: Period = Period::seconds(6 * 366 * 86_400), "a length of time: \"2196d\"";
        /// Whether lists are fetched from where certificates say: those of trusted CAs, or of the chains of held filings too.
        follow_distribution_points: FollowPoints = FollowPoints::Never, "\"never\", \"cas\" or \"filings\"";
        /// Whether deltas are fetched from where a list says (freshestCRL).
        follow_freshest: FollowFreshest = FollowFreshest::Listed, "\"never\", \"listed\" or \"always\"";
        /// The directory in which distribution points are looked up that are names.
        ldap_directory: Option<SourceUrl> = None, "a URL: \"ldap://directory.example\"";
        /// With what that directory is opened; none: nobody in particular.
        ldap_user: Option<String> = None, "a distinguished name";
        /// Its password; better in the environment than in a file.
        ldap_password: Option<Secret> = None, "a password";
        /// Networks that are not public, in which lists are fetched from where certificates and lists say.
        allow: Vec<IpNet> = Vec::new(), "a list of networks: [\"10.1.0.0/16\"]";
        /// How many sources are asked at the same time.
        fetch_at_once: usize = 4, "a number from 1";
        /// The sources, each with keys of its own.
        #[serde(skip)]
        source: Vec<SourceSettings> = Vec::new(), "tables: [[revocation.source]]";
    }
}

section! {
    /// A source of revocation lists on another machine.
    SourceSettings = "revocation.source" {
        /// Where it is.
        url: SourceUrl = SourceUrl::default(), "a URL without user and password: \"https://ca.example/ca.crl\", \"ldap://directory.example/CN=CA,C=JP\"";
        /// What operators call it; none: the URL without its query.
        name: Option<String> = None, "a name";
        /// The longest pause between two looks; sooner when a list's nextUpdate comes near.
        every: Period = Period::seconds(3_600), "a length of time: \"1h\"";
        /// Networks that are not public and may be reached for it.
        allow: Vec<IpNet> = Vec::new(), "a list of networks: [\"10.1.0.0/16\"]";
        /// The largest answer.
        max_size: ByteSize = ByteSize::new(256 << 20), "a size: \"256MiB\"";
        /// How long one look may take.
        timeout: Period = Period::seconds(120), "a length of time: \"120s\"";
        /// With what a directory is opened; none: nobody in particular.
        user: Option<String> = None, "a distinguished name";
        /// Its password; better in the environment than in a file.
        password: Option<Secret> = None, "a password";
    }
}

impl SourceSettings {
    /// What is right alone and wrong together, or missing.
    pub(super) fn wrong_together(&self) -> Option<String> {
        if self.url.as_str().is_empty() {
            return Some("url: is missing; allowed: a URL: \"https://ca.example/ca.crl\"".to_owned());
        }
        let is_directory = self.url.as_str().starts_with("ldap");
        match (&self.user, &self.password) {
            (None, None) => None,
            (Some(_), Some(_)) if is_directory => None,
            (Some(_), Some(_)) => Some("user: allowed: with an ldap or ldaps URL only".to_owned()),
            (Some(_), None) => Some("password: is missing; a user needs one".to_owned()),
            (None, Some(_)) => Some("user: is missing; a password needs one".to_owned()),
        }
    }
}

/// The certificate and key of one CA's responder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponderFiles {
    /// PEM certificate.
    pub certificate: PathBuf,
    /// Its PEM key.
    pub key: PathBuf,
}

section! {
    /// The Online Certificate Status Protocol.
    OcspSettings = "ocsp" {
        /// Certificate of this gateway's responder, issued by the CA for which it answers; none: it is no responder.
        certificate: Option<PathBuf> = None, "a PEM file";
        /// The responder's key.
        key: Option<PathBuf> = None, "a PEM file";
        /// Responders for further CAs.
        responders: Vec<ResponderFiles> = Vec::new(), "a list of tables: [[ocsp.responders]] with certificate and key";
        /// Whether the lists of all distribution points of these CAs come to this gateway.
        all_shards: bool = false, "true or false";
        /// Whom to ask, instead of those whom certificates name.
        responder: Option<String> = None, "an http or https URL";
        /// How long an answer is waited for.
        patience: Period = Period::seconds(3), "a length of time: \"3s\"";
        /// How many questions are under way at once.
        at_once: usize = 8, "a number from 1";
        /// Networks that are not public and may be asked all the same.
        allow: Vec<IpNet> = Vec::new(), "a list of networks: [\"10.0.0.0/8\"]";
    }
}

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
    /// Outgoing mail.
    MailSettings = "mail" {
        /// The server; none: no mail is sent.
        smtp: Option<String> = None, "\"smtp://user:password@host:port\" or \"smtps://...\"";
        /// The sender's address.
        from: String = "madoguchi@localhost".to_owned(), "a mail address";
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
        /// A token under which this gateway's pages are paired with it beforehand (demo).
        pairing: Option<String> = None, "a token made by the card client";
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
