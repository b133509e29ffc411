//! The document of an order: made, sealed and recorded once it is paid for; given out as PDF with its seal until it is printed.
use actix_web::{HttpResponse, web};

use super::{kind_of, offered, own_order};
use crate::gateway::Gateway;
use crate::gateway::papers::issue::PaperDraft;
use crate::registry::history::day_in_japan;
use crate::registry::papers::facts::{FactKind, Facts};
use crate::registry::papers::till::{OrderEvent, OrderState};
use crate::store::papers::orders::{Order, OrderStep};
use crate::store::papers::{IssuedPaper, PaperKey};
use crate::web::download;
use crate::web::extract::resident::Resident;
use crate::web::print::paper::PaperContents;
use crate::web::problem::Problem;

/// Makes the document of an order that is paid for. Where it cannot be made, the money is given back and the log says why.
///
/// # Errors
/// Where the record cannot be written: the order stays paid, and its page offers to try again.
pub async fn make(gateway: &Gateway, order: &Order) -> Result<(), Problem> {
    let now = gateway.clock.now();
    match issue(gateway, order).await {
        Ok(paper) => match gateway.store.order_step(&order.id, OrderEvent::Issued, Some(paper), now).await? {
            OrderStep::Done(_) => {}
            // Made twice at the same moment: one is of the order, the other is withdrawn.
            OrderStep::OutOfOrder(_) => {
                gateway.store.paper_void(paper, "replaced", "kiosk".to_owned(), now).await?;
            }
        },
        Err(error) => {
            tracing::error!(target: "madoguchi::kiosk", %error, "a document could not be made; the money is given back");
            for event in [OrderEvent::NotMade, OrderEvent::Refunded] {
                gateway.store.order_step(&order.id, event, None, now).await?;
            }
        }
    }
    Ok(())
}

/// The row of the document that was issued, or why there is none.
async fn issue(gateway: &Gateway, order: &Order) -> Result<i64, String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let kind = kind_of(&order.kind).map_err(|_| "the kind is not known".to_owned())?;
    let record = gateway.resident_record(&order.record_id).await.map_err(|error| told(&error))?;
    // It may have changed since it was asked for.
    let record = record.filter(|record| record.is_current()).ok_or("the record is not current any more")?;
    let issuer = gateway.papers().and_then(|desk| desk.issuer(order.municipality)).ok_or("no seal")?;
    let entries = gateway.paper_entries(&record, kind).await.map_err(|error| told(&error))?;
    let code = gateway.paper_code().map_err(|error| told(&error))?;
    let contents = PaperContents {
        kind,
        municipality: (issuer.name.clone(), issuer.name_en.clone()),
        issuer: issuer.issuer.clone(),
        issued_on: day_in_japan(gateway.clock.now()).to_string(),
        origin: gateway.origin().to_owned(),
        code,
        people: entries.people,
    };
    let pdf = web::block(move || contents.to_pdf()).await.map_err(|error| told(&error))?;
    let facts: Vec<(FactKind, &str)> = entries.facts.iter().map(|(kind, value)| (*kind, value.as_str())).collect();
    let draft = PaperDraft {
        kind,
        municipality: order.municipality,
        code,
        pdf: pdf.map_err(|error| told(&error))?,
        facts: Facts::of(&code, &facts),
        record_id: Some(order.record_id.clone()),
        by: "kiosk".to_owned(),
    };
    gateway.issue_paper(draft).await.map(|sealed| sealed.id).map_err(|error| told(&error))
}

/// The document of an order of who is signed in, while it is to be printed or was.
async fn of_order(
    gateway: &Gateway,
    Resident(session): Resident,
    id: &str,
) -> Result<(IssuedPaper, bytes::Bytes), Problem> {
    offered(gateway)?;
    let order = own_order(gateway, &session, id).await?;
    let is_there = matches!(order.till.state, OrderState::Issued | OrderState::Printed);
    let paper = order.paper_id.filter(|_| is_there).ok_or_else(Problem::not_found)?;
    gateway.store.paper_read(PaperKey::Id(paper)).await?.ok_or_else(Problem::not_found)
}

/// The document.
///
/// # Errors
/// The way to the sign-in; 404 where there is none.
pub async fn get_pdf(
    resident: Resident,
    gateway: web::Data<Gateway>,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let (paper, pdf) = of_order(&gateway, resident, &path).await?;
    Ok(download::of_kind("application/pdf", &format!("{}.pdf", paper.kind), pdf))
}

/// Its detached seal.
///
/// # Errors
/// As [`get_pdf`].
pub async fn get_seal(
    resident: Resident,
    gateway: web::Data<Gateway>,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let (paper, _) = of_order(&gateway, resident, &path).await?;
    Ok(download::of_kind("application/pkcs7-signature", &format!("{}.pdf.p7s", paper.kind), paper.seal))
}
