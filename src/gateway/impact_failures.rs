//! Lists that cannot be run against the filings, for operators: logged when it happens first, and on their page until it
//! is over.
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::store::impacts::ImpactDue;

/// The lists, by digest, each with why in a sentence.
#[derive(Debug, Default)]
pub struct ImpactFailures(Mutex<BTreeMap<[u8; 32], String>>);

impl ImpactFailures {
    /// Notes one; true where that is news.
    pub fn note(&self, list: [u8; 32], why: String) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = all.get(&list).is_none_or(|known| *known != why);
        all.insert(list, why);
        is_news
    }

    /// Forgets those that are due no more: they were run meanwhile, here or elsewhere.
    pub fn keep_due(&self, due: &[ImpactDue]) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|list, _| due.iter().any(|one| one.list == *list));
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Hex digests and why.
    pub fn all(&self) -> Vec<(String, String)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(list, why)| (hex::encode(list), why.clone())).collect()
    }
}
