//! What every request of the HTTP side shares, beside the gateway itself.
use std::sync::Arc;

use actix_web::HttpRequest;

use super::config::WebConfig;
use super::middleware::rate_limit::RateLimiter;
use super::problem::Problem;

/// Renders the error page that a browser is shown: HTML, or `None` where the plain page will do.
pub type ErrorPage = fn(&HttpRequest, &Problem) -> Option<String>;

/// The HTTP side's own state; handlers take it as `web::Data<WebState>`.
pub struct WebState {
    /// The settings.
    pub config: WebConfig,
    /// The origin that problem types and links begin with.
    pub origin: Arc<str>,
    /// Counts the requests of each address.
    pub limiter: RateLimiter,
    /// Renders error pages.
    pub error_page: ErrorPage,
}

impl WebState {
    /// The state for `config`.
    pub fn new(config: WebConfig) -> Self {
        Self {
            origin: Arc::from(config.public_origin.trim_end_matches('/')),
            limiter: RateLimiter::new(config.requests_per_minute),
            error_page: |_, _| None,
            config,
        }
    }
}
