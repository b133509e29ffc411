//! What every page under `/apply/{draft}` begins with: the draft that the address names, for the browser that asks and whoever
//! is signed in there.
use std::cell::{Cell, OnceCell};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use futures_util::future::LocalBoxFuture;

use super::drafts;
use super::procedures::see_other;
use crate::gateway::Gateway;
use crate::store::draft_limits::DraftsFull;
use crate::store::draft_saves::{DraftSave, Saved, SeenPage};
use crate::store::drafts::{Draft, DraftKey, FiledDraft, PreparedApplication};
use crate::submission::rejection::RejectionCode;
use crate::web::extract::about::About;
use crate::web::extract::csrf::{self, Browser};
use crate::web::extract::multipart::{PartSpec, Parts, read_parts};
use crate::web::extract::resident::MaybeResident;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::state::WebState;

/// The header of a save that the page's script makes while somebody types.
pub const AUTOSAVE: &str = "x-autosave";

/// A browser at the address of a draft, which need not be there nor be open to it: [`AtDraft::open`] tells.
pub struct AtDraft {
    /// Who asks.
    pub browser: Browser,
    /// The gateway.
    pub gateway: web::Data<Gateway>,
    /// The web side's own state.
    pub state: web::Data<WebState>,
    /// Whether the page's script saves what is typed, and nothing is to go on.
    pub is_autosave: bool,
    id: String,
    holder_sha256: Option<[u8; 32]>,
    /// The address under the draft's: `form`, `form/applicant`.
    page: String,
    seen: Option<SeenPage>,
    is_beside: Cell<bool>,
    request: HttpRequest,
    /// The code of the draft's procedure, once the draft was opened.
    procedure: OnceCell<String>,
}

impl AtDraft {
    /// The draft's key for who asks.
    pub fn key(&self) -> DraftKey {
        DraftKey { id: self.id.clone(), owner_sha256: self.browser.id_sha256(), holder_sha256: self.holder_sha256 }
    }

    /// Whether somebody is signed in.
    pub fn is_signed_in(&self) -> bool {
        self.holder_sha256.is_some()
    }

    /// The draft, if who asks may open it and it is not over.
    ///
    /// # Errors
    /// 404 otherwise: somebody else's draft looks like none.
    pub async fn open(&self) -> Result<Draft, Problem> {
        let draft = self.gateway.store.draft_find(self.key(), self.gateway.clock.now()).await?;
        let draft = draft.ok_or_else(Problem::not_found)?;
        self.procedure.get_or_init(|| draft.procedure.clone());
        self.note(&draft);
        Ok(draft)
    }

    /// What the request is about, for a page that tells a refusal.
    fn note(&self, draft: &Draft) {
        let recipient = super::municipalities::resolve(&drafts::DraftInput::of(draft).recipient);
        About { procedure: draft.procedure.clone(), recipient }.note(&self.request);
    }

    /// The office to ask, in lines; the time of the request.
    pub fn where_to_ask(&self, page: &Page) -> (Vec<String>, String) {
        let now = super::dates::moment_in_both_eras(page.language, self.gateway.clock.now());
        (super::office::of_request(page.language, &self.gateway, &self.request), now)
    }

    /// The draft and its document; otherwise the way to where the applicant is to go first.
    ///
    /// # Errors
    /// As [`AtDraft::open`].
    pub async fn prepared(&self) -> Result<Result<(Draft, PreparedApplication), HttpResponse>, Problem> {
        let draft = self.open().await?;
        match (&draft.filed, &draft.other_input, draft.prepared.clone()) {
            (None, None, Some(prepared)) => Ok(Ok((draft, prepared))),
            _ => Ok(Err(self.lead_to(drafts::next_step(&draft)))),
        }
    }

    /// What was filed out of the draft.
    ///
    /// # Errors
    /// As [`AtDraft::open`]; also where it is not filed.
    pub async fn filed(&self) -> Result<FiledDraft, Problem> {
        self.open().await?.filed.ok_or_else(Problem::not_found)
    }

    /// Keeps what was typed. Where the same page was changed from elsewhere meanwhile, it is kept beside that, and every way
    /// onward leads to where the person chooses ([`AtDraft::lead_to`]).
    ///
    /// # Errors
    /// 404 where the draft is gone meanwhile; 503 where all drafts together take up too much or the store does not answer.
    pub async fn save(&self, draft: &Draft, input: String) -> Result<(), Problem> {
        let (limits, now) = (self.state.config.drafts, self.gateway.clock.now());
        let full: Option<DraftsFull> = self.gateway.store.drafts_room(&self.key(), limits, 0, false, now).await?;
        if full.is_some() {
            let detail = "The room for drafts is used up; what was typed was not kept. Try again later.";
            return Err(Problem::new(RejectionCode::DraftsFull, detail));
        }
        let save = DraftSave {
            input,
            page: self.page.clone(),
            seen: self.seen.clone(),
            of_version: draft.version,
            now,
            expires_at: now + drafts::life(&self.state, draft),
        };
        match self.gateway.store.draft_save(self.key(), save).await? {
            Saved::Kept => Ok(()),
            Saved::Beside => {
                self.is_beside.set(true);
                Ok(())
            }
            Saved::Gone => Err(Problem::not_found()),
        }
    }

