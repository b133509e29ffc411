//! The draft behind the pages of an application: finding it for this browser only, and what was typed into it.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::gateway::Gateway;
use crate::procedures::Procedure;
use crate::procedures::carry::{Aside, carry_over};
use crate::procedures::kinds::Change;
use crate::procedures::typed::Typed;
use crate::store::draft_limits::DraftsFull;
use crate::store::drafts::{Draft, DraftKey};
use crate::submission::rejection::RejectionCode;
use crate::web::extract::csrf::{Browser, random_id};
use crate::web::extract::resident::MaybeResident;
use crate::web::problem::Problem;
use crate::web::state::WebState;

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
    pub answers: Typed,
    /// The version of the form that it was typed into; 0: the one that is taken now.
    pub form_version: u32,
    /// The version out of which it was carried over, if it was; 0: it was not.
    pub carried_from: u32,
    /// What could not be carried over.
    pub aside: Vec<Aside>,
    /// The pages that were answered.
    pub done: BTreeSet<String>,
    /// What was changed in what was typed last, by the pointer of its field.
    pub changes: BTreeMap<String, Change>,
    /// Whether the form was filled in without a fault.
    pub is_complete: bool,
    /// What it corrects, where it corrects a filing.
    pub corrects: Option<Correcting>,
}

/// The filing that a draft corrects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correcting {
    /// Its arrival number.
    pub number: String,
    /// What the agency marked, where it wants nothing else to be changed: names of answers, and of the attachments.
    pub marked: Option<Vec<String>>,
}

impl Correcting {
    /// The number as people read it.
    pub fn grouped(&self) -> String {
        let number: Result<crate::ids::ArrivalNumber, _> = self.number.parse();
        number.map_or_else(|_| self.number.clone(), |number| number.grouped())
    }
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

/// How long a draft is kept after it was touched.
pub fn life(state: &WebState, draft: &Draft) -> chrono::Duration {
    let limits = state.config.drafts;
    if draft.has_holder || draft.has_link { limits.kept } else { limits.life }
}

/// What the address of a form says of the page that it stands on: `?seen=12.word`.
pub fn seen(draft: &Draft) -> String {
    let word = random_id().unwrap_or_default();
    format!("?seen={}.{}", draft.version, word.get(..11).unwrap_or("none"))
}

/// Begins a draft for this browser and whoever is signed in, and gives its address.
///
/// # Errors
/// 409 where the browser has too many, 503 where all drafts together take up too much or the store does not answer.
pub async fn begin(
    gateway: &Gateway,
    state: &WebState,
    (browser, resident): (&Browser, &MaybeResident),
    code: &str,
) -> Result<String, Problem> {
    let (limits, now) = (state.config.drafts, gateway.clock.now());
    let id = random_id().map_err(Problem::internal)?;
    let holder_sha256 = resident.0.as_ref().map(|session| session.certificate_sha256);
    let key = DraftKey { id: id.clone(), owner_sha256: browser.id_sha256(), holder_sha256 };
    match gateway.store.drafts_room(&key, limits, 0, true, now).await? {
        None => {}
        Some(DraftsFull::Browser) => {
            let most = limits.per_browser;
            let detail = format!("A browser may have {most} drafts that are not filed: file or discard one of them.");
            return Err(Problem::new(RejectionCode::TooManyDrafts, detail));
        }
        Some(_) => {
            let detail = "The room for drafts is used up. Try again later.";
            return Err(Problem::new(RejectionCode::DraftsFull, detail));
        }
    }
    let life = if holder_sha256.is_some() { limits.kept } else { limits.life };
    gateway.store.draft_begin(key, code.to_owned(), now, now + life).await?;
    Ok(id)
}

/// The procedure of a draft, in the version that is taken now.
///
/// # Errors
/// 422 where it is not taken now.
pub fn procedure_of(gateway: &Gateway, draft: &Draft) -> Result<Arc<Procedure>, Problem> {
    let procedure = gateway.catalog.in_force(&draft.procedure, gateway.clock.now());
    procedure.cloned().ok_or_else(|| {
        let detail = "This procedure cannot be filed now. What was typed is kept as long as the draft.";
        Problem::new(RejectionCode::UnknownProcedure, detail)
    })
}

/// The version that is taken now and what was typed, carried over to it where the form was changed since.
///
/// # Errors
/// As [`procedure_of`].
pub fn current(gateway: &Gateway, draft: &Draft) -> Result<(Arc<Procedure>, DraftInput), Problem> {
    let (procedure, mut input) = (procedure_of(gateway, draft)?, DraftInput::of(draft));
    let version = std::mem::replace(&mut input.form_version, procedure.form_version);
    if version != 0 && version != procedure.form_version {
        let old = gateway.catalog.version(&draft.procedure, version).map(AsRef::as_ref);
        let carried = carry_over(old, &procedure, &input.answers);
        input.answers = carried.typed;
        input.aside.extend(carried.aside);
        input.carried_from = version;
        // Every page is shown once more: what was answered stands in it.
        input.done.retain(|page| ["applicant", "recipient"].contains(&page.as_str()));
        input.is_complete = false;
    }
    Ok((procedure, input))
}

/// Where a draft's next step is, for who comes back to it.
pub fn next_step(draft: &Draft) -> &'static str {
    if draft.filed.is_some() {
        "receipt"
    } else if draft.other_input.is_some() {
        "versions"
    } else if draft.prepared.is_some() {
        "review"
    } else {
        "form"
    }
}
