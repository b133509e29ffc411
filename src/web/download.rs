//! Files that are given out: always to be saved, never shown as a page of ours, under a name that cannot harm.
//!
//! An attachment's name was written by a stranger. In the header it can end neither the line nor the quotes (RFC 9110
//! 5.5), it names no folder, turns no direction of writing, hides no ending, and is not too long for a file system.
use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use bytes::Bytes;

/// The longest name, in characters and in bytes of UTF-8.
const MAX_CHARACTERS: usize = 120;
const MAX_BYTES: usize = 240;

/// What a file is called whose name had nothing to call it by.
const NAMELESS: &str = "attachment";

/// The answer that hands `bytes` out as bytes of no kind, to be saved as `name`.
pub fn opaque(name: &str, bytes: Bytes) -> HttpResponse {
    of_kind("application/octet-stream", name, bytes)
}

/// The same for a file that we made ourselves, whose media type may be told.
pub fn of_kind(media_type: &str, name: &str, bytes: impl Into<Bytes>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(disposition(name))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type(media_type)
        .body(bytes.into())
}

/// `attachment` with the name (RFC 6266): as it is where it is plain ASCII, and otherwise in UTF-8 (RFC 8187) with an
/// ASCII stand-in before it for those who read only that.
pub fn disposition(name: &str) -> (HeaderName, HeaderValue) {
    let name = safe_name(name);
    let plain: String = name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    let text = if plain == name {
        format!("attachment; filename=\"{plain}\"")
    } else {
        format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", percent_encoded(&name))
    };
    let value = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"));
    (header::CONTENT_DISPOSITION, value)
}

/// The name under which a file may be saved: no separators, controls or marks that turn the direction of writing, no
/// leading dot. The end of a name is its kind: a long one is cut at its beginning.
pub fn safe_name(label: &str) -> String {
    let harmless = |letter: char| match letter {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
        '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => '_',
        letter if letter.is_control() => '_',
        letter => letter,
    };
    let name: String = label.trim().chars().map(harmless).collect();
    let name = name.trim_start_matches('.').trim_end_matches(['.', ' ']);
    let mut kept = 0;
    let from_the_end = |letter: &char| {
        kept += letter.len_utf8();
        kept <= MAX_BYTES
    };
    let reversed: String = name.chars().rev().take(MAX_CHARACTERS).take_while(from_the_end).collect();
    let name: String = reversed.chars().rev().collect();
    let name = name.trim_start_matches(['.', ' ']);
    if name.is_empty() { NAMELESS.to_owned() } else { name.to_owned() }
}

/// What stands in a quoted string as it is, and means the same to every reader (RFC 6266 appendix D).
fn is_plain(letter: char) -> bool {
    (letter.is_ascii_graphic() || letter == ' ') && !matches!(letter, '"' | '\\' | '%' | '\'')
}

/// RFC 8187 3.2.1: what is no attr-char is percent-encoded.
fn percent_encoded(name: &str) -> String {
    let mut text = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: &str) -> String {
        disposition(name).1.to_str().unwrap().to_owned()
    }

    #[test]
    fn a_label_never_becomes_a_path_or_a_trick() {
        assert_eq!(safe_name("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(safe_name("住民票.pdf"), "住民票.pdf");
        assert_eq!(safe_name("a\u{202e}fdp.exe"), "a_fdp.exe");
        assert_eq!(safe_name("a\u{200b}b\u{feff}.pdf"), "a_b_.pdf");
        assert_eq!(safe_name("a\r\nSet-Cookie: x"), "a__Set-Cookie_ x");
        assert_eq!(safe_name(".htaccess"), "htaccess");
        for nothing in ["", "...", " . ", "\u{3000}"] {
            assert_eq!(safe_name(nothing), NAMELESS);
        }
        for long in ["x".repeat(500), "住".repeat(500), format!("{}.", "\u{10ffff}".repeat(300))] {
            let name = safe_name(&format!("{long}.pdf"));
            assert!(name.ends_with(".pdf") && name.len() <= MAX_BYTES && name.chars().count() <= MAX_CHARACTERS);
        }
    }

    #[test]
    fn the_header_is_one_line_of_ascii_with_one_pair_of_quotes_whatever_the_name() {
        assert_eq!(header("application.json"), "attachment; filename=\"application.json\"");
        assert_eq!(header("a plan (2).pdf"), "attachment; filename=\"a plan (2).pdf\"");
        assert_eq!(
            header("住 民%\".pdf"),
            "attachment; filename=\"_ ___.pdf\"; filename*=UTF-8''%E4%BD%8F%20%E6%B0%91%25_.pdf"
        );
        let all: String = ('\u{0}'..='\u{2100}').collect();
        let names = all.chars().map(|letter| format!("a{letter}\";x=\"b.pdf")).chain([all.clone(), "é".repeat(900)]);
        for name in names {
            let text = header(&name);
            assert!(text.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{text}");
            assert!(text.matches('"').count() == 2 && !text.contains('\\'), "{text}");
            assert!(text.starts_with("attachment; filename=\"") && text.len() < 1000, "{text}");
        }
    }
}
