//! What is wrong with an answer, in words: what it is and how to put it right, by the kind of its field.
use crate::procedures::kinds::date::{Both, DateFault, Era, from_iso};
use crate::procedures::typed::TypedFault;
use crate::procedures::{Field, FieldKind};
use crate::submission::rejection::FieldFault;
use crate::web::i18n::Language;

/// What is wrong with something that was typed.
pub fn of_typed(language: Language, field: Option<&Field>, fault: TypedFault) -> String {
    match fault {
        TypedFault::Date(fault) => of_date(language, fault),
        TypedFault::Municipality => language.t("fault-recipient").into_owned(),
        TypedFault::Number => language.t("fault-wrong-type").into_owned(),
        TypedFault::Character(character) => {
            let key = match field.map(|field| field.kind) {
                Some(FieldKind::Kana) => "fault-kana",
                Some(FieldKind::AlphabetName) => "fault-alphabet",
                Some(FieldKind::Alias) => "fault-alias",
                _ => "fault-character",
            };
            language.with(key, "character", told(character))
        }
    }
}

/// A character that can be seen, with its number, for it may look like another one.
fn told(character: char) -> String {
    let code = format!("U+{:04X}", u32::from(character));
    let private = matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}');
    if character.is_control() || private || character.is_whitespace() { code } else { format!("{character} {code}") }
}

fn of_date(language: Language, fault: DateFault) -> String {
    match fault {
        DateFault::Form => language.t("fault-date-form").into_owned(),
        DateFault::Missing => language.t("fault-date-missing").into_owned(),
        DateFault::NoSuchDay => language.t("fault-no-such-day").into_owned(),
        DateFault::OldCalendar => language.t("fault-old-calendar").into_owned(),
        DateFault::EraNotBegun(era) => {
            let first = era.first_day().map(|day| Both(language, day).to_string()).unwrap_or_default();
            language.with_all("fault-era-not-begun", &[("era", &era.name(language)), ("day", &first)])
        }
        DateFault::EraEnded(era, meant) => {
            let last = era.last_day().map(|day| Both(language, day).to_string()).unwrap_or_default();
            let year = Era::of(meant).map(|era| era.with_year(language, era.year_of(meant))).unwrap_or_default();
            language.with_all("fault-era-ended", &[("ended", &era.name(language)), ("day", &last), ("meant", &year)])
        }
    }
}

/// What the form's schema, or what goes beyond it, found fault with.
pub fn of_schema(language: Language, field: Option<&Field>, fault: &FieldFault, typed: &str) -> String {
    let limit = fault.limit.as_deref().unwrap_or_default();
    let kind = field.map(|field| field.kind);
    let day = || from_iso(limit).map(|day| Both(language, day).to_string()).unwrap_or_default();
    match (fault.code, kind) {
        ("required", Some(FieldKind::Choice | FieldKind::Checkbox)) => language.t("fault-choose").into_owned(),
        ("required", _) => language.t("fault-required").into_owned(),
        // A length that is one only is told by the kind's own words.
        ("too-long" | "too-short", Some(FieldKind::Digits)) => of_digits(language, field),
        ("too-long", _) if typed.chars().count() >= super::fields::LONGEST_KEPT => {
            language.with("fault-cut", "limit", limit)
        }
        ("too-long", _) => language.with("fault-too-long", "limit", limit),
        ("too-short", _) => language.with("fault-too-short", "limit", limit),
        ("too-small", _) => language.with("fault-too-small", "limit", limit),
        ("too-large", _) => language.with("fault-too-large", "limit", limit),
        ("too-few", _) => language.with("fault-too-few", "limit", limit),
        ("too-many", _) => language.with("fault-too-many", "limit", limit),
        ("in-future", _) => language.t("fault-in-future").into_owned(),
        ("too-late", _) => language.with("fault-too-late", "day", day()),
        ("too-early", _) => language.with("fault-too-early", "day", day()),
        ("same-as-signer", _) => language.t("fault-same-as-signer").into_owned(),
        ("not-under-age", _) => language.with("fault-not-under-age", "limit", limit),
        ("check-digit", _) => language.t("fault-recipient").into_owned(),
        ("locked", _) => language.t("fault-locked").into_owned(),
        ("not-offered", Some(FieldKind::Checkbox)) => language.t("fault-must-be-true").into_owned(),
        ("not-offered", _) => language.t("fault-not-offered").into_owned(),
        ("wrong-type", _) => language.t("fault-wrong-type").into_owned(),
        (_, kind) => of_form(language, kind, field),
    }
}

/// What does not have its kind's form.
fn of_form(language: Language, kind: Option<FieldKind>, field: Option<&Field>) -> String {
    let key = match kind {
        Some(FieldKind::Postcode) => "fault-postcode",
        Some(FieldKind::Telephone) => "fault-telephone",
        Some(FieldKind::ResidenceCardNumber) => "fault-card-number",
        Some(FieldKind::AlphabetName) => "fault-alphabet-form",
        Some(FieldKind::Digits) => return of_digits(language, field),
        _ => "fault-invalid",
    };
    language.t(key).into_owned()
}

fn of_digits(language: Language, field: Option<&Field>) -> String {
    let least = field.and_then(|field| field.min_length).unwrap_or(1);
    let most = field.and_then(|field| field.max_length).unwrap_or(20);
    if least == most {
        return language.with("fault-digits", "count", most);
    }
    language.with_all("fault-digits-between", &[("least", &least), ("most", &most)])
}
