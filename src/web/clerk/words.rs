//! What the registry finds, in words of the desks.
use crate::registry::matching::{Attribute, Reason};
use crate::registry::purpose::{BASES, PURPOSES};
use crate::web::page::Page;

/// An attribute's name.
pub fn attribute(page: &Page, attribute: Attribute) -> String {
    page.t(&format!("matching-dyn-attribute-{}", attribute.as_str())).into_owned()
}

/// A reason, as the end of "because".
pub fn reason(page: &Page, reason: Reason) -> String {
    page.t(&format!("matching-dyn-reason-{}", reason.as_str())).into_owned()
}

/// A purpose by its code.
pub fn purpose(page: &Page, code: &str) -> String {
    match PURPOSES.iter().find(|purpose| purpose.code == code) {
        Some(purpose) => page.t(&format!("matching-dyn-purpose-{}", purpose.code)).into_owned(),
        None => code.to_owned(),
    }
}

/// A clause by its code.
pub fn basis(page: &Page, code: &str) -> String {
    match BASES.iter().find(|basis| basis.code == code) {
        Some(basis) if page.language.is_japanese() => basis.ja.to_owned(),
        Some(basis) => basis.en.to_owned(),
        None => code.to_owned(),
    }
}

/// A sex.
pub fn sex(page: &Page, sex: &str) -> String {
    let key = match sex {
        "male" => "agency-sex-male",
        "female" => "agency-sex-female",
        _ => "agency-sex-unknown",
    };
    page.t(key).into_owned()
}

/// The words of reasons as they are kept with a filing: `address:notation`.
pub fn reasons(page: &Page, codes: &[String]) -> Vec<String> {
    let words = |code: &String| match code.split_once(':') {
        Some((attribute, reason)) => {
            let name = Attribute::ALL.into_iter().find(|one| one.as_str() == attribute);
            let name = name.map(|name| self::attribute(page, name)).unwrap_or_default();
            let why = match Reason::from_code(reason) {
                Some(found) => self::reason(page, found),
                None => page.t("matching-dyn-agreement-different").into_owned(),
            };
            format!("{name}: {why}")
        }
        None if code == "several_records" => page.t("matching-several").into_owned(),
        None => page.t("matching-by-clerk").into_owned(),
    };
    codes.iter().map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::answer::Found;
    use crate::registry::matching::Agreement;
    use crate::web::i18n::Language;

    #[test]
    fn everything_that_is_found_has_its_words() {
        let agreements = [Agreement::Same, Agreement::Undecided, Agreement::Different].map(|one| one.as_str());
        let standings = ["current", "moved_out", "dead", "deleted"];
        let mut keys: Vec<String> = Vec::new();
        keys.extend(Attribute::ALL.map(|one| format!("attribute-{}", one.as_str())));
        keys.extend(Reason::ALL.iter().map(|one| format!("reason-{}", one.as_str())));
        keys.extend(PURPOSES.iter().map(|one| format!("purpose-{}", one.code)));
        keys.extend(agreements.map(|one| format!("agreement-{one}")));
        keys.extend(standings.map(|one| format!("standing-{one}")));
        keys.extend(Found::ALL.map(|one| format!("found-{}", one.as_str())));
        for language in Language::OF_EVERYBODY {
            for key in &keys {
                assert!(language.find(&format!("matching-dyn-{key}")).is_some(), "{} {key}", language.tag());
            }
        }
    }
}
