//! Where to ask, in words: the office of a procedure.
use actix_web::{HttpMessage, HttpRequest};

use crate::gateway::Gateway;
use crate::procedures::office::Office;
use crate::web::extract::about::About;
use crate::web::i18n::Language;

/// Its name, address, telephone and hours, a line each.
pub fn lines(language: Language, office: &Office) -> Vec<String> {
    let telephone = match office.telephone.as_str() {
        "" => String::new(),
        number => language.with("lives-office-telephone", "number", number),
    };
    let hours = language.with("lives-office-hours", "hours", office.hours.get(language));
    let all = [office.name.get(language).to_owned(), office.address.get(language).to_owned(), telephone, hours];
    all.into_iter().filter(|line| !line.is_empty()).collect()
}

/// Those of what a request is about; none where that is not known.
pub fn of_request(language: Language, gateway: &Gateway, request: &HttpRequest) -> Vec<String> {
    let noted = request.extensions().get::<About>().cloned();
    let named = || {
        let procedure = request.path().strip_prefix("/procedures/")?.split('/').next()?.to_owned();
        Some(About { procedure, recipient: None })
    };
    let Some(about) = noted.or_else(named) else { return Vec::new() };
    let office = gateway.catalog.get(&about.procedure).and_then(|procedure| procedure.office(about.recipient.as_ref()));
    office.map(|office| lines(language, office)).unwrap_or_default()
}
