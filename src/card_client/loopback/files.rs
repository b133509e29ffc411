//! Comparing files at hand with the attachments that an application lists: in the client's own window the person chooses them,
//! they are hashed as they come, over loopback, and nothing of them is kept but what was found.
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt;

use super::multipart::{ChosenFile, Form, Reader};
use super::operation::{Kind, Operation};
use super::pages::{accepted_language, go_on, is_own_form};
use super::screen;
use super::state::Agent;
use crate::card_client::attachments::Attachment;
use crate::card_client::visible::neutralise;

/// `POST /files`.
pub async fn post_files(agent: web::Data<Agent>, request: HttpRequest, mut body: web::Payload) -> HttpResponse {
    let language = accepted_language(request.headers());
    let Some(form) = read(&agent, &request, &mut body).await else { return screen::forged(language) };
    let mut inner = agent.inner();
    let now = agent.now();
    let Some(operation) = inner.take_form(&form.secret, now).filter(|operation| operation.is_waiting(now)) else {
        return screen::gone(language);
    };
    operation.compare(form.files);
    go_on(operation, language)
}

async fn read(agent: &Agent, request: &HttpRequest, body: &mut web::Payload) -> Option<Form> {
    is_own_form(agent, request.headers(), "multipart/form-data").then_some(())?;
    let mut reader = Reader::new(super::guard::one_header(request.headers(), &header::CONTENT_TYPE)?)?;
    while let Some(piece) = body.next().await {
        reader.push(&piece.ok()?).ok()?;
    }
    reader.finish().ok()
}

impl Operation {
    /// Keeps which attachments the files are; a file that is none of them is told by its name.
    fn compare(&mut self, files: Vec<ChosenFile>) {
        let Kind::Sign { requests, .. } = &self.kind else { return };
        let listed: Vec<Attachment> =
            requests.iter().flat_map(|request| Attachment::listed_in(request.root())).collect();
        let (found, strangers): (Vec<ChosenFile>, Vec<ChosenFile>) =
            files.into_iter().partition(|file| listed.iter().any(|attachment| attachment.is(file.size, &file.sha256)));
        self.at_hand.extend(found.into_iter().map(|file| (file.size, file.sha256)));
        let names: Vec<String> = strangers.iter().map(|file| neutralise(&file.name)).collect();
        let texts = self.language.texts();
        self.notice = (!names.is_empty()).then(|| format!("{}: {}", texts.not_an_attachment, names.join(", ")));
    }
}
