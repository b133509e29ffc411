//! Strict I-JSON (RFC 7493): UTF-8 without a byte order mark, no name twice in one object at any depth, no lone
//! surrogates, no noncharacters, numbers that every reader takes alike, and a bound on depth. The document is parsed
//! once, here, and only what was parsed is used.
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// How deep arrays and objects may stand in one another.
pub const MAX_DEPTH: usize = 32;

/// The largest whole number that every reader of JSON takes alike (RFC 7493 2.2): 2^53 - 1.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Why bytes are not the JSON that is taken. It never repeats what stands in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonFault {
    /// Not UTF-8.
    #[error("it is not UTF-8: byte {0} cannot stand there")]
    NotUtf8(usize),
    /// It begins with a byte order mark.
    #[error("it begins with a byte order mark: leave the mark out")]
    ByteOrderMark,
    /// Not JSON, or something after it.
    #[error("it is not JSON: look at line {line}, column {column}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// A `\u` escape with half of a surrogate pair (RFC 7493 2.1).
    #[error("a text holds half of a surrogate pair: look at line {line}, column {column}")]
    LoneSurrogate {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// A name stands twice in one object (RFC 7493 2.3).
    #[error("a name stands twice in one object: look at line {line}, column {column}")]
    DuplicateName {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// A text holds a code point that is no character (RFC 7493 2.1).
    #[error("a text holds a code point that is no character (such as U+FFFE)")]
    Noncharacter,
    /// A number that not every reader takes alike (RFC 7493 2.2).
    #[error("a number is larger than 9007199254740991: send it as text")]
    Number,
    /// Arrays and objects stand too deep in one another.
    #[error("arrays and objects stand more than {MAX_DEPTH} deep in one another")]
    TooDeep,
}

/// Parses one I-JSON text; the whole input must be it.
///
/// # Errors
/// The first [`JsonFault`].
pub fn parse(bytes: &[u8]) -> Result<Value, JsonFault> {
    let text = std::str::from_utf8(bytes).map_err(|error| JsonFault::NotUtf8(error.valid_up_to()))?;
    if text.starts_with('\u{FEFF}') {
        return Err(JsonFault::ByteOrderMark);
    }
    let found = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict { found: &found, depth: 0 }.deserialize(&mut reader).and_then(|value| {
        reader.end()?;
        Ok(value)
    });
    value.map_err(|error| name_fault(&error, found.get()))
}

/// serde_json tells its reasons in words alone; these two stand for a half of a surrogate pair and for nothing else.
fn is_lone_surrogate(error: &serde_json::Error) -> bool {
    let text = error.to_string();
    text.contains("surrogate") || text.contains("end of hex escape")
}

/// What the visitor saw, where it was the visitor that stopped.
#[derive(Clone, Copy)]
enum Found {
    DuplicateName,
    Noncharacter,
    Number,
    TooDeep,
}

fn name_fault(error: &serde_json::Error, found: Option<Found>) -> JsonFault {
    let (line, column) = (error.line(), error.column());
    match found {
        Some(Found::DuplicateName) => JsonFault::DuplicateName { line, column },
        Some(Found::Noncharacter) => JsonFault::Noncharacter,
        Some(Found::Number) => JsonFault::Number,
        Some(Found::TooDeep) => JsonFault::TooDeep,
        None if is_lone_surrogate(error) => JsonFault::LoneSurrogate { line, column },
        None => JsonFault::Syntax { line, column },
    }
}

#[derive(Clone, Copy)]
struct Strict<'f> {
    found: &'f Cell<Option<Found>>,
    depth: usize,
}

