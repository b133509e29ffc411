//! Verdicts in words: what an indication means for a person, and each check with what became of it.
use actix_web::http::StatusCode;

use crate::signature::report::{Report, SignatureReport};
use crate::submission::rejection::Rejection;
use crate::verdict::{Check, CheckStatus, Indication, SubIndication};
use crate::web::i18n::Language;

/// One check, ready to be shown.
#[derive(Debug, Clone)]
pub struct CheckLine {
    /// The colour of its tag.
    pub colour: &'static str,
    /// What became of it, in a word.
    pub status: String,
    /// The claim, in a sentence.
    pub words: String,
    /// The claim's stable name.
    pub name: &'static str,
    /// Where the claim comes from.
    pub clause: &'static str,
    /// More, as the check told it.
    pub detail: String,
}

/// Checks in words, in the order given.
pub fn check_lines<'a>(language: Language, checks: impl Iterator<Item = &'a Check>) -> Vec<CheckLine> {
    checks
        .map(|check| CheckLine {
            colour: colour(check.status),
            status: language.t(status_key(check.status)).into_owned(),
            words: claim(language, check.name),
            name: check.name,
            clause: check.clause,
            detail: check.detail.to_string(),
        })
        .collect()
}

/// A refusal of what was signed, ready to be shown on the page that takes it again.
#[derive(Debug)]
pub struct Refusal {
    /// The answer's status.
    pub status: StatusCode,
    /// What is wrong, in a sentence.
    pub title: String,
    /// What to do.
    pub advice: String,
    /// Every check that failed.
    pub checks: Vec<CheckLine>,
}

impl Refusal {
    /// The words for `rejection`: the advice is what its sub-indication means, where that has words of its own.
    pub fn new(language: Language, rejection: &Rejection) -> Self {
        let code = rejection.code.as_str();
        let explained = explanation(language, rejection.sub_indication);
        let advice =
            if explained.is_empty() { language.t(&format!("problem-do-{code}")).into_owned() } else { explained };
        Self {
            status: StatusCode::from_u16(rejection.code.http_status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY),
            title: language.t(&format!("problem-title-{code}")).into_owned(),
            advice,
            checks: check_lines(language, rejection.checks.iter().filter(|check| check.is_failed())),
        }
    }
}

fn colour(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Passed => "green",
        CheckStatus::Failed => "red",
        CheckStatus::Warning => "yellow",
        CheckStatus::NotApplicable => "grey",
    }
}

fn is_notable(status: CheckStatus) -> bool {
    matches!(status, CheckStatus::Failed | CheckStatus::Warning)
}

fn status_key(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Passed => "verdict-check-passed",
        CheckStatus::Failed => "verdict-check-failed",
        CheckStatus::Warning => "verdict-check-warning",
        CheckStatus::NotApplicable => "verdict-check-not-applicable",
    }
}

/// A check's claim in words; where a name has no text of its own, the name itself is read as a sentence.
fn claim(language: Language, name: &str) -> String {
    let key = format!("check-{}", name.replace('_', "-"));
    language.find(&key).map_or_else(|| name.replace('_', " "), std::borrow::Cow::into_owned)
}

/// What an indication means, in a heading.
pub fn headline(language: Language, indication: Indication) -> String {
    let key = match indication {
        Indication::TotalPassed => "verdict-total-passed",
        Indication::TotalFailed => "verdict-total-failed",
        Indication::Indeterminate => "verdict-indeterminate",
    };
    language.t(key).into_owned()
}

/// What a sub-indication means for the person who signed, and what to do; empty where everything passed.
pub fn explanation(language: Language, sub_indication: Option<SubIndication>) -> String {
    sub_indication.map_or_else(String::new, |sub| language.t(&sub_key(sub)).into_owned())
}

fn sub_key(sub: SubIndication) -> String {
    format!("sub-indication-{}", sub.as_str().to_ascii_lowercase().replace('_', "-"))
}

/// The colour of a whole verdict: of its panel and tag.
pub fn panel(indication: Indication) -> &'static str {
    match indication {
        Indication::TotalPassed => "",
        Indication::TotalFailed => "panel--failed",
        Indication::Indeterminate => "panel--held",
    }
}

/// One signature of a report, ready to be shown.
#[derive(Debug, Clone)]
pub struct SignatureView {
    /// The signer's subject, where the certificate is there.
    pub subject: std::sync::Arc<str>,
    /// The signer's name as the certificate states it.
    pub name: String,
    /// The names of the chain, the signer's first.
    pub chain: Vec<std::sync::Arc<str>>,
    /// When the signer says it was made.
    pub claimed_signing_time: String,
    /// The algorithm.
    pub algorithm: &'static str,
    /// The checks that did not pass.
    pub notable: Vec<CheckLine>,
    /// Every check.
    pub checks: Vec<CheckLine>,
}

/// The signatures of a report, ready to be shown.
pub fn signatures(language: Language, report: &Report) -> Vec<SignatureView> {
    let view = |signature: &SignatureReport| SignatureView {
        subject: signature.signer.as_ref().map(|signer| signer.subject.clone()).unwrap_or_default(),
        name: signature.signer.as_ref().and_then(|signer| signer.attributes.name.clone()).unwrap_or_default(),
        chain: signature.chain.iter().map(|entry| entry.subject.clone()).collect(),
        claimed_signing_time: signature
            .claimed_signing_time
            .map(|time| super::dates::moment(language, time))
            .unwrap_or_default(),
        algorithm: signature.signature_algorithm.unwrap_or_default(),
        notable: check_lines(language, signature.checks.iter().filter(|check| is_notable(check.status))),
        checks: check_lines(language, signature.checks.iter()),
    };
    report.signatures.iter().map(view).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sub_indication_is_explained_in_every_language() {
        for language in Language::ALL {
            for sub in SubIndication::ALL {
                assert!(language.find(&sub_key(*sub)).is_some(), "{}", sub_key(*sub));
            }
        }
    }

    #[test]
    fn a_resident_is_not_told_that_they_were_revoked() {
        for sub in [SubIndication::Revoked, SubIndication::RevokedNoPoe] {
            assert!(!explanation(Language::En, Some(sub)).contains("revoked"));
            assert!(explanation(Language::En, Some(sub)).contains("moved"));
        }
    }
}
