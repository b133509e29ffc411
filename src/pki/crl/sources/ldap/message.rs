//! Messages of LDAP (RFC 4511 4.1.1) as they may be handed on: bounded, of definite lengths, and of the shape that
//! their kind has.

/// The deepest nesting that an answer to a search or a bind has, and some.
const MAX_DEPTH: usize = 8;

/// The kinds of answers that are waited for.
pub(super) const BIND_RESPONSE: u8 = 0x61;
pub(super) const SEARCH_ENTRY: u8 = 0x64;
pub(super) const SEARCH_DONE: u8 = 0x65;
pub(super) const SEARCH_REFERENCE: u8 = 0x73;
/// The kinds of requests that are sent.
pub(super) const BIND_REQUEST: u8 = 0x60;
pub(super) const SEARCH_REQUEST: u8 = 0x63;

/// One element: its tag and what is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub tag: u8,
    pub content: &'a [u8],
}

impl Element<'_> {
    fn is_constructed(self) -> bool {
        self.tag & 0x20 != 0
    }
}

/// What a length's first octet announces.
pub(super) enum Length {
    /// The length itself.
    Short(usize),
    /// The number of octets that hold it.
    Long(usize),
}

/// RFC 4511 5.1: definite lengths only; four octets are more than is ever taken.
pub(super) fn length(first: u8) -> Option<Length> {
    match first {
        0..=0x7f => Some(Length::Short(usize::from(first))),
        0x81..=0x84 => Some(Length::Long(usize::from(first & 0x7f))),
        _ => None,
    }
}

/// A number out of at most four octets.
pub(super) fn number(octets: &[u8]) -> usize {
    octets.iter().take(4).fold(0, |number, octet| (number << 8) | usize::from(*octet))
}

/// The first element and what follows it; none where there is no whole one.
fn first(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    // Tag numbers of several octets are in no message.
    if tag & 0x1f == 0x1f {
        return None;
    }
    let (&announced, rest) = rest.split_first()?;
    let (length, rest) = match length(announced)? {
        Length::Short(length) => (length, rest),
        Length::Long(octets) => {
            let (octets, rest) = rest.split_at_checked(octets)?;
            (number(octets), rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((Element { tag, content }, rest))
}

/// All elements one after the other.
fn elements(mut bytes: &[u8]) -> Option<Vec<Element<'_>>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (element, rest) = first(bytes)?;
        found.push(element);
        bytes = rest;
    }
    Some(found)
}

/// Whether everything inside is made of whole elements, no deeper than it may be.
fn is_sound(content: &[u8], depth: usize) -> bool {
    let Some(inside) = elements(content) else { return false };
    depth < MAX_DEPTH && inside.iter().all(|one| !one.is_constructed() || is_sound(one.content, depth + 1))
}

/// The kind of a message (the content of its SEQUENCE): the operation's tag. None where it is not of the shape that its
/// kind has.
pub(super) fn kind(content: &[u8]) -> Option<u8> {
    let (number, rest) = first(content)?;
    let (operation, rest) = first(rest)?;
    let numbered = number.tag == 0x02 && (1..=4).contains(&number.content.len());
    // Controls may follow, and nothing else.
    let followed = match elements(rest)?.as_slice() {
        [] => true,
        [controls] => controls.tag == 0xa0 && is_sound(controls.content, 1) && are_controls(controls.content),
        _ => false,
    };
    let sound = numbered && followed && (!operation.is_constructed() || is_sound(operation.content, 1));
    let shaped = match operation.tag {
        SEARCH_ENTRY => is_entry(operation.content),
        BIND_RESPONSE | SEARCH_DONE => is_result(operation.content),
        _ => true,
    };
    (sound && shaped).then_some(operation.tag)
}

/// Control ::= SEQUENCE { controlType OCTET STRING, criticality BOOLEAN, controlValue OCTET STRING }
fn are_controls(content: &[u8]) -> bool {
    let all = elements(content).unwrap_or_default();
    all.iter().all(|control| {
        let parts = elements(control.content).unwrap_or_default();
        let tags: Vec<u8> = parts.iter().map(|part| part.tag).collect();
        let texts = parts.first().is_some_and(|part| std::str::from_utf8(part.content).is_ok());
        let booleans = parts.iter().filter(|part| part.tag == 0x01).all(|part| part.content.len() == 1);
        let shaped = matches!(tags.as_slice(), [4] | [4, 1] | [4, 4] | [4, 1, 4]);
        control.tag == 0x30 && texts && booleans && shaped
    })
}

/// SearchResultEntry: objectName LDAPDN, attributes SEQUENCE OF SEQUENCE { type, vals SET OF OCTET STRING }
fn is_entry(content: &[u8]) -> bool {
    let parts = elements(content).unwrap_or_default();
    let [name, attributes] = parts.as_slice() else { return false };
    let text = |element: &Element<'_>| element.tag == 0x04 && std::str::from_utf8(element.content).is_ok();
    let attribute = |one: &Element<'_>| {
        let parts = elements(one.content).unwrap_or_default();
        let [kind, values] = parts.as_slice() else { return false };
        let values_are_octets = elements(values.content).is_some_and(|all| all.iter().all(|value| value.tag == 0x04));
        one.tag == 0x30 && text(kind) && values.tag == 0x31 && values_are_octets
    };
    text(name) && attributes.tag == 0x30 && elements(attributes.content).is_some_and(|all| all.iter().all(attribute))
}

