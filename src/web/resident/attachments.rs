//! `/apply/{draft}/attachments`: the files, uploaded before anything is signed, so that their digests are signed too.
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::answering::Answering;
use super::at_draft::AtDraft;
use super::procedures::NoFields;
use super::{drafts, form};
use crate::gateway::Gateway;
use crate::intake::file_label;
use crate::store::draft_limits::DraftsFull;
use crate::store::drafts::{Draft, DraftAttachment};
use crate::web::extract::csrf::CsrfForm;
use crate::web::extract::multipart::{Part, PartSpec};
use crate::web::forms::SummaryLine;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::state::WebState;

/// A file as it is listed.
struct FileView {
    ordinal: i32,
    name: String,
    size: String,
}

#[derive(Template)]
#[template(path = "resident/attachments.html")]
struct AttachmentsView {
    page: Page,
    id: String,
    step: u8,
    errors: Vec<SummaryLine>,
    files: Vec<FileView>,
    most: usize,
    largest: String,
    /// The documents that the answers ask for: name, help, whether they may be left out.
    wanted: Vec<(String, String, bool)>,
}

impl AttachmentsView {
    fn new(page: Page, state: &WebState, draft: &Draft, most: usize, errors: Vec<SummaryLine>) -> Self {
        let file = |file: &DraftAttachment| FileView {
            ordinal: file.ordinal,
            name: file.name.clone(),
            size: super::dates::size(file.size),
        };
        Self {
            page: page.titled("attachments-title").errors(!errors.is_empty()),
            id: draft.key.id.clone(),
            step: 2,
            errors,
            files: draft.attachments.iter().map(file).collect(),
            most,
            largest: super::dates::size(state.config.limits.attachment),
            wanted: Vec::new(),
        }
    }

    /// With the documents that the answers ask for.
    fn wanting(mut self, answering: &Answering) -> Self {
        let (language, answers) = (self.page.language, answering.answers());
        let text = |text: &crate::procedures::Text| text.get(language).to_owned();
        let wanted = answering.procedure.wanted_documents(&answers).into_iter();
        self.wanted = wanted.map(|one| (text(&one.label), text(&one.help), one.optional)).collect();
        self
    }
}

/// `?wanted=1`: the review was asked for, and documents are missing.
#[derive(Debug, Default, serde::Deserialize)]
pub struct AskedFor {
    #[serde(default)]
    wanted: u8,
}

/// How many files a draft may have: by its procedure and by the gateway's own limit.
fn most(gateway: &Gateway, state: &WebState, draft: &Draft) -> Result<usize, Problem> {
    let of_procedure = drafts::procedure_of(gateway, draft)?.attachments.at_most;
    Ok(usize::try_from(of_procedure).unwrap_or(usize::MAX).min(state.config.limits.attachments))
}

/// The files so far.
///
/// # Errors
/// 404 for a draft that is not this browser's.
pub async fn get_attachments(page: Page, at: AtDraft, asked: web::Query<AskedFor>) -> Result<HttpResponse, Problem> {
    let (draft, answering) = form::open(&at, page.language).await?;
    if draft.filed.is_some() || answering.first_open().is_some() {
        return Ok(at.lead_to(drafts::next_step(&draft)));
    }
    let most = most(&at.gateway, &at.state, &draft)?;
    let missing = draft.attachments.len() < answering.procedure.least_attachments(&answering.answers());
    let told = (asked.wanted == 1 && missing).then(|| page.t("attachments-wanted").into_owned());
    let errors = told.into_iter().map(|message| SummaryLine { id: "f-attachment".to_owned(), message }).collect();
    let view = AttachmentsView::new(at.with_token(page), &at.state, &draft, most, errors).wanting(&answering);
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// Takes files in, one or several.
///
/// # Errors
/// 404 for a draft that is not this browser's; an upload that cannot be read; 503.
pub async fn post_attachments(
    page: Page,
    at: AtDraft,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let draft = at.open().await?;
    let most = most(&at.gateway, &at.state, &draft)?;
    let specs = [PartSpec::several("attachment", at.state.config.limits.attachment, most.max(1))];
    let mut parts = at.read_form(&request, payload, &specs).await?;
    let key = match keep_all(&at.gateway, &at.state, &draft, parts.take_all("attachment"), most).await? {
        None => return Ok(at.lead_to("attachments")),
        Some(key) => key,
    };
    let (draft, answering) = form::open(&at, page.language).await?;
    let errors = vec![SummaryLine { id: "f-attachment".to_owned(), message: page.t(key).into_owned() }];
    let view = AttachmentsView::new(at.with_token(page), &at.state, &draft, most, errors).wanting(&answering);
    Ok(view.page.respond(StatusCode::UNPROCESSABLE_ENTITY, &view))
}

/// Keeps files, and gives the key of what is wrong with the first that is not kept.
async fn keep_all(
    gateway: &Gateway,
    state: &WebState,
    draft: &Draft,
    parts: Vec<Part>,
    most: usize,
) -> Result<Option<&'static str>, Problem> {
    let mut names: Vec<String> = draft.attachments.iter().map(|file| file.name.clone()).collect();
    let named = |part: Part| Some((file_label(part.file_name.as_deref()?)?, part));
    let chosen: Vec<(String, Part)> = parts.into_iter().filter_map(named).collect();
    if chosen.is_empty() {
        return Ok(Some("attachments-none-chosen"));
    }
    for (name, part) in chosen {
        if names.contains(&name) {
            return Ok(Some("attachments-same-name"));
        }
        names.push(name.clone());
        let file = DraftAttachment {
            ordinal: 0,
            media_type: media_type(&name).to_owned(),
            name,
            size: part.bytes.len() as u64,
            sha256: part.sha256,
        };
        let room = gateway.store.drafts_room(&draft.key, state.config.drafts, file.size, false, gateway.clock.now());
        match room.await? {
            None => {}
            Some(DraftsFull::Bytes) => return Ok(Some("attachments-too-large-together")),
            Some(_) => return Ok(Some("attachments-no-room")),
        }
        if !gateway.store.draft_attach(draft.key.clone(), file, part.bytes.to_vec(), most).await? {
            return Ok(Some("attachments-too-many"));
        }
    }
    Ok(None)
}

/// Takes a file away.
///
/// # Errors
/// 404 for a draft that is not this browser's; 503.
pub async fn post_remove(
    at: AtDraft,
    path: web::Path<(String, i32)>,
    _form: CsrfForm<NoFields>,
) -> Result<HttpResponse, Problem> {
    let (_, ordinal) = path.into_inner();
    at.gateway.store.draft_detach(at.key(), ordinal).await?;
    Ok(at.lead_to("attachments"))
}

/// The media type by the name's ending; what is not known is bytes.
fn media_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "tif" | "tiff" => "image/tiff",
        "txt" => "text/plain",
        "csv" => "text/csv",
        "xml" => "application/xml",
        "json" => "application/json",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_told_by_the_ending_and_no_page_is_one() {
        assert_eq!(media_type("x.PDF"), "application/pdf");
        assert_eq!(media_type("html.html"), "application/octet-stream");
    }
}
