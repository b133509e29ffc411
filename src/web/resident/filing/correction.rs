//! POST `/filings/{arrival_number}/correction`: begins a draft that corrects the filing, with everything as it was filed.
use std::collections::BTreeSet;

use actix_web::{Error, HttpResponse};

use serde_json::Value;

use super::Nothing;
use crate::gateway::Gateway;
use crate::ids::ArrivalNumber;
use crate::intake::document::ApplicationDocument;
use crate::procedures::opened::opened;
use crate::procedures::typed::Typed;
use crate::procedures::{Field, Procedure, QuestionPage};
use crate::store::correction_requests::CorrectionWanted;
use crate::store::draft_saves::DraftSave;
use crate::store::drafts::{DraftAttachment, DraftKey};
use crate::store::submissions::StoredDocument;
use crate::store::{DocumentRole, StoreError};
use crate::submission::rejection::RejectionCode;
use crate::web::extract::csrf::CsrfForm;
use crate::web::extract::filing::{FilingDoor, OpenFiling};
use crate::web::extract::resident::MaybeResident;
use crate::web::problem::Problem;
use crate::web::resident::answering::{APPLICANT, RECIPIENT};
use crate::web::resident::drafts::{self, Correcting, DraftInput};
use crate::web::resident::procedures::see_other;

/// Begins the draft and leads to its form.
///
/// # Errors
/// 401 where the filing is not open; 409 where it cannot be corrected any more or there are too many drafts; 503.
pub async fn post_correction(
    form: CsrfForm<Nothing>,
    door: FilingDoor,
    resident: MaybeResident,
) -> Result<HttpResponse, Error> {
    let CsrfForm(Nothing {}) = form;
    let open = door.open().await?;
    let filing = &open.record.submission;
    if !filing.status.takes_correction() {
        return Err(Problem::from(StoreError::StatusConflict { found: filing.status }).into());
    }
    let id = drafts::begin(&door.gateway, &door.state, (&door.browser, &resident), filing.procedure.as_str()).await?;
    let holder_sha256 = resident.0.as_ref().map(|session| session.certificate_sha256);
    let key = DraftKey { id: id.clone(), owner_sha256: door.browser.id_sha256(), holder_sha256 };
    fill(&door, &open, key).await?;
    Ok(see_other(&format!("/apply/{id}/form")))
}

/// Puts into the draft what was filed: answers, applicant and attachments.
async fn fill(door: &FilingDoor, open: &OpenFiling, key: DraftKey) -> Result<(), Problem> {
    let (store, number) = (&door.gateway.store, open.number());
    let stored = store.submission_document(number, DocumentRole::Application, 0).await?;
    let (_, bytes) = stored.ok_or_else(|| Problem::internal("a filing has no application document"))?;
    let document =
        ApplicationDocument::read(&bytes).map_err(|_| Problem::internal("a recorded document is unreadable"))?;
    let wanted = store.correction_wanted(number).await?.map(|request| request.wanted);
    let input = input_of(&door.gateway, &document, (number, wanted));
    store.draft_correct(key.id.clone(), number).await?;
    let now = door.gateway.clock.now();
    let draft = store.draft_find(key.clone(), now).await?.ok_or_else(Problem::not_found)?;
    let save = DraftSave {
        input: input.to_json(),
        page: "correction".to_owned(),
        seen: None,
        of_version: draft.version,
        now,
        expires_at: draft.expires_at,
    };
    store.draft_save(key.clone(), save).await?;
    let attached = open.record.documents.iter().filter(|document| document.role == DocumentRole::Attachment);
    for attachment in attached {
        attach(door, open, &key, attachment).await?;
    }
    Ok(())
}

