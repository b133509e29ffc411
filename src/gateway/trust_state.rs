//! Verdicts that can be made again: the trust state of each is kept before it is recorded, and `verify --as-of` makes a
//! recorded verdict out of what was kept.
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::Gateway;
use super::judging::Judging;
use super::lists::wait;
use crate::ids::ArrivalNumber;
use crate::pki::crl::CrlSnapshot;
use crate::pki::ocsp::OcspEvidence;
use crate::signature::policy::SignaturePolicy;
use crate::signature::trust_state::{self, Digest, TrustState};
use crate::signature::verifier::{VerificationRequest, Verifier};
use crate::store::submissions::StoredVerdict;
use crate::store::{Store, StoreError};
use crate::submission::received::ReceivedSubmission;

/// How many states are remembered as kept; one comes with every new revocation list.
const MAX_REMEMBERED: usize = 1_000;

/// The trust states that are known to be kept.
#[derive(Debug, Default)]
pub(super) struct KeptStates(Mutex<HashSet<Digest>>);

impl KeptStates {
    fn contains(&self, state: &Digest) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(state)
    }

    fn insert(&self, state: Digest) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_REMEMBERED {
            kept.clear();
        }
        kept.insert(state);
    }
}

impl Gateway {
    /// The trust state that `judging` judges in, where it is not known to be kept: it is recorded together with the verdict,
    /// for one that could not be made again is none.
    pub(super) fn unkept_trust_state(&self, judging: &Judging) -> Option<TrustState> {
        (!self.kept_states.contains(&judging.trust_state_digest())).then(|| judging.trust_state())
    }

    /// Remembers a trust state as kept.
    pub(super) fn note_kept(&self, state: Option<&TrustState>) {
        if let Some(state) = state {
            self.kept_states.insert(state.digest());
        }
    }

    /// Keeps the trust state that `judging` judges in, where it is not kept yet: once for each new list or policy.
    ///
    /// # Errors
    /// [`StoreError`]; a verdict in that state is not to be recorded then.
    pub(super) async fn keep_trust_state(&self, judging: &Judging) -> Result<(), StoreError> {
        if let Some(state) = self.unkept_trust_state(judging) {
            self.store.trust_objects_keep(state.objects().to_vec()).await?;
            self.note_kept(Some(&state));
        }
        Ok(())
    }

    /// Keeps the present trust state, so that no filing has to wait for it.
    ///
    /// # Errors
    /// [`StoreError`]; the next filing tries again.
    pub async fn keep_present_trust_state(&self) -> Result<(), StoreError> {
        self.keep_trust_state(&Judging::of(self)).await
    }
}

/// A recorded verdict, made again.
#[derive(Debug)]
pub struct MadeAgain {
    /// As it was recorded.
    pub recorded: StoredVerdict,
    /// What judged then.
    pub engine: String,
    /// The same report, made now: compact JSON.
    pub report: String,
}

impl MadeAgain {
    /// Whether it is the recorded one, byte for byte.
    pub fn is_the_same(&self) -> bool {
        self.report == self.recorded.report
    }
}

/// Why a verdict could not be made again.
#[derive(Debug, thiserror::Error)]
pub enum AsOfError {
    /// The record does not give it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No filing has that number.
    #[error("no filing of that arrival number is recorded")]
    NoFiling,
    /// What was kept is missing or is not what it was: a sentence.
    #[error("{0}")]
    Kept(String),
}

impl From<String> for AsOfError {
    fn from(sentence: String) -> Self {
        Self::Kept(sentence)
    }
}

/// What a report says of its own making.
#[derive(Deserialize)]
struct Making {
    validation_time: DateTime<Utc>,
    #[serde(default)]
    signed_after: Option<DateTime<Utc>>,
    #[serde(default)]
    trust_state: String,
    #[serde(default)]
    engine: String,
    #[serde(default)]
    signatures: Vec<Judged>,
}

/// What it says of each signer's certificates.
#[derive(Deserialize)]
struct Judged {
    #[serde(default)]
    revocation: Vec<Known>,
}

/// What it says of the revocation of one.
#[derive(Deserialize)]
struct Known {
    #[serde(default)]
    ocsp: Option<Answer>,
}

