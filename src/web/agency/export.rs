//! GET /agency/filings.csv: the agency's filings as a spreadsheet reads them: UTF-8 with a byte order mark, streamed in
//! portions so that no number of filings is too many, and with no cell that a spreadsheet would run as a formula.
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use futures_util::stream;

use super::queue::{QueueQuery, procedure_title, title};
use super::{revocation_words, status_words};
use crate::gateway::Gateway;
use crate::ids::AgencyCode;
use crate::store::StoreError;
use crate::store::submissions::StoredSubmission;
use crate::web::download::disposition;
use crate::web::extract::session::AgencyUser;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::staff::{audit, words_of_time};

/// Filings that are read at a time.
const PORTION: u32 = 500;

/// What has to be known to go on: from the portion after `after`.
struct Progress {
    gateway: web::Data<Gateway>,
    agency: AgencyCode,
    query: QueueQuery,
    page: Page,
    after: Option<i64>,
    head: Option<Bytes>,
}

/// GET /agency/filings.csv, with the queue's filters.
///
/// # Errors
/// A store that does not answer at the beginning; where it fails later the download breaks off.
pub async fn get_export(
    gateway: web::Data<Gateway>,
    user: AgencyUser,
    page: Page,
    query: web::Query<QueueQuery>,
) -> Result<HttpResponse, Problem> {
    audit(&gateway, &user.user.account, "export_filings", "", "done").await?;
    let name = format!("filings-{}.csv", user.agency);
    let head = Some(head(&page)?);
    let query = query.into_inner();
    let begin = Progress { gateway, agency: user.agency, query, page, after: Some(0), head };
    Ok(HttpResponse::Ok()
        .insert_header(disposition(&name))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/csv; charset=utf-8")
        .streaming(stream::try_unfold(begin, portion)))
}

async fn portion(mut progress: Progress) -> Result<Option<(Bytes, Progress)>, StoreError> {
    if let Some(head) = progress.head.take() {
        return Ok(Some((head, progress)));
    }
    let Some(after) = progress.after else { return Ok(None) };
    let store = &progress.gateway.store;
    let filings = store.agency_submissions_export(progress.agency, progress.query.filter(), after, PORTION).await?;
    let Some(last) = filings.last() else { return Ok(None) };
    progress.after = (filings.len() == PORTION as usize).then(|| last.cursor());
    let rows = filings.iter().map(|filing| row(&progress.page, &progress.gateway, filing));
    let bytes = lines(rows).map_err(|_| StoreError::Fault("a line of CSV could not be made".to_owned()))?;
    Ok(Some((bytes, progress)))
}

fn head(page: &Page) -> Result<Bytes, Problem> {
    let keys = [
        "agency-csv-number",
        "agency-csv-received",
        "agency-csv-procedure",
        "agency-csv-title",
        "agency-csv-applicant",
        "agency-csv-birth",
        "agency-csv-status",
        "agency-csv-status-at",
        "agency-csv-revocation",
    ];
    let names = keys.map(|key| page.t(key).into_owned());
    let line = lines(std::iter::once(names)).map_err(Problem::internal)?;
    Ok([b"\xef\xbb\xbf".as_slice(), &line].concat().into())
}

fn row(page: &Page, gateway: &Gateway, filing: &StoredSubmission) -> [String; 9] {
    [
        filing.arrival_number.grouped(),
        words_of_time(filing.received_at),
        procedure_title(page, gateway, filing.procedure.as_str()),
        title(page, gateway, filing),
        filing.applicant_name.clone(),
        filing.applicant_date_of_birth.clone().unwrap_or_default(),
        status_words(page, filing.status).into_owned(),
        words_of_time(filing.status_at),
        revocation_words(page, filing.revocation).into_owned(),
    ]
}

fn lines(rows: impl Iterator<Item = [String; 9]>) -> Result<Bytes, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.map(harmless))?;
    }
    writer.into_inner().map(Bytes::from).map_err(|error| error.into_error().into())
}

/// A cell that begins as a formula does is led in by an apostrophe, which spreadsheets show as text (OWASP, CSV
/// injection); the full-width signs count in Japanese ones.
fn harmless(cell: String) -> String {
    let begins = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if cell.starts_with(begins) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝HYPERLINK(1)"] {
            assert_eq!(harmless(bad.to_owned()), format!("'{bad}"));
        }
        assert_eq!(harmless("2026-11-22".to_owned()), "2026-11-22");
    }

    #[test]
    fn quotes_and_line_breaks_stay_in_their_cell() {
        let mut row: [String; 9] = Default::default();
        row[3] = "a \"b\",\nc".to_owned();
        let text = lines(std::iter::once(row)).unwrap();
        assert_eq!(text, ",,,\"a \"\"b\"\",\nc\",,,,,\r\n");
    }
}