/// LDAPResult: resultCode ENUMERATED, matchedDN, diagnosticMessage, and what may follow.
fn is_result(content: &[u8]) -> bool {
    let parts = elements(content).unwrap_or_default();
    let text = |element: &Element<'_>| element.tag == 0x04 && std::str::from_utf8(element.content).is_ok();
    let referrals = |element: &Element<'_>| {
        element.tag != 0xa3 || elements(element.content).is_some_and(|all| all.iter().all(text))
    };
    match parts.as_slice() {
        [code, matched, message, rest @ ..] => {
            let coded = code.tag == 0x0a && (1..=4).contains(&code.content.len());
            coded && text(matched) && text(message) && rest.len() <= 2 && rest.iter().all(referrals)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x84], length.as_slice(), content].concat()
    }

    fn entry() -> Vec<u8> {
        let attribute =
            tlv(0x30, &[tlv(4, b"certificateRevocationList;binary"), tlv(0x31, &tlv(4, b"\x30\x00"))].concat());
        let entry = tlv(SEARCH_ENTRY, &[tlv(4, b"cn=x"), tlv(0x30, &attribute)].concat());
        [tlv(2, &[2]), entry].concat()
    }

    #[test]
    fn messages_are_told_apart_and_have_their_shape() {
        assert_eq!(kind(&entry()), Some(SEARCH_ENTRY));
        let done = tlv(SEARCH_DONE, &[tlv(10, &[0]), tlv(4, b""), tlv(4, b"")].concat());
        assert_eq!(kind(&[tlv(2, &[1]), done.clone()].concat()), Some(SEARCH_DONE));
        let wrong: [&[u8]; 8] = [
            b"",
            &tlv(2, &[1]),
            &[tlv(2, &[]), done.clone()].concat(),
            &[tlv(4, &[1]), done.clone()].concat(),
            &[tlv(2, &[1]), done.clone(), tlv(0x30, b"")].concat(),
            &[tlv(2, &[1]), tlv(SEARCH_DONE, b"")].concat(),
            &[tlv(2, &[1]), tlv(SEARCH_ENTRY, &tlv(4, b"cn=x"))].concat(),
            &[tlv(2, &[1]), done, tlv(0xa0, &tlv(0x30, b""))].concat(),
        ];
        for message in wrong {
            assert_eq!(kind(message), None, "{}", hex::encode(message));
        }
    }

    #[test]
    fn what_is_nested_without_end_is_refused() {
        let deep = (0..100_000).fold(Vec::new(), |_, _| Vec::<u8>::new());
        assert!(is_sound(&deep, 0));
        let mut nested = Vec::new();
        for _ in 0..200 {
            nested = tlv(0x30, &nested);
        }
        assert_eq!(kind(&[tlv(2, &[1]), tlv(0x65, &nested)].concat()), None);
    }

    proptest! {
        /// Whatever is let through, the library reads without a panic.
        #[test]
        fn what_is_let_through_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..60), at in any::<prop::sample::Index>()) {
            let mut message = entry();
            let place = at.index(message.len());
            message.splice(place..(place + bytes.len() / 8).min(message.len()), bytes.iter().copied().take(bytes.len() / 8));
            for content in [bytes, message] {
                let Some(SEARCH_ENTRY) = kind(&content) else { continue };
                let whole = tlv(0x30, &content);
                let (rest, read) = ldap3::asn1::parse_tag(&whole).unwrap();
                prop_assert!(rest.is_empty());
                let mut parts = read.expect_constructed().unwrap();
                let operation = parts.remove(1);
                ldap3::SearchEntry::construct(ldap3::ResultEntry::new(operation));
            }
        }
    }
}