impl Strict<'_> {
    fn stop<T, E: serde::de::Error>(self, found: Found) -> Result<T, E> {
        self.found.set(Some(found));
        Err(E::custom("not strict"))
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return self.stop(Found::TooDeep);
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        if value > MAX_SAFE_INTEGER { self.stop(Found::Number) } else { Ok(value.into()) }
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > MAX_SAFE_INTEGER { self.stop(Found::Number) } else { Ok(value.into()) }
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        // A whole number of more than 64 bits arrives here as well, rounded: it is refused with the rest.
        if value.abs() > MAX_SAFE_INTEGER as f64 { self.stop(Found::Number) } else { Ok(value.into()) }
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        if has_noncharacter(text) { self.stop(Found::Noncharacter) } else { Ok(Value::String(text.to_owned())) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(inner)? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if has_noncharacter(&name) {
                return self.stop(Found::Noncharacter);
            }
            // Names are compared as they read, not as they are escaped.
            if object.contains_key(&name) {
                self.found.set(Some(Found::DuplicateName));
                return Err(A::Error::custom("a name twice"));
            }
            let value = members.next_value_seed(inner)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

/// Whether a text holds U+FDD0 to U+FDEF, or a code point that ends in FFFE or FFFF.
fn has_noncharacter(text: &str) -> bool {
    // Every one of them begins with a byte of 0xEF or above in UTF-8; most texts have none such.
    text.bytes().any(|byte| byte >= 0xEF)
        && text.chars().map(u32::from).any(|code| code & 0xFFFE == 0xFFFE || (0xFDD0..=0xFDEF).contains(&code))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fault(text: &str) -> Option<JsonFault> {
        parse(text.as_bytes()).err()
    }

    #[test]
    fn a_name_twice_is_found_at_every_depth_and_under_every_spelling() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":{"b":[{"c":1,"d":2,"c":3}]}}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"[[{"":0,"":0}]]"#,
            r#"{"😀":1,"\ud83d\ude00":2}"#,
        ] {
            assert!(matches!(fault(text), Some(JsonFault::DuplicateName { .. })), "{text}");
        }
        assert_eq!(fault(r#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}],"A":2}"#), None);
    }

    #[test]
    fn each_slip_has_its_name() {
        assert_eq!(fault("\u{FEFF}{}"), Some(JsonFault::ByteOrderMark));
        assert_eq!(parse(b"{\"a\":\"\xFF\"}"), Err(JsonFault::NotUtf8(6)));
        assert_eq!(parse(b"\"\xED\xA0\x80\""), Err(JsonFault::NotUtf8(1)));
        for text in [r#""\ud800""#, r#""\udc00""#, r#""\ud800\u0041""#, r#"{"\ud800":1}"#, r#""\ud800\ud800""#] {
            assert!(matches!(fault(text), Some(JsonFault::LoneSurrogate { .. })), "{text} {:?}", fault(text));
        }
        for text in ["\"\u{FFFE}\"", r#""\uffff""#, "\"\u{FDD0}\"", r#"{"\ufdef":1}"#, "\"\u{10FFFF}\""] {
            assert_eq!(fault(text), Some(JsonFault::Noncharacter), "{text}");
        }
        for text in ["9007199254740992", "-9007199254740992", "18446744073709551616", "1e300", "[-1e19]"] {
            assert_eq!(fault(text), Some(JsonFault::Number), "{text}");
        }
        for text in ["", " ", "{", "{}{}", "{} x", "nul", "'a'", "{a:1}", "[1,]", "01", "1.", "NaN", "1e999", "\"\n\""]
        {
            assert!(matches!(fault(text), Some(JsonFault::Syntax { .. })), "{text} {:?}", fault(text));
        }
        for text in
            ["null", " [1, -1.5, true] ", "9007199254740991", "-9007199254740991", r#""\ud83d\ude00 \u0000 \ufffd""#]
        {
            assert_eq!(fault(text), None, "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(fault(&nested(MAX_DEPTH)), None);
        assert_eq!(fault(&nested(MAX_DEPTH + 1)), Some(JsonFault::TooDeep));
        assert_eq!(fault(&"[".repeat(1_000_000)), Some(JsonFault::TooDeep));
        assert_eq!(fault(&"{\"a\":".repeat(500_000)), Some(JsonFault::TooDeep));
    }

    proptest! {
        #[test]
        fn no_input_stops_the_parser(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn what_is_taken_reads_as_serde_json_reads_it(text in r#"[\[\]{}:,"a-c0-9. \\u]{0,40}"#) {
            if let Ok(value) = parse(text.as_bytes()) {
                prop_assert_eq!(value, serde_json::from_str::<Value>(&text).unwrap());
            }
        }
    }
}
