//! Which lists a snapshot holds, by content: a text that names buckets by digest, each of which names lists by digest.
//! A list that takes the place of another of its scope stands in the same bucket, so that of thousands of lists one
//! that changes makes one small bucket new and not the whole text.
use std::collections::BTreeMap;

use super::shard::CrlShard;
use crate::crypto;

/// How many buckets there are at most.
const BUCKETS: u8 = 64;

/// The lists of one snapshot, content-addressed.
#[derive(Debug, Clone)]
pub struct ListSet {
    digest: String,
    text: String,
    buckets: Vec<String>,
}

impl ListSet {
    /// Of these lists, in whatever order.
    pub(super) fn of<'s>(shards: impl Iterator<Item = &'s CrlShard>) -> Self {
        let mut by_bucket: BTreeMap<u8, Vec<&str>> = BTreeMap::new();
        for shard in shards {
            by_bucket.entry(bucket(shard)).or_default().push(&shard.identity.sha256);
        }
        let mut text = String::new();
        let mut buckets = Vec::with_capacity(by_bucket.len());
        for mut lists in by_bucket.into_values() {
            lists.sort_unstable();
            lists.dedup();
            let bucket: String = lists.iter().map(|sha256| format!("list {sha256}\n")).collect();
            text.push_str(&format!("lists {}\n", crypto::sha256_hex(bucket.as_bytes())));
            buckets.push(bucket);
        }
        Self { digest: crypto::sha256_hex(text.as_bytes()), text, buckets }
    }

    /// Hex SHA-256 of [`ListSet::text`].
    pub fn digest(&self) -> &str {
        &self.digest
    }
    /// Its buckets by their digests, one a line: `lists <hex SHA-256>`.
    pub fn text(&self) -> &str {
        &self.text
    }
    /// The buckets' texts: the lists in each by their digests, one a line: `list <hex SHA-256>`.
    pub fn buckets(&self) -> &[String] {
        &self.buckets
    }
}

fn bucket(shard: &CrlShard) -> u8 {
    let row = shard.row();
    let first = |digest: [u8; 32]| digest.first().copied().unwrap_or_default();
    (first(row.issuer_key) ^ first(row.scope_key)) % BUCKETS
}
