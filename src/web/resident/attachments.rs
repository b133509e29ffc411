//! `/apply/{draft}/attachments`: the files, uploaded before anything is signed, so that their digests are signed too.
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bytes::Bytes;

use super::answering::Answering;
use super::at_draft::AtDraft;
use super::procedures::NoFields;
use super::{drafts, fields, form};
use crate::gateway::Gateway;
use crate::intake::file_kinds::{ENDINGS, FileFault, FileKind, judge_file};
use crate::intake::file_label;
use crate::store::correction_requests::ATTACHMENTS;
use crate::store::draft_files::Attached;
use crate::store::draft_limits::DraftsFull;
use crate::store::drafts::{Draft, DraftAttachment};
use crate::web::extract::csrf::CsrfForm;
use crate::web::extract::multipart::PartSpec;
use crate::web::forms::SummaryLine;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::state::WebState;

/// The most files that are read out of one form.
const SENT_AT_ONCE: usize = 100;

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
    together: String,
    /// What the browser's file chooser offers: `.pdf,.png`.
    accept: String,
    /// Whether a partial correction leaves them alone.
    locked: bool,
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
            together: super::dates::size(state.config.drafts.attachments),
            accept: ENDINGS.iter().map(|(ending, _)| format!(".{ending}")).collect::<Vec<_>>().join(","),
            locked: !may_change(draft),
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

/// Whether a draft's files may be changed: not in a partial correction that leaves them alone.
pub fn may_change(draft: &Draft) -> bool {
    let marked = drafts::DraftInput::of(draft).corrects.and_then(|corrects| corrects.marked);
    marked.is_none_or(|marked| marked.iter().any(|name| name == ATTACHMENTS))
}

/// How many files a draft may have: by its procedure and by the gateway's own limit.
pub fn most(gateway: &Gateway, state: &WebState, draft: &Draft) -> Result<usize, Problem> {
    let (procedure, input) = drafts::current(gateway, draft)?;
    let applicant = super::answering::applicant(&input);
    let today = crate::procedures::definition::japan_day(gateway.clock.now());
    let read = procedure.read_typed(&input.answers, &crate::procedures::Subject::on_the_day(&applicant, today));
    let of_procedure = procedure.most_attachments(&serde_json::Value::Object(read.answers));
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

/// Takes files in, one or several: each that cannot be kept is told with why, the rest is kept.
///
/// # Errors
/// 404 for a draft that is not open to who asks; an upload that cannot be read; 503.
pub async fn post_attachments(
    page: Page,
    at: AtDraft,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let draft = at.open().await?;
    if !may_change(&draft) {
        return Err(fields::not_marked());
    }
    let most = most(&at.gateway, &at.state, &draft)?;
    let limit = at.state.config.limits.attachment;
    // More than may be kept are read, so that those that may are.
    let specs = [PartSpec::several("attachment", limit, SENT_AT_ONCE).cut()];
    let mut parts = at.read_form(&request, payload, &specs).await?;
    let chosen = parts.take_all("attachment").into_iter().filter_map(|part| {
        let name = file_label(part.file_name.as_deref()?)?;
        Some((name, part))
    });
    let mut errors = Vec::new();
    let mut there = false;
    for (name, part) in chosen {
        there = true;
        let fault = if part.is_cut { Some("attachments-too-large") } else { None };
        let fault = match fault {
            Some(fault) => Some(fault),
            None => keep(&at, &draft, (&name, part.bytes, part.sha256), most).await?,
        };
        errors.extend(fault.map(|key| line(&page, &name, key)));
    }
    if !there {
        let message = page.t("attachments-none-chosen").into_owned();
        errors.push(SummaryLine { id: "f-attachment".to_owned(), message });
    }
    if errors.is_empty() {
        return Ok(at.lead_to("attachments"));
    }
    let (draft, answering) = form::open(&at, page.language).await?;
    let view = AttachmentsView::new(at.with_token(page), &at.state, &draft, most, errors).wanting(&answering);
    Ok(view.page.respond(StatusCode::UNPROCESSABLE_ENTITY, &view))
}

/// `photo.heic: what is wrong with it`.
fn line(page: &Page, name: &str, key: &str) -> SummaryLine {
    SummaryLine { id: "f-attachment".to_owned(), message: format!("{name}: {}", page.t(key)) }
}

/// Keeps a file, or gives the key of why it is not kept.
async fn keep(
    at: &AtDraft,
    draft: &Draft,
    (name, bytes, sha256): (&str, Bytes, [u8; 32]),
    most: usize,
) -> Result<Option<&'static str>, Problem> {
    if let Some(full) = room(at, draft, bytes.len() as u64).await? {
        return Ok(Some(full));
    }
    let kind = match judge(name.to_owned(), bytes.clone()).await? {
        Ok(kind) => kind,
        Err(fault) => return Ok(Some(fault.key())),
    };
    let file = attachment(name, kind, bytes.len() as u64, sha256);
    Ok(refusal(at.gateway.store.draft_attach(at.key(), file, bytes.to_vec(), most).await?))
}

/// What a file is recorded as.
pub fn attachment(name: &str, kind: FileKind, size: u64, sha256: [u8; 32]) -> DraftAttachment {
    DraftAttachment { ordinal: 0, name: name.to_owned(), media_type: kind.media_type().to_owned(), size, sha256 }
}

/// The key of why a file was not added.
pub fn refusal(attached: Attached) -> Option<&'static str> {
    match attached {
        Attached::Added => None,
        Attached::TooMany => Some("attachments-too-many"),
        Attached::SameName => Some("attachments-same-name"),
        Attached::Gone => Some("attachments-gone"),
    }
}

/// The key of why so many bytes more do not fit.
pub async fn room(at: &AtDraft, draft: &Draft, more: u64) -> Result<Option<&'static str>, Problem> {
    let (limits, now) = (at.state.config.drafts, at.gateway.clock.now());
    let full = at.gateway.store.drafts_room(&draft.key, limits, more, false, now).await?;
    Ok(full.map(|full| match full {
        DraftsFull::Bytes => "attachments-too-large-together",
        DraftsFull::Browser | DraftsFull::All => "attachments-no-room",
    }))
}

/// What kind of file it is, by name and content; apart, for archives are unpacked.
pub async fn judge(name: String, bytes: Bytes) -> Result<Result<FileKind, FileFault>, Problem> {
    web::block(move || judge_file(&name, &bytes)).await.map_err(Problem::internal)
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
    if !may_change(&at.open().await?) {
        return Err(fields::not_marked());
    }
    at.gateway.store.draft_detach(at.key(), ordinal).await?;
    Ok(at.lead_to("attachments"))
}
