//! /agency/identity: an agency asks whether a person's data are current, with its purpose and legal basis. The answer is one
//! word; the person sees that it was asked, by whom and why.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::gateway::Gateway;
use crate::gateway::registry::identity::IdentityRefusal;
use crate::registry::code::ResidentRecordCode;
use crate::registry::purpose::{Asker, BASES, Basis, PurposeFault, permit, purposes_of};
use crate::registry::query::{ClaimedPerson, IdentityQuery, IdentityResult};
use crate::registry::record::{BirthDate, Sex};
use crate::submission::rejection::{FieldFault, Rejection, RejectionCode};
use crate::web::clerk::words;
use crate::web::extract::csrf::{Browser, CsrfForm};
use crate::web::extract::session::AgencyUser;
use crate::web::forms::{Choice, Field, FieldKind, SummaryLine, summary};
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::dates::moment;
use crate::web::staff::frame;

/// The longest name and address that are asked about, in characters.
const LONGEST: usize = 600;

/// A question as it is sent: the body of POST /api/v1/agency/identity, and the form of the page.
#[derive(Clone, Default, Deserialize)]
pub struct IdentityForm {
    /// Name.
    #[serde(default)]
    pub name: String,
    /// `1985-04-12`, or in part.
    #[serde(default)]
    pub date_of_birth: String,
    /// `male`, `female` or `unknown`.
    #[serde(default)]
    pub sex: String,
    /// Address, from the prefecture on.
    #[serde(default)]
    pub address: String,
    /// The Resident Record Code, where the purpose allows it.
    #[serde(default)]
    pub code: String,
    /// For what: a word of the table of purposes.
    #[serde(default)]
    pub purpose: String,
    /// On which clause: a word of the table of purposes.
    #[serde(default)]
    pub legal_basis: String,
}

/// Nothing of the person is shown.
impl std::fmt::Debug for IdentityForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdentityForm(not shown)")
    }
}

/// What is wrong with a question: the field, and a stable word.
pub type Fault = (&'static str, &'static str);

impl IdentityForm {
    /// The question of an agency, or everything that is wrong with it.
    ///
    /// # Errors
    /// Each field that is wrong, with a stable word.
    pub fn query(&self, gateway: &Gateway, asked_by: String) -> Result<IdentityQuery, Vec<Fault>> {
        let mut faults = Vec::new();
        for (field, text) in [("name", &self.name), ("address", &self.address)] {
            match text.trim() {
                "" => faults.push((field, "required")),
                text if text.chars().count() > LONGEST => faults.push((field, "too-long")),
                _ => {}
            }
        }
        let born = self.date_of_birth.trim().parse::<BirthDate>();
        if born.is_err() {
            faults.push(("date_of_birth", "wrong-form"));
        }
        let sex = self.sex.parse::<Sex>().ok();
        if sex.is_none() {
            faults.push(("sex", "required"));
        }
        let code = self.code(gateway);
        if code.is_err() {
            faults.push(("code", "wrong-form"));
        }
        let with_code = !self.code.trim().is_empty();
        let allowed = permit(Asker::Agency, &self.purpose, &self.legal_basis, with_code);
        if let Err(fault) = allowed {
            faults.push((field_of(fault), fault.code()));
        }
        match (born, sex, code, allowed) {
            (Ok(born), Some(sex), Ok(code), Ok(permit)) if faults.is_empty() => Ok(IdentityQuery {
                person: ClaimedPerson {
                    name: self.name.trim().to_owned(),
                    date_of_birth: born.to_string(),
                    sex,
                    address: self.address.trim().to_owned(),
                },
                code,
                permit,
                asked_by,
            }),
            _ => Err(faults),
        }
    }

    fn code(&self, gateway: &Gateway) -> Result<Option<ResidentRecordCode>, ()> {
        match (self.code.trim(), gateway.registry()) {
            ("", _) => Ok(None),
            (text, Some(registry)) => {
                ResidentRecordCode::parse(text, registry.vault().rule()).map(Some).map_err(|_| ())
            }
            (_, None) => Err(()),
        }
    }
}

fn field_of(fault: PurposeFault) -> &'static str {
    match fault {
        PurposeFault::NoPurpose | PurposeFault::NotForThisAsker => "purpose",
        PurposeFault::NoLegalBasis | PurposeFault::BasisDoesNotFit => "legal_basis",
        PurposeFault::CodeForbidden => "code",
    }
}

/// Faults as the API answers them.
pub fn problem_of(faults: Vec<Fault>) -> Problem {
    let forbidden = PurposeFault::CodeForbidden.code();
    let basis = faults.iter().any(|(field, code)| matches!(*field, "purpose" | "legal_basis") || *code == forbidden);
    let detail = if basis {
        "The registry answers only for a purpose of an agency and on the clause of the Act that the purpose rests on."
    } else {
        "The question cannot be read: see the faults."
    };
    let fault = |(field, code): Fault| FieldFault::new(format!("/{field}"), code, "is not as it must be");
    let code = if basis { RejectionCode::Forbidden } else { RejectionCode::BadRequest };
    Rejection::new(code, detail).with_faults(faults.into_iter().map(fault).collect()).into()
}

