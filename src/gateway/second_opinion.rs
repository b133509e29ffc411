//! The second opinion on accepted filings, off their path: OpenSSL on signature and path, and another reader that goes
//! through the revocation lists from end to end. A large list is read once for a whole batch.
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::Gateway;
use crate::pki::crl::{RawEntry, Wanted, search_again};
use crate::signature::second_opinion::{Doubt, SecondOpinion};
use crate::signature::verifier::embedded_certificates;
use crate::store::StoreError;
use crate::store::second_opinions::{Opinion, OpinionBatch, OpinionKind, OpinionSubject};
use crate::telemetry;

/// The most entries of the feed that one batch looks at.
const AT_ONCE: u32 = 4_000;

/// What one round did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct OpinionRound {
    /// Filings looked at.
    pub looked_at: usize,
    /// Opinions that disagree.
    pub disagree: usize,
    /// Opinions that could not be had.
    pub failed: usize,
    /// Since when the oldest filing waits that nobody has looked at.
    pub waits_since: Option<DateTime<Utc>>,
}

/// The signer of a filing, looked for in the lists that its verdict rests on.
struct Search {
    submission_id: i64,
    wanted: Wanted,
    received_at: DateTime<Utc>,
    lists: Vec<[u8; 32]>,
}

impl Gateway {
    /// Looks at the filings that wait when there are `enough` of them, or when the oldest came before `due`.
    ///
    /// # Errors
    /// [`StoreError`] when the record does not answer; the next round begins where this one did.
    pub async fn second_opinions(&self, enough: usize, due: DateTime<Utc>) -> Result<OpinionRound, StoreError> {
        let batch = self.store.second_opinion_batch(AT_ONCE).await?;
        let is_due = batch.oldest.is_some_and(|oldest| oldest <= due) || batch.filings.len() >= enough;
        if batch.to == batch.from || (!batch.filings.is_empty() && !is_due) {
            return Ok(OpinionRound { waits_since: batch.oldest, ..OpinionRound::default() });
        }
        let mut opinions = Vec::new();
        let mut searches = Vec::new();
        let second = SecondOpinion::new(self.verifier().trust());
        if let Err(why) = &second {
            tracing::error!(target: "madoguchi::second_opinion", %why, "OpenSSL cannot be asked");
        }
        for id in &batch.filings {
            match self.store.second_opinion_subject(*id).await {
                Ok(subject) => {
                    opinions.extend(on_signature(*id, &subject, second.as_ref()));
                    searches.push(search_for(*id, &subject));
                }
                Err(error @ StoreError::Damaged(_)) => opinions.push(failed(*id, "signature", error.to_string())),
                Err(error) => return Err(error),
            }
        }
        let searches: Vec<Search> =
            searches.into_iter().filter_map(|search| search.map_err(|opinion| opinions.push(opinion)).ok()).collect();
        opinions.extend(self.search_lists(&searches).await?);
        self.note_opinions(batch, opinions).await
    }

    async fn note_opinions(&self, batch: OpinionBatch, opinions: Vec<Opinion>) -> Result<OpinionRound, StoreError> {
        let of = |kind| opinions.iter().filter(|opinion| opinion.kind == kind).count();
        let round = OpinionRound {
            looked_at: batch.filings.len(),
            disagree: of(OpinionKind::Disagrees),
            failed: of(OpinionKind::Failed),
            waits_since: None,
        };
        for opinion in &opinions {
            let Opinion { submission_id, kind, subject, detail } = opinion;
            tracing::error!(target: "madoguchi::second_opinion", filing = submission_id, kind = kind.as_str(), subject, detail,
                "the second opinion is not that of the verdict");
        }
        if !self.store.second_opinion_note((batch.from, batch.to), opinions, self.clock.now()).await? {
            return Ok(OpinionRound::default());
        }
        telemetry::count_second_opinions(round.looked_at, round.disagree, round.failed);
        Ok(round)
    }

