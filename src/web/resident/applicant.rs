//! The applicant out of a certificate: the four attributes as they stand there, byte for byte. Nothing is verified
//! here; the signature will be.
use actix_web::{HttpRequest, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::at_draft::AtDraft;
use super::drafts::DraftInput;
use crate::pki::certificate::Certificate;
use crate::pki::jpki;
use crate::web::extract::multipart::PartSpec;
use crate::web::problem::Problem;

/// The largest certificate file, in bytes.
const LIMIT: u64 = 64 * 1024;

/// The file of a form with the parts `csrf` and `certificate`.
///
/// # Errors
/// An upload that cannot be read or did not come from a page of this site.
pub async fn read_upload(at: &AtDraft, request: &HttpRequest, payload: web::Payload) -> Result<Bytes, Problem> {
    let mut parts = at.read_form(request, payload, &[PartSpec::optional("certificate", LIMIT)]).await?;
    Ok(parts.take("certificate").map(|part| part.bytes).unwrap_or_default())
}

/// Fills the applicant in and locks it; `false` where the file holds no certificate that names a person.
pub fn fill_in(input: &mut DraftInput, file: &[u8]) -> bool {
    // A page's script sends what the card client gave it: base64 of DER.
    let decoded = std::str::from_utf8(file).ok().and_then(|text| STANDARD.decode(text.trim()).ok());
    let Ok(found) = Certificate::from_pem_or_der(decoded.as_deref().unwrap_or(file)) else { return false };
    let Some(certificate) = found.first() else { return false };
    let Ok(attributes) = jpki::resident_attributes(certificate) else { return false };
    let Some(name) = attributes.name.or_else(|| certificate.common_name()) else { return false };
    input.name = name;
    input.date_of_birth = attributes.date_of_birth.unwrap_or_default();
    input.sex = attributes.sex.unwrap_or_default().to_owned();
    input.address = attributes.address.unwrap_or_default();
    input.certificate = Some(STANDARD.encode(certificate.der()));
    true
}
