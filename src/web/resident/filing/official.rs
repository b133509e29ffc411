//! `/filings/{arrival_number}/official/{id}`: a finished document of the agency and its seal, to be saved; the first time is
//! recorded.
use actix_web::{Error, HttpRequest, HttpResponse};

use crate::store::official_documents::OfficialDocument;
use crate::store::submissions::StoredVerdict;
use crate::web::agency::report::{self, StoredCheck};
use crate::web::download;
use crate::web::extract::filing::FilingDoor;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::dates;

/// A document as its page shows it, to either side.
pub struct OfficialLine {
    /// Its name in addresses.
    pub id: i64,
    /// File name.
    pub name: String,
    /// How large.
    pub size: String,
    /// When it was sent.
    pub sent_at: String,
    /// Hex SHA-256.
    pub sha256: String,
    /// The verdict on its seal, in a sentence.
    pub verdict: String,
    /// Whose seal it is: the certificate's whole name.
    pub signer: String,
    /// The same for people; empty where the certificate has no name of its holder.
    pub sealed_by: String,
    /// When it was fetched first, in a sentence.
    pub fetched: String,
    /// The colour of its panel.
    pub panel: &'static str,
    /// The checks of its seal.
    pub checks: Vec<StoredCheck>,
}

/// The holder's name, and the organisation's, out of a certificate's name.
fn holder(subject: &str) -> Option<String> {
    let part = |kind: &str| subject.split(',').find_map(|part| part.trim().strip_prefix(kind)).map(str::to_owned);
    let (name, organisation) = (part("CN=")?, part("O="));
    Some(organisation.map_or_else(|| name.clone(), |organisation| format!("{name} ({organisation})")))
}

/// A document in words.
pub fn line(page: &Page, document: &OfficialDocument) -> OfficialLine {
    let read: serde_json::Value = serde_json::from_str(&document.report).unwrap_or_default();
    let indication = read.get("indication").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let signer = read.pointer("/signatures/0/signer/subject").and_then(serde_json::Value::as_str).unwrap_or_default();
    let verdict = StoredVerdict {
        number: 0,
        previous: None,
        kind: "first".to_owned(),
        decided_at: document.uploaded_at,
        indication,
        sub_indication: None,
        report: document.report.clone(),
        statement_jws: None,
    };
    let view = report::view(page, &verdict);
    let fetched = match document.fetched_at {
        Some(at) => page.with("after-official-fetched", "time", dates::moment(page.language, at)),
        None => page.t("after-official-unfetched").into_owned(),
    };
    OfficialLine {
        id: document.id,
        name: document.name.clone(),
        size: dates::size(u64::try_from(document.size).unwrap_or_default()),
        sent_at: dates::moment(page.language, document.uploaded_at),
        sha256: hex::encode(document.sha256),
        verdict: page.with("after-official-verdict", "time", dates::moment(page.language, document.uploaded_at)),
        sealed_by: holder(signer).map(|name| page.with("after-official-by", "name", name)).unwrap_or_default(),
        signer: signer.to_owned(),
        fetched,
        panel: view.panel,
        checks: view.checks,
    }
}

/// The document.
///
/// # Errors
/// The way to `/status` where the filing is not open; 404; 503.
pub async fn get_document(door: FilingDoor, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (number, document, bytes) = found(&door, &request).await?;
    door.gateway.store.official_fetched(document.id, door.gateway.clock.now()).await.map_err(Problem::from)?;
    tracing::debug!(target: "madoguchi::official", %number, "an official document was fetched");
    Ok(download::opaque(&document.name, bytes))
}

/// Its seal: the detached signature as it was sent.
///
/// # Errors
/// As [`get_document`].
pub async fn get_seal(door: FilingDoor, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (_, document, _) = found(&door, &request).await?;
    Ok(download::opaque(&format!("{}.p7s", document.name), document.seal))
}

async fn found(
    door: &FilingDoor,
    request: &HttpRequest,
) -> Result<(crate::ids::ArrivalNumber, OfficialDocument, bytes::Bytes), Error> {
    let open = door.open().await?;
    let id = request.match_info().get("id").and_then(|id| id.parse().ok()).ok_or_else(Problem::not_found)?;
    let found = door.gateway.store.official_find(open.number(), id).await.map_err(Problem::from)?;
    let (document, bytes) = found.ok_or_else(Problem::not_found)?;
    Ok((open.number(), document, bytes))
}

#[cfg(test)]
mod tests {
    use super::holder;

    #[test]
    fn whose_seal_it_is_is_read_out_of_the_certificates_name() {
        assert_eq!(holder("CN=Mayor,O=Chiyoda City,C=JP").as_deref(), Some("Mayor (Chiyoda City)"));
        assert_eq!(holder("C=JP, CN=Mayor").as_deref(), Some("Mayor"));
        assert_eq!((holder("C=JP"), holder("")), (None, None));
    }
}
