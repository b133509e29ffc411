//! The headers of one part: its name and file name (RFC 7578 4.2, RFC 6266, and what browsers send).
use super::splitter::Broken;

/// The longest file name, in bytes.
const FILE_NAME_LIMIT: usize = 1024;

/// What a part's Content-Disposition says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposition {
    /// The field's name.
    pub name: String,
    /// The file's name: a label only, never a path.
    pub file_name: Option<String>,
}

/// Reads a part's header block, lines ended by CRLF.
pub fn parse_headers(block: &[u8]) -> Result<Disposition, Broken> {
    let block = std::str::from_utf8(block).map_err(|_| Broken("The headers of a part are not UTF-8."))?;
    let mut found = None;
    for line in block.split("\r\n").filter(|line| !line.is_empty()) {
        let (header, value) = line.split_once(':').ok_or(Broken("A header line of a part has no colon."))?;
        if header.eq_ignore_ascii_case("content-disposition") {
            if found.replace(disposition(value)?).is_some() {
                return Err(Broken("A part has two Content-Disposition headers."));
            }
        } else if header.eq_ignore_ascii_case("content-transfer-encoding") {
            let plain = ["binary", "8bit", "7bit"].iter().any(|kind| value.trim().eq_ignore_ascii_case(kind));
            if !plain {
                return Err(Broken(
                    "A part has a Content-Transfer-Encoding; send the bytes as they are (RFC 7578 4.7).",
                ));
            }
        }
    }
    found.ok_or(Broken("A part has no Content-Disposition header."))
}

fn disposition(value: &str) -> Result<Disposition, Broken> {
    const FORM: Broken = Broken("A part's Content-Disposition cannot be read.");
    let (kind, mut rest) = value.split_once(';').ok_or(FORM)?;
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return Err(Broken("A part's Content-Disposition is not form-data."));
    }
    let (mut name, mut file_name, mut file_name_ext) = (None, None, None);
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let (key, after) = rest.split_once('=').ok_or(FORM)?;
        let (text, after) = parameter_value(after.trim_start()).ok_or(FORM)?;
        let slot = match key.trim().to_ascii_lowercase().as_str() {
            "name" => Some(&mut name),
            "filename" => Some(&mut file_name),
            "filename*" => Some(&mut file_name_ext),
            _ => None,
        };
        if slot.is_some_and(|slot| slot.replace(text).is_some()) {
            return Err(Broken("A part's Content-Disposition names a parameter twice."));
        }
        let after = after.trim_start();
        rest = if after.is_empty() { after } else { after.strip_prefix(';').ok_or(FORM)? };
    }
    let file_name = match (file_name_ext, file_name) {
        (Some(extended), _) => Some(extended_value(&extended).ok_or(FORM)?),
        (None, plain) => plain.map(|text| browser_decoded(&text)),
    };
    if file_name.as_ref().is_some_and(|name| name.len() > FILE_NAME_LIMIT) {
        return Err(Broken("A part's file name is longer than 1024 bytes."));
    }
    Ok(Disposition { name: name.ok_or(Broken("A part has no name."))?, file_name })
}

/// A token or a quoted string, and what follows it. Only `\"` and `\\` are escapes: a Windows path has single backslashes.
fn parameter_value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ' ', '\t']).unwrap_or(text.len());
        return Some((text.get(..end)?.to_owned(), text.get(end..)?));
    };
    let mut value = String::with_capacity(quoted.len());
    let mut characters = quoted.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match (character, characters.peek()) {
            ('"', _) => return Some((value, quoted.get(at + 1..)?)),
            ('\\', Some((_, escaped @ ('"' | '\\')))) => {
                value.push(*escaped);
                characters.next();
            }
            (other, _) => value.push(other),
        }
    }
    None
}

/// What browsers escape in a file name (WHATWG HTML 4.10.21.8): the quote and line ends, and nothing else.
fn browser_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    text.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

/// `UTF-8''...` (RFC 8187).
fn extended_value(text: &str) -> Option<String> {
    let (charset, rest) = text.split_once('\'')?;
    let (_language, encoded) = rest.split_once('\'')?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut raw = encoded.bytes();
    while let Some(byte) = raw.next() {
        if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
            bytes.push(digit(raw.next()?)? << 4 | digit(raw.next()?)?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<(String, Option<String>), Broken> {
        let found = parse_headers(format!("Content-Type: text/plain\r\ncontent-disposition: {value}\r\n").as_bytes())?;
        Ok((found.name, found.file_name))
    }

    #[test]
    fn names_come_out_as_they_were_meant() {
        let cases = [
            ("form-data; name=\"a\"", "a", None),
            ("form-data; name=a; filename=b.pdf", "a", Some("b.pdf")),
            ("Form-Data; NAME=\"a\"; filename=\"\"", "a", Some("")),
            ("form-data; name=\"a\"; filename=\"x;y=\\\"z\\\".pdf\"", "a", Some("x;y=\"z\".pdf")),
            ("form-data; name=\"a\"; filename=\"%22q%22 100%.pdf\"", "a", Some("\"q\" 100%.pdf")),
            ("form-data; name=\"a\"; filename=\"C:\\dir\\住民票.pdf\"", "a", Some("C:\\dir\\住民票.pdf")),
            ("form-data; name=\"a\"; filename=\"x\"; filename*=UTF-8''%E7%A5%A8.pdf", "a", Some("票.pdf")),
        ];
        for (value, name, file_name) in cases {
            assert_eq!(read(value), Ok((name.to_owned(), file_name.map(str::to_owned))), "{value}");
        }
    }

    #[test]
    fn what_cannot_be_read_or_means_two_things_is_refused() {
        let long = format!("form-data; name=\"a\"; filename=\"{}\"", "n".repeat(1025));
        for wrong in [
            "form-data",
            "form-data; filename=\"a\"",
            "form-data; name=\"a",
            "form-data; name=\"a\" x",
            "form-data; name=\"a\"; name=\"b\"",
            "form-data; name=\"a\"; filename*=latin1''x",
            "form-data; name=\"a\"; filename*=UTF-8''%F",
            "form-data; name=\"a\"; filename*=UTF-8''%FF",
            &long,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
