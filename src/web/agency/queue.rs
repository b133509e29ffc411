//! GET /agency: the agency's filings, newest first, by pages and filters. A name is no filter: addresses are logged by
//! browsers and proxies.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Deserialize;

use super::{status_colour, status_words};
use crate::gateway::Gateway;
use crate::store::agency_queue::SubmissionFilter;
use crate::store::submissions::StoredSubmission;
use crate::submission::status::{RevocationState, SubmissionStatus};
use crate::web::extract::csrf::Browser;
use crate::web::extract::session::AgencyUser;
use crate::web::forms::{Choice, Field, FieldKind};
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::dates::moment;
use crate::web::staff::frame;

/// Filings on one page.
const PAGE: u32 = 50;

/// What the address says where contested filings alone are asked for.
const CONTESTED: &str = "contested";

/// What the address asks for; what cannot be read counts as not asked.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct QueueQuery {
    #[serde(default)]
    status: String,
    #[serde(default)]
    procedure: String,
    #[serde(default)]
    certificate: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    number: String,
    before: Option<i64>,
}

struct Row {
    number: String,
    grouped: String,
    title: String,
    applicant: String,
    procedure: String,
    received: String,
    status: String,
    colour: &'static str,
    contested: bool,
    unread: bool,
}

struct Count {
    status: String,
    colour: &'static str,
    count: i64,
    href: String,
}

#[derive(Template)]
#[template(path = "agency/queue.html")]
struct QueueView {
    page: Page,
    counts: Vec<Count>,
    fields: Vec<Field>,
    filtered: bool,
    rows: Vec<Row>,
    older: Option<String>,
    newest: Option<String>,
    export: String,
}

impl QueueQuery {
    /// What the store is asked for.
    pub fn filter(&self) -> SubmissionFilter {
        let digits: String = self.number.chars().filter(char::is_ascii_digit).collect();
        SubmissionFilter {
            status: SubmissionStatus::from_text(&self.status),
            procedure: self.procedure.parse().ok(),
            contested: self.certificate == CONTESTED,
            received_from: day(&self.from).and_then(midnight),
            received_before: day(&self.to).and_then(|day| day.checked_add_days(Days::new(1))).and_then(midnight),
            text: Some(digits).filter(|digits| !digits.is_empty()),
        }
    }

    fn is_filtered(&self) -> bool {
        [&self.status, &self.procedure, &self.certificate, &self.from, &self.to, &self.number]
            .iter()
            .any(|part| !part.is_empty())
    }

    /// The address for the same filter; values are written back only where they are plain.
    fn address(&self, path: &str, before: Option<i64>) -> String {
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let named = [
            ("status", &self.status),
            ("procedure", &self.procedure),
            ("certificate", &self.certificate),
            ("from", &self.from),
            ("to", &self.to),
            ("number", &self.number),
        ];
        let mut pairs: Vec<String> = named
            .iter()
            .filter(|(_, value)| !value.is_empty() && plain(value))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.extend(before.map(|before| format!("before={before}")));
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
    }
}

/// `2026-11-22` or `2026/11/22`.
fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(&text.trim().replace('/', "-"), "%Y-%m-%d").ok()
}

/// The beginning of a day in Japan (UTC+9, no summer time).
fn midnight(day: NaiveDate) -> Option<DateTime<Utc>> {
    Some(day.and_hms_opt(0, 0, 0)?.and_utc() - chrono::Duration::hours(9))
}

/// GET /agency
///
/// # Errors
/// A store that does not answer.
pub async fn get_queue(
    gateway: web::Data<Gateway>,
    user: AgencyUser,
    page: Page,
    browser: Browser,
    query: web::Query<QueueQuery>,
) -> Result<HttpResponse, Problem> {
    let found = gateway.store.agency_submissions(user.agency, query.filter(), query.before, PAGE).await?;
    let counts = gateway.store.agency_counts(user.agency).await?;
    let listed = found.items.iter().map(|filing| filing.cursor()).collect();
    let unread = gateway.store.messages_unread(listed).await?;
    let page = frame(page, &browser, &user.user.account).titled("agency-queue-title");
    let view = QueueView {
        counts: counts.iter().map(|(status, count)| count_of(&page, *status, *count)).collect(),
        fields: fields(&page, &gateway, &query),
        filtered: query.is_filtered(),
        rows: found.items.iter().map(|filing| row(&page, &gateway, filing, &unread)).collect(),
        older: found.next.map(|next| query.address("/agency", Some(next))),
        newest: query.before.map(|_| query.address("/agency", None)),
        export: query.address("/agency/filings.csv", None),
        page,
    };
    Ok(view.page.respond(StatusCode::OK, &view))
}