/// A refusal as HTTP has it.
pub fn refused(refusal: IdentityRefusal) -> Problem {
    match refusal {
        IdentityRefusal::NoRegistry => Problem::not_found(),
        IdentityRefusal::Limited => {
            let detail = "This asker has asked as often as it may within an hour. It is noted; ask again later.";
            Problem::new(RejectionCode::TooManyRequests, detail).retry_after(3600)
        }
        IdentityRefusal::Store(error) => error.into(),
    }
}

#[derive(Template)]
#[template(path = "agency/identity.html")]
struct IdentityView {
    page: Page,
    fields: Vec<Field>,
    errors: Vec<SummaryLine>,
    answer: Option<(&'static str, String, String)>,
    limited: bool,
}

/// GET /agency/identity
///
/// # Errors
/// 404 where this gateway keeps no registry.
pub async fn get_identity(
    gateway: web::Data<Gateway>,
    user: AgencyUser,
    page: Page,
    browser: Browser,
) -> Result<HttpResponse, Problem> {
    gateway.registry().ok_or_else(Problem::not_found)?;
    let view = view(page, &browser, &user, &IdentityForm::default(), &[]);
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// POST /agency/identity
///
/// # Errors
/// 404 where this gateway keeps no registry; a store that does not answer.
pub async fn post_identity(
    gateway: web::Data<Gateway>,
    user: AgencyUser,
    page: Page,
    browser: Browser,
    form: CsrfForm<IdentityForm>,
) -> Result<HttpResponse, Problem> {
    gateway.registry().ok_or_else(Problem::not_found)?;
    let form = form.0;
    let query = match form.query(&gateway, user.user.account.actor()) {
        Ok(query) => query,
        Err(faults) => {
            let view = view(page, &browser, &user, &form, &faults);
            return Ok(view.page.respond(StatusCode::UNPROCESSABLE_ENTITY, &view));
        }
    };
    match gateway.registry_identity(&query, user.agency).await {
        Ok(answer) => {
            let colour = if answer.result == IdentityResult::Match { "success" } else { "warning" };
            let words = page.t(&format!("matching-dyn-found-{}", answer.result.as_str())).into_owned();
            let at = page.with("matching-answered", "time", moment(page.language, answer.answered_at));
            let mut view = view(page, &browser, &user, &form, &[]);
            view.answer = Some((colour, words, at));
            Ok(view.page.respond(StatusCode::OK, &view))
        }
        Err(IdentityRefusal::Limited) => {
            let mut view = view(page, &browser, &user, &form, &[]);
            view.limited = true;
            Ok(view.page.respond(StatusCode::TOO_MANY_REQUESTS, &view))
        }
        Err(refusal) => Err(refused(refusal)),
    }
}

fn view(page: Page, browser: &Browser, user: &AgencyUser, form: &IdentityForm, faults: &[Fault]) -> IdentityView {
    let page = frame(page, browser, &user.user.account).titled("matching-identity-title");
    let fields = fields(&page, form, faults);
    let errors = summary(&fields);
    IdentityView { page: page.errors(!errors.is_empty()), fields, errors, answer: None, limited: false }
}

fn fields(page: &Page, form: &IdentityForm, faults: &[Fault]) -> Vec<Field> {
    let wrong = |name: &str| {
        let fault = faults.iter().find(|(field, _)| *field == name)?;
        Some(page.t(&format!("matching-dyn-fault-{}", fault.1)).into_owned())
    };
    let text =
        |name: &'static str, key: &str, value: &str| Field::text(name, page.t(key)).value(value).error(wrong(name));
    let sexes = ["male", "female", "unknown"];
    let sexes = sexes.map(|sex| Choice { value: sex.to_owned(), label: words::sex(page, sex) });
    let purpose = |code: &'static str| Choice { value: code.to_owned(), label: words::purpose(page, code) };
    let purposes: Vec<_> = purposes_of(Asker::Agency).map(|one| purpose(one.code)).collect();
    let rests = |basis: &&Basis| purposes_of(Asker::Agency).any(|purpose| purpose.bases.contains(basis));
    let bases = BASES.iter().filter(rests);
    let bases = bases.map(|basis| Choice { value: basis.code.to_owned(), label: words::basis(page, basis.code) });
    vec![
        text("purpose", "matching-identity-purpose", &form.purpose).kind(FieldKind::Select).choices(purposes),
        text("legal_basis", "matching-identity-basis", &form.legal_basis)
            .kind(FieldKind::Select)
            .choices(bases.collect()),
        text("name", "agency-applicant-name", &form.name),
        text("date_of_birth", "agency-applicant-birth", &form.date_of_birth)
            .hint(page.t("matching-identity-birth-hint")),
        text("sex", "agency-applicant-sex", &form.sex).kind(FieldKind::Radios).choices(sexes.into()),
        text("address", "agency-applicant-address", &form.address),
        text("code", "matching-identity-code", &form.code).hint(page.t("matching-identity-code-hint")).optional(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::i18n::Language;

    #[test]
    fn every_fault_has_its_words() {
        let purposes = [
            PurposeFault::NoPurpose,
            PurposeFault::NoLegalBasis,
            PurposeFault::BasisDoesNotFit,
            PurposeFault::NotForThisAsker,
            PurposeFault::CodeForbidden,
        ];
        for code in purposes.map(PurposeFault::code).into_iter().chain(["required", "too-long", "wrong-form"]) {
            for language in Language::OF_EVERYBODY {
                assert!(language.find(&format!("matching-dyn-fault-{code}")).is_some(), "{code}");
            }
        }
    }
}