/// The OCSP response that it rests on.
#[derive(Deserialize)]
struct Answer {
    sha256: String,
}

/// Makes every verdict on a filing again, oldest first, out of its documents and the trust states that were kept. Blocks.
///
/// # Errors
/// [`AsOfError`]: there is no such filing, or something that a verdict rests on is missing or damaged.
pub fn make_again(store: &Store, arrival_number: ArrivalNumber) -> Result<Vec<MadeAgain>, AsOfError> {
    let record = wait(store.submission_record(arrival_number))?.ok_or(AsOfError::NoFiling)?;
    let received = wait(store.submission_received(arrival_number))?;
    let mut states = HashMap::new();
    record.verdicts.into_iter().map(|verdict| again(store, verdict, &received, &mut states)).collect()
}

type States = HashMap<Digest, (Verifier, CrlSnapshot)>;

fn again(
    store: &Store,
    recorded: StoredVerdict,
    received: &ReceivedSubmission,
    states: &mut States,
) -> Result<MadeAgain, AsOfError> {
    let making: Making = serde_json::from_str(&recorded.report)
        .map_err(|_| AsOfError::Kept("the recorded report is not one of this program's".to_owned()))?;
    let mut digest = [0; 32];
    hex::decode_to_slice(&making.trust_state, &mut digest).map_err(|_| {
        AsOfError::Kept("the recorded report names no trust state: it was made by a version that kept none".to_owned())
    })?;
    let (verifier, crls) = match states.entry(digest) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => unknown.insert(restore(store, digest)?),
    };
    let request = VerificationRequest {
        signature: &received.signature,
        content: Some(received.application.as_ref().into()),
        extra_certificates: &[],
        at: making.validation_time,
        signed_after: making.signed_after,
    };
    let ocsp = ocsp_responses(store, &making)?;
    let report = serde_json::to_string(&verifier.verify_with(crls, &ocsp, &request).report)
        .map_err(|_| AsOfError::Kept("the report cannot be written as JSON".to_owned()))?;
    Ok(MadeAgain { recorded, engine: making.engine, report })
}

/// The OCSP responses that a recorded report names, one a certificate as they were judged by.
fn ocsp_responses(store: &Store, making: &Making) -> Result<Vec<OcspEvidence>, AsOfError> {
    let named = making.signatures.iter().flat_map(|signature| &signature.revocation);
    let read = |answer: &Answer| {
        let missing = || AsOfError::Kept(format!("OCSP response {} is not kept", answer.sha256));
        let mut sha256 = [0; 32];
        hex::decode_to_slice(&answer.sha256, &mut sha256).map_err(|_| missing())?;
        wait(store.ocsp_response_read(sha256))?.ok_or_else(missing)
    };
    named.filter_map(|known| known.ocsp.as_ref()).map(read).collect()
}

/// The verifier and the lists of a kept trust state.
fn restore(store: &Store, state: Digest) -> Result<(Verifier, CrlSnapshot), AsOfError> {
    let mut object = |name: Digest| {
        wait(store.trust_object(name)).map_err(|error| match error {
            StoreError::NotFound => {
                AsOfError::Kept(format!("object {} of the trust state is missing", hex::encode(name)))
            }
            other => AsOfError::Store(other),
        })
    };
    let kept = trust_state::read(state, &mut object)?;
    let (policy, trust) = trust_state::restore(&kept)?;
    let mut lists = Vec::with_capacity(kept.lists.len());
    for sha256 in kept.lists {
        let missing = || AsOfError::Kept(format!("revocation list {} is not in the archive", hex::encode(sha256)));
        let accepted_at = wait(store.crl_archive_since(sha256))?.ok_or_else(missing)?;
        lists.push((wait(store.crl_archive_read(sha256))?, accepted_at));
    }
    let crls = CrlSnapshot::of_archived(lists, &trust)
        .map_err(|refusal| AsOfError::Kept(format!("an archived revocation list is not accepted now: {refusal}")))?;
    Ok((verifier(policy, trust), crls))
}

fn verifier(policy: SignaturePolicy, trust: crate::pki::trust_store::TrustStore) -> Verifier {
    Verifier::new(policy.into(), trust.into())
}
