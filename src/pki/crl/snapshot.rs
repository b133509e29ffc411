//! An immutable set of shards; found by issuer key and distribution point name, and by issuer name where another key
//! of the issuer, or another issuer, may speak for a certificate.
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::list_set::ListSet;
use super::scope::Reasons;
use super::shard::{CrlShard, CrlSummary};
use crate::pki::certificate::{Certificate, DistributionPoint};
use crate::pki::general_name::{DistributionPointName, GeneralName};

/// An immutable set of CRL indexes; a request keeps the one it began with.
#[derive(Debug, Default, Clone)]
pub struct CrlSnapshot {
    /// By the SHA-256 of the issuer's SubjectPublicKeyInfo: generations of a CA share a name, never a key.
    by_issuer: HashMap<[u8; 32], Arc<IssuerShards>>,
    /// The keys that signed lists of an issuer's name, which is in the form of [`crate::pki::name::normal_form`].
    keys_by_name: HashMap<Box<[u8]>, Vec<[u8; 32]>>,
    has_deltas: bool,
    /// Made when it is first asked for.
    list_set: OnceLock<ListSet>,
}

/// The shards of one issuer key, in each list the newest first.
#[derive(Debug, Default, Clone)]
struct IssuerShards {
    all: Vec<Arc<CrlShard>>,
    /// Without a distribution point name: they cover every distribution point.
    unnamed: Vec<Arc<CrlShard>>,
    by_name: HashMap<Arc<[u8]>, Vec<Arc<CrlShard>>>,
    /// Delta CRLs by [`super::scope::Scope::key`]; they stand in no other list but `all`.
    deltas: HashMap<Box<[u8]>, Vec<Arc<CrlShard>>>,
}

/// A list whose scope covers a certificate, and for which reasons it does (interim_reasons_mask, RFC 5280 6.3.3 (d)).
#[derive(Debug, Clone, Copy)]
pub(super) struct Cover<'a> {
    pub(super) shard: &'a Arc<CrlShard>,
    pub(super) reasons: Reasons,
    /// Whether the certificate's distribution point names the list's issuer (cRLIssuer).
    pub(super) designated: bool,
}

impl<'a> Cover<'a> {
    /// By a scope that has no need of a distribution point of the certificate.
    fn whole(shard: &'a Arc<CrlShard>) -> Self {
        Self { shard, reasons: shard.scope.reasons, designated: false }
    }

