//! What every request of the HTTP side shares, beside the gateway itself.
use std::sync::Arc;

use actix_web::HttpRequest;

use super::config::WebConfig;
use super::extract::budget::UploadBudget;
use super::middleware::rate_limit::RateLimiter;
use super::problem::Problem;
use crate::submission::rejection::RejectionCode;

/// Renders the error page that a browser is shown: HTML, or `None` where the plain page will do.
pub type ErrorPage = fn(&HttpRequest, &Problem) -> Option<String>;

/// Renders the page that explains a problem's code: HTML, or `None` where JSON will do.
pub type ProblemPage = fn(&HttpRequest, RejectionCode) -> Option<String>;

/// How many sign-ins one address may try in a minute.
const SIGN_INS_PER_MINUTE: u32 = 60;

/// The HTTP side's own state; handlers take it as `web::Data<WebState>`.
pub struct WebState {
    /// The settings.
    pub config: WebConfig,
    /// The origin that problem types and links begin with.
    pub origin: Arc<str>,
    /// Counts the requests of each address.
    pub limiter: RateLimiter,
    /// Counts the sign-ins that each address tries.
    pub sign_ins: RateLimiter,
    /// Counts the challenges and answers of residents who sign in, by address.
    pub card_sign_ins: RateLimiter,
    /// The room for bodies of requests under way.
    pub uploads: UploadBudget,
    /// Renders error pages.
    pub error_page: ErrorPage,
    /// Renders the pages behind the types of problems.
    pub problem_page: ProblemPage,
}

impl WebState {
    /// The state for `config`.
    pub fn new(config: WebConfig) -> Self {
        Self {
            origin: Arc::from(config.public_origin.trim_end_matches('/')),
            uploads: UploadBudget::new(config.uploads_in_flight),
            limiter: RateLimiter::new(config.requests_per_minute),
            error_page: super::resident::problems::error_page,
            sign_ins: RateLimiter::new(if config.requests_per_minute == 0 { 0 } else { SIGN_INS_PER_MINUTE }),
            card_sign_ins: RateLimiter::new(if config.requests_per_minute == 0 {
                0
            } else {
                config.sign_in.tries_per_minute
            }),
            problem_page: super::resident::problems::problem_page,
            config,
        }
    }
}
