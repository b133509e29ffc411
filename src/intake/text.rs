//! The forms of texts in documents: times, dates, digests, names of files.
use chrono::{DateTime, NaiveDate, Utc};

/// An RFC 3339 time. A space instead of `T`, which some readers let pass, is not taken.
pub(super) fn rfc3339(text: &str) -> Option<DateTime<Utc>> {
    if !matches!(text.as_bytes().get(10), Some(b'T' | b't')) || text.len() > 40 {
        return None;
    }
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())
}

/// `1980-12-31`, `1980-12` or `1980`: a date of the calendar as far as it is known.
pub(super) fn is_partial_date(text: &str) -> bool {
    let shape_fits = text
        .bytes()
        .enumerate()
        .all(|(index, byte)| if matches!(index, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        10 => text.to_owned(),
        _ => return false,
    };
    shape_fits && NaiveDate::parse_from_str(&whole, "%Y-%m-%d").is_ok()
}

/// 64 lower-case hexadecimal digits.
pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// One line of 1 to `most` characters.
pub(super) fn is_line(text: &str, most: usize) -> bool {
    !text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
}

/// Text of at most `most` characters, with line breaks and tabs and no other control character.
pub(super) fn is_text(text: &str, most: usize) -> bool {
    text.chars().count() <= most && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// The longest label, in bytes.
const MAX_LABEL: usize = 255;

/// A file's name as a label: it names no folder, and shows as it is.
pub(super) fn is_file_label(name: &str) -> bool {
    (1..=MAX_LABEL).contains(&name.len()) && !matches!(name, "." | "..") && name.chars().all(may_stand_in_label)
}

fn may_stand_in_label(c: char) -> bool {
    let marks = '\u{200B}'..='\u{200F}';
    let turns_direction =
        marks.contains(&c) || matches!(c, '\u{061C}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
    !matches!(c, '/' | '\\') && !c.is_control() && !turns_direction
}

/// The label for a file of which a browser sent the name, or a path: its last part, without what a label may not hold,
/// and where it is long without its beginning, for its end tells its kind. None where nothing is left.
pub fn file_label(sent: &str) -> Option<String> {
    let last = sent.rsplit(['/', '\\']).next()?;
    let name: String = last.chars().filter(|c| may_stand_in_label(*c)).collect();
    let name = name.trim();
    let cut = (0..=name.len()).find(|at| name.len() - at <= MAX_LABEL && name.is_char_boundary(*at))?;
    let name = name.get(cut..)?.trim_start();
    is_file_label(name).then(|| name.to_owned())
}

/// `type/subtype` of RFC 6838 4.2, without parameters.
pub(super) fn is_media_type(text: &str) -> bool {
    let is_name = |name: &str| {
        name.len() <= 127
            && name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    text.split_once('/').is_some_and(|(kind, subtype)| is_name(kind) && is_name(subtype))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339() {
        for good in ["2026-04-01T09:00:00Z", "2026-04-01t09:00:00.123z", "2026-04-01T09:00:00+09:00"] {
            assert!(rfc3339(good).is_some(), "{good}");
        }
        let bad = ["2026-04-01 09:00:00Z", "2026-04-01T09:00:00", "2026-02-30T09:00:00Z", "2026-04-01", "", "１０"];
        for bad in bad {
            assert!(rfc3339(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn dates_may_end_early_and_must_exist() {
        for good in ["1980-12-31", "1980-12", "1980", "2024-02-29"] {
            assert!(is_partial_date(good), "{good}");
        }
        for bad in ["", "1980-", "1980-13", "1980-02-30", "80-12-31", "1980/12/31", "1980-1-1", "+980", "昭和"] {
            assert!(!is_partial_date(bad), "{bad}");
        }
    }

    #[test]
    fn a_file_name_is_a_label_and_never_a_path() {
        for good in ["a.pdf", "住民票 (1).pdf", "...", "a\"b", "COM1"] {
            assert!(is_file_label(good), "{good}");
        }
        for bad in [
            "",
            ".",
            "..",
            "a/b",
            "..\\a",
            "a\0b",
            "a\nb",
            "fdp.\u{202E}exe",
            "a\u{200B}.pdf",
            "\u{FEFF}a",
            "a\u{2028}b",
            "\u{061C}a",
            &"a".repeat(256),
        ] {
            assert!(!is_file_label(bad), "{bad:?}");
        }
    }

    #[test]
    fn what_a_browser_sends_becomes_a_label_that_is_taken() {
        for (sent, label) in [
            ("C:\\secret\\住民票.pdf", Some("住民票.pdf")),
            ("../../etc/passwd", Some("passwd")),
            ("a\u{0}b\n.txt", Some("ab.txt")),
            ("fdp.\u{202E}exe", Some("fdp.exe")),
            ("\u{FEFF} a\u{2066}.pdf", Some("a.pdf")),
            ("", None),
            ("..", None),
            ("dir/", None),
            (" \u{7} ", None),
        ] {
            assert_eq!(file_label(sent).as_deref(), label, "{sent:?}");
        }
        for long in ["a".repeat(300), "住".repeat(300), "\u{10ffff}".repeat(100)] {
            let label = file_label(&format!("{long}.pdf")).unwrap();
            assert!(is_file_label(&label) && label.ends_with(".pdf"), "{label}");
        }
    }

    #[test]
    fn media_types_have_two_plain_halves() {
        for good in ["application/pdf", "image/svg+xml", "application/vnd.ms-excel"] {
            assert!(is_media_type(good), "{good}");
        }
        for bad in ["", "pdf", "text/html; charset=utf-8", "a/b/c", "/b", "a/", "text/ht ml", "text/\r\nX: y"] {
            assert!(!is_media_type(bad), "{bad:?}");
        }
    }
}
