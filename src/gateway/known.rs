//! Exactly once (public contract section 4) for what cannot be taken any more: a document or certificate that has ended
//! since, a form that was renewed, a correction that was made, an address of another filing.
use super::Gateway;
use super::judging::Judging;
use crate::intake::document::ApplicationDocument;
use crate::store::{KnownFiling, StoreError};
use crate::submission::received::ReceivedSubmission;

impl Gateway {
    /// The first filing of what was refused now, where the same document by the same certificate is recorded: found by the
    /// bytes of document and signature, or, for a new signature, by judging that as of the first filing's arrival. The
    /// document itself was judged then. Somebody else's filing of the same document is not told.
    pub(super) async fn known_already(&self, received: ReceivedSubmission) -> Result<Option<KnownFiling>, StoreError> {
        // What is recorded could be read when it was filed.
        let Ok(document) = ApplicationDocument::read(&received.application) else { return Ok(None) };
        let found = self.store.submission_first(document.application_id, received.application_sha256).await?;
        let Some(first) = found else { return Ok(None) };
        if first.signature_sha256 == received.signature_sha256 {
            return Ok(Some(first.known));
        }
        let signer = Judging::of(self).certificate_beside(received, first.received_at).await;
        Ok(signer.filter(|signer| *signer == first.signer_sha256).map(|_| first.known))
    }
}