    /// By a distribution point of the certificate.
    fn by(point: &DistributionPoint, shard: &'a Arc<CrlShard>, designated: bool) -> Self {
        Self { shard, reasons: Reasons::of(point.reasons).and(shard.scope.reasons), designated }
    }
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
    /// Every shard, deltas among them.
    pub fn shards(&self) -> impl Iterator<Item = &Arc<CrlShard>> {
        self.by_issuer.values().flat_map(|shards| shards.all.iter())
    }
    /// Which lists these are, by content.
    pub fn list_set(&self) -> &ListSet {
        self.list_set.get_or_init(|| ListSet::of(self.shards().map(|shard| &**shard)))
    }
    /// Every shard as operators see it, by issuer and scope.
    pub fn summaries(&self) -> Vec<CrlSummary> {
        let mut list: Vec<CrlSummary> = self.shards().map(|shard| shard.summary()).collect();
        list.sort_by(|a, b| (&a.identity.issuer, &a.scope).cmp(&(&b.identity.issuer, &b.scope)));
        list
    }
    /// The shard that `shard` would take the place of.
    pub(super) fn held(&self, shard: &CrlShard) -> Option<&Arc<CrlShard>> {
        self.in_scope(shard).find(|one| one.replaces(shard))
    }
    /// The deltas to the complete list `shard`, or the complete lists that the delta `shard` may complete.
    pub(super) fn counterparts<'s>(&'s self, shard: &CrlShard) -> impl Iterator<Item = &'s Arc<CrlShard>> {
        self.in_scope(shard).filter(|one| one.is_delta() != shard.is_delta())
    }
    /// Those of the same key, issuer and scope, deltas and complete lists.
    fn in_scope<'s>(&'s self, shard: &CrlShard) -> impl Iterator<Item = &'s Arc<CrlShard>> {
        let shards = self.by_issuer.get(&shard.issuer_key);
        let complete = shards.map(|shards| match shard.scope.names.first() {
            Some(name) => shards.by_name.get(&*name.normal).map(Vec::as_slice).unwrap_or_default(),
            None => shards.unnamed.as_slice(),
        });
        let deltas = shards.and_then(|shards| shards.deltas.get(&shard.scope_key));
        let found = complete.into_iter().flatten().chain(deltas.into_iter().flatten());
        found.filter(|one| one.scope_key == shard.scope_key && one.issuer_name == shard.issuer_name)
    }

    /// Every complete list that a key signed under a name ([`crate::pki::name::normal_form`]), whatever its scope.
    pub(super) fn complete_of(
        &self,
        issuer_key: &[u8; 32],
        issuer_name: &[u8],
    ) -> impl Iterator<Item = &Arc<CrlShard>> {
        let all = self.by_issuer.get(issuer_key).map(|shards| shards.all.as_slice()).unwrap_or_default();
        all.iter().filter(move |shard| !shard.is_delta() && *shard.issuer_name == *issuer_name)
    }

    /// The newest delta that brings `complete` up to date.
    pub(super) fn delta_of(&self, complete: &CrlShard) -> Option<&Arc<CrlShard>> {
        if !self.has_deltas {
            return None;
        }
        let deltas = self.by_issuer.get(&complete.issuer_key)?.deltas.get(&complete.scope_key)?;
        deltas.iter().find(|delta| delta.completes(complete))
    }

    /// Whether there is a delta of the scope of `complete`, be it newer or not.
    pub(super) fn has_delta_in_scope(&self, complete: &CrlShard) -> bool {
        self.has_deltas && self.counterparts(complete).next().is_some()
    }

    /// Whether a delta of this issuer is there, which without its complete list says nothing.
    pub(super) fn has_delta_of(&self, issuer_key: &[u8; 32]) -> bool {
        self.has_deltas && self.by_issuer.get(issuer_key).is_some_and(|shards| !shards.deltas.is_empty())
    }

    /// This set with `shard` in it. With `replace`, the one it takes the place of is left out.
    pub(super) fn with(&self, shard: Arc<CrlShard>, replace: bool) -> Self {
        let mut next = Self { list_set: OnceLock::new(), ..self.clone() };
        let keys = next.keys_by_name.entry(shard.issuer_name.clone()).or_default();
        // In an order of their own, not that of their coming in: what is said depends on the set of lists alone.
        if let Err(at) = keys.binary_search(&shard.issuer_key) {
            keys.insert(at, shard.issuer_key);
        }
        next.has_deltas |= shard.is_delta();
        let shards = Arc::make_mut(next.by_issuer.entry(shard.issuer_key).or_default());
        shards.insert(&shard, replace);
        next
    }

    /// This set with `shard`, which begins the numbers of its scope anew, in the place of every list and delta of it.
    pub(super) fn begun_anew(&self, shard: Arc<CrlShard>) -> Self {
        let old: Vec<Arc<CrlShard>> = self.in_scope(&shard).cloned().collect();
        let mut next = self.clone();
        if let Some(shards) = next.by_issuer.get_mut(&shard.issuer_key) {
            Arc::make_mut(shards).remove(&old);
        }
        next.with(shard, true)
    }

    /// The complete lists whose scope covers `certificate`, signed by the CA that issued it, with `issuer_key` and
    /// `issuer_name`: those of any of its distribution points, then those of every distribution point.
    pub(super) fn covering<'s, 'c>(
        &'s self,
        certificate: &'c Certificate,
        issuer_key: &[u8; 32],
        issuer_name: &'c [u8],
    ) -> impl Iterator<Item = Cover<'s>> {
        let shards = self.by_issuer.get(issuer_key);
        let is_ca = certificate.is_ca();
        let points = certificate.distribution_points();
        let by_point = points.iter().filter(move |point| is_direct(point, issuer_name)).flat_map(move |point| {
            let found = point.names.iter().filter_map(move |name| shards?.by_name.get(&*name.normal)).flatten();
            found.map(|shard| Cover::by(point, shard, false))
        });
        let by_default = points.is_empty().then(|| shards.and_then(|shards| shards.of_default_point(certificate)));
        let unnamed = shards.map(|shards| shards.unnamed.as_slice()).unwrap_or_default();
        let whole = by_default.flatten().into_iter().flatten().chain(unnamed);
        let all = by_point.chain(whole.map(Cover::whole));
        all.filter(move |cover| cover.shard.scope.kind.covers(is_ca) && *cover.shard.issuer_name == *issuer_name)
    }

    /// The lists that cover `certificate` beside those of [`CrlSnapshot::covering`]: of the distribution point that
    /// every CA has by its name (RFC 5280 6.3.3, at the end), of the same issuer with other keys, and of the issuers
    /// that its distribution points name (indirect CRLs, 6.3.3 (b)(1)).
    pub(super) fn further(
        &self,
        certificate: &Certificate,
        issuer_key: &[u8; 32],
        issuer_name: &[u8],
    ) -> Vec<Cover<'_>> {
        let is_ca = certificate.is_ca();
        let mut found = Vec::new();
        for key in self.keys_by_name.get(issuer_name).into_iter().flatten() {
            if key != issuer_key {
                found.extend(self.covering(certificate, key, issuer_name));
            }
            if let Some(shards) = self.by_issuer.get(key) {
                let of_default = shards.of_default_point(certificate).into_iter().flatten();
                let of_default = of_default.filter(|shard| *shard.issuer_name == *issuer_name);
                found.extend(of_default.map(Cover::whole));
            }
        }
        for point in certificate.distribution_points() {
            let issuers = point.crl_issuer.iter().flatten().filter_map(DistributionPointName::directory_normal);
            found.extend(issuers.flat_map(|issuer| self.indirect(point, issuer)));
        }
        found.retain(|cover| cover.shard.scope.kind.covers(is_ca));
        found
    }

    /// The indirect lists of `issuer` for a distribution point that names it.
    fn indirect<'s, 'c>(&'s self, point: &'c DistributionPoint, issuer: &'c [u8]) -> impl Iterator<Item = Cover<'s>> {
        let keys = self.keys_by_name.get(issuer).into_iter().flatten();
        let shards = keys.filter_map(|key| self.by_issuer.get(key)).flat_map(move |shards| {
            let names =
                if point.names.is_empty() { point.crl_issuer.as_deref().unwrap_or_default() } else { &point.names };
            let named = names.iter().filter_map(|name| shards.by_name.get(&*name.normal)).flatten();
            named.chain(&shards.unnamed)
        });
        let of_issuer = shards.filter(move |shard| shard.scope.indirect && *shard.issuer_name == *issuer);
        of_issuer.map(|shard| Cover::by(point, shard, true))
    }
}

