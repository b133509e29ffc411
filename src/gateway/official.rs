//! Official documents of agencies: the seal is verified by the same engine as filings, under trust anchors of its own, so that
//! no resident's certificate seals anything. Revocation lists come from a folder and are read at each verification: sealing
//! is rare, and what is read anew is never stale by our fault.
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Gateway;
use crate::pki::crl::CrlStore;
use crate::pki::trust_store::TrustStore;
use crate::settings::OfficialSettings;
use crate::signature::content::Content;
use crate::signature::policy::SignaturePolicy;
use crate::signature::report::Report;
use crate::signature::verifier::{VerificationRequest, Verifier};

/// The largest revocation list that is read from the folder, in bytes.
const MAX_LIST: u64 = 64 << 20;

/// How seals are judged.
pub struct OfficialSeals {
    verifier: Verifier,
    lists: Option<PathBuf>,
}

impl OfficialSeals {
    /// As the settings say; none where they name no anchors.
    ///
    /// # Errors
    /// A sentence: a folder or the policy cannot be read.
    pub fn from_settings(settings: &OfficialSettings) -> Result<Option<Self>, String> {
        let Some(anchors) = &settings.anchors else { return Ok(None) };
        let intermediates = settings.intermediates.clone().unwrap_or_default();
        let trust = TrustStore::load(anchors, &intermediates)?;
        let policy = SignaturePolicy::named_or_file("generic").map_err(|error| error.to_string())?;
        let verifier = Verifier::new(Arc::new(policy), Arc::new(trust));
        Ok(Some(Self { verifier, lists: settings.crls.clone() }))
    }

    /// The verdict on a detached seal over a document, as of `at`.
    pub fn verify(&self, seal: &[u8], document: &[u8], at: DateTime<Utc>) -> Report {
        let crls = CrlStore::default();
        for list in self.lists() {
            // One that is refused decides nothing: the verdict says then that a list is missing.
            if let Err(refusal) = crls.offer(list, self.verifier.trust(), at) {
                tracing::warn!(target: "madoguchi::official", code = refusal.code, "a list for official documents is refused");
            }
        }
        let content = Some(Content::from(document));
        let request = VerificationRequest { signature: seal, content, extra_certificates: &[], at, signed_after: None };
        self.verifier.verify(&crls.current(), &request).report
    }

    /// The lists of the folder, as they lie there.
    fn lists(&self) -> Vec<Vec<u8>> {
        let Some(folder) = &self.lists else { return Vec::new() };
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                tracing::error!(target: "madoguchi::official", %error, "the folder of official lists cannot be read");
                return Vec::new();
            }
        };
        let files = entries
            .filter_map(Result::ok)
            .filter(|entry| entry.metadata().is_ok_and(|file| file.is_file() && file.len() <= MAX_LIST));
        files.filter_map(|entry| std::fs::read(entry.path()).ok()).collect()
    }
}

impl Gateway {
    /// How seals of official documents are judged; none where no anchors are set.
    pub fn official_seals(&self) -> Option<Arc<OfficialSeals>> {
        self.official.clone()
    }

    /// The same with seals of official documents judged so.
    #[must_use]
    pub fn with_official(self, official: Option<OfficialSeals>) -> Self {
        Self { official: official.map(Arc::new), ..self }
    }
}
