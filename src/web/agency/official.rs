//! POST /agency/filings/{arrival_number}/official: a finished document with its detached seal. The seal is verified before
//! anything is kept; one that is not good is refused with every check that failed.
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, web};

use super::correspondence::{Said, show};
use super::{arrival_number, own_record};
use crate::gateway::Gateway;
use crate::ids::ArrivalNumber;
use crate::signature::report::Report;
use crate::store::StoreError;
use crate::store::official_documents::{NewOfficialDocument, OfficialOutcome};
use crate::verdict::Indication;
use crate::web::download;
use crate::web::extract::csrf::{self, Browser};
use crate::web::extract::multipart::{Part, PartSpec, read_parts};
use crate::web::extract::session::AgencyUser;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::verdict;
use crate::web::staff::audit;
use crate::web::staff::sign_in::see_other;
use crate::web::state::WebState;

/// POST /agency/filings/{arrival_number}/official
///
/// # Errors
/// 404; an upload that cannot be read; a store that does not answer.
pub async fn post_document(
    request: HttpRequest,
    payload: Payload,
    (gateway, state): (web::Data<Gateway>, web::Data<WebState>),
    user: AgencyUser,
    (page, browser): (Page, Browser),
    number: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let config = &state.config;
    let specs = [
        PartSpec::optional(csrf::FIELD, 1024),
        PartSpec::optional("document", config.official_document),
        PartSpec::optional("seal", config.limits.signature),
    ];
    let mut parts = read_parts(&request, payload.into_inner(), &specs).await?;
    let token = parts.take(csrf::FIELD).map(|part| part.bytes).unwrap_or_default();
    browser.verify(&String::from_utf8_lossy(&token))?;
    let number = arrival_number(&number)?;
    own_record(&gateway, &user, number).await?;
    // Browsers send an empty part where no file was chosen.
    let mut file = |name: &str| parts.take(name).filter(|part| !part.bytes.is_empty());
    let (document, seal) = (file("document"), file("seal"));
    let outcome = match (document, seal) {
        (Some(document), Some(seal)) => keep(&gateway, &user, &page, number, (document, seal)).await?,
        _ => Err(refusal(&page, "after-official-missing")),
    };
    match outcome {
        Ok(()) => Ok(see_other(&format!("/agency/filings/{number}/correspondence?done=1#official"))),
        Err(said) => {
            audit(&gateway, &user.user.account, "send_official_document", number.to_string(), "refused").await?;
            show(&gateway, &user, (page, &browser), number, (StatusCode::UNPROCESSABLE_ENTITY, said, false)).await
        }
    }
}

fn refusal(page: &Page, key: &str) -> Said {
    Said { document_fault: Some(page.t(key).into_owned()), ..Said::default() }
}

/// The seal is not good: what the verdict says, and every check that failed.
fn not_good(page: &Page, report: &Report) -> Said {
    let failed = report.signatures.iter().flat_map(|signature| &signature.checks).filter(|check| check.is_failed());
    let sub = report.sub_indication.map(|sub| format!(" / {}", sub.as_str())).unwrap_or_default();
    let verdict = format!("{}{sub}", report.indication.as_str());
    Said {
        document_fault: Some(page.with("after-official-refused", "verdict", verdict)),
        failed: verdict::check_lines(page.language, failed),
        ..Said::default()
    }
}

/// The kind of a document by how it begins; what is not known is bytes.
fn kind_of(bytes: &[u8]) -> &'static str {
    const KINDS: [(&[u8], &str); 4] = [
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n", "image/png"),
        (b"<?xml", "application/xml"),
        (b"PK\x03\x04", "application/zip"),
    ];
    let known = KINDS.iter().find(|(beginning, _)| bytes.starts_with(beginning));
    known.map_or("application/octet-stream", |(_, kind)| kind)
}

/// Verifies the seal and records the document; or says why not.
async fn keep(
    gateway: &web::Data<Gateway>,
    user: &AgencyUser,
    page: &Page,
    number: ArrivalNumber,
    (document, seal): (Part, Part),
) -> Result<Result<(), Said>, Problem> {
    let refuse = |key: &str| Ok(Err(refusal(page, key)));
    let Some(seals) = gateway.official_seals() else { return refuse("after-official-no-anchors") };
    let (at, bytes, sealed) = (gateway.clock.now(), document.bytes.clone(), seal.bytes.clone());
    let report = web::block(move || seals.verify(&sealed, &bytes, at)).await.map_err(Problem::internal)?;
    if report.indication != Indication::TotalPassed || report.signatures.len() != 1 {
        return Ok(Err(not_good(page, &report)));
    }
    let name = document.file_name.as_deref().map(download::safe_name).unwrap_or_default();
    let new = NewOfficialDocument {
        arrival_number: number,
        agency: user.agency,
        by: user.user.account.actor(),
        media_type: kind_of(&document.bytes).to_owned(),
        name,
        bytes: document.bytes,
        seal: seal.bytes,
        report: serde_json::to_string(&report).map_err(Problem::internal)?,
        at,
    };
    match gateway.store.official_add(new).await {
        Ok(OfficialOutcome::Done | OfficialOutcome::Known) => Ok(Ok(())),
        Ok(OfficialOutcome::Full) => refuse("after-official-full"),
        Err(StoreError::StatusConflict { .. }) => refuse("after-official-withdrawn"),
        Err(error) => Err(error.into()),
    }
}

/// GET /agency/filings/{arrival_number}/official/{id}: the document as it was sent.
///
/// # Errors
/// 404; a store that does not answer.
pub async fn get_document(
    gateway: web::Data<Gateway>,
    user: AgencyUser,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (number, id) = path.into_inner();
    let number = arrival_number(&number)?;
    own_record(&gateway, &user, number).await?;
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let (document, bytes) = gateway.store.official_find(number, id).await?.ok_or_else(Problem::not_found)?;
    audit(&gateway, &user.user.account, "download_official", format!("{number} {id}"), "done").await?;
    Ok(download::opaque(&document.name, bytes))
}
