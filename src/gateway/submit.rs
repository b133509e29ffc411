//! Taking a filing in: judge, receipt, record.
use super::Gateway;
use super::judging::Judging;
use super::outcome::{Stop, SubmitOutcome, access_token_digest, fresh_access_token, settle};
use super::refused::Attempt;
use super::second_source::is_undecided;
use crate::clock::Stopwatch;
use crate::evidence::receipt::{self, IssuedReceipt, ReceiptAttachment, ReceiptFacts, VerdictSummary};
use crate::ids::ArrivalNumber;
use crate::intake::{Recordable, signer};
use crate::jws::JwsError;
use crate::signature::trust_state::TrustState;
use crate::store::registry::filings::FilingNote;
use crate::store::{RecordOutcome, StoreError};
use crate::submission::received::ReceivedSubmission;
use crate::submission::rejection::{Rejection, RejectionCode};
use crate::telemetry;

/// Two of 10^15 numbers meet about never; a store that says so again and again is broken.
const ARRIVAL_NUMBER_DRAWS: usize = 8;

/// What is recorded in the filing's transaction beside it.
struct Beside {
    /// The verdict's trust state, where that is to be kept.
    unkept: Option<TrustState>,
    /// What the resident registry answered about the signer.
    registry: Option<Box<FilingNote>>,
}

impl Gateway {
    /// Takes a filing in: it is recorded and on disk, or known already, or refused with nothing left behind.
    pub async fn submit(&self, received: ReceivedSubmission) -> SubmitOutcome {
        let about = Attempt::of("file_application", &received);
        let outcome = settle(self.file(received, None).await);
        self.note_refusal(about, &outcome);
        outcome
    }

    /// Takes a correction of `corrected` in: an application whose `corrects` names it.
    pub async fn correct(&self, corrected: ArrivalNumber, received: ReceivedSubmission) -> SubmitOutcome {
        let about = Attempt::of("file_correction", &received);
        let outcome = settle(self.file(received, Some(corrected)).await);
        self.note_refusal(about, &outcome);
        outcome
    }

    async fn file(
        &self,
        received: ReceivedSubmission,
        corrected: Option<ArrivalNumber>,
    ) -> Result<SubmitOutcome, Stop> {
        let kept = received.clone();
        let (submission, original, beside) = match self.prepare(received, corrected).await {
            Ok(prepared) => prepared,
            // What was recorded while it was good stays recorded: the same again, later, gets the first receipt.
            Err(Stop::Rejected(rejection)) => {
                let known = self.known_already(kept).await?;
                return known.map(SubmitOutcome::from).ok_or(Stop::Rejected(rejection));
            }
            Err(stop) => return Err(stop),
        };
        let at = submission.received().received_at;
        let outcome = self.record(submission, beside).await?;
        if let Some(original) = original {
            // The correction is on disk and its receipt is owed; sent again, it notes its original again.
            if let Err(fault) = self.note_correction(original, &outcome, at).await {
                tracing::error!(target: "madoguchi::gateway", %fault, arrival_number = %original,
                    "a correction is recorded, and what it corrects could not be noted as corrected");
            }
        }
        Ok(outcome)
    }

    /// Everything before recording: the proof, the filing that it corrects, and what is recorded beside it.
    async fn prepare(
        &self,
        received: ReceivedSubmission,
        corrected: Option<ArrivalNumber>,
    ) -> Result<(Recordable, Option<ArrivalNumber>, Beside), Stop> {
        let (submission, beside) = self.judge(received).await?;
        let original = self.find_original(&submission, corrected).await?;
        Ok((submission, original, beside))
    }

