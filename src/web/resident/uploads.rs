//! `/apply/{draft}/uploads`: a file in parts, so that one that breaks off goes on where it stopped. The protocol is tus 1.0.0
//! (core, creation, termination; `docs/uploads.md`), with the form's token in a header. The page's script speaks it; without
//! scripts the form sends whole files.
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ring::digest::{SHA256, digest};

use super::at_draft::AtDraft;
use super::attachments;
use crate::intake::file_kinds::{FileFault, FileKind};
use crate::intake::file_label;
use crate::store::draft_uploads::{DraftUpload, PartTaken};
use crate::store::drafts::Draft;
use crate::submission::rejection::RejectionCode;
use crate::web::extract::body::BodyReader;
use crate::web::extract::csrf::random_id;
use crate::web::page::Page;
use crate::web::problem::Problem;

/// The header with the token of the page's forms.
pub const TOKEN: &str = "x-csrf-token";
/// The largest part, in bytes.
pub const MOST_OF_PART: u64 = 2 << 20;
const VERSION: (&str, &str) = ("Tus-Resumable", "1.0.0");

fn text<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

fn number(request: &HttpRequest, name: &str) -> Option<u64> {
    text(request, name)?.parse().ok()
}

/// That it comes from a page of ours.
fn verify(at: &AtDraft, request: &HttpRequest) -> Result<(), Problem> {
    Ok(at.browser.verify(text(request, TOKEN).unwrap_or_default())?)
}

/// A refusal of this one file, in the page's language.
fn refused(page: &Page, key: &str) -> HttpResponse {
    HttpResponse::UnprocessableEntity()
        .insert_header(VERSION)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(serde_json::json!({ "code": key, "text": page.t(key) }))
}

/// `filename <base64>` of Upload-Metadata, as a label.
fn file_name(request: &HttpRequest) -> Option<String> {
    let told = text(request, "upload-metadata")?;
    let pairs = told.split(',').filter_map(|pair| pair.trim().split_once(' '));
    let (_, encoded) = pairs.into_iter().find(|(name, _)| *name == "filename")?;
    file_label(&String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?)
}

/// Begins an upload, or gives the one of the same name and size that broke off.
///
/// # Errors
/// 400 for missing headers; 403 without the form's token; 404 for a draft that is not open to who asks; 503.
pub async fn post_upload(page: Page, at: AtDraft, request: HttpRequest) -> Result<HttpResponse, Problem> {
    verify(&at, &request)?;
    let draft = at.open().await?;
    let (Some(name), Some(size)) = (file_name(&request), number(&request, "upload-length")) else {
        let detail = "Send Upload-Length, and Upload-Metadata with a filename (tus 1.0.0).";
        return Err(Problem::new(RejectionCode::BadRequest, detail));
    };
    if let Some(key) = not_to_begin(&at, &draft, &name, size).await? {
        return Ok(refused(&page, key));
    }
    let id = random_id().map_err(Problem::internal)?;
    let new = DraftUpload { id, name, size, received: 0 };
    let Some(upload) = at.gateway.store.upload_begin(at.key(), new, at.gateway.clock.now()).await? else {
        return Ok(refused(&page, "attachments-too-many"));
    };
    Ok(HttpResponse::Created()
        .insert_header(VERSION)
        .insert_header((header::LOCATION, format!("/apply/{}/uploads/{}", draft.key.id, upload.id)))
        .insert_header(("Upload-Offset", upload.received))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish())
}

/// What is known to be wrong before the first octet.
async fn not_to_begin(at: &AtDraft, draft: &Draft, name: &str, size: u64) -> Result<Option<&'static str>, Problem> {
    if !attachments::may_change(draft) {
        return Ok(Some("fault-not-marked"));
    }
    if FileKind::of_name(name).is_none() {
        return Ok(Some(FileFault::NotTaken.key()));
    }
    if size == 0 {
        return Ok(Some(FileFault::Empty.key()));
    }
    if size > at.state.config.limits.attachment {
        return Ok(Some("attachments-too-large"));
    }
    if draft.attachments.len() >= attachments::most(&at.gateway, &at.state, draft)? {
        return Ok(Some("attachments-too-many"));
    }
    if draft.attachments.iter().any(|file| file.name == name) {
        return Ok(Some("attachments-same-name"));
    }
    attachments::room(at, draft, size).await
}

