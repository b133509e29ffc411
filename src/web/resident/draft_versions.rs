//! `/apply/{draft}/versions`: the same page was changed in two windows. Both texts are kept, and the person chooses.
use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde::Deserialize;

use super::at_draft::AtDraft;
use super::drafts::{DraftInput, next_step, procedure_of};
use crate::procedures::Procedure;
use crate::submission::rejection::RejectionCode;
use crate::web::extract::csrf::CsrfForm;
use crate::web::i18n::Language;
use crate::web::page::Page;
use crate::web::problem::Problem;

/// What differs.
struct Difference {
    label: String,
    kept: String,
    other: String,
}

#[derive(Template)]
#[template(path = "resident/draft_versions.html")]
struct VersionsView {
    page: Page,
    id: String,
    differences: Vec<Difference>,
}

/// The two texts, where they differ.
///
/// # Errors
/// 404 for a draft that is not open to who asks.
pub async fn get_versions(page: Page, at: AtDraft) -> Result<HttpResponse, Problem> {
    let draft = at.open().await?;
    let Some(other) = &draft.other_input else {
        return Ok(at.lead_to(next_step(&draft)));
    };
    let procedure = procedure_of(&at.gateway, &draft)?;
    let other: DraftInput = serde_json::from_str(other).unwrap_or_default();
    let page = at.with_token(page.titled("versions-title"));
    let differences = differences(page.language, &procedure, &DraftInput::of(&draft), &other);
    let view = VersionsView { id: draft.key.id.clone(), differences, page };
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// Which text.
#[derive(Deserialize)]
pub struct VersionsForm {
    #[serde(default)]
    keep: String,
}

/// Keeps the one that was chosen.
///
/// # Errors
/// 400 for another choice; 404 for a draft that is not open to who asks; 503.
pub async fn post_versions(at: AtDraft, form: CsrfForm<VersionsForm>) -> Result<HttpResponse, Problem> {
    at.open().await?;
    let other = match form.0.keep.as_str() {
        "kept" => false,
        "other" => true,
        _ => return Err(Problem::new(RejectionCode::BadRequest, "What is kept is \"kept\" or \"other\".")),
    };
    at.gateway.store.draft_choose(at.key(), other, at.gateway.clock.now()).await?;
    Ok(at.lead_to("form"))
}

fn differences(language: Language, procedure: &Procedure, kept: &DraftInput, other: &DraftInput) -> Vec<Difference> {
    let (kept, other) = (flat(kept), flat(other));
    let mut names: Vec<&String> = kept.keys().chain(other.keys()).collect();
    names.sort();
    names.dedup();
    let text = |of: &BTreeMap<String, String>, name: &str| of.get(name).cloned().unwrap_or_default();
    let differing = names.into_iter().filter(|name| text(&kept, name) != text(&other, name));
    differing
        .map(|name| Difference {
            label: label(language, procedure, name),
            kept: text(&kept, name),
            other: text(&other, name),
        })
        .collect()
}

/// Every text that was typed, by a name.
fn flat(input: &DraftInput) -> BTreeMap<String, String> {
    let own = [
        ("recipient", &input.recipient),
        ("form-name", &input.name),
        ("form-birth", &input.date_of_birth),
        ("form-sex", &input.sex),
        ("form-address", &input.address),
    ];
    let own = own.into_iter().map(|(name, text)| (name.to_owned(), text.clone()));
    let answers = input.answers.iter().map(|(name, text)| (format!("answers/{name}"), text.clone()));
    own.chain(answers).collect()
}

/// What people know it by.
fn label(language: Language, procedure: &Procedure, name: &str) -> String {
    match name.strip_prefix("answers/") {
        Some(answer) => {
            let first = answer.split(['.', '/']).next().unwrap_or_default();
            let field = procedure.fields.iter().find(|field| field.pointer.trim_start_matches('/') == first);
            field.map_or_else(|| answer.to_owned(), |field| field.label.get(language).to_owned())
        }
        None if name == "recipient" => language.t("review-recipient").into_owned(),
        None => language.t(name).into_owned(),
    }
}
