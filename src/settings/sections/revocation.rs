//! Where revocation comes from: lists, their sources, OCSP.
use std::collections::BTreeMap;
use std::path::PathBuf;

use ipnet::IpNet;
use serde::Deserialize;

use super::super::read::Section;
use super::super::values::{ByteSize, Period, Secret, SourceUrl};
use super::{FollowFreshest, FollowPoints, OnUndecided};

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
    pub(in crate::settings) fn wrong_together(&self) -> Option<String> {
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
