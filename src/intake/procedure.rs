//! Which procedure, to which agency, in which version; and whether the answers fit.
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::document::ApplicationDocument;
use crate::procedures::definition::japan_day;
use crate::procedures::{AdmissibleForm, Catalog, Procedure, Subject};
use crate::submission::rejection::{FieldFault, Rejection, RejectionCode};

/// The procedure that the document names: in the catalog, in a version that is taken now or was when the document was made
/// (it may be filed for a while after), and taken by the recipient.
pub(super) fn find(
    document: &ApplicationDocument,
    catalog: &Catalog,
    now: DateTime<Utc>,
) -> Result<Arc<Procedure>, Box<Rejection>> {
    let refuse = |code, detail: String| Err(Box::new(Rejection::new(code, detail)));
    let code = document.procedure.as_str();
    let taken_now = catalog.in_force(code, now);
    let taken = [taken_now, catalog.in_force(code, document.created_at)].into_iter().flatten();
    let Some(procedure) = taken.into_iter().find(|procedure| procedure.form_version == document.form_version) else {
        return match taken_now {
            None => refuse(
                RejectionCode::UnknownProcedure,
                "The procedure is not in the catalog of this gateway, or is not taken now.".into(),
            ),
            Some(now) => refuse(
                RejectionCode::FormVersion,
                format!("Version {} of the form is taken now: fill it in anew.", now.form_version),
            ),
        };
    };
    if !procedure.is_taken_by(&document.recipient) {
        return refuse(RejectionCode::UnknownRecipient, "The recipient does not take this procedure.".into());
    }
    Ok(Arc::clone(procedure))
}

/// The answers, judged by the procedure's schema and by what a schema cannot say, as of the day on which they were written;
/// who files for whom, as of the day on which they arrive.
pub(super) fn judge_answers(
    document: &ApplicationDocument,
    procedure: &Arc<Procedure>,
    now: DateTime<Utc>,
) -> Result<AdmissibleForm, Box<Rejection>> {
    let today = japan_day(document.created_at);
    let subject = Subject { applicant: &document.applicant, today, filed_on: japan_day(now) };
    procedure.judge(Arc::clone(&document.answers), &subject).map_err(|faults| Box::new(answers_invalid(faults)))
}

/// The refusal of answers, with a place for every fault.
fn answers_invalid(faults: Vec<FieldFault>) -> Rejection {
    let first = faults.first().map_or_else(String::new, |fault| format!(": {} {}", fault.pointer, fault.message));
    let detail = format!("{} of the answers do not fit the form{first}.", faults.len());
    let detail =
        if faults.len() == 1 { detail.replacen("1 of the answers do", "One of the answers does", 1) } else { detail };
    Rejection::new(RejectionCode::AnswersInvalid, detail).with_faults(faults)
}
