//! The catalog of procedures.
use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::json;
use crate::gateway::Gateway;
use crate::procedures::{Procedure, Text};
use crate::web::problem::Problem;

/// A procedure as the list shows it.
#[derive(Serialize)]
struct Entry<'a> {
    code: &'a str,
    form_version: u32,
    title: &'a Text,
    summary: &'a Text,
    agency: &'a Text,
    fee_yen: u32,
}

impl<'a> From<&'a Procedure> for Entry<'a> {
    fn from(procedure: &'a Procedure) -> Self {
        Self {
            code: procedure.code.as_str(),
            form_version: procedure.form_version,
            title: &procedure.title,
            summary: &procedure.summary,
            agency: &procedure.agency,
            fee_yen: procedure.fee_yen,
        }
    }
}

/// `GET /api/v1/procedures`.
///
/// # Errors
/// None but faults.
pub async fn list_procedures(gateway: web::Data<Gateway>) -> Result<HttpResponse, Problem> {
    let procedures: Vec<Entry<'_>> =
        gateway.catalog.taken_at(gateway.clock.now()).map(|procedure| procedure.as_ref().into()).collect();
    json(&serde_json::json!({ "procedures": procedures }))
}

/// `GET /api/v1/procedures/{code}`: with its JSON Schema, labels, fee and agency.
///
/// # Errors
/// 404 where it is not in the catalog.
pub async fn get_procedure(gateway: web::Data<Gateway>, code: web::Path<String>) -> Result<HttpResponse, Problem> {
    let procedure = gateway.catalog.in_force(&code, gateway.clock.now()).ok_or_else(Problem::not_found)?;
    json(procedure.as_ref())
}