    /// Judges a filing as of its arrival. Where the verdict depends on the signature's age and this gateway made the
    /// document, the signature is later than the document was: it is judged again with that proof.
    async fn judge(&self, received: ReceivedSubmission) -> Result<(Recordable, Beside), Stop> {
        let registry = self.registry_excerpt(&received.application, received.received_at).await?;
        let (kept, mut judging) = (received.clone(), Judging::of(self).with_registry(registry));
        let mut judged = judging.accept_beside(received, None).await;
        if is_undecided(&judged)
            && let Some(with_ocsp) = self.ask_second_source(&judging, &kept, None).await
        {
            judging = with_ocsp;
            judged = judging.accept_beside(kept.clone(), None).await;
        }
        let submission = match judged {
            Err(rejection) if signer::depends_on_age(&rejection) => {
                match self.store.signing_request_find(kept.application_sha256).await? {
                    Some(request) => judging.accept_beside(kept, Some(request.issued_at)).await?,
                    None => return Err(rejection.into()),
                }
            }
            judged => judged?,
        };
        let registry = self.registry_note(&submission, judging.registry())?;
        Ok((submission, Beside { unkept: self.unkept_trust_state(&judging), registry }))
    }

    async fn record(&self, mut submission: Recordable, beside: Beside) -> Result<SubmitOutcome, Stop> {
        let Beside { unkept, registry } = beside;
        for _ in 0..ARRIVAL_NUMBER_DRAWS {
            let receipt = self.receipt_for(&submission)?;
            let access_token = fresh_access_token(&self.rng)?;
            let (receipt_json, receipt_jws) = (receipt.json.clone(), receipt.jws.clone());
            let watch = Stopwatch::start();
            let objects = unkept.as_ref().map(|state| state.objects().to_vec()).unwrap_or_default();
            let (token, beside) = (access_token_digest(&access_token), (objects, registry.clone()));
            let outcome = self.store.record(submission, receipt, token, beside).await?;
            telemetry::note_commit(watch.elapsed());
            match outcome {
                RecordOutcome::New(recorded) => {
                    self.note_kept(unkept.as_ref());
                    return Ok(SubmitOutcome::New {
                        arrival_number: recorded.arrival_number(),
                        status: recorded.status(),
                        receipt_json,
                        receipt_jws,
                        access_token: Some(access_token),
                    });
                }
                RecordOutcome::Known(known) => return Ok(known.into()),
                RecordOutcome::Conflict => {
                    let detail = "Another document, or the same signed by another, is recorded under this application_id: \
                                  make the document anew, with an id of its own.";
                    return Err(Box::new(Rejection::new(RejectionCode::ApplicationIdTaken, detail)).into());
                }
                RecordOutcome::ArrivalNumberTaken(back) => submission = *back,
                RecordOutcome::NotCorrectable(found) => return Err(StoreError::StatusConflict { found }.into()),
                RecordOutcome::AnotherCorrection => {
                    let detail = "Another correction of the same filing was recorded first.";
                    return Err(Box::new(Rejection::new(RejectionCode::StatusConflict, detail)).into());
                }
            }
        }
        tracing::error!(target: "madoguchi::gateway", "no free arrival number was drawn");
        Err(Box::new(Rejection::new(RejectionCode::Internal, "No arrival number could be given; it is logged.")).into())
    }

    fn receipt_for(&self, submission: &Recordable) -> Result<IssuedReceipt, JwsError> {
        let (document, received) = (submission.document(), submission.received());
        let attachments = document.attachments.iter().map(|listed| ReceiptAttachment {
            name: &listed.name,
            media_type: &listed.media_type,
            size: listed.size,
            sha256: &listed.sha256,
        });
        let facts = ReceiptFacts {
            arrival_number: ArrivalNumber::random(&self.rng).map_err(|_| JwsError::Random)?,
            received_at: received.received_at,
            application_id: document.application_id,
            procedure: &document.procedure,
            recipient: document.recipient,
            application_sha256: hex::encode(received.application_sha256),
            signature_sha256: hex::encode(received.signature_sha256),
            attachments: attachments.collect(),
            verdict: VerdictSummary::of(submission.report(), submission.revocation()),
        };
        receipt::issue(&self.keys, &facts)
    }
}
