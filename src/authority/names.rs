//! Distinguished names in declarations: `C=JP`, or with the string type said, `O:printable=JPKI`.
//!
//! Without it C and serialNumber are PrintableString and everything else is UTF8String, as in the certificates of the
//! Japanese public certification service.
use openssl::x509::X509Name;

use super::AuthorityError;
use super::der;

/// What stands for `{placeholder}` in a name or an address.
#[derive(Debug, Clone, Default)]
pub struct Values<'a> {
    /// Placeholder (without braces) and value.
    pub pairs: Vec<(&'static str, &'a str)>,
}

impl Values<'_> {
    /// `template` filled in.
    ///
    /// # Errors
    /// When a placeholder has no value here.
    pub fn fill(&self, template: &str) -> Result<String, AuthorityError> {
        let mut text = template.to_owned();
        for (placeholder, value) in &self.pairs {
            text = text.replace(&format!("{{{placeholder}}}"), value);
        }
        match (template.contains('{'), text.find('{')) {
            (true, Some(at)) if text.get(at..).is_some_and(|rest| rest.contains('}')) => {
                let known: Vec<String> = self.pairs.iter().map(|(name, _)| format!("{{{name}}}")).collect();
                Err(AuthorityError::Declaration(format!(
                    "`{template}` names what is not known here; known are {}",
                    if known.is_empty() { "none".to_owned() } else { known.join(", ") }
                )))
            }
            _ => Ok(text),
        }
    }
}

/// The DER of a Name.
///
/// # Errors
/// When an entry is not `attribute=value` of known attributes and string types.
pub fn name_der(entries: &[String], values: &Values<'_>) -> Result<Vec<u8>, AuthorityError> {
    let mut rdns = Vec::new();
    for entry in entries {
        rdns.extend(rdn(entry, values)?);
    }
    Ok(der::tlv(0x30, &rdns))
}

/// The same for OpenSSL's builders.
///
/// # Errors
/// As [`name_der`].
pub fn x509_name(entries: &[String], values: &Values<'_>) -> Result<X509Name, AuthorityError> {
    Ok(X509Name::from_der(&name_der(entries, values)?)?)
}

fn rdn(entry: &str, values: &Values<'_>) -> Result<Vec<u8>, AuthorityError> {
    let wrong = |what: &str| {
        AuthorityError::Declaration(format!(
            "name entry `{entry}`: {what}; write C=JP or O:printable=JPKI with C, ST, L, O, OU, CN, DC or serialNumber \
             and printable, utf8, ia5 or bmp"
        ))
    };
    let (left, value) = entry.split_once('=').ok_or_else(|| wrong("there is no `=`"))?;
    let (attribute, kind) = match left.split_once(':') {
        Some((attribute, kind)) => (attribute, Some(kind)),
        None => (left, None),
    };
    let (oid, usual) = match attribute {
        "C" => ("2.5.4.6", "printable"),
        "ST" => ("2.5.4.8", "utf8"),
        "L" => ("2.5.4.7", "utf8"),
        "O" => ("2.5.4.10", "utf8"),
        "OU" => ("2.5.4.11", "utf8"),
        "CN" => ("2.5.4.3", "utf8"),
        "DC" => ("0.9.2342.19200300.100.1.25", "ia5"),
        "serialNumber" => ("2.5.4.5", "printable"),
        _ => return Err(wrong("the attribute is not known")),
    };
    let value = values.fill(value)?;
    let encoded = match kind.unwrap_or(usual) {
        "printable" if value.is_ascii() => der::tlv(0x13, value.as_bytes()),
        "ia5" if value.is_ascii() => der::ia5(&value),
        "utf8" => der::utf8(&value),
        "bmp" => der::tlv(0x1e, &value.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>()),
        "printable" | "ia5" => return Err(wrong("the value is not ASCII")),
        _ => return Err(wrong("the string type is not known")),
    };
    Ok(der::set_of_one(&der::sequence(&[&der::oid(oid)?, &encoded])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn string_types_follow_the_attribute_or_what_is_said() {
        let entries = ["C=JP".to_owned(), "O:printable=JPKI".to_owned(), "CN={id}".to_owned()];
        let der = name_der(&entries, &Values { pairs: vec![("id", "一")] }).unwrap();
        assert!(der.windows(4).any(|window| window == [0x13, 2, b'J', b'P']));
        assert!(der.windows(6).any(|window| window == [0x13, 4, b'J', b'P', b'K', b'I']));
        assert!(der.windows(5).any(|window| window == [0x0c, 3, 0xe4, 0xb8, 0x80]));
    }

    #[test]
    fn a_wrong_entry_says_what_is_allowed() {
        let none = Values::default();
        let cases = [("CN", "CN"), ("X=1", "X"), ("C:odd=JP", "C:odd"), ("C=日本", "C"), ("CN={nobody}", "{nobody}")];
        for (wrong, told) in cases {
            let error = name_der(&[wrong.to_owned()], &none).unwrap_err().to_string();
            assert!(error.contains(told), "{wrong}: {error}");
        }
    }
}
