//! The numbers of a document as they stand in its bytes. A reader of JSON makes machine numbers of them, which lose digits;
//! what is shown must be what is signed.

/// The text of every number in `json`, in order. `json` is known to be one JSON value (RFC 8259): outside of strings a minus or a
/// digit begins a number.
pub fn texts(json: &[u8]) -> impl Iterator<Item = &str> {
    let mut rest = json;
    std::iter::from_fn(move || {
        loop {
            let (&first, after) = rest.split_first()?;
            match first {
                b'"' => rest = after_string(after),
                b'-' | b'0'..=b'9' => {
                    let end = rest.iter().position(|byte| !is_of_number(*byte)).unwrap_or(rest.len());
                    let (number, after) = rest.split_at_checked(end)?;
                    rest = after;
                    return std::str::from_utf8(number).ok();
                }
                _ => rest = after,
            }
        }
    })
}

fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_digit() || b"+-.eE".contains(&byte)
}

/// What follows a string whose opening quotation mark was taken.
fn after_string(mut rest: &[u8]) -> &[u8] {
    while let Some((&byte, after)) = rest.split_first() {
        match byte {
            b'"' => return after,
            b'\\' => rest = after.get(1..).unwrap_or_default(),
            _ => rest = after,
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::card_client::document::Node;

    #[test]
    fn a_number_is_shown_as_it_stands_in_the_document() {
        let json = r#"{"a 1":1.0,"b":[-0,1e2,"\\",12345678901234567890123456789,"5\"6"],"c":{"d":0.10}}"#;
        let root = Node::parse(json.as_bytes()).unwrap();
        let shown: Vec<String> = root.leaves().iter().map(|(_, value)| value.to_string()).collect();
        assert_eq!(shown, ["1.0", "-0", "1e2", "\\", "12345678901234567890123456789", "5\"6", "0.10"]);
    }

    /// A leaf: as JSON has it, and as it must be shown.
    fn leaf() -> impl Strategy<Value = (String, String)> {
        let number = "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?";
        prop_oneof![
            number.prop_map(|text| (text.clone(), text)),
            any::<String>().prop_map(|text| (serde_json::Value::from(text.clone()).to_string(), text)),
        ]
    }

    proptest! {
        #[test]
        fn every_number_keeps_its_text(leaves in prop::collection::vec(leaf(), 1..12), names in prop::collection::vec("[-0-9a-z\"\\\\]{0,6}", 12)) {
            let members = leaves.iter().zip(&names).enumerate().map(|(index, ((json, _), name))| {
                let name = serde_json::Value::from(format!("{name}{index}"));
                if index % 3 == 0 { format!("{name}: [{json} ]") } else { format!("{name}:{json}") }
            });
            let document = format!("{{{}}}", members.collect::<Vec<_>>().join(" ,"));
            let root = Node::parse(document.as_bytes()).unwrap();
            let shown: Vec<String> = root.leaves().iter().map(|(_, value)| value.to_string()).collect();
            let expected: Vec<&String> = leaves.iter().map(|(_, shown)| shown).collect();
            prop_assert_eq!(shown.iter().collect::<Vec<_>>(), expected, "{}", document);
        }
    }
}
