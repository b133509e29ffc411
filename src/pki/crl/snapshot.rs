//! An immutable set of shards; found by issuer key and distribution point name.
use std::collections::HashMap;
use std::sync::Arc;

use super::shard::{CrlShard, CrlSummary, Scope};
use crate::pki::certificate::{Certificate, DistributionPoint};
use crate::pki::general_name::GeneralName;

/// An immutable set of CRL indexes; a request keeps the one it began with.
#[derive(Debug, Default, Clone)]
pub struct CrlSnapshot {
    /// By the SHA-256 of the issuer's SubjectPublicKeyInfo: generations of a CA share a name, never a key.
    by_issuer: HashMap<[u8; 32], Arc<IssuerShards>>,
}

/// The shards of one issuer key, in each list the newest first.
#[derive(Debug, Default, Clone)]
struct IssuerShards {
    all: Vec<Arc<CrlShard>>,
    /// Without a distribution point name: they cover every distribution point.
    unnamed: Vec<Arc<CrlShard>>,
    by_name: HashMap<Arc<[u8]>, Vec<Arc<CrlShard>>>,
}

impl CrlSnapshot {
    /// How many shards there are.
    pub fn len(&self) -> usize {
        self.by_issuer.values().map(|shards| shards.all.len()).sum()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_issuer.is_empty()
    }
    /// Every shard.
    pub fn shards(&self) -> impl Iterator<Item = &Arc<CrlShard>> {
        self.by_issuer.values().flat_map(|shards| shards.all.iter())
    }
    /// Every shard as operators see it, by issuer and scope.
    pub fn summaries(&self) -> Vec<CrlSummary> {
        let mut list: Vec<CrlSummary> = self.shards().map(|shard| shard.summary()).collect();
        list.sort_by(|a, b| (&a.identity.issuer, &a.scope).cmp(&(&b.identity.issuer, &b.scope)));
        list
    }
    /// The shard that a list of `issuer_key` and `scope` would take the place of.
    pub(super) fn held(&self, issuer_key: &[u8; 32], scope: &Scope) -> Option<&Arc<CrlShard>> {
        let shards = self.by_issuer.get(issuer_key)?;
        let of_name = match scope.names.first() {
            Some(name) => shards.by_name.get(&*name.normal)?,
            None => &shards.unnamed,
        };
        of_name.iter().find(|shard| shard.scope.replaces(scope))
    }

    /// This set with `shard` in it. With `replace`, the one it takes the place of is left out.
    pub(super) fn with(&self, shard: Arc<CrlShard>, replace: bool) -> Self {
        let mut next = self.clone();
        let shards = Arc::make_mut(next.by_issuer.entry(shard.issuer_key).or_default());
        if replace {
            let stays = |one: &Arc<CrlShard>| !one.scope.replaces(&shard.scope);
            shards.all.retain(stays);
            shards.unnamed.retain(stays);
            for name in &shard.scope.names {
                if let Some(of_name) = shards.by_name.get_mut(&*name.normal) {
                    of_name.retain(stays);
                }
            }
        }
        insert(&mut shards.all, &shard);
        if shard.scope.names.is_empty() {
            insert(&mut shards.unnamed, &shard);
        }
        for name in &shard.scope.names {
            let of_name = shards.by_name.entry(name.normal.as_ref().into()).or_default();
            if !of_name.iter().any(|one| Arc::ptr_eq(one, &shard)) {
                insert(of_name, &shard);
            }
        }
        next
    }

    /// The shards whose scope covers `certificate`, issued by the CA with `issuer_key`: those of any of its
    /// distribution points, then those of every distribution point.
    pub(super) fn covering<'a>(
        &'a self,
        certificate: &'a Certificate,
        issuer_key: &[u8; 32],
    ) -> impl Iterator<Item = &'a Arc<CrlShard>> {
        let shards = self.by_issuer.get(issuer_key);
        let is_ca = certificate.is_ca();
        let points = certificate.distribution_points();
        let by_point = points.iter().filter(|point| is_whole(point, certificate)).flat_map(move |point| {
            let names = point.names.iter();
            names.filter_map(move |name| shards?.by_name.get(&*name.normal)).flatten()
        });
        let default_name = points.is_empty().then(|| GeneralName::Directory(certificate.issuer_der()));
        let by_default = default_name
            .filter(|_| shards.is_some_and(|shards| !shards.by_name.is_empty()))
            .and_then(|name| shards?.by_name.get(&*name.normal_form()))
            .into_iter()
            .flatten();
        let unnamed = shards.map(|shards| shards.unnamed.as_slice()).unwrap_or_default();
        by_point.chain(by_default).chain(unnamed).filter(move |shard| shard.scope.kind.covers(is_ca))
    }
}

/// Newest first.
fn insert(list: &mut Vec<Arc<CrlShard>>, shard: &Arc<CrlShard>) {
    let at = list.partition_point(|one| one.identity.this_update > shard.identity.this_update);
    list.insert(at, shard.clone());
}

/// A distribution point for all reasons whose CRL the certificate's own issuer signs.
fn is_whole(point: &DistributionPoint, certificate: &Certificate) -> bool {
    let direct = match &point.crl_issuer {
        None => true,
        Some(names) => {
            let own = GeneralName::Directory(certificate.issuer_der()).normal_form();
            names.iter().any(|name| name.normal == own)
        }
    };
    point.reasons.is_none() && direct
}
