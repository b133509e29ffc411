//! The second step of a verdict and what follows from a revocation list, in words; for residents, agencies and operators.
use crate::store::impacts::Follows;
use crate::submission::status::RevocationState;
use crate::web::i18n::Language;

/// What a state of revocation means for the applicant, and what they need to do.
pub fn resident_words(language: Language, state: RevocationState) -> String {
    language.t(&format!("steps-dyn-resident-{}", state.as_str())).into_owned()
}

/// What it means for the agency.
pub fn agency_words(language: Language, state: RevocationState) -> String {
    language.t(&format!("steps-dyn-agency-{}", state.as_str())).into_owned()
}

/// A later verdict in a few words, by its kind; none for the first.
pub fn step_words(language: Language, kind: &str) -> Option<String> {
    let key = match kind {
        "held_decision" => "steps-dyn-step-held-decision",
        "confirmed" => "steps-dyn-step-confirmed",
        "contested" => "steps-dyn-step-contested",
        _ => return None,
    };
    Some(language.t(key).into_owned())
}

/// A state of revocation in a word.
pub fn state_words(language: Language, state: RevocationState) -> String {
    language.t(&format!("steps-dyn-state-{}", state.as_str())).into_owned()
}

/// A CRLReason in words; its name where it has none.
pub fn reason_words(language: Language, reason: &str) -> String {
    let words = language.find(&format!("steps-dyn-reason-{reason}"));
    words.map_or_else(|| reason.to_owned(), std::borrow::Cow::into_owned)
}

/// What follows for a filing.
pub fn follows_words(language: Language, follows: Option<Follows>) -> String {
    let key = match follows {
        None => return language.t("steps-follows-open").into_owned(),
        Some(follows) => follows.as_str().replace('_', "-"),
    };
    language.t(&format!("steps-dyn-follows-{key}")).into_owned()
}

/// The colour of its tag; the words say the same.
pub fn follows_colour(follows: Option<Follows>) -> &'static str {
    match follows {
        Some(Follows::Contested | Follows::WasContested) => "red",
        None | Some(Follows::OnHold | Follows::Held) => "yellow",
        Some(Follows::EndedAfterReceipt | Follows::StillGood | Follows::HoldEnded) => "grey",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::crl::reason_name;

    #[test]
    fn every_state_reason_and_consequence_has_words() {
        for language in Language::ALL {
            for state in RevocationState::ALL {
                for part in ["resident", "agency", "state"] {
                    let key = format!("steps-dyn-{part}-{}", state.as_str());
                    assert!(language.find(&key).is_some(), "{key}");
                }
            }
            for follows in Follows::ALL {
                let key = format!("steps-dyn-follows-{}", follows.as_str().replace('_', "-"));
                assert!(language.find(&key).is_some(), "{key}");
                assert_eq!(Follows::from_text(follows.as_str()), Some(*follows));
            }
            for reason in 0..=10 {
                let key = format!("steps-dyn-reason-{}", reason_name(reason));
                assert!(language.find(&key).is_some(), "{key}");
            }
            for kind in ["held_decision", "confirmed", "contested"] {
                assert!(step_words(*language, kind).is_some_and(|words| !words.contains("steps-")));
            }
        }
    }
}
