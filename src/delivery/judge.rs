//! The gateway as the judge of held filings.
use chrono::{DateTime, Utc};

use super::worker::{HeldJudge, HeldJudgement};
use crate::gateway::Gateway;
use crate::gateway::held::{HeldVerdict, Wait};
use crate::store::held::HeldFiling;

impl HeldJudge for Gateway {
    fn judge(&self, filing: HeldFiling, now: DateTime<Utc>, wait: Wait) -> HeldJudgement {
        match self.judge_held(&filing, now, wait) {
            HeldVerdict::Decided { decision, statement_jws } => HeldJudgement::Decided { decision, statement_jws },
            HeldVerdict::TooLong { statement_jws } => HeldJudgement::TooLong { statement_jws },
            HeldVerdict::StillHeld => HeldJudgement::StillHeld,
            HeldVerdict::NoList => HeldJudgement::NoList,
        }
    }
}
