//! Validating any signature against this gateway's trust; nothing is stored.
use actix_web::{HttpResponse, web};

use super::json;
use crate::gateway::Gateway;
use crate::web::extract::multipart::ValidationUpload;
use crate::web::problem::Problem;

/// From here on, bytes, a validation leaves the worker, which has other requests to answer.
const LARGE: usize = 512 * 1024;

/// `POST /api/v1/validations`: the report of `madoguchi verify`, whatever the verdict.
///
/// # Errors
/// None but faults: what is wrong with the signature is in the report.
pub async fn post_validation(gateway: web::Data<Gateway>, upload: ValidationUpload) -> Result<HttpResponse, Problem> {
    let size = upload.signature.len() + upload.content.as_ref().map_or(0, bytes::Bytes::len);
    let validate = move || gateway.validate(&upload.signature, upload.content.as_deref());
    let report = match size < LARGE {
        true => validate(),
        false => web::block(validate).await.map_err(Problem::internal)?,
    };
    json(&report)
}
