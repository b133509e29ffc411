//! When what a person opened in a browser is closed without use: the sign-in, a filing's page, a shared computer.
use actix_web::{HttpRequest, web};

use super::extract::csrf::CsrfGuard;
use super::extract::session::{FILING_COOKIE, RESIDENT_COOKIE};
use super::extract::shared::{IDLE_SECONDS, Shared};
use super::state::WebState;
use crate::store::filing_sessions;

/// The use of a session is noted once a minute: it may end so much earlier than a page's own reckoning.
const NOTED_LATE: i64 = 60;

/// Whether an address is of pages with something personal on them.
pub fn is_personal(path: &str) -> bool {
    ["/apply", "/drafts", "/filings", "/account", "/kiosk"]
        .iter()
        .any(|start| path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// Seconds until the page that is asked for is closed without use; none where it is not, or is nobody's.
pub fn seconds(request: &HttpRequest) -> Option<i64> {
    let path = request.path();
    if !is_personal(path) {
        return None;
    }
    let guard = request.app_data::<web::Data<CsrfGuard>>()?;
    let state = request.app_data::<web::Data<WebState>>()?;
    let has = |name: &str| guard.cookie_value(request, name).is_some();
    let sign_in =
        has(RESIDENT_COOKIE).then(|| state.config.sign_in.idle.as_secs().try_into().unwrap_or(i64::MAX) - NOTED_LATE);
    let filing = (path.starts_with("/filings/") && has(FILING_COOKIE) && sign_in.is_none())
        .then(|| filing_sessions::IDLE.num_seconds() - NOTED_LATE);
    let shared = (Shared::of(guard, request) == Shared::InUse).then_some(IDLE_SECONDS);
    [sign_in, filing, shared].into_iter().flatten().min().map(|seconds| seconds.max(1))
}
