//! `/documents/verify`: anybody asks whether a document was issued here, by the code on the paper, by the file, or both. The
//! answer says what it is, who issued it and when, and nothing of whom it tells of; what stands on the paper can be compared.
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{dates, verdict};
use crate::gateway::Gateway;
use crate::gateway::papers::check::{IssuedAnswer, PaperAnswer, PaperQuestion};
use crate::registry::papers::code::VerificationCode;
use crate::registry::papers::facts::FactKind;
use crate::store::papers::IssuedPaper;
use crate::verdict::Indication;
use crate::web::extract::csrf::{self, Browser};
use crate::web::extract::multipart::{PartSpec, Parts, read_parts};
use crate::web::forms::{Field, SummaryLine, summary};
use crate::web::page::Page;
use crate::web::problem::Problem;

/// The largest document that is read here, in bytes.
const DOCUMENT_LIMIT: u64 = 20 * 1024 * 1024;
/// The largest seal.
const SEAL_LIMIT: u64 = 1024 * 1024;
/// The longest text, in bytes.
const TEXT_LIMIT: u64 = 4096;

/// `?code=`: what the QR code on the paper leads to.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    code: String,
}

#[derive(Template)]
#[template(path = "resident/documents.html")]
struct FormView {
    page: Page,
    errors: Vec<SummaryLine>,
    code: Field,
}

impl FormView {
    fn new(page: Page, typed: &str, wrong: Option<&str>) -> Self {
        let code = Field::text("code", page.t("paper-code"))
            .hint(page.t("paper-code-hint"))
            .value(typed)
            .autocomplete("off")
            .optional()
            .error(wrong.map(|key| page.t(key).into_owned()));
        let errors = summary(std::slice::from_ref(&code));
        Self { page: page.titled("paper-verify-title").errors(wrong.is_some()), errors, code }
    }

    fn answer(self) -> HttpResponse {
        let status = if self.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        self.page.respond(status, &self)
    }
}

/// One thing that was compared with the paper.
struct Compared {
    what: String,
    agrees: bool,
}

#[derive(Template)]
#[template(path = "resident/document_checked.html")]
struct AnswerView {
    page: Page,
    panel: &'static str,
    explanation: String,
    rows: Vec<(String, String)>,
    /// The verdict on the seal, and what it means, where there was a file.
    seal: Option<(&'static str, String)>,
    compared: Vec<Compared>,
    /// The form for what stands on the paper, where the code is there.
    code: String,
    fields: Vec<Field>,
}

/// The form; with a code in the address, the answer.
///
/// # Errors
/// 404 where no documents are issued here.
pub async fn get_form(
    page: Page,
    browser: Browser,
    gateway: web::Data<Gateway>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Problem> {
    gateway.papers().ok_or_else(Problem::not_found)?;
    let page = page.csrf(browser.csrf_token());
    let typed = asked.into_inner().code;
    if typed.is_empty() {
        return Ok(FormView::new(page, "", None).answer());
    }
    match typed.parse() {
        Ok(code) => answer(page, &gateway, PaperQuestion { code: Some(code), ..PaperQuestion::default() }).await,
        Err(_) => Ok(FormView::new(page, &typed, Some("paper-code-wrong")).answer()),
    }
}

/// The answer to what was sent.
///
/// # Errors
/// Where the upload cannot be read or did not come from this site's page; 404 where no documents are issued here.
pub async fn post_form(
    page: Page,
    browser: Browser,
    gateway: web::Data<Gateway>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let text = |name| PartSpec::optional(name, TEXT_LIMIT);
    let files = [PartSpec::optional("document", DOCUMENT_LIMIT), PartSpec::optional("seal", SEAL_LIMIT)];
    let texts = [text(csrf::FIELD), text("code"), text("name"), text("date_of_birth"), text("address")];
    let specs: Vec<PartSpec> = texts.into_iter().chain(files).collect();
    let mut parts = read_parts(&request, payload.into_inner(), &specs).await?;
    browser.verify(&take_text(&mut parts, csrf::FIELD))?;
    gateway.papers().ok_or_else(Problem::not_found)?;
    let page = page.csrf(browser.csrf_token());
    let typed = take_text(&mut parts, "code");
    match question(&typed, parts) {
        Ok(asked) => answer(page, &gateway, asked).await,
        Err(wrong) => Ok(FormView::new(page, &typed, Some(wrong)).answer()),
    }
}

fn take_text(parts: &mut Parts, name: &str) -> String {
    parts.take(name).map(|part| String::from_utf8_lossy(&part.bytes).trim().to_owned()).unwrap_or_default()
}

/// What was sent, or the key of what is wrong with it.
fn question(typed: &str, mut parts: Parts) -> Result<PaperQuestion, &'static str> {
    // Browsers send an empty part where no file was chosen.
    let mut file = |name: &str| parts.take(name).map(|part| part.bytes).filter(|bytes| !bytes.is_empty());
    let (document, seal) = (file("document"), file("seal"));
    let code: Option<VerificationCode> = match typed.is_empty() {
        true => None,
        false => Some(typed.parse().map_err(|_| "paper-code-wrong")?),
    };
    if code.is_none() && document.is_none() {
        return Err("paper-nothing-given");
    }
    let printed = FactKind::ALL.iter().map(|kind| (*kind, take_text(&mut parts, kind.as_str()))).collect();
    Ok(PaperQuestion { code, document, seal, printed })
}

async fn answer(page: Page, gateway: &Gateway, asked: PaperQuestion) -> Result<HttpResponse, Problem> {
    let code = asked.code;
    let printed = asked.printed.clone();
    let found = gateway.check_paper(asked).await?;
    let code_text = code.filter(|_| matches!(found, PaperAnswer::Issued(_))).map(|code| code.grouped());
    let view = match found {
        PaperAnswer::Unknown => AnswerView::plain(page, "paper-unknown", "panel--error"),
        PaperAnswer::Altered(paper) => {
            let view = AnswerView::plain(page, "paper-altered", "panel--error");
            AnswerView { rows: rows(&view.page, gateway, &paper), ..view }
        }
        PaperAnswer::Issued(found) => AnswerView::issued(page, gateway, &found),
    };
    let fields = code_text.as_ref().map(|_| fields(&view.page, &printed)).unwrap_or_default();
    let view = AnswerView { code: code_text.unwrap_or_default(), fields, ..view };
    Ok(view.page.respond(StatusCode::OK, &view))
}

impl AnswerView {
    fn plain(page: Page, key: &str, panel: &'static str) -> Self {
        let explanation = page.t(&key.replacen("paper-", "paper-text-", 1)).into_owned();
        Self {
            page: page.titled(key),
            panel,
            explanation,
            rows: Vec::new(),
            seal: None,
            compared: Vec::new(),
            code: String::new(),
            fields: Vec::new(),
        }
    }

