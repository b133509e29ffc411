//! Tracing and metrics: how they are set up, and the names under which they appear. Nothing here takes personal data:
//! labels are route names, codes and digests, and an event's fields are request ids, arrival numbers and counts.
use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::settings::LogFormat;

/// Requests, by `route` and `status`.
pub const REQUESTS: &str = "madoguchi_http_requests_total";
/// Seconds a request took, by `route`.
pub const REQUEST_SECONDS: &str = "madoguchi_http_request_seconds";
/// Refusals, by `code`.
pub const REFUSALS: &str = "madoguchi_refusals_total";
/// Audit lines of refusals that were not written: more came than the record took.
pub const DROPPED_AUDIT_LINES: &str = "madoguchi_audit_lines_dropped_total";
/// Seconds that verifying one signature took.
pub const VERIFICATION_SECONDS: &str = "madoguchi_verification_seconds";
/// Seconds from handing a filing to the recorder to its commit on disk.
pub const COMMIT_SECONDS: &str = "madoguchi_commit_seconds";
/// Seconds since a CRL's thisUpdate, by `issuer`, `scope` (hashes) and `crl` (digest).
pub const CRL_AGE_SECONDS: &str = "madoguchi_crl_age_seconds";
/// Seconds to a CRL's nextUpdate, negative when it is stale.
pub const CRL_NEXT_UPDATE_SECONDS: &str = "madoguchi_crl_seconds_to_next_update";
/// How many certificates a CRL names.
pub const CRL_ENTRIES: &str = "madoguchi_crl_entries";
/// How many revocation lists are or were in use and could not be archived yet.
pub const CRLS_NOT_ARCHIVED: &str = "madoguchi_crls_not_archived";
/// How many revocation lists wait in quarantine for operators.
pub const CRLS_QUARANTINED: &str = "madoguchi_crls_quarantined";
/// Seconds that the oldest filing without a second opinion has waited; 0 when none waits.
pub const SECOND_OPINION_LAG: &str = "madoguchi_second_opinion_lag";
/// Second opinions, by `outcome`: `agrees`, `disagrees`, `failed`.
pub const SECOND_OPINIONS: &str = "madoguchi_second_opinions_total";
/// How often sources of revocation lists were asked, by `source`: its name, or `followed`.
pub const CRL_SOURCE_LOOKS: &str = "madoguchi_crl_source_looks_total";
/// How often that failed, by `source` and `code`.
pub const CRL_SOURCE_FAILURES: &str = "madoguchi_crl_source_failures_total";
/// How often a revocation list could not be archived.
pub const CRL_ARCHIVE_FAILURES: &str = "madoguchi_crl_archive_failures_total";
/// Filings whose verdict was judged again with a later list, by `step`: confirmed or contested.
pub const STEPS: &str = "madoguchi_verdict_steps_total";
/// Seconds that running an accepted list against the filings took.
pub const IMPACT_SECONDS: &str = "madoguchi_crl_impact_seconds";
/// Filings whose signers came onto accepted lists.
pub const IMPACT_FILINGS: &str = "madoguchi_crl_impact_filings_total";
/// Upper bounds of the histograms' buckets, in seconds.
const BUCKETS: [f64; 16] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Sends events to standard error. `filter` is a level or a list of targets and levels (`info,madoguchi=debug`).
///
/// # Errors
/// A sentence: the filter cannot be read, or tracing is set up already.
pub fn start_logging(format: LogFormat, filter: &str) -> Result<(), String> {
    let filter =
        EnvFilter::try_new(filter).map_err(|error| format!("the log level {filter:?} cannot be read: {error}"))?;
    // The HTTP client's own lines hold whole addresses, and the address of an object holds its signature.
    let quiet = ["ureq=warn", "ureq_proto=warn"].into_iter().filter_map(|directive| directive.parse().ok());
    let filter = quiet.fold(filter, EnvFilter::add_directive);
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_span_events(FmtSpan::NONE);
    let outcome = match format {
        LogFormat::Json => builder.json().flatten_event(true).with_span_list(false).try_init(),
        LogFormat::Text => builder.with_ansi(io::stderr().is_terminal()).try_init(),
    };
    outcome.map_err(|error| format!("logging cannot start: {error}"))
}

static METRICS: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Installs the recorder of metrics once a process and gives its handle; `None` where another one is installed.
pub fn metrics_handle() -> Option<&'static PrometheusHandle> {
    let install = || PrometheusBuilder::new().set_buckets(&BUCKETS).ok()?.install_recorder().ok();
    METRICS.get_or_init(install).as_ref()
}

