//! What the resident registry answered about a filing's signer, on the agency's page.
use crate::gateway::Gateway;
use crate::registry::answer::Found;
use crate::store::registry::filings::FilingAnswer;
use crate::store::submissions::SubmissionRecord;
use crate::web::clerk::words;
use crate::web::page::Page;
use crate::web::resident::dates::moment;

/// One answer.
pub struct RegistryView {
    /// The answer in words.
    pub answer: String,
    /// The colour of its tag; the words say the same.
    pub colour: &'static str,
    /// When it was asked, for what, on which clause, how the two sides were compared, the state of the record.
    pub about: Vec<(String, String)>,
}

/// An answer as the page shows it.
pub fn view(page: &Page, answer: &FilingAnswer) -> RegistryView {
    let why = words::reasons(page, &answer.reasons).join(" / ");
    let rows = [
        ("matching-answer-at", moment(page.language, answer.asked_at)),
        ("matching-identity-purpose", words::purpose(page, &answer.purpose)),
        ("matching-identity-basis", words::basis(page, &answer.basis)),
        ("matching-answer-why", why),
        ("matching-answer-digest", answer.record_digest.clone().unwrap_or_default()),
    ];
    let filled = rows.into_iter().filter(|(_, value)| !value.is_empty());
    RegistryView {
        answer: page.t(&format!("matching-dyn-found-{}", answer.found.as_str())).into_owned(),
        colour: match answer.found {
            Found::Match => "green",
            Found::Moved | Found::Undecided => "yellow",
            Found::NoMatch | Found::Dead => "red",
        },
        about: filled.map(|(key, value)| (page.t(key).into_owned(), value)).collect(),
    }
}

/// What the last answer takes the place of, and whether it does.
pub fn replaces(
    page: &Page,
    gateway: &Gateway,
    record: &SubmissionRecord,
    last: Option<&FilingAnswer>,
) -> Option<(String, bool)> {
    let filing = &record.submission;
    let procedure = gateway.catalog.version(filing.procedure.as_str(), filing.form_version)?;
    let check = procedure.registry_check.as_ref()?;
    Some((check.replaces.get(page.language).to_owned(), last?.found == Found::Match))
}
