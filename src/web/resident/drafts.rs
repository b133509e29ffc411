//! The draft behind the pages of an application: finding it for this browser only, and what was typed into it.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::gateway::Gateway;
use crate::procedures::Procedure;
use crate::store::drafts::{Draft, DraftKey};
use crate::web::extract::csrf::Browser;
use crate::web::problem::Problem;

/// How long a draft is kept.
pub const LIFE: chrono::Duration = chrono::Duration::hours(24);

/// What was typed, kept exactly as typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftInput {
    /// The municipality's code, or what was typed in its place.
    pub recipient: String,
    /// Full name.
    pub name: String,
    /// As far as it is known.
    pub date_of_birth: String,
    /// `male`, `female`, `unknown`, or nothing.
    pub sex: String,
    /// Address.
    pub address: String,
    /// The certificate that the applicant was read out of, base64 of DER: the four attributes are locked.
    pub certificate: Option<String>,
    /// The answers by the names of their fields.
    pub answers: BTreeMap<String, String>,
    /// Whether the form was filled in without a fault.
    pub is_complete: bool,
}

impl DraftInput {
    /// What was typed into a draft.
    pub fn of(draft: &Draft) -> Self {
        serde_json::from_str(&draft.input).unwrap_or_default()
    }

    /// As it is kept.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The key of a draft for this browser.
pub fn key(browser: &Browser, id: &str) -> DraftKey {
    DraftKey { id: id.to_owned(), owner_sha256: browser.id_sha256() }
}

/// The draft of that address, if it is this browser's and not over.
///
/// # Errors
/// 404 otherwise: another browser's draft looks like none.
pub async fn open(gateway: &Gateway, browser: &Browser, id: &str) -> Result<Draft, Problem> {
    let draft = gateway.store.draft_find(key(browser, id), gateway.clock.now()).await?;
    draft.ok_or_else(Problem::not_found)
}

/// The procedure of a draft.
///
/// # Errors
/// 404 where the catalog has it no more.
pub fn procedure_of(gateway: &Gateway, draft: &Draft) -> Result<std::sync::Arc<Procedure>, Problem> {
    gateway.catalog.get(&draft.procedure).cloned().ok_or_else(Problem::not_found)
}

/// Where a draft's next step is, for who comes back to it.
pub fn next_step(draft: &Draft) -> &'static str {
    if draft.filed.is_some() {
        "receipt"
    } else if draft.prepared.is_some() {
        "review"
    } else {
        "form"
    }
}