async fn find(at: &AtDraft, id: &str) -> Result<DraftUpload, Problem> {
    at.gateway.store.upload_find(at.key(), id.to_owned()).await?.ok_or_else(Problem::not_found)
}

/// How far an upload is (HEAD, and GET).
///
/// # Errors
/// 404 for an upload that is not there.
pub async fn get_upload(at: AtDraft, path: web::Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let upload = find(&at, &path.1).await?;
    Ok(HttpResponse::Ok()
        .insert_header(VERSION)
        .insert_header(("Upload-Offset", upload.received))
        .insert_header(("Upload-Length", upload.size))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish())
}

/// Takes a part. With the last one the file is judged, and is the draft's or refused.
///
/// # Errors
/// 400 without an offset; 403 without the form's token; 404 for an upload that is not there; 409 with where it stands for a part
/// that begins elsewhere; 413 for a part that is too large; 415 for another kind of body; 503.
pub async fn patch_upload(
    page: Page,
    at: AtDraft,
    path: web::Path<(String, String)>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    verify(&at, &request)?;
    if text(&request, "content-type") != Some("application/offset+octet-stream") {
        return Err(Problem::new(RejectionCode::UnsupportedMediaType, "Send application/offset+octet-stream."));
    }
    let Some(place) = number(&request, "upload-offset") else {
        return Err(Problem::new(RejectionCode::BadRequest, "Send Upload-Offset (tus 1.0.0)."));
    };
    let upload = find(&at, &path.1).await?;
    let part = BodyReader::new(&request, payload.into_inner())?.at_most(MOST_OF_PART).collect().await?;
    let taken = at.gateway.store.upload_take(at.key(), upload.id.clone(), place, part.to_vec()).await?;
    match taken {
        PartTaken::Gone => Err(Problem::not_found()),
        PartTaken::Elsewhere(stands) => Ok(elsewhere(stands)),
        PartTaken::Now(now) if now < upload.size => Ok(taken_to(now)),
        PartTaken::Now(now) => match finish(&at, &upload).await? {
            None => Ok(taken_to(now)),
            Some(key) => Ok(refused(&page, key)),
        },
    }
}

fn taken_to(place: u64) -> HttpResponse {
    HttpResponse::NoContent().insert_header(VERSION).insert_header(("Upload-Offset", place)).finish()
}

/// The part is not the next one.
fn elsewhere(place: u64) -> HttpResponse {
    HttpResponse::Conflict()
        .insert_header(VERSION)
        .insert_header(("Upload-Offset", place))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(serde_json::json!({ "offset": place }))
}

/// Makes a file of the draft out of a whole upload, or gives the key of why not.
async fn finish(at: &AtDraft, upload: &DraftUpload) -> Result<Option<&'static str>, Problem> {
    let draft = at.open().await?;
    let content = Bytes::from(at.gateway.store.upload_content(at.key(), upload.id.clone()).await?);
    let kind = match attachments::judge(upload.name.clone(), content.clone()).await? {
        Ok(kind) => kind,
        Err(fault) => {
            at.gateway.store.upload_end(at.key(), upload.id.clone()).await?;
            return Ok(Some(fault.key()));
        }
    };
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest(&SHA256, &content).as_ref());
    let file = attachments::attachment(&upload.name, kind, content.len() as u64, sha256);
    let most = attachments::most(&at.gateway, &at.state, &draft)?;
    let finished = at.gateway.store.upload_finish(at.key(), upload.id.clone(), file, content.to_vec(), most);
    Ok(attachments::refusal(finished.await?))
}

/// Gives an upload up.
///
/// # Errors
/// 403 without the form's token; 404 for an upload that is not there; 503.
pub async fn delete_upload(
    at: AtDraft,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    verify(&at, &request)?;
    let upload = find(&at, &path.1).await?;
    at.gateway.store.upload_end(at.key(), upload.id).await?;
    Ok(HttpResponse::NoContent().insert_header(VERSION).finish())
}