    /// What the address of a form says of the page that it stands on: `?seen=12.word`. A page that comes back with what is wrong
    /// is the same page still.
    pub fn seen_of(&self, draft: &Draft) -> String {
        match &self.seen {
            Some(SeenPage { version, word }) => format!("?seen={version}.{word}"),
            None => drafts::seen(draft),
        }
    }

    /// What the page's script is told of a save.
    pub fn autosaved(&self, page: &Page) -> HttpResponse {
        let now = self.gateway.clock.now();
        let kept = if self.is_beside.get() { "draft-saved-beside" } else { "draft-saved-at" };
        HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(serde_json::json!({
            "beside": self.is_beside.get().then(|| format!("/apply/{}/versions", self.id)),
            "text": page.with(kept, "time", super::dates::clock(now)),
        }))
    }

    /// The parts of a form with files that came from a page of this site.
    ///
    /// # Errors
    /// An upload that cannot be read or did not come from a page of this site.
    pub async fn read_form(
        &self,
        request: &HttpRequest,
        payload: web::Payload,
        specs: &[PartSpec],
    ) -> Result<Parts, Problem> {
        let specs: Vec<PartSpec> = [&[PartSpec::optional(csrf::FIELD, 1024)], specs].concat();
        let mut parts = read_parts(request, payload.into_inner(), &specs).await?;
        let token = parts.take(csrf::FIELD).map(|part| part.bytes).unwrap_or_default();
        self.browser.verify(&String::from_utf8_lossy(&token))?;
        Ok(parts)
    }

    /// 303 to another step of the same draft; to the choice between two texts, where there are two.
    pub fn lead_to(&self, step: &str) -> HttpResponse {
        let step = if self.is_beside.get() { "versions" } else { step };
        see_other(&format!("/apply/{}/{step}", self.id))
    }

    /// `page` with the token of this browser's forms, and with the draft's procedure in its title: who has two applications open
    /// tells their pages apart.
    pub fn with_token(&self, page: Page) -> Page {
        let page = page.csrf(self.browser.csrf_token());
        match self.procedure.get().and_then(|code| self.gateway.catalog.get(code)) {
            Some(procedure) => {
                let title = procedure.title.get(page.language);
                page.within(title)
            }
            None => page,
        }
    }

    async fn of(request: HttpRequest, browser: Browser) -> Result<Self, actix_web::Error> {
        let missing = || Problem::internal("the gateway, its web state or the draft's address is missing");
        let gateway = request.app_data::<web::Data<Gateway>>().ok_or_else(missing)?.clone();
        let state = request.app_data::<web::Data<WebState>>().ok_or_else(missing)?.clone();
        let id = request.match_info().get("draft").ok_or_else(missing)?.to_owned();
        let resident = MaybeResident::from_request(&request, &mut Payload::None).await?;
        let page = request.path().strip_prefix(&format!("/apply/{id}/")).unwrap_or_default().to_owned();
        Ok(Self {
            browser,
            gateway,
            state,
            is_autosave: request.headers().contains_key(AUTOSAVE),
            holder_sha256: resident.0.map(|session| session.certificate_sha256),
            seen: seen_page(request.query_string()),
            id,
            page,
            is_beside: Cell::new(false),
            request,
            procedure: OnceCell::new(),
        })
    }
}

/// `?seen=12.word`: which page the browser had open.
fn seen_page(query: &str) -> Option<SeenPage> {
    let told = query.split('&').find_map(|pair| pair.strip_prefix("seen="))?;
    let (version, word) = told.split_once('.')?;
    let is_word = (1..=43).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    Some(SeenPage { version: version.parse().ok()?, word: is_word.then(|| word.to_owned())? })
}

impl FromRequest for AtDraft {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let browser = Browser::from_request(request, payload).into_inner();
        let request = request.clone();
        Box::pin(async move { Self::of(request, browser?).await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_was_seen_is_read_strictly() {
        let seen = seen_page("from=review&seen=12.aB-_9").unwrap();
        assert_eq!((seen.version, seen.word.as_str()), (12, "aB-_9"));
        for wrong in
            ["", "seen=", "seen=12", "seen=12.", "seen=x.y", "seen=1.a%20b", &format!("seen=1.{}", "a".repeat(44))]
        {
            assert_eq!(seen_page(wrong), None, "{wrong}");
        }
    }
}
