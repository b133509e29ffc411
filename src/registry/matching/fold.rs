//! Foldings of text, each of which takes one kind of difference away, and which of them two spellings needed.
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

use super::finding::Reason;
use super::kanji;

/// One folding with the kind of difference that it takes away.
pub(super) type Step = (Reason, fn(&str) -> String);

/// Stands where the certificate marks a substitute: a noncharacter, which no folding changes and no text may hold.
pub(super) const OPEN: char = '\u{10fffe}';

/// What names differ by.
pub(super) const NAME: &[Step] = &[
    (Reason::Width, width),
    (Reason::Glyph, without_selectors),
    (Reason::Hyphen, hyphens),
    (Reason::LetterCase, capitals),
    (Reason::Spacing, name_spaces),
    (Reason::KanjiVariant, kanji::common_forms),
];

/// Text through all steps.
pub(super) fn all(steps: &[Step], text: &str) -> String {
    steps.iter().fold(text.to_owned(), |text, (_, step)| step(&text))
}

/// The fewest steps under which the two are equal, in their order; none where they are not.
pub(super) fn needed(steps: &[Step], one: &str, other: &str) -> Option<Vec<Reason>> {
    if one == other {
        return Some(Vec::new());
    }
    let equal = |chosen: &[Step]| all(chosen, one) == all(chosen, other);
    if !equal(steps) {
        return None;
    }
    let mut chosen = steps.to_vec();
    // Later steps see what earlier ones made: whatever can be left out is left out from the end.
    for index in (0..steps.len()).rev() {
        let mut fewer = chosen.clone();
        fewer.remove(index);
        if equal(&fewer) {
            chosen = fewer;
        }
    }
    Some(chosen.into_iter().map(|(reason, _)| reason).collect())
}

/// Whether the two are equal but for places that are open in one.
pub(super) fn equal_but_open(one: &str, other: &str) -> bool {
    let mut others = other.chars();
    one.chars().all(|left| others.next().is_some_and(|right| left == right || left == OPEN || right == OPEN))
        && others.next().is_none()
}

/// The text with [`OPEN`] where its marks say `1`; none where there is no such mark, or not one mark a character.
pub(super) fn opened(text: &str, marks: Option<&str>) -> Option<String> {
    let marks = marks?;
    if !marks.contains('1') || marks.chars().count() != text.chars().count() {
        return None;
    }
    Some(text.chars().zip(marks.chars()).map(|(one, mark)| if mark == '1' { OPEN } else { one }).collect())
}

/// NFKC; what came as [`OPEN`] was nobody's mark.
pub(super) fn width(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfkc().normalize(text).into_owned()
}

/// Text without the one character that has a meaning here.
pub(super) fn clean(text: &str) -> String {
    text.replace(OPEN, "\u{fffd}")
}

/// Without variation selectors, standardised and ideographic.
pub(super) fn without_selectors(text: &str) -> String {
    let is_selector = |one: &char| matches!(*one, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}');
    text.chars().filter(|one| !is_selector(one)).collect()
}

/// Whatever looks like a hyphen as one: `-`; after kana, where no digit follows, it is the mark of a long vowel.
pub(super) fn hyphens(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut all = text.chars().peekable();
    while let Some(one) = all.next() {
        if !is_hyphen(one) {
            out.push(one);
            continue;
        }
        let after_kana = out.chars().next_back().is_some_and(is_kana);
        let before_digit =
            all.peek().is_some_and(|next| width(&next.to_string()).starts_with(|c: char| c.is_ascii_digit()));
        out.push(if after_kana && !before_digit { 'ー' } else { '-' });
    }
    out
}

fn is_hyphen(one: char) -> bool {
    matches!(
        one,
        '-' | 'ー'
            | 'ｰ'
            | '－'
            | '‐'
            | '‑'
            | '‒'
            | '–'
            | '—'
            | '―'
            | '−'
            | '─'
            | '━'
            | '﹣'
            | '⁃'
            | '˗'
            | '\u{ad}'
            | '⸺'
            | '﹘'
    )
}