    /// Reads each list through once, for every filing whose verdict rests on it.
    async fn search_lists(&self, searches: &[Search]) -> Result<Vec<Opinion>, StoreError> {
        let mut by_list: HashMap<[u8; 32], HashSet<Wanted>> = HashMap::new();
        for search in searches {
            for list in &search.lists {
                by_list.entry(*list).or_default().insert(search.wanted.clone());
            }
        }
        let mut found: HashMap<[u8; 32], Result<HashMap<Wanted, RawEntry>, String>> = HashMap::new();
        for (list, wanted) in by_list {
            let read = match self.list_bytes(list).await {
                Ok(der) => tokio::task::spawn_blocking(move || search_again(&der, &wanted)).await,
                Err(error) if error.is_temporary() => return Err(error),
                Err(error) => Ok(Err(error.to_string())),
            };
            found.insert(list, read.unwrap_or_else(|_| Err("the search broke off".to_owned())));
        }
        Ok(searches.iter().filter_map(|search| on_revocation(search, &found)).collect())
    }

    /// A list out of the archive; out of use, where it could not be archived yet.
    async fn list_bytes(&self, sha256: [u8; 32]) -> Result<Vec<u8>, StoreError> {
        match self.store.crl_archive_read(sha256).await {
            Err(StoreError::NotFound) => {
                let (crls, wanted) = (self.crls.current(), hex::encode(sha256));
                let held = crls.shards().find(|shard| shard.identity().sha256 == wanted);
                let der = held.and_then(|shard| shard.der().ok().map(|der| der.into_owned()));
                der.ok_or_else(|| StoreError::Fault(format!("the list of digest {wanted} is not archived")))
            }
            read => read,
        }
    }
}

fn failed(submission_id: i64, subject: &'static str, detail: impl Into<String>) -> Opinion {
    Opinion { submission_id, kind: OpinionKind::Failed, subject, detail: detail.into() }
}

fn on_signature(id: i64, subject: &OpinionSubject, second: Result<&SecondOpinion, &String>) -> Option<Opinion> {
    let second = match second {
        Ok(second) => second,
        Err(why) => return Some(failed(id, "signature", why)),
    };
    match second.check(&subject.signature, &subject.application, subject.received_at) {
        Ok(()) => None,
        Err(Doubt::Failed(why)) => Some(failed(id, "signature", why)),
        Err(Doubt::Disagrees(why)) => {
            let detail = format!("OpenSSL does not find the signature or its path good: {why}");
            Some(Opinion { submission_id: id, kind: OpinionKind::Disagrees, subject: "signature", detail })
        }
    }
}

fn search_for(id: i64, subject: &OpinionSubject) -> Result<Search, Opinion> {
    let embedded = embedded_certificates(&subject.signature);
    let signer = embedded.iter().find(|one| one.sha256() == subject.signer_sha256);
    let signer =
        signer.ok_or_else(|| failed(id, "revocation", "the recorded signer's certificate is not in the file"))?;
    let wanted = Wanted { issuer: signer.issuer_normal().to_vec(), serial: signer.serial().to_vec() };
    Ok(Search { submission_id: id, wanted, received_at: subject.received_at, lists: subject.lists.clone() })
}

/// The filing was accepted: an entry that was in force at its receipt says otherwise. An entry that another of the lists
/// removes (a delta's removeFromCRL) is not in force.
fn on_revocation(
    search: &Search,
    found: &HashMap<[u8; 32], Result<HashMap<Wanted, RawEntry>, String>>,
) -> Option<Opinion> {
    let mut entries = Vec::new();
    for list in &search.lists {
        match found.get(list)? {
            Ok(on_list) => entries.extend(on_list.get(&search.wanted).map(|entry| (*list, *entry))),
            Err(why) => return Some(failed(search.submission_id, "revocation", why)),
        }
    }
    let removed = entries.iter().any(|(_, entry)| entry.removed);
    let (list, entry) =
        entries.into_iter().find(|(_, entry)| !entry.removed && entry.revoked_at <= search.received_at)?;
    if removed {
        return None;
    }
    let detail = format!(
        "the signer's certificate is on the list of digest {} with the date {}, before the receipt",
        hex::encode(list),
        entry.revoked_at.to_rfc3339()
    );
    Some(Opinion { submission_id: search.submission_id, kind: OpinionKind::Disagrees, subject: "revocation", detail })
}
