//! Making an application document for a resident to sign (POST /api/v1/applications).
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, SubsecRound as _, Utc};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::Gateway;
use super::outcome::{Stop, sha256};
use crate::evidence::request::{self, RequestFacts};
use crate::ids::ApplicationId;
use crate::intake::document::{Applicant, ApplicationDocument, Corrects, FORMAT, ListedAttachment};
use crate::intake::{self};
use crate::pki::certificate::Certificate;
use crate::pki::jpki;
use crate::procedures::{AdmissibleForm, Language};
use crate::registry::matching::ApplicantRule;
use crate::store::signing_requests::SigningRequest;
use crate::submission::rejection::{FieldFault, Rejection, RejectionCode};

/// What an application is made of: the body of POST /api/v1/applications.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationRequest {
    /// The procedure's code.
    pub procedure: String,
    /// The agency's code.
    pub recipient: String,
    /// The answers.
    pub answers: Value,
    /// The attachments.
    #[serde(default)]
    pub attachments: Vec<ListedAttachment>,
    /// Who applies; or `certificate`.
    #[serde(default)]
    pub applicant: Option<Applicant>,
    /// The signer's certificate (PEM, or base64 of DER), out of which the applicant is filled in. It is not verified
    /// here: the signature will be.
    #[serde(default)]
    pub certificate: Option<String>,
    /// The resident's language, for the labels in the signing request.
    #[serde(default)]
    pub language: Language,
    /// Only for a correction.
    #[serde(default)]
    pub corrects: Option<Corrects>,
}

/// An application made, and the request to sign it.
#[derive(Debug, Clone)]
pub struct MadeApplication {
    /// The request's identifier: the `jti` of the JWS.
    pub request_id: String,
    /// The document's exact bytes.
    pub application: Bytes,
    /// Their SHA-256.
    pub sha256: [u8; 32],
    /// Until when it may be filed.
    pub not_after: DateTime<Utc>,
    /// The signing request, a compact JWS.
    pub request_jws: String,
}

/// Why no application was made.
#[derive(Debug)]
pub enum MakeError {
    /// Something in the request is wrong.
    Rejected(Box<Rejection>),
    /// The request cannot be written down now.
    Unavailable,
}

impl From<Stop> for MakeError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Rejected(rejection) => Self::Rejected(rejection),
            Stop::Unavailable => Self::Unavailable,
        }
    }
}

impl Gateway {
    /// Makes an application document and the request to sign it, and keeps the request.
    ///
    /// # Errors
    /// A refusal that says what is wrong with the request.
    pub async fn make_application(&self, request: ApplicationRequest) -> Result<MadeApplication, MakeError> {
        Ok(self.make(request).await?)
    }

    async fn make(&self, request: ApplicationRequest) -> Result<MadeApplication, Stop> {
        let language = request.language;
        let now = self.clock.now().trunc_subsecs(0);
        let made = self.compose(request, now)?;
        // Indented: it is what the resident signs, and people can read it as it is.
        let bytes = serde_json::to_vec_pretty(&made).map_err(|_| bad("", "invalid", "cannot be written as JSON"))?;
        if bytes.len() > self.rules.limits.application_bytes {
            let detail = format!("The application may have {} bytes at most.", self.rules.limits.application_bytes);
            return Err(Box::new(Rejection::new(RejectionCode::TooLarge, detail)).into());
        }
        // The bytes pass what they will have to pass when they come back signed: one judge, no second opinion.
        let (document, form) = intake::check_document(&bytes, &self.catalog, &self.rules, now)?;
        let digest = sha256(&bytes);
        let request_id = Uuid::new_v4().to_string();
        let request_jws = self.request_jws(&document, &form, digest, &request_id, language)?;
        let kept = SigningRequest {
            application_sha256: digest,
            application_id: document.application_id,
            issued_at: document.created_at,
            expires_at: document.expires_at,
        };
        self.store.signing_request_put(kept).await?;
        let (application, not_after) = (Bytes::from(bytes), document.expires_at);
        Ok(MadeApplication { request_id, application, sha256: digest, not_after, request_jws })
    }

