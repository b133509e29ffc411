//! POST `/filings/{arrival_number}/messages`: a message to the agency; and `/notices`: what was seen.
use actix_web::http::StatusCode;
use actix_web::{Error, HttpResponse};

use super::page::{Said, show};
use crate::store::audit::RESIDENT;
use crate::store::messages::{NewMessage, Sent};
use crate::web::conversation::{MessageForm, read};
use crate::web::extract::csrf::CsrfForm;
use crate::web::extract::filing::FilingDoor;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::procedures::see_other;
use crate::web::resident::status;

/// Sends a message; one that cannot be sent stays in its field.
///
/// # Errors
/// 503. Where the filing is not open any more, the form that opens it keeps the message (401).
pub async fn post_message(page: Page, form: CsrfForm<MessageForm>, door: FilingDoor) -> Result<HttpResponse, Error> {
    let Some(open) = door.find().await? else {
        return Ok(status::keeping(page.csrf(door.browser.csrf_token()), door.number(), form.0.body));
    };
    let fault = match read(&form.0) {
        Ok(body) => {
            let new = NewMessage {
                arrival_number: open.number(),
                agency: None,
                actor: RESIDENT.to_owned(),
                body,
                at: door.gateway.clock.now(),
            };
            match door.gateway.store.message_send(new).await.map_err(Problem::from)? {
                Sent::Done => return Ok(see_other(&format!("{}#messages", open.address("")))),
                Sent::Full => "after-message-full",
            }
        }
        Err(fault) => fault,
    };
    let said = Said { message: form.0.body, message_fault: Some(fault) };
    let page = open.frame(page, &door.browser);
    Ok(show(page, &door.gateway, open, (StatusCode::UNPROCESSABLE_ENTITY, said)).await?)
}

/// Up to which notice the person has read.
#[derive(serde::Deserialize)]
pub struct SeenForm {
    #[serde(default)]
    notice: i64,
}

/// Marks notices as read.
///
/// # Errors
/// 401 where the filing is not open; 503.
pub async fn post_seen(form: CsrfForm<SeenForm>, door: FilingDoor) -> Result<HttpResponse, Error> {
    let open = door.open().await?;
    let now = door.gateway.clock.now();
    door.gateway.store.notices_read(open.number(), form.0.notice, now).await.map_err(Problem::from)?;
    Ok(see_other(&open.address("")))
}
