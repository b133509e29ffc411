//! `/apply/{draft}/sign`: signing, at once with the card client's agent or by file; and filing what was signed.
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bytes::Bytes;

use super::agent::AgentView;
use super::at_draft::AtDraft;
use super::receipt;
use super::verdict::{CheckLine, Refusal};
use crate::gateway::Gateway;
use crate::gateway::outcome::SubmitOutcome;
use crate::store::drafts::{Draft, FiledDraft, PreparedApplication};
use crate::submission::received::{ReceivedAttachment, ReceivedSubmission};
use crate::submission::rejection::Rejection;
use crate::web::extract::multipart::{Part, PartSpec};
use crate::web::extract::resident::MaybeResident;
use crate::web::forms::SummaryLine;
use crate::web::page::Page;
use crate::web::problem::Problem;

#[derive(Template)]
#[template(path = "resident/sign.html")]
struct SignView {
    page: Page,
    id: String,
    step: u8,
    errors: Vec<SummaryLine>,
    checks: Vec<CheckLine>,
    advice: String,
    office: Vec<String>,
    tried_at: String,
    not_after: String,
    agent: Option<AgentView>,
}

impl SignView {
    fn new(page: Page, at: &AtDraft, draft: &Draft, prepared: &PreparedApplication) -> Self {
        let agent = AgentView::of(&at.state);
        let (office, tried_at) = at.where_to_ask(&page);
        let mut page = page.titled("sign-title");
        page.connect_to = agent.as_ref().map(|agent| agent.origin.clone());
        Self {
            id: draft.key.id.clone(),
            step: 4,
            errors: Vec::new(),
            checks: Vec::new(),
            advice: String::new(),
            office,
            tried_at,
            not_after: super::dates::moment(page.language, prepared.not_after),
            agent,
            page,
        }
    }

    fn respond(mut self, status: StatusCode, message: Option<String>) -> HttpResponse {
        let line = message.map(|message| SummaryLine { id: "f-signature".to_owned(), message });
        self.errors = line.into_iter().collect();
        self.page.has_errors = !self.errors.is_empty();
        self.page.respond(status, &self)
    }

    /// The page again after a refusal: what is wrong, what to do, and every check that failed.
    fn refused(mut self, rejection: &Rejection) -> HttpResponse {
        let refusal = Refusal::new(self.page.language, rejection);
        (self.checks, self.advice) = (refusal.checks, refusal.advice);
        self.respond(refusal.status, Some(refusal.title))
    }
}

/// The ways to sign.
///
/// # Errors
/// 404 for a draft that is not this browser's.
pub async fn get_sign(page: Page, at: AtDraft) -> Result<HttpResponse, Problem> {
    let (draft, prepared) = match at.prepared().await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    Ok(SignView::new(at.with_token(page), &at, &draft, &prepared).respond(StatusCode::OK, None))
}

/// Files the application with the signature that was uploaded; the answer is the receipt, with the access key, once.
///
/// # Errors
/// 404 for a draft that is not this browser's; an upload that cannot be read; 503.
pub async fn post_signature(
    page: Page,
    at: AtDraft,
    request: HttpRequest,
    payload: web::Payload,
    resident: MaybeResident,
) -> Result<HttpResponse, Problem> {
    let specs = [PartSpec::optional("signature", at.state.config.limits.signature)];
    let mut parts = at.read_form(&request, payload, &specs).await?;
    let (draft, prepared) = match at.prepared().await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let view = SignView::new(at.with_token(page.clone()), &at, &draft, &prepared);
    let Some(signature) = parts.take("signature").filter(|part| !part.bytes.is_empty()) else {
        let message = view.page.t("sign-none-chosen").into_owned();
        return Ok(view.respond(StatusCode::UNPROCESSABLE_ENTITY, Some(message)));
    };
    let received = received(&at.gateway, &draft, prepared, signature).await?;
    let outcome = at.gateway.submit(received).await;
    // Sent twice at once, the first has filed it and taken the files out of the draft: that receipt is the answer.
    if matches!(outcome, SubmitOutcome::Rejected(_)) && at.open().await?.filed.is_some() {
        return Ok(at.lead_to("receipt"));
    }
    let linkable = offer_link(&at.gateway, resident, &outcome).await;
    settle(at.with_token(page), view, (&at.gateway, linkable), &draft, outcome).await
}

/// What was filed now, out of this browser's own draft and while somebody is signed in, may be linked to their account.
/// Gives whether they are to be asked. A fault here must not keep the receipt from them: they are asked at their next
/// filing.
async fn offer_link(gateway: &Gateway, resident: MaybeResident, outcome: &SubmitOutcome) -> bool {
    let (Some(resident), SubmitOutcome::New { arrival_number, .. }) = (resident.0, outcome) else { return false };
    let offered = gateway.store.link_offer(resident.account, *arrival_number, gateway.clock.now()).await;
    offered.unwrap_or_else(|error| {
        tracing::warn!(target: "madoguchi::http", %error, "a link could not be offered");
        false
    })
}

/// What the pages collected, as a filing.
async fn received(
    gateway: &Gateway,
    draft: &Draft,
    prepared: PreparedApplication,
    signature: Part,
) -> Result<ReceivedSubmission, Problem> {
    let contents = gateway.store.draft_contents(draft.key.clone()).await?;
    let attachment = |(file, content): (&crate::store::drafts::DraftAttachment, Vec<u8>)| ReceivedAttachment {
        claimed_name: file.name.clone(),
        bytes: Bytes::from(content),
        sha256: file.sha256,
    };
    let mut application_sha256 = [0; 32];
    let digest = ring::digest::digest(&ring::digest::SHA256, &prepared.application);
    application_sha256.copy_from_slice(digest.as_ref());
    Ok(ReceivedSubmission {
        application: Bytes::from(prepared.application),
        application_sha256,
        signature: signature.bytes,
        signature_sha256: signature.sha256,
        attachments: draft.attachments.iter().zip(contents).map(attachment).collect(),
        received_at: gateway.clock.now(),
    })
}

async fn settle(
    page: Page,
    view: SignView,
    (gateway, linkable): (&Gateway, bool),
    draft: &Draft,
    outcome: SubmitOutcome,
) -> Result<HttpResponse, Problem> {
    let (filed, access_token) = match outcome {
        SubmitOutcome::New { arrival_number, receipt_json, receipt_jws, access_token, .. } => {
            (FiledDraft { arrival_number, receipt_json, receipt_jws }, access_token)
        }
        SubmitOutcome::Known { arrival_number, receipt_json, receipt_jws, .. } => {
            (FiledDraft { arrival_number, receipt_json, receipt_jws }, None)
        }
        SubmitOutcome::Rejected(rejection) => return Ok(view.refused(&rejection)),
        SubmitOutcome::Unavailable => {
            let unavailable = crate::web::api::answer::unavailable();
            return Ok(view.refused(unavailable.rejection()));
        }
    };
    // The filing is on disk: a fault in tidying the draft up must not keep the receipt and its key from the resident.
    if let Err(error) = gateway.store.draft_filed(draft.key.clone(), filed.clone()).await {
        tracing::warn!(%error, "a filed draft could not be tidied up");
    }
    let filing = gateway.store.submission_find(filed.arrival_number).await.ok().flatten();
    let shown = receipt::Shown { filing, access_token, linkable };
    Ok(receipt::respond(page, gateway, &draft.key.id, &filed, shown).await)
}
