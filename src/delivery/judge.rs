//! The gateway as the judge of held filings.
use chrono::{DateTime, Utc};

use super::worker::{HeldJudge, HeldJudgement};
use crate::gateway::Gateway;
use crate::gateway::held::HeldVerdict;
use crate::store::held::HeldFiling;

impl HeldJudge for Gateway {
    fn judge(&self, filing: HeldFiling, now: DateTime<Utc>) -> HeldJudgement {
        match self.judge_held(&filing, now) {
            HeldVerdict::Decided { decision, statement_jws } => HeldJudgement::Decided { decision, statement_jws },
            HeldVerdict::StillHeld => HeldJudgement::StillHeld,
        }
    }

    fn overdue_statement(&self, filing: &HeldFiling, now: DateTime<Utc>) -> Option<String> {
        Gateway::overdue_statement(self, filing, now)
    }
}
