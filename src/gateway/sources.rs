//! Where a gateway fetches revocation lists from: what the settings name, and, where they say so, what trusted CAs' and
//! verified signers' certificates and the lists themselves name.
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::fetch::FetchRules;
use crate::pki::certificate::{Certificate, DistributionPoint};
use crate::pki::crl::ParsedCrl;
use crate::pki::crl::sources::{LdapUrl, Source, SourceRules};
use crate::pki::name;
use crate::pki::trust_store::TrustStore;
use crate::settings::{FollowFreshest, FollowPoints, RevocationSettings, SourceSettings};

/// The most sources that certificates and lists may add: a CA may have thousands of distribution points.
const MAX_FOLLOWED: usize = 4096;

/// The sources of a gateway.
#[derive(Debug, Default)]
pub struct SourceBook {
    configured: Vec<Arc<Source>>,
    rules: Option<Following>,
    followed: Mutex<Followed>,
    taken_in: AtomicUsize,
}

/// What is followed, and how.
#[derive(Debug)]
struct Following {
    points: FollowPoints,
    freshest: FollowFreshest,
    /// With the rules of the directory.
    directory: Option<(LdapUrl, SourceRules)>,
    rules: SourceRules,
    /// The hosts of the configured sources.
    hosts: HashSet<String>,
}

#[derive(Debug, Default)]
struct Followed {
    /// The trust state whose CAs were gone through.
    trust: String,
    of_cas: Vec<Arc<Source>>,
    of_others: Vec<Arc<Source>>,
}

impl SourceBook {
    /// What `[revocation]` and `[[revocation.source]]` say.
    ///
    /// # Errors
    /// A sentence that names the source by its number.
    pub fn from_settings(settings: &RevocationSettings) -> Result<Self, String> {
        let configured = settings.source.iter().enumerate().map(|(number, one)| {
            let source = Source::from_settings(one);
            source.map(Arc::new).map_err(|why| format!("revocation.source[{}].url: {why}", number + 1))
        });
        let configured = configured.collect::<Result<Vec<_>, _>>()?;
        let usual = SourceSettings { allow: settings.allow.clone(), ..SourceSettings::default() };
        let fetch = FetchRules {
            allow: usual.allow.clone(),
            timeout: usual.timeout.duration(),
            max_bytes: usual.max_size.as_usize(),
            ..FetchRules::default()
        };
        let rules = SourceRules { fetch, every: usual.every.chrono(), sign_in: None };
        let directory = settings.ldap_directory.as_ref().map(|url| {
            let sign_in = settings.ldap_user.clone().zip(settings.ldap_password.clone());
            LdapUrl::parse(url.as_str()).map(|url| (url, SourceRules { sign_in, ..rules.clone() }))
        });
        let directory = directory.transpose().map_err(|why| format!("revocation.ldap_directory: {why}"))?;
        let hosts = configured.iter().filter_map(|source| source.host()).collect();
        let (points, freshest) = (settings.follow_distribution_points, settings.follow_freshest);
        let rules = Some(Following { points, freshest, directory, rules, hosts });
        Ok(Self { configured, rules, ..Self::default() })
    }

    /// Of these sources alone.
    pub fn of(configured: Vec<Source>) -> Self {
        Self { configured: configured.into_iter().map(Arc::new).collect(), ..Self::default() }
    }

    /// Those that the settings name.
    pub fn configured(&self) -> &[Arc<Source>] {
        &self.configured
    }

    /// Every source, those of the settings first, none twice.
    pub fn all(&self) -> Vec<Arc<Source>> {
        let followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut seen = HashSet::new();
        let all = self.configured.iter().chain(&followed.of_cas).chain(&followed.of_others);
        all.filter(|source| seen.insert(source.key)).cloned().collect()
    }

    /// Goes through the distribution points of the trusted CAs, once a trust state.
    pub fn follow_cas(&self, trust: &TrustStore) {
        let Some(rules) = self.rules.as_ref().filter(|rules| rules.points >= FollowPoints::Cas) else { return };
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        if followed.trust == trust.digest() {
            return;
        }
        let cas = trust.anchors().iter().chain(trust.intermediates());
        let points = cas.flat_map(|ca| ca.distribution_points());
        followed.of_cas = points.flat_map(|point| rules.sources_of(point)).take(MAX_FOLLOWED).map(Arc::new).collect();
        trust.digest().clone_into(&mut followed.trust);
    }

    /// Goes through the distribution points of a signer, whose chain the caller has verified.
    pub fn follow_verified_signer(&self, signer: &Certificate) {
        if let Some(rules) = self.rules.as_ref().filter(|rules| rules.points == FollowPoints::Filings) {
            self.add(signer.distribution_points().iter().flat_map(|point| rules.sources_of(point)));
        }
    }

    /// Goes through freshestCRL of a list that was taken in.
    pub fn follow_freshest(&self, list: &[u8]) {
        let Some(rules) = self.rules.as_ref().filter(|rules| rules.freshest != FollowFreshest::Never) else { return };
        let Ok(list) = ParsedCrl::from_der(list) else { return };
        let found = list.extensions.freshest.iter().flat_map(|point| rules.sources_of(point));
        let listed = |source: &Source| source.host().is_some_and(|host| rules.hosts.contains(&host));
        self.add(found.filter(|source| rules.freshest == FollowFreshest::Always || listed(source)));
    }

    fn add(&self, found: impl Iterator<Item = Source>) {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        for source in found {
            let known = followed.of_others.iter().any(|one| one.key == source.key);
            if !known && followed.of_others.len() < MAX_FOLLOWED {
                followed.of_others.push(Arc::new(source));
            }
        }
    }

    /// Notes that a source gave a list that was not in use.
    pub fn note_taken_in(&self) {
        self.taken_in.fetch_add(1, Ordering::SeqCst);
    }

    /// How many lists sources have given so far that were not in use: whoever waits for one looks whether it has changed.
    pub fn taken_in(&self) -> usize {
        self.taken_in.load(Ordering::SeqCst)
    }
}

impl Following {
    /// The sources that a distribution point names; a point without a name is found by its cRLIssuer (RFC 5280 4.2.1.13).
    fn sources_of(&self, point: &DistributionPoint) -> Vec<Source> {
        let names = match (point.names.as_slice(), &point.crl_issuer) {
            ([], Some(issuer)) => issuer.as_slice(),
            (names, _) => names,
        };
        let source = |name: &crate::pki::general_name::DistributionPointName| match (name.uri(), name.directory()) {
            (Some(uri), _) => Source::new(uri, None, self.rules.clone()).ok(),
            (_, Some(directory_name)) => self.directory.as_ref().map(|(directory, rules)| {
                Source::in_directory(directory, &name::to_rfc4514(directory_name), rules.clone())
            }),
            _ => None,
        };
        names.iter().filter_map(source).collect()
    }
}