impl IssuerShards {
    fn insert(&mut self, shard: &Arc<CrlShard>, replace: bool) {
        let stays = |one: &Arc<CrlShard>| !one.replaces(shard);
        let put = |list: &mut Vec<Arc<CrlShard>>| {
            if replace {
                list.retain(stays);
            }
            if !list.iter().any(|one| Arc::ptr_eq(one, shard)) {
                let rank = |one: &CrlShard| (Reverse(one.identity.this_update), one.identity.sha256.clone());
                let at = list.partition_point(|one| rank(one) < rank(shard));
                list.insert(at, shard.clone());
            }
        };
        put(&mut self.all);
        if shard.is_delta() {
            return put(self.deltas.entry(shard.scope_key.clone()).or_default());
        }
        if shard.scope.names.is_empty() {
            put(&mut self.unnamed);
        }
        for name in &shard.scope.names {
            put(self.by_name.entry(name.normal.as_ref().into()).or_default());
        }
    }

    fn remove(&mut self, old: &[Arc<CrlShard>]) {
        let stays = |one: &Arc<CrlShard>| !old.iter().any(|other| Arc::ptr_eq(one, other));
        self.all.retain(stays);
        self.unnamed.retain(stays);
        self.by_name.values_mut().chain(self.deltas.values_mut()).for_each(|list| list.retain(stays));
    }

    /// Those of the distribution point that has the name of the certificate's issuer.
    fn of_default_point(&self, certificate: &Certificate) -> Option<&Vec<Arc<CrlShard>>> {
        if self.by_name.is_empty() {
            return None;
        }
        self.by_name.get(&*GeneralName::Directory(certificate.issuer_der()).normal_form())
    }
}

/// A distribution point whose CRL the certificate's own issuer signs (RFC 5280 6.3.3 (b)(1)). A cRLIssuer that names
/// the certificate's issuer, which RFC 5280 4.2.1.13 asks to leave out, says the same.
fn is_direct(point: &DistributionPoint, issuer_name: &[u8]) -> bool {
    match &point.crl_issuer {
        None => true,
        Some(names) => names.iter().any(|name| name.directory_normal() == Some(issuer_name)),
    }
}
