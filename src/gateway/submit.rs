//! Taking a filing in: judge, receipt, record.
use super::Gateway;
use super::outcome::SubmitOutcome;
use crate::ids::ArrivalNumber;
use crate::submission::received::ReceivedSubmission;

impl Gateway {
    /// Takes a filing in: it is recorded and on disk, or known already, or refused with nothing left behind.
    pub async fn submit(&self, _received: ReceivedSubmission) -> SubmitOutcome {
        unimplemented!()
    }

    /// Takes a correction of `corrected` in: an application whose `corrects` names it.
    pub async fn correct(&self, _corrected: ArrivalNumber, _received: ReceivedSubmission) -> SubmitOutcome {
        unimplemented!()
    }

    /// Takes the withdrawal of `withdrawn` in: `received.application` is the withdrawal document.
    pub async fn withdraw(&self, _withdrawn: ArrivalNumber, _received: ReceivedSubmission) -> SubmitOutcome {
        unimplemented!()
    }
}