fn is_kana(one: char) -> bool {
    matches!(one, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | 'ー' | '\u{ff66}'..='\u{ff9f}')
}

/// Capital letters.
pub(super) fn capitals(text: &str) -> String {
    text.to_uppercase()
}

/// One plain space between the parts of a name, whatever parts them, and none before, after, or beside brackets.
fn name_spaces(text: &str) -> String {
    let parts =
        |one: char| one.is_whitespace() || matches!(one, ',' | '、' | '，' | '・' | '･' | '\u{b7}' | '.' | '\u{200b}');
    let words: Vec<&str> = text.split(parts).filter(|word| !word.is_empty()).collect();
    let mut out = words.join(" ");
    for (from, to) in [(" (", "("), ("( ", "("), (" )", ")"), (") ", ")")] {
        out = out.replace(from, to);
    }
    out
}

/// Letters without their accents.
pub(super) fn without_accents(text: &str) -> String {
    let plain = DecomposingNormalizerBorrowed::new_nfd().normalize(text).into_owned();
    let plain = plain.chars().filter(|one| !matches!(*one, '\u{300}'..='\u{36f}'));
    plain
        .flat_map(|one| letters(one).chars().chain(letters(one).is_empty().then_some(one)).collect::<Vec<_>>())
        .collect()
}

/// Letters that no decomposition makes plain.
fn letters(one: char) -> &'static str {
    match one {
        'Ø' => "O",
        'Ł' => "L",
        'Đ' | 'Ð' => "D",
        'Æ' => "AE",
        'Œ' => "OE",
        'Þ' => "TH",
        _ => "",
    }
}

/// Hiragana as katakana: how a name is read.
pub(super) fn katakana(text: &str) -> String {
    let one = |one: char| match one {
        '\u{3041}'..='\u{3096}' => char::from_u32(u32::from(one) + 0x60).unwrap_or(one),
        other => other,
    };
    text.chars().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_steps_that_were_needed_are_told() {
        for (one, other, needs) in [
            ("山田　花子", "山田　花子", Some(vec![])),
            ("山田　花子", "山田 花子", Some(vec![Reason::Width])),
            ("山田　花子", "山田  花子 ", Some(vec![Reason::Spacing])),
            ("ＳＭＩＴＨ　ＪＯＨＮ", "Smith John", Some(vec![Reason::Width, Reason::LetterCase])),
            ("渡邉　一郎", "渡辺　一郎", Some(vec![Reason::KanjiVariant])),
            ("葛\u{e0100}西", "葛西", Some(vec![Reason::Glyph])),
            ("SMITH―JONES", "SMITH-JONES", Some(vec![Reason::Hyphen])),
            ("山田", "山本", None),
        ] {
            assert_eq!(needed(NAME, one, other), needs, "{one} {other}");
        }
    }

    #[test]
    fn a_long_vowel_is_no_hyphen_and_a_hyphen_between_numbers_is_none() {
        assert_eq!(hyphens("パ−ク１ー２"), "パーク１-２");
        assert_eq!(hyphens("スカイー101"), "スカイ-101");
        assert_eq!(hyphens("A―101"), "A-101");
    }

    #[test]
    fn open_places_fit_one_character() {
        assert!(equal_but_open("渡\u{10fffe}", "渡辺") && equal_but_open("渡辺", "渡\u{10fffe}"));
        assert!(!equal_but_open("渡\u{10fffe}", "渡") && !equal_but_open("渡\u{10fffe}", "佐辺"));
        assert_eq!(opened("渡辺", Some("01")).as_deref(), Some("渡\u{10fffe}"));
        assert_eq!((opened("渡辺", Some("00")), opened("渡辺", Some("1")), opened("渡辺", None)), (None, None, None));
    }

    #[test]
    fn accents_and_readings() {
        assert_eq!(without_accents("MÜLLER ŁØ"), "MULLER LO");
        assert_eq!(katakana("やまだ　ハナコ"), "ヤマダ　ハナコ");
    }
}
