//! The profile of the Japanese public certification service (JPKI), as data: which otherName holds which attribute
//! of the resident, and which policies mark which certificate.
use super::certificate::{Certificate, Oid};
use super::general_name::GeneralName;
use crate::asn1;

/// 1.2.392.200149.8.5.5, content octets: the arc of the six attributes in subjectAltName.
const ATTRIBUTE_ARC: &[u8] = &[0x2a, 0x83, 0x08, 0x8c, 0x9b, 0x55, 0x08, 0x05, 0x05];

/// Policies that mark a signature certificate: of cards in use, of test cards, of phones.
pub const SIGNING_POLICIES: &[&str] =
    &["1.2.392.200149.8.5.1.1.20", "1.2.392.200149.8.5.1.0.20", "1.2.392.200149.8.5.1.1.40"];

/// Policies that mark a user authentication certificate, which must not sign filings.
pub const AUTHENTICATION_POLICIES: &[&str] = &["1.2.392.200149.8.5.1.3.30"];

/// What the certificate's otherNames state of the resident; none where one is absent or says that it is not known.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ResidentAttributes {
    /// Family and given name, separated by U+3000.
    pub name: Option<String>,
    /// One `0` or `1` a character of the name; 1: a substitute stands for a character outside the standard sets.
    pub name_substitutes: Option<String>,
    /// `male`, `female` or `unknown`.
    pub sex: Option<&'static str>,
    /// `1980-12-31`, `1980-12` or `1980`, as far as it is known.
    pub date_of_birth: Option<String>,
    /// From the prefecture, without postcode.
    pub address: Option<String>,
    /// As `name_substitutes`, for the address.
    pub address_substitutes: Option<String>,
}

/// Personal data is not shown.
impl std::fmt::Debug for ResidentAttributes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ResidentAttributes(..)")
    }
}

/// An attribute that breaks the profile: the otherName's last arc, and what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the attribute 1.2.392.200149.8.5.5.{arc} {what}")]
pub struct AttributeError {
    /// 1 to 6.
    pub arc: u8,
    /// A phrase for the report, without personal data.
    pub what: &'static str,
}

/// Reads the resident's attributes out of subjectAltName; otherNames of other types are passed over.
pub fn resident_attributes(certificate: &Certificate) -> Result<ResidentAttributes, AttributeError> {
    let mut attributes = ResidentAttributes::default();
    let mut seen = 0u8;
    for name in certificate.subject_alt_names() {
        let GeneralName::Other { oid, value } = name else { continue };
        let Some([arc @ 1..=6]) = oid.strip_prefix(ATTRIBUTE_ARC) else { continue };
        if seen & (1 << arc) != 0 {
            return Err(AttributeError { arc: *arc, what: "stands twice" });
        }
        seen |= 1 << arc;
        let text = utf8(value).ok_or(AttributeError { arc: *arc, what: "is not a UTF8String" })?;
        set(&mut attributes, *arc, text)?;
    }
    check_marks(&attributes.name, &attributes.name_substitutes, 2)?;
    check_marks(&attributes.address, &attributes.address_substitutes, 6)?;
    Ok(attributes)
}

fn set(attributes: &mut ResidentAttributes, arc: u8, text: &str) -> Result<(), AttributeError> {
    match arc {
        1 => attributes.name = Some(text.to_owned()),
        2 => attributes.name_substitutes = Some(text.to_owned()),
        3 => attributes.sex = Some(sex(text).ok_or(AttributeError { arc, what: "is not 1, 2 or 3" })?),
        4 => {
            attributes.date_of_birth =
                date_of_birth(text).ok_or(AttributeError { arc, what: "is not a date EYYYYMMDD" })?;
        }
        5 => attributes.address = Some(text.to_owned()),
        _ => attributes.address_substitutes = Some(text.to_owned()),
    }
    Ok(())
}

fn utf8(value: &[u8]) -> Option<&str> {
    let tlv = asn1::single(value).ok()?.with_tag(asn1::UTF8_STRING).ok()?;
    std::str::from_utf8(tlv.value).ok()
}

fn sex(text: &str) -> Option<&'static str> {
    match text {
        "1" => Some("male"),
        "2" => Some("female"),
        "3" => Some("unknown"),
        _ => None,
    }
}

/// `EYYYYMMDD` (E: the era, 0 to 5; the year is Gregorian; unknown parts are zeros) as far as it is known; the outer
/// none where it is not such a date.
pub fn date_of_birth(text: &str) -> Option<Option<String>> {
    if text.len() != 9 || !text.bytes().all(|byte| byte.is_ascii_digit()) || text.as_bytes().first() > Some(&b'5') {
        return None;
    }
    let (year, month, day) = (text.get(1..5)?, text.get(5..7)?, text.get(7..9)?);
    let known = |part: &str| part.bytes().any(|byte| byte != b'0');
    match (known(year), known(month), known(day)) {
        (false, _, _) => Some(None),
        (true, false, _) => Some(Some(year.to_owned())),
        (true, true, false) if ("01"..="12").contains(&month) => Some(Some(format!("{year}-{month}"))),
        (true, true, true) => {
            let date = format!("{year}-{month}-{day}");
            date.parse::<chrono::NaiveDate>().ok().map(|_| Some(date))
        }
        _ => None,
    }
}

/// Substitute marks are one `0` or `1` for each character of what they mark.
fn check_marks(text: &Option<String>, marks: &Option<String>, arc: u8) -> Result<(), AttributeError> {
    let Some(marks) = marks else { return Ok(()) };
    if !marks.bytes().all(|byte| matches!(byte, b'0' | b'1')) {
        return Err(AttributeError { arc, what: "holds other marks than 0 and 1" });
    }
    match text {
        Some(text) if text.chars().count() != marks.len() => {
            Err(AttributeError { arc, what: "has not one mark for each character" })
        }
        _ => Ok(()),
    }
}

/// Whether one of the certificate's policies is in `list` (dotted OIDs).
pub fn has_policy(certificate: &Certificate, list: &[&str]) -> bool {
    let wanted = |policy: &Oid| list.iter().any(|text| Oid::from_text(text).as_ref() == Some(policy));
    certificate.policies().iter().any(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arc_is_what_its_dotted_form_says() {
        assert_eq!(asn1::oid_text(ATTRIBUTE_ARC), "1.2.392.200149.8.5.5");
    }

    #[test]
    fn dates_of_birth_are_gregorian_and_may_be_known_in_part() {
        assert_eq!(date_of_birth("319801231"), Some(Some("1980-12-31".to_owned())));
        assert_eq!(date_of_birth("319801200"), Some(Some("1980-12".to_owned())));
        assert_eq!(date_of_birth("319800000"), Some(Some("1980".to_owned())));
        assert_eq!(date_of_birth("000000000"), Some(None));
        for wrong in ["19801231", "619801231", "319801331", "319800231x", "319810229", "319801300"] {
            assert_eq!(date_of_birth(wrong), None, "{wrong}");
        }
    }
}
