//! OCSP as the second source of a verdict: asked where lists leave a filing undecided and the policy wants it. In crash
//! order: the responses come, are judged, those that decide are on disk, and only then is the verdict recorded.
use chrono::{DateTime, Utc};

use super::Gateway;
use super::judging::Judging;
use crate::intake::Recordable;
use crate::pki::ocsp::OcspEvidence;
use crate::submission::received::ReceivedSubmission;
use crate::submission::rejection::{Rejection, RejectionCode};

/// Whether only revocation is open in what a pass through the path gave.
pub(super) fn is_undecided(judged: &Result<Recordable, Box<Rejection>>) -> bool {
    match judged {
        Ok(recordable) => matches!(recordable, Recordable::Held(_)),
        Err(rejection) => rejection.code == RejectionCode::RevocationUndecided,
    }
}

impl Gateway {
    /// The same view with what responders say of the certificates that lists leave undecided; none where the policy does
    /// not want it, or nothing came that decides.
    pub(super) async fn ask_second_source(
        &self,
        judging: &Judging,
        received: &ReceivedSubmission,
        signed_after: Option<DateTime<Utc>>,
    ) -> Option<Judging> {
        if !judging.may_ask_ocsp() {
            return None;
        }
        let questions = judging.undecided(received, signed_after);
        if questions.is_empty() {
            return None;
        }
        let evidence = self.ocsp.ask(&questions, &self.clock).await;
        let used = judging.with_ocsp(evidence).ocsp_used(received, signed_after);
        if used.is_empty() {
            return None;
        }
        let responses: Vec<OcspEvidence> = used.iter().map(|(_, _, response)| response.clone()).collect();
        if let Err(error) = self.store.ocsp_responses_keep(responses.clone()).await {
            // A verdict that could not be made again later is none: the filing waits as if nothing had come.
            tracing::warn!(target: "madoguchi::ocsp", %error, "OCSP responses could not be kept");
            return None;
        }
        for (certificate, until, response) in &used {
            if let Some(until) = until {
                self.ocsp.remember(*certificate, response, *until);
            }
        }
        Some(judging.with_ocsp(responses))
    }
}
