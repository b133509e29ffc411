//! What a store of lists knows of its quarantine.
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use super::{CrlQuarantine, Judgement, QuarantineCase};
use crate::pki::crl::refusal::CrlRefusal;

/// How many lists wait at most for a quarantine that does not answer: they lie in memory.
const MAX_WAITING: usize = 16;

/// The quarantine, where there is one, and what could not be put there yet.
#[derive(Debug, Default)]
pub struct Quarantining {
    quarantine: Option<Arc<dyn CrlQuarantine>>,
    waiting: Mutex<VecDeque<QuarantineCase>>,
}

impl Quarantining {
    /// In that one.
    pub fn with(quarantine: Arc<dyn CrlQuarantine>) -> Self {
        Self { quarantine: Some(quarantine), ..Self::default() }
    }

    /// Whether a list is let in against what speaks against it; otherwise it is kept, and refused for now.
    pub fn judge(&self, case: QuarantineCase, at: DateTime<Utc>) -> Result<(), CrlRefusal> {
        let Some(quarantine) = &self.quarantine else {
            return Err(case.objections.refusal("Look at the difference (madoguchi crl diff) and ask the CA"));
        };
        let refusal = |became: &str| Err(CrlRefusal { quarantined: true, ..case.objections.refusal(became) });
        match quarantine.judge(&case, at) {
            Ok(Judgement::LetIn) => Ok(()),
            Ok(Judgement::Kept) => refusal("The list is quarantined: ask the CA; two operators can let it in"),
            Ok(Judgement::Discarded) => refusal("An operator refused this list for good"),
            Err(why) => {
                let became = format!("The list could not be quarantined and will be tried again: {why}");
                let refusal = case.objections.refusal(&became);
                let mut waiting = lock(&self.waiting);
                if waiting.len() >= MAX_WAITING {
                    waiting.pop_front();
                }
                waiting.push_back(case);
                Err(refusal)
            }
        }
    }

    /// Tries those again that could not be put into quarantine, to the first that still cannot be; gives how many are
    /// there now.
    pub fn keep_waiting(&self, at: DateTime<Utc>) -> usize {
        let Some(quarantine) = &self.quarantine else { return 0 };
        let mut kept = 0;
        loop {
            let Some(case) = lock(&self.waiting).front().cloned() else { return kept };
            if quarantine.judge(&case, at).is_err() {
                return kept;
            }
            let sha256 = &case.record.identity.sha256;
            lock(&self.waiting).retain(|other| other.record.identity.sha256 != *sha256);
            kept += 1;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