    fn compose(&self, request: ApplicationRequest, now: DateTime<Utc>) -> Result<ApplicationDocument, Box<Rejection>> {
        let procedure = self.catalog.in_force(&request.procedure, now).ok_or_else(|| {
            let detail = "The procedure is not in the catalog of this gateway.";
            Box::new(Rejection::new(RejectionCode::UnknownProcedure, detail))
        })?;
        let recipient = request.recipient.parse().map_err(|_| {
            let detail = "The recipient is not a municipality code of 6 digits with its check digit.";
            Box::new(Rejection::new(RejectionCode::UnknownRecipient, detail))
        })?;
        let application_id =
            ApplicationId::new(fresh_uuid(now)).map_err(|_| bad("/application_id", "invalid", "could not be made"))?;
        Ok(ApplicationDocument {
            format: FORMAT.to_owned(),
            gateway: self.rules.origin.clone(),
            procedure: procedure.code.clone(),
            form_version: procedure.form_version,
            application_id,
            recipient,
            created_at: now,
            expires_at: now + self.rules.limits.life,
            applicant: self.applicant(request.applicant, request.certificate)?,
            answers: Arc::new(request.answers),
            attachments: request.attachments,
            corrects: request.corrects,
        })
    }

    /// The applicant as given, or as the certificate says. One of the two.
    fn applicant(&self, given: Option<Applicant>, certificate: Option<String>) -> Result<Applicant, Box<Rejection>> {
        match (given, certificate) {
            (Some(applicant), None) => Ok(applicant),
            (None, Some(certificate)) => applicant_of(&certificate, self.rules.applicant),
            (Some(_), Some(_)) => Err(bad("/certificate", "conflict", "and applicant exclude each other: give one")),
            (None, None) => Err(bad("/applicant", "required", "must be given, or a certificate in its place")),
        }
    }

    fn request_jws(
        &self,
        document: &ApplicationDocument,
        form: &AdmissibleForm,
        digest: [u8; 32],
        request_id: &str,
        language: Language,
    ) -> Result<String, Stop> {
        let applicant = &document.applicant;
        let stated = [
            ("name", true),
            ("date_of_birth", applicant.date_of_birth.is_some()),
            ("sex", applicant.sex.is_some()),
            ("address", applicant.address.is_some()),
        ];
        let members: Vec<_> = stated.iter().filter(|(_, stated)| *stated).map(|(name, _)| *name).collect();
        let facts = RequestFacts {
            origin: &self.rules.origin,
            request_id,
            issued_at: document.created_at,
            not_after: document.expires_at,
            application_sha256: digest,
            procedure: form.procedure(),
            answers: form.answers(),
            applicant_members: &members,
            attachments: document.attachments.len(),
            language,
        };
        Ok(request::issue(&self.keys, &facts)?)
    }
}

fn bad(pointer: &str, code: &'static str, message: &'static str) -> Box<Rejection> {
    let detail = format!("{} {message}.", if pointer.is_empty() { "The application" } else { pointer });
    let fault = FieldFault::new(pointer, code, message);
    Box::new(Rejection::new(RejectionCode::BadRequest, detail).with_faults(vec![fault]))
}

/// A UUIDv7 of the gateway's clock.
fn fresh_uuid(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, now.timestamp_subsec_nanos()))
}

/// Reads the applicant out of a certificate of which nothing is believed yet.
///
/// # Errors
/// `bad-request` when it is no certificate, or names nobody.
pub fn applicant_of(certificate: &str, rule: ApplicantRule) -> Result<Applicant, Box<Rejection>> {
    let unreadable = || bad("/certificate", "wrong-form", "must be one certificate, PEM or base64 of its DER");
    let bytes = if certificate.contains("-----BEGIN") {
        certificate.as_bytes().to_vec()
    } else {
        STANDARD.decode(certificate.trim()).map_err(|_| unreadable())?
    };
    let mut found = Certificate::from_pem_or_der(&bytes).map_err(|_| unreadable())?.into_iter();
    let (Some(certificate), None) = (found.next(), found.next()) else { return Err(unreadable()) };
    let nobody =
        || bad("/certificate", "names-nobody", "does not state its holder's name: is it the signature certificate?");
    match rule {
        ApplicantRule::FourAttributes => {
            let holder = jpki::resident_attributes(&certificate).map_err(|_| nobody())?;
            Ok(Applicant {
                name: holder.name.ok_or_else(nobody)?,
                date_of_birth: holder.date_of_birth,
                sex: holder.sex.map(str::to_owned),
                address: holder.address,
            })
        }
        ApplicantRule::CommonName => Ok(Applicant {
            name: certificate.common_name().ok_or_else(nobody)?,
            date_of_birth: None,
            sex: None,
            address: None,
        }),
    }
}
