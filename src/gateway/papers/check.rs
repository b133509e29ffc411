//! Whether a document was issued here: asked by anybody, answered without anything of whom it tells of.
use bytes::Bytes;

use crate::crypto::sha256;
use crate::gateway::Gateway;
use crate::registry::papers::code::VerificationCode;
use crate::registry::papers::facts::{FactKind, Facts};
use crate::signature::report::Report;
use crate::store::StoreError;
use crate::store::papers::{IssuedPaper, PaperKey};

/// What somebody has of a document.
#[derive(Debug, Clone, Default)]
pub struct PaperQuestion {
    /// The code that is printed on it.
    pub code: Option<VerificationCode>,
    /// The file.
    pub document: Option<Bytes>,
    /// Its seal, where another than the recorded one is to be verified.
    pub seal: Option<Bytes>,
    /// What stands on the paper; compared where the code is there.
    pub printed: Vec<(FactKind, String)>,
}

/// The answer.
#[derive(Debug)]
pub enum PaperAnswer {
    /// No such document was issued here.
    Unknown,
    /// One with that code was issued; the file is another, or was changed.
    Altered(Box<IssuedPaper>),
    /// It was issued here. It may have been withdrawn since.
    Issued(Box<IssuedAnswer>),
}

/// What is known of a document that was issued.
#[derive(Debug)]
pub struct IssuedAnswer {
    /// The document.
    pub paper: IssuedPaper,
    /// The verdict on the seal over the very file, where a file was given.
    pub seal: Option<Report>,
    /// What was compared, and whether it agrees.
    pub compared: Vec<(FactKind, bool)>,
}

impl Gateway {
    /// Answers whether a document was issued here, by its code, its file or both. Stores nothing.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn check_paper(&self, asked: PaperQuestion) -> Result<PaperAnswer, StoreError> {
        let digest = asked.document.as_ref().map(|bytes| sha256(bytes));
        let key = match (&asked.code, digest) {
            (Some(code), _) => PaperKey::Code(code.sha256()),
            (None, Some(digest)) => PaperKey::Document(digest),
            (None, None) => return Ok(PaperAnswer::Unknown),
        };
        let Some(paper) = self.store.paper_find(key).await? else { return Ok(PaperAnswer::Unknown) };
        if digest.is_some_and(|digest| digest != paper.sha256) {
            return Ok(PaperAnswer::Altered(Box::new(paper)));
        }
        let seal = match asked.document {
            Some(document) => self.verdict_on_seal(document, asked.seal.unwrap_or_else(|| paper.seal.clone())).await?,
            None => None,
        };
        let compared = asked.code.map(|code| compare(&paper, &code, &asked.printed)).unwrap_or_default();
        Ok(PaperAnswer::Issued(Box::new(IssuedAnswer { paper, seal, compared })))
    }

    async fn verdict_on_seal(&self, document: Bytes, seal: Bytes) -> Result<Option<Report>, StoreError> {
        let Some(seals) = self.official_seals() else { return Ok(None) };
        let at = self.clock.now();
        let verdict = tokio::task::spawn_blocking(move || seals.verify(&seal, &document, at));
        verdict.await.map(Some).map_err(|_| StoreError::Fault("the verification of a seal broke off".to_owned()))
    }
}

/// What stands on the paper beside what was issued; a kind of which the document says nothing does not agree.
fn compare(paper: &IssuedPaper, code: &VerificationCode, printed: &[(FactKind, String)]) -> Vec<(FactKind, bool)> {
    let facts: Facts = serde_json::from_str(&paper.facts).unwrap_or_default();
    let typed = printed.iter().filter(|(_, value)| !value.trim().is_empty());
    typed.map(|(kind, value)| (*kind, facts.agrees(code, *kind, value).unwrap_or(false))).collect()
}
