//! What every page under `/apply/{draft}` begins with: the draft that the address names, of the browser that asks.
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};

use super::drafts;
use super::procedures::see_other;
use crate::gateway::Gateway;
use crate::store::drafts::{Draft, DraftKey, FiledDraft, PreparedApplication};
use crate::web::extract::csrf::{self, Browser};
use crate::web::extract::multipart::{PartSpec, Parts, read_parts};
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::state::WebState;

/// A browser at the address of a draft, which need not be there nor be this browser's: [`AtDraft::open`] tells.
pub struct AtDraft {
    /// Who asks.
    pub browser: Browser,
    /// The gateway.
    pub gateway: web::Data<Gateway>,
    /// The web side's own state.
    pub state: web::Data<WebState>,
    id: String,
}

impl AtDraft {
    /// The draft's key for this browser.
    pub fn key(&self) -> DraftKey {
        DraftKey { id: self.id.clone(), owner_sha256: self.browser.id_sha256() }
    }

    /// The draft, if it is this browser's and not over.
    ///
    /// # Errors
    /// 404 otherwise: another browser's draft looks like none.
    pub async fn open(&self) -> Result<Draft, Problem> {
        let draft = self.gateway.store.draft_find(self.key(), self.gateway.clock.now()).await?;
        draft.ok_or_else(Problem::not_found)
    }

    /// The draft and its document; otherwise the way to where the applicant is to go first.
    ///
    /// # Errors
    /// As [`AtDraft::open`].
    pub async fn prepared(&self) -> Result<Result<(Draft, PreparedApplication), HttpResponse>, Problem> {
        let draft = self.open().await?;
        match (&draft.filed, draft.prepared.clone()) {
            (None, Some(prepared)) => Ok(Ok((draft, prepared))),
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

    /// 303 to another step of the same draft.
    pub fn lead_to(&self, step: &str) -> HttpResponse {
        see_other(&format!("/apply/{}/{step}", self.id))
    }

    /// `page` with the token of this browser's forms.
    pub fn with_token(&self, page: Page) -> Page {
        page.csrf(self.browser.csrf_token())
    }
}

impl FromRequest for AtDraft {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let read = |browser: Browser| {
            let missing = || Problem::internal("the gateway, its web state or the draft's address is missing");
            let gateway = request.app_data::<web::Data<Gateway>>().ok_or_else(missing)?.clone();
            let state = request.app_data::<web::Data<WebState>>().ok_or_else(missing)?.clone();
            let id = request.match_info().get("draft").ok_or_else(missing)?.to_owned();
            Ok(Self { browser, gateway, state, id })
        };
        ready(Browser::from_request(request, payload).into_inner().and_then(read))
    }
}
