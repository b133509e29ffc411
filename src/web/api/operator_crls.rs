//! Revocation lists for programs of the PKI operators: take one in, see which are in use.
use std::collections::HashSet;

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::json;
use crate::gateway::Gateway;
use crate::pki::crl::{CrlIdentity, CrlRefusal, MAX_CRL, sources};
use crate::store::audit::AuditEntry;
use crate::submission::rejection::{FieldFault, Rejection, RejectionCode};
use crate::web::extract::body::BodyReader;
use crate::web::extract::operator_program::OperatorProgram;
use crate::web::problem::Problem;
use crate::web::state::WebState;

/// A list in use.
#[derive(Serialize)]
struct ListView {
    #[serde(flatten)]
    identity: CrlIdentity,
    scope: String,
    entries: usize,
    archived_since: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct ListsView {
    lists: Vec<ListView>,
}

/// `GET /api/v1/operator/crls`: the lists in use.
///
/// # Errors
/// 401; 403.
pub async fn list_crls(gateway: web::Data<Gateway>, _: OperatorProgram) -> Result<HttpResponse, Problem> {
    let lists = gateway.crls.list().into_iter().map(|list| ListView {
        identity: (*list.identity).clone(),
        scope: list.scope,
        entries: list.entries,
        archived_since: list.archived_since,
    });
    json(&ListsView { lists: lists.collect() })
}

/// `POST /api/v1/operator/crls`: takes a list in. 201 with its identity, 200 where it is in use already, 422 with the code of
/// the refusal among `faults`.
///
/// # Errors
/// 401; 403; 413; 415; 422; a record that does not answer.
pub async fn post_crl(
    request: HttpRequest,
    payload: Payload,
    (gateway, state): (web::Data<Gateway>, web::Data<WebState>),
    program: OperatorProgram,
) -> Result<HttpResponse, Problem> {
    if !is_list(&request) {
        return Err(Problem::new(RejectionCode::UnsupportedMediaType, "Send application/pkix-crl."));
    }
    let body = BodyReader::new(&request, payload.into_inner())?.at_most(MAX_CRL as u64).collect().await?;
    let sha256 = sources::digest(&body);
    let held: HashSet<String> = gateway.crls.list().iter().map(|list| list.identity.sha256.clone()).collect();
    let (intake, folder, now) = (gateway.clone(), state.config.crl_directory.clone(), gateway.clock.now());
    // A large list takes a while: not on a thread that serves requests.
    let taken = web::block(move || {
        let verifier = intake.verifier();
        match folder {
            Some(folder) => sources::upload(&intake.crls, &folder, &body, verifier.trust(), now),
            None => intake.crls.offer_from("upload", &body, verifier.trust(), now),
        }
    });
    let taken = taken.await.map_err(Problem::internal)?;
    let outcome = taken.as_ref().err().map_or("done", |refusal| refusal.code);
    let entry = AuditEntry {
        at: now,
        actor: program.0.actor(),
        action: "upload_crl",
        subject: sha256,
        outcome: outcome.to_owned(),
        request_id: None,
    };
    gateway.store.audit_append(entry).await?;
    let identity = taken.map_err(refused)?;
    let mut answer = json(&*identity)?;
    if !held.contains(&identity.sha256) {
        *answer.status_mut() = StatusCode::CREATED;
    }
    Ok(answer)
}

fn is_list(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    ["application/pkix-crl", "application/x-pkcs7-crl", "application/octet-stream"]
        .iter()
        .any(|known| essence.eq_ignore_ascii_case(known))
}

fn refused(refusal: CrlRefusal) -> Problem {
    let fault = FieldFault::new("", refusal.code, refusal.detail.clone());
    Rejection::new(RejectionCode::ListRefused, format!("{}: {}", refusal.code, refusal.detail))
        .with_faults(vec![fault])
        .into()
}
