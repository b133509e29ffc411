//! Which procedure, to which agency, in which version; and whether the answers fit.
use std::sync::Arc;

use super::document::ApplicationDocument;
use crate::procedures::{AdmissibleForm, Catalog, Procedure};
use crate::submission::rejection::{FieldFault, Rejection, RejectionCode};

/// The procedure that the document names: in the catalog, in this version, and taken by the recipient.
pub(super) fn find(document: &ApplicationDocument, catalog: &Catalog) -> Result<Arc<Procedure>, Box<Rejection>> {
    let refuse = |code, detail: String| Err(Box::new(Rejection::new(code, detail)));
    let Some(procedure) = catalog.get(document.procedure.as_str()) else {
        return refuse(RejectionCode::UnknownProcedure, "The procedure is not in the catalog of this gateway.".into());
    };
    if document.form_version != procedure.form_version {
        return refuse(
            RejectionCode::FormVersion,
            format!("Version {} of the form is taken now: fill it in anew.", procedure.form_version),
        );
    }
    if !procedure.is_taken_by(&document.recipient) {
        return refuse(RejectionCode::UnknownRecipient, "The recipient does not take this procedure.".into());
    }
    Ok(Arc::clone(procedure))
}

/// The answers, judged by the procedure's schema.
pub(super) fn judge_answers(
    document: &ApplicationDocument,
    procedure: &Arc<Procedure>,
) -> Result<AdmissibleForm, Box<Rejection>> {
    procedure.judge(Arc::clone(&document.answers)).map_err(|faults| Box::new(answers_invalid(faults)))
}

/// The refusal of answers, with a place for every fault.
fn answers_invalid(faults: Vec<FieldFault>) -> Rejection {
    let first = faults.first().map_or_else(String::new, |fault| format!(": {} {}", fault.pointer, fault.message));
    let detail = format!("{} of the answers do not fit the form{first}.", faults.len());
    let detail =
        if faults.len() == 1 { detail.replacen("1 of the answers do", "One of the answers does", 1) } else { detail };
    Rejection::new(RejectionCode::AnswersInvalid, detail).with_faults(faults)
}