/// Counts a request that was answered.
pub fn count_request(route: &str, status: u16, took: Duration) {
    metrics::counter!(REQUESTS, "route" => route.to_owned(), "status" => status.to_string()).increment(1);
    metrics::histogram!(REQUEST_SECONDS, "route" => route.to_owned()).record(took.as_secs_f64());
}

/// Counts a refusal by its stable code.
pub fn count_refusal(code: &'static str) {
    metrics::counter!(REFUSALS, "code" => code).increment(1);
}

/// Counts audit lines of refusals that were not written.
pub fn count_dropped_audit_lines(count: usize) {
    metrics::counter!(DROPPED_AUDIT_LINES).increment(count as u64);
}

/// Counts a revocation list that could not be archived.
pub fn count_archive_failure() {
    metrics::counter!(CRL_ARCHIVE_FAILURES).increment(1);
}

/// Counts filings that were confirmed and contested.
pub fn count_steps(confirmed: usize, contested: usize) {
    for (step, count) in [("confirmed", confirmed), ("contested", contested)] {
        metrics::counter!(STEPS, "step" => step).increment(count as u64);
    }
}

/// Notes a list that was run against the filings: how long it took, and how many filings it touches.
pub fn note_impact(took: Duration, filings: usize) {
    metrics::histogram!(IMPACT_SECONDS).record(took.as_secs_f64());
    metrics::counter!(IMPACT_FILINGS).increment(filings as u64);
}

/// Counts a look at a source of revocation lists; `code` is why it failed, none where it did not.
pub fn count_source_look(source: &str, code: Option<&'static str>) {
    metrics::counter!(CRL_SOURCE_LOOKS, "source" => source.to_owned()).increment(1);
    if let Some(code) = code {
        metrics::counter!(CRL_SOURCE_FAILURES, "source" => source.to_owned(), "code" => code).increment(1);
    }
}

/// Notes how many revocation lists wait to be archived.
pub fn note_not_archived(count: usize) {
    metrics::gauge!(CRLS_NOT_ARCHIVED).set(count as f64);
}

/// Notes how many revocation lists wait in quarantine.
pub fn note_quarantined(count: usize) {
    metrics::gauge!(CRLS_QUARANTINED).set(count as f64);
}

/// Notes how long the oldest filing without a second opinion has waited, in seconds.
pub fn note_second_opinion_lag(seconds: i64) {
    metrics::gauge!(SECOND_OPINION_LAG).set(seconds as f64);
}

/// Counts second opinions.
pub fn count_second_opinions(looked_at: usize, disagree: usize, failed: usize) {
    let agree = looked_at.saturating_sub(disagree + failed);
    for (outcome, count) in [("agrees", agree), ("disagrees", disagree), ("failed", failed)] {
        metrics::counter!(SECOND_OPINIONS, "outcome" => outcome).increment(count as u64);
    }
}

/// Notes how long verifying one signature took.
pub fn note_verification(took: Duration) {
    metrics::histogram!(VERIFICATION_SECONDS).record(took.as_secs_f64());
}

/// Notes how long a filing took from the recorder's door to the disk.
pub fn note_commit(took: Duration) {
    metrics::histogram!(COMMIT_SECONDS).record(took.as_secs_f64());
}

/// A revocation list, as the figures tell of it.
#[derive(Debug, Clone)]
pub struct CrlFigures {
    /// Hash of the issuer's name.
    pub issuer: String,
    /// Hash of the scope: the same from one list to the next that takes its place.
    pub scope: String,
    /// Digest of the list.
    pub crl: String,
    /// Seconds since thisUpdate.
    pub age: i64,
    /// Seconds to nextUpdate; negative when it is stale.
    pub to_next_update: Option<i64>,
    /// How many certificates it names.
    pub entries: usize,
}

/// Everything in Prometheus text. The lists' figures are written afresh each time, so that a list that was replaced
/// leaves no figure behind.
pub fn render(lists: &[CrlFigures]) -> String {
    let mut text = metrics_handle().map(PrometheusHandle::render).unwrap_or_default();
    let mut gauge = |name: &str, value: &dyn Fn(&CrlFigures) -> Option<i64>| {
        let _ = writeln!(text, "# TYPE {name} gauge");
        for list in lists {
            if let Some(value) = value(list) {
                let CrlFigures { issuer, scope, crl, .. } = list;
                let _ = writeln!(text, "{name}{{issuer=\"{issuer}\",scope=\"{scope}\",crl=\"{crl}\"}} {value}");
            }
        }
    };
    gauge(CRL_AGE_SECONDS, &|list| Some(list.age));
    gauge(CRL_NEXT_UPDATE_SECONDS, &|list| list.to_next_update);
    gauge(CRL_ENTRIES, &|list| i64::try_from(list.entries).ok());
    text
}
