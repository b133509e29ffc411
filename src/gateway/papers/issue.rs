//! Issuing a document: sealed, the seal verified as everybody will verify it, on disk, and only then given out.
use bytes::Bytes;

use crate::gateway::Gateway;
use crate::ids::AgencyCode;
use crate::registry::papers::code::VerificationCode;
use crate::registry::papers::facts::Facts;
use crate::registry::papers::kind::PaperKind;
use crate::store::StoreError;
use crate::store::papers::NewPaper;
use crate::verdict::Indication;

/// A document to be issued. Its code stands on it already.
#[derive(Debug, Clone)]
pub struct PaperDraft {
    /// What it is.
    pub kind: PaperKind,
    /// Whose seal it gets.
    pub municipality: AgencyCode,
    /// The code that is printed on it.
    pub code: VerificationCode,
    /// The document.
    pub pdf: Vec<u8>,
    /// What is printed on it, as keyed digests.
    pub facts: Facts,
    /// The resident record that it tells of.
    pub record_id: Option<String>,
    /// Who has it made: `Account::actor`, `kiosk` or the like.
    pub by: String,
}

/// A document that was issued.
#[derive(Debug, Clone)]
pub struct SealedPaper {
    /// Its row.
    pub id: i64,
    /// The document.
    pub pdf: Bytes,
    /// Its detached seal, DER.
    pub seal: Bytes,
}

/// Why a document was not issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The municipality has no seal here.
    #[error("municipality {0} issues no documents here: name its seal in [[papers.municipality]]")]
    NoIssuer(AgencyCode),
    /// The seal is not one that anybody would find valid: it has expired, was revoked, or its list is missing.
    #[error("the seal of {0} is not valid now ({1}): renew it, or bring in the revocation lists of [official]")]
    SealNotValid(AgencyCode, &'static str),
    /// A fault of the key or the program.
    #[error("{0}")]
    Fault(String),
    /// The record.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Gateway {
    /// A new verification code.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn paper_code(&self) -> Result<VerificationCode, IssueError> {
        let unheard = |_| IssueError::Fault("the system's random source gave nothing".to_owned());
        VerificationCode::random(&self.rng).map_err(unheard)
    }

    /// Seals a document and records it.
    ///
    /// # Errors
    /// [`IssueError`]; nothing is issued then.
    pub async fn issue_paper(&self, draft: PaperDraft) -> Result<SealedPaper, IssueError> {
        let place = draft.municipality;
        let issuer = self.papers().and_then(|desk| desk.issuer(place)).ok_or(IssueError::NoIssuer(place))?;
        let seals = self.official_seals().ok_or(IssueError::SealNotValid(place, "no anchors"))?;
        let (at, pdf) = (self.clock.now(), Bytes::from(draft.pdf));
        let document = pdf.clone();
        let sealed = tokio::task::spawn_blocking(move || {
            let seal = issuer.seal(&document, at)?;
            let report = seals.verify(&seal, &document, at);
            Ok((seal, report))
        });
        let sealed: Result<_, String> =
            sealed.await.map_err(|_| IssueError::Fault("the sealing broke off".to_owned()))?;
        let (seal, report) = sealed.map_err(IssueError::Fault)?;
        if report.indication != Indication::TotalPassed {
            let why = report.sub_indication.map_or(report.indication.as_str(), |sub| sub.as_str());
            return Err(IssueError::SealNotValid(place, why));
        }
        let seal = Bytes::from(seal);
        let facts = serde_json::to_string(&draft.facts).map_err(|error| IssueError::Fault(error.to_string()))?;
        let new = NewPaper {
            code_sha256: draft.code.sha256(),
            kind: draft.kind.as_str(),
            municipality: place,
            bytes: pdf.clone(),
            seal: seal.clone(),
            facts,
            record_id: draft.record_id,
            at,
            by: draft.by,
        };
        let id = self.store.paper_add(new).await?;
        Ok(SealedPaper { id, pdf, seal })
    }
}
