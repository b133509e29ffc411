//! Whether a document may be filed here and now.
use chrono::{DateTime, Duration, Utc};

use super::IntakeRules;
use crate::submission::rejection::{Rejection, RejectionCode};

/// How far ahead of ours its maker's clock may be.
const SKEW: Duration = Duration::minutes(5);

/// What every signed document says about where and when it may be filed.
pub(super) struct Terms<'a> {
    pub(super) gateway: &'a str,
    pub(super) created_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
}

/// Every document names this gateway, is made, and has not expired; and none is good for longer than allowed.
pub(super) fn check(terms: &Terms<'_>, rules: &IntakeRules, now: DateTime<Utc>) -> Result<(), Box<Rejection>> {
    let refuse = |code, detail: String| Err(Box::new(Rejection::new(code, detail)));
    if terms.gateway != rules.origin {
        return refuse(
            RejectionCode::WrongGateway,
            format!("This gateway is {}: make the document anew for it.", rules.origin),
        );
    }
    if terms.created_at > now + SKEW {
        return refuse(
            RejectionCode::DocumentNotYetValid,
            "created_at lies in the future: check the clock of the maker.".into(),
        );
    }
    if terms.expires_at <= now {
        return refuse(
            RejectionCode::DocumentExpired,
            "expires_at has passed: make and sign the document anew.".into(),
        );
    }
    if terms.expires_at - terms.created_at > rules.limits.life {
        let hours = rules.limits.life.num_hours();
        return refuse(
            RejectionCode::DocumentLifeTooLong,
            format!("expires_at may lie at most {hours} hours after created_at: make the document anew."),
        );
    }
    Ok(())
}
