//! Accept-Language (RFC 9110 12.5.4): which of our languages a browser asks for.
use crate::procedures::Language;

/// How many ranges of a header are looked at.
const MOST_RANGES: usize = 32;

/// The language that the header asks for, the most wanted first and the first named of equals; `None` where it asks for
/// none that we have. `*` asks for nothing in particular.
pub fn most_wanted(header: &str) -> Option<Language> {
    let mut best: Option<(u16, Language)> = None;
    for (weight, language) in header.split(',').take(MOST_RANGES).filter_map(range) {
        if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

/// `en-GB;q=0.8`: the weight in thousandths, and the language where we have it.
fn range(item: &str) -> Option<(u16, Language)> {
    let mut parts = item.split(';').map(|part| part.trim_matches([' ', '\t']));
    let language = parts.next()?.parse().ok()?;
    let weight = match parts.next() {
        None => 1000,
        Some(parameter) => {
            let (name, value) = parameter.split_once('=')?;
            if !name.trim_end().eq_ignore_ascii_case("q") {
                return None;
            }
            thousandths(value.trim_start())?
        }
    };
    Some((weight, language))
}

/// A quality value of RFC 9110 12.4.2 in thousandths: at most three digits after the point, none above 1.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, digits) = text.split_once('.').unwrap_or((text, ""));
    if !matches!(whole, "0" | "1") || digits.len() > 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value: u16 = format!("{whole}{digits:0<3}").parse().ok()?;
    (value <= 1000).then_some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_most_wanted_that_we_have_is_taken() {
        for (header, language) in [
            ("fr, en-GB;q=0.8, ja;q=0.9", Some(Language::Ja)),
            ("en, ja", Some(Language::En)),
            ("ja;q=0, en;q=0.1", Some(Language::En)),
            ("fr, *;q=0.5", None),
            (";;q=x,,", None),
            ("zh-TW,zh;q=0.9,en-US;q=0.8", Some(Language::Zh)),
            ("zh-Hant;q=0.3, ko;q=0.300", Some(Language::Zh)),
            ("zh-CN;q=0.2, ko-KR;q=0.201", Some(Language::Ko)),
            ("pt-PT, pt;q=0.9, en;q=0.8", Some(Language::Pt)),
            ("fr-CH, fr;q=0.9, vi ; Q = 0.7 , en;q=0.5", Some(Language::Vi)),
            ("ja-x-easy, ja;q=0.9", Some(Language::Easy)),
            ("ja-simple;q=1.000", Some(Language::Easy)),
            ("en;q=1.001, ko;q=0.1", Some(Language::Ko)),
            ("en;q=0.9999, ko;q=0.1", Some(Language::Ko)),
            ("en;q=nan, vi;q=1e-1", None),
            ("en;level=1", None),
            ("", None),
        ] {
            assert_eq!(most_wanted(header), language, "{header}");
        }
    }

    #[test]
    fn what_stands_behind_many_ranges_is_not_read() {
        assert_eq!(most_wanted(&format!("{}ja", "fr,".repeat(MOST_RANGES))), None);
        assert_eq!(most_wanted(&format!("{}ja", "fr,".repeat(MOST_RANGES - 1))), Some(Language::Ja));
    }

    proptest! {
        #[test]
        fn no_header_whatever_is_a_fault(header in "\\PC{0,200}|[a-zA-Z0-9*;=,. \t-]{0,200}") {
            let _ = most_wanted(&header);
        }

        #[test]
        fn the_answer_is_the_first_of_the_heaviest(wanted in prop::collection::vec((0..9_usize, 0..=1000_u16), 0..20)) {
            let tag = |index: usize| Language::ALL.get(index).map_or("fr", |language| language.tag());
            let weight = |w: u16| if w == 1000 { "1".to_owned() } else { format!("0.{w:03}") };
            let header: Vec<String> = wanted.iter().map(|(index, w)| format!("{};q={}", tag(*index), weight(*w))).collect();
            let ours = wanted.iter().filter(|(index, w)| *index < Language::ALL.len() && *w > 0);
            // max_by_key gives the last of equals, hence the turn.
            let expected = ours.rev().max_by_key(|(_, w)| *w).map(|(index, _)| Language::ALL[*index]);
            prop_assert_eq!(most_wanted(&header.join(", ")), expected);
        }
    }
}