fn count_of(page: &Page, status: SubmissionStatus, count: i64) -> Count {
    let href = format!("/agency?status={}", status.as_str());
    Count { status: status_words(page, status).into_owned(), colour: status_colour(status), count, href }
}

fn row(page: &Page, gateway: &Gateway, filing: &StoredSubmission, unread: &[i64]) -> Row {
    Row {
        number: filing.arrival_number.to_string(),
        grouped: filing.arrival_number.grouped(),
        title: title(page, gateway, filing),
        applicant: filing.applicant_name.clone(),
        procedure: procedure_title(page, gateway, filing.procedure.as_str()),
        received: moment(page.language, filing.received_at),
        status: status_words(page, filing.status).into_owned(),
        colour: status_colour(filing.status),
        contested: filing.revocation == RevocationState::Contested,
        unread: unread.contains(&filing.cursor()),
    }
}

/// What the applicant wrote as the title; the procedure's in the page's language where its form asks for none.
pub fn title(page: &Page, gateway: &Gateway, filing: &StoredSubmission) -> String {
    let code = filing.procedure.as_str();
    if filing.title == code { procedure_title(page, gateway, code) } else { filing.title.clone() }
}

/// The procedure's title, or its code where it is in the catalog no more.
pub fn procedure_title(page: &Page, gateway: &Gateway, code: &str) -> String {
    let procedure = gateway.catalog.get(code);
    procedure.map_or_else(|| code.to_owned(), |procedure| procedure.title.get(page.language).to_owned())
}

fn fields(page: &Page, gateway: &Gateway, query: &QueueQuery) -> Vec<Field> {
    let hidden = [SubmissionStatus::Held, SubmissionStatus::Refused];
    let statuses = SubmissionStatus::ALL
        .iter()
        .filter(|status| !hidden.contains(status))
        .map(|status| Choice { value: status.as_str().to_owned(), label: status_words(page, *status).into_owned() });
    let procedures = gateway.catalog.iter().map(|procedure| Choice {
        value: procedure.code.to_string(),
        label: procedure.title.get(page.language).to_owned(),
    });
    let contested = [Choice { value: CONTESTED.to_owned(), label: page.t("steps-contested").into_owned() }];
    let select = |name: &str, key: &str, value: &str, choices| {
        Field::text(name, page.t(key)).kind(FieldKind::Select).choices(choices).value(value).optional()
    };
    let date = |name: &str, key: &str, value: &str| {
        let wrong = !value.is_empty() && day(value).is_none();
        let error = wrong.then(|| page.t("agency-filter-date-wrong").into_owned());
        Field::text(name, page.t(key)).kind(FieldKind::Date).value(value).optional().error(error)
    };
    vec![
        select("status", "agency-filter-status", &query.status, statuses.collect()),
        select("procedure", "agency-filter-procedure", &query.procedure, procedures.collect()),
        select("certificate", "agency-filter-certificate", &query.certificate, contested.into()),
        date("from", "agency-filter-from", &query.from).hint(page.t("agency-filter-date-hint")),
        date("to", "agency-filter-to", &query.to).hint(page.t("agency-filter-date-hint")),
        Field::text("number", page.t("agency-filter-number")).value(&query.number).optional(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_day_in_japan() {
        let query = QueueQuery { from: "2026-11-22".into(), to: "2026/11/22".into(), ..QueueQuery::default() };
        let filter = query.filter();
        assert_eq!(filter.received_from, Some("2026-11-21T15:00:00Z".parse().unwrap()));
        assert_eq!(filter.received_before, Some("2026-11-22T15:00:00Z".parse().unwrap()));
    }

    #[test]
    fn only_digits_of_a_number_are_asked_for_and_nothing_odd_is_written_back() {
        let query = QueueQuery { number: "1234-5678 x".into(), status: "\"><b>".into(), ..QueueQuery::default() };
        assert_eq!(query.filter().text.as_deref(), Some("12345678"));
        assert_eq!(query.filter().status, None);
        assert_eq!(query.address("/agency", Some(7)), "/agency?before=7");
    }
}