    fn issued(page: Page, gateway: &Gateway, found: &IssuedAnswer) -> Self {
        let differs = found.compared.iter().any(|(_, agrees)| !agrees);
        let seal = found.seal.as_ref().map(|report| report.indication);
        let (key, panel) = match (&found.paper.voided, differs, seal) {
            (Some(_), ..) => ("paper-voided", "panel--error"),
            (None, true, _) => ("paper-differs", "panel--error"),
            (None, false, Some(Indication::TotalFailed)) => ("paper-seal-wrong", "panel--error"),
            (None, false, _) => ("paper-issued", "panel--success"),
        };
        let view = Self::plain(page, key, panel);
        let page = &view.page;
        let compared = found.compared.iter();
        let compared = compared.map(|(kind, agrees)| Compared { what: label(page, *kind), agrees: *agrees }).collect();
        let seal = found.seal.as_ref();
        let seal =
            seal.map(|report| (verdict::panel(report.indication), verdict::headline(page.language, report.indication)));
        Self { rows: rows(page, gateway, &found.paper), compared, seal, ..view }
    }
}

/// What is told of a document: never of whom it tells.
fn rows(page: &Page, gateway: &Gateway, paper: &IssuedPaper) -> Vec<(String, String)> {
    let issuer = gateway.papers().and_then(|desk| desk.issuer(paper.municipality));
    let issuer = issuer.map_or_else(
        || paper.municipality.to_string(),
        |issuer| format!("{} ({}, {})", issuer.issuer, issuer.name_en, paper.municipality),
    );
    let text = |key: &str| page.t(key).into_owned();
    let mut rows = vec![
        (text("paper-row-kind"), text(&format!("paper-kind-{}", paper.kind))),
        (text("paper-row-issuer"), issuer),
        (text("paper-row-issued"), dates::moment(page.language, paper.issued_at)),
    ];
    if let Some((at, _)) = &paper.voided {
        rows.push((text("paper-row-voided"), dates::moment(page.language, *at)));
    }
    rows.push((text("paper-row-digest"), hex::encode(paper.sha256)));
    rows
}

fn label(page: &Page, kind: FactKind) -> String {
    let key = match kind {
        FactKind::Name => "paper-fact-name",
        FactKind::DateOfBirth => "paper-fact-birth",
        FactKind::Address => "paper-fact-address",
    };
    page.t(key).into_owned()
}

fn fields(page: &Page, printed: &[(FactKind, String)]) -> Vec<Field> {
    let typed = |kind: FactKind| printed.iter().find(|(known, _)| *known == kind).map(|(_, value)| value.clone());
    let field = |kind: &FactKind| {
        Field::text(kind.as_str(), label(page, *kind)).value(typed(*kind).unwrap_or_default()).optional()
    };
    FactKind::ALL.iter().map(field).collect()
}