/// Everything as it was filed. Of a partial correction the pages with nothing to correct count as answered.
fn input_of(
    gateway: &Gateway,
    document: &ApplicationDocument,
    (number, wanted): (ArrivalNumber, Option<CorrectionWanted>),
) -> DraftInput {
    let marked = match wanted {
        Some(CorrectionWanted::Partial(marked)) => Some(marked),
        Some(CorrectionWanted::Again) | None => None,
    };
    let corrects = Some(Correcting { number: number.to_string(), marked: marked.clone() });
    let procedure = gateway.catalog.version(document.procedure.as_str(), document.form_version);
    let fields = procedure.map(|procedure| procedure.fields.as_slice()).unwrap_or_default();
    let mut answers = Typed::new();
    type_again(fields, "", &document.answers, &mut answers);
    let person = &document.applicant;
    let done = match (procedure, &marked) {
        (Some(procedure), Some(marked)) => not_to_ask(procedure, marked),
        _ => BTreeSet::new(),
    };
    DraftInput {
        recipient: document.recipient.to_string(),
        name: person.name.clone(),
        date_of_birth: person.date_of_birth.clone().unwrap_or_default(),
        sex: person.sex.clone().unwrap_or_default(),
        address: person.address.clone().unwrap_or_default(),
        answers,
        form_version: document.form_version,
        done,
        corrects,
        ..DraftInput::default()
    }
}

/// The pages of a form on which a partial correction has nothing to change.
fn not_to_ask(procedure: &Procedure, marked: &[String]) -> BTreeSet<String> {
    let open = opened(&procedure.fields, marked);
    let is_open =
        |page: &&QuestionPage| page.fields.iter().any(|pointer| open.contains(pointer.trim_start_matches('/')));
    let left_alone = procedure.pages.iter().filter(|page| !is_open(page)).map(|page| page.id.clone());
    [APPLICANT, RECIPIENT].map(str::to_owned).into_iter().chain(left_alone).collect()
}

/// Writes answers down as they would be typed: the other way of [`crate::procedures::Procedure::read_typed`].
fn type_again(fields: &[Field], at: &str, answers: &Value, typed: &mut Typed) {
    for (name, value) in answers.as_object().into_iter().flatten() {
        let field = fields.iter().find(|field| field.name() == name.as_str());
        let name = format!("{at}{name}");
        match (value, field) {
            (Value::Array(entries), Some(group)) => {
                for (index, entry) in entries.iter().enumerate() {
                    type_again(&group.fields, &format!("{name}/{index}/"), entry, typed);
                }
            }
            (Value::String(day), Some(field)) if field.kind.is_date() => {
                let parts = ["year", "month", "day"].into_iter().zip(day.split('-'));
                typed.extend(parts.map(|(part, digits)| (format!("{name}.{part}"), digits.to_owned())));
                // Signed by the Western calendar, whatever era it was typed in.
                typed.insert(format!("{name}.era"), "western".to_owned());
            }
            (Value::String(text), _) => drop(typed.insert(name, text.clone())),
            (other, _) => drop(typed.insert(name, other.to_string())),
        }
    }
}

async fn attach(
    door: &FilingDoor,
    open: &OpenFiling,
    key: &DraftKey,
    attachment: &StoredDocument,
) -> Result<(), Problem> {
    let store = &door.gateway.store;
    let size = u64::try_from(attachment.size).unwrap_or_default();
    let full = store.drafts_room(key, door.state.config.drafts, size, false, door.gateway.clock.now()).await?;
    if full.is_some() {
        let detail = "The room for drafts is used up; the attachments could not be taken over. Try again later.";
        return Err(Problem::new(RejectionCode::DraftsFull, detail));
    }
    let found = store.submission_document(open.number(), DocumentRole::Attachment, attachment.ordinal).await?;
    let Some((stored, bytes)) = found else { return Ok(()) };
    let file =
        DraftAttachment { ordinal: 0, name: stored.name, media_type: stored.media_type, size, sha256: stored.sha256 };
    let most = door.state.config.limits.attachments;
    store.draft_attach(key.clone(), file, bytes.to_vec(), most).await?;
    Ok(())
}
