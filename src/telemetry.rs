//! Tracing and metrics: how they are set up, and the names under which they appear. Nothing here takes personal data:
//! labels are route names, codes and digests.
use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::submission::rejection::RejectionCode;

/// Requests, by `route` and `status`.
pub const REQUESTS: &str = "madoguchi_http_requests_total";
/// Seconds a request took, by `route`.
pub const REQUEST_SECONDS: &str = "madoguchi_http_request_seconds";
/// Refusals, by `code`.
pub const REFUSALS: &str = "madoguchi_refusals_total";
/// Seconds that verifying one signature took.
pub const VERIFICATION_SECONDS: &str = "madoguchi_verification_seconds";
/// Seconds from handing a filing to the recorder to its commit on disk.
pub const COMMIT_SECONDS: &str = "madoguchi_commit_seconds";
/// Seconds since a CRL's thisUpdate, by `issuer` (hash of the name) and `crl` (digest).
pub const CRL_AGE_SECONDS: &str = "madoguchi_crl_age_seconds";
/// Seconds to a CRL's nextUpdate, negative when it is stale, by `issuer` and `crl`.
pub const CRL_NEXT_UPDATE_SECONDS: &str = "madoguchi_crl_seconds_to_next_update";

static METRICS: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Installs the recorder of metrics once a process and gives its handle; `None` where another one is installed.
pub fn metrics_handle() -> Option<&'static PrometheusHandle> {
    let install = || {
        let seconds =
            [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
        PrometheusBuilder::new().set_buckets(&seconds).ok()?.install_recorder().ok()
    };
    METRICS.get_or_init(install).as_ref()
}

/// Counts a request that was answered.
pub fn count_request(route: &str, status: u16, took: Duration) {
    metrics::counter!(REQUESTS, "route" => route.to_owned(), "status" => status.to_string()).increment(1);
    metrics::histogram!(REQUEST_SECONDS, "route" => route.to_owned()).record(took.as_secs_f64());
}

/// Counts a refusal.
pub fn count_refusal(code: RejectionCode) {
    metrics::counter!(REFUSALS, "code" => code.as_str()).increment(1);
}

/// Notes how long verifying one signature took.
pub fn note_verification(took: Duration) {
    metrics::histogram!(VERIFICATION_SECONDS).record(took.as_secs_f64());
}

/// Notes how long a filing took from the recorder's door to the disk.
pub fn note_commit(took: Duration) {
    metrics::histogram!(COMMIT_SECONDS).record(took.as_secs_f64());
}
