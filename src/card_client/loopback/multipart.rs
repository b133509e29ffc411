//! A form with files (RFC 7578), read as it comes: of each file its name, size and digest, and nothing else is kept.
use ring::digest::{Context, SHA256};

/// The most files of a form.
pub const MOST_FILES: usize = 50;
/// The longest form.
pub const MAX_FORM: u64 = 256 << 20;
/// The longest head of a part.
const MAX_HEAD: usize = 8 << 10;
/// The longest field that is no file.
const MAX_FIELD: usize = 256;

/// A file that a person chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenFile {
    /// Its name, as the browser gave it.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// Hex SHA-256.
    pub sha256: String,
}

/// What a form held.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// The form's secret.
    pub secret: String,
    /// The files, in order.
    pub files: Vec<ChosenFile>,
}

/// That a form is none, or passes a limit.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAForm;

enum Part {
    /// What stands before the first boundary.
    Before,
    Secret(Vec<u8>),
    File {
        name: String,
        size: u64,
        digest: Box<Context>,
    },
}

enum At {
    Body(Part),
    /// After a boundary.
    Boundary,
    Head,
    End,
}

/// Reads a form in pieces.
pub struct Reader {
    delimiter: Vec<u8>,
    buffer: Vec<u8>,
    total: u64,
    at: At,
    form: Form,
}

impl Reader {
    /// For a body with this media type; none when that is no form with files.
    pub fn new(content_type: &str) -> Option<Self> {
        let rest = content_type.strip_prefix("multipart/form-data")?.trim_start().strip_prefix(';')?;
        let boundary = rest.trim().strip_prefix("boundary=")?.trim_matches('"');
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte);
        if boundary.is_empty() || boundary.len() > 70 || !boundary.bytes().all(fits) {
            return None;
        }
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        // The first boundary has no line end before it: this stands in for that.
        Some(Self { delimiter, buffer: b"\r\n".to_vec(), total: 0, at: At::Body(Part::Before), form: Form::default() })
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// When this is no form, or a limit is passed.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), NotAForm> {
        self.total = self.total.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if self.total > MAX_FORM {
            return Err(NotAForm);
        }
        self.buffer.extend_from_slice(piece);
        while self.step()? {}
        Ok(())
    }

    /// The form, once it came whole.
    ///
    /// # Errors
    /// When it did not.
    pub fn finish(self) -> Result<Form, NotAForm> {
        if matches!(self.at, At::End) { Ok(self.form) } else { Err(NotAForm) }
    }

    /// One step; false when more is needed for the next.
    fn step(&mut self) -> Result<bool, NotAForm> {
        match &mut self.at {
            At::Body(part) => {
                let found = find(&self.buffer, &self.delimiter);
                // What may be the beginning of a boundary waits for what follows.
                let sure = found.unwrap_or_else(|| self.buffer.len().saturating_sub(self.delimiter.len() - 1));
                part.take(self.buffer.get(..sure).unwrap_or_default())?;
                self.buffer.drain(..sure);
                if found.is_some() {
                    self.buffer.drain(..self.delimiter.len());
                    self.end_part()?;
                }
                Ok(found.is_some())
            }
            At::Boundary => match self.buffer.get(..2) {
                Some(b"--") => {
                    self.at = At::End;
                    Ok(true)
                }
                Some(b"\r\n") => {
                    self.buffer.drain(..2);
                    self.at = At::Head;
                    Ok(true)
                }
                Some(_) => Err(NotAForm),
                None => Ok(false),
            },
            At::Head => match find(&self.buffer, b"\r\n\r\n") {
                Some(end) if end <= MAX_HEAD => {
                    let head: Vec<u8> = self.buffer.drain(..end + 4).collect();
                    self.begin_part(&head)?;
                    Ok(true)
                }
                None if self.buffer.len() <= MAX_HEAD => Ok(false),
                _ => Err(NotAForm),
            },
            At::End => {
                self.buffer.clear();
                Ok(false)
            }
        }
    }

    fn begin_part(&mut self, head: &[u8]) -> Result<(), NotAForm> {
        let head = std::str::from_utf8(head).map_err(|_| NotAForm)?;
        let (name, file_name) = disposition(head).ok_or(NotAForm)?;
        let part = match (name.as_str(), file_name) {
            ("secret", None) => Part::Secret(Vec::new()),
            ("file", Some(name)) => Part::File { name, size: 0, digest: Box::new(Context::new(&SHA256)) },
            _ => return Err(NotAForm),
        };
        self.at = At::Body(part);
        Ok(())
    }

    fn end_part(&mut self) -> Result<(), NotAForm> {
        match std::mem::replace(&mut self.at, At::Boundary) {
            At::Body(Part::Secret(bytes)) if self.form.secret.is_empty() => {
                self.form.secret = String::from_utf8(bytes).map_err(|_| NotAForm)?;
            }
            // An empty field of a form is a file without name and content.
            At::Body(Part::File { name, size: 0, .. }) if name.is_empty() => {}
            At::Body(Part::File { name, size, digest }) if self.form.files.len() < MOST_FILES => {
                self.form.files.push(ChosenFile { name, size, sha256: hex::encode(digest.finish().as_ref()) });
            }
            At::Body(Part::Before) => {}
            _ => return Err(NotAForm),
        }
        Ok(())
    }
}

impl Part {
    fn take(&mut self, bytes: &[u8]) -> Result<(), NotAForm> {
        match self {
            Self::Before if bytes.is_empty() => Ok(()),
            Self::Before => Err(NotAForm),
            Self::Secret(field) if field.len() + bytes.len() <= MAX_FIELD => {
                field.extend_from_slice(bytes);
                Ok(())
            }
            Self::Secret(_) => Err(NotAForm),
            Self::File { size, digest, .. } => {
                digest.update(bytes);
                *size = size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                Ok(())
            }
        }
    }
}

/// Name and file name of a part's Content-Disposition. Browsers write quotation marks in them as %22.
fn disposition(head: &str) -> Option<(String, Option<String>)> {
    const NAME: &str = "content-disposition:";
    let line =
        head.split("\r\n").find(|line| line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME)))?;
    let mut rest = line.get(NAME.len()..)?.trim().strip_prefix("form-data")?;
    let (mut name, mut file_name) = (None, None);
    while let Some(parameter) = rest.strip_prefix(';') {
        let (key, value) = parameter.trim_start().split_once("=\"")?;
        let (value, after) = value.split_once('"')?;
        let place = match key {
            "name" => &mut name,
            "filename" => &mut file_name,
            _ => return None,
        };
        if place.replace(value.replace("%22", "\"")).is_some() {
            return None;
        }
        rest = after;
    }
    rest.is_empty().then_some(())?;
    Some((name?, file_name))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    // Looking for its last octet first makes long files quick.
    let last = *needle.last()?;
    let mut from = needle.len() - 1;
    while let Some(at) = haystack.get(from..)?.iter().position(|byte| *byte == last) {
        let end = from + at + 1;
        if haystack.get(..end)?.ends_with(needle) {
            return Some(end - needle.len());
        }
        from = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=----b0";

    fn body(files: &[(String, Vec<u8>)]) -> Vec<u8> {
        let mut out = b"------b0\r\nContent-Disposition: form-data; name=\"secret\"\r\n\r\nsec\r\n".to_vec();
        for (name, content) in files {
            let name = name.replace('"', "%22");
            let head = format!(
                "------b0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: x/y\r\n\r\n"
            );
            out.extend([head.as_bytes(), content, b"\r\n"].concat());
        }
        out.extend(b"------b0--\r\n");
        out
    }

    fn read(body: &[u8], piece: usize) -> Result<Form, NotAForm> {
        let mut reader = Reader::new(TYPE).unwrap();
        body.chunks(piece.max(1)).try_for_each(|piece| reader.push(piece))?;
        reader.finish()
    }

    /// Content that is mostly like a boundary.
    fn content() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            Just(b"\r\n------b".to_vec()),
            Just(b"\r\n--".to_vec()),
            Just(b"------b0--\r\n".to_vec()),
            prop::collection::vec(any::<u8>(), 0..20)
        ];
        prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn files_are_told_whole_however_they_come(files in prop::collection::vec(("[a-z\" ]{1,8}", content()), 0..5), piece in 1usize..40) {
            prop_assume!(files.iter().all(|(_, content)| find(content, b"\r\n------b0").is_none()));
            let form = read(&body(&files), piece).unwrap();
            prop_assert_eq!(form.secret, "sec");
            let told: Vec<_> = form.files.iter().map(|file| (file.name.clone(), file.size, file.sha256.clone())).collect();
            let expected: Vec<_> = files.iter().map(|(name, content)| {
                let digest = hex::encode(ring::digest::digest(&SHA256, content).as_ref());
                (name.clone(), u64::try_from(content.len()).unwrap(), digest)
            }).collect();
            prop_assert_eq!(told, expected);
        }

        #[test]
        fn whatever_comes_is_a_form_or_none(pieces in prop::collection::vec(prop_oneof![prop::collection::vec(any::<u8>(), 0..30),
            Just(body(&[("a".to_owned(), b"b".to_vec())])), Just(b"------b0\r\n".to_vec()), Just(b"\r\n\r\n".to_vec())], 0..6)) {
            let _ = read(&pieces.concat(), 7);
        }
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for wrong in [
            "text/plain",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=a\rb",
        ] {
            assert!(Reader::new(wrong).is_none(), "{wrong}");
        }
        let many: Vec<(String, Vec<u8>)> = (0..=MOST_FILES).map(|number| (number.to_string(), Vec::new())).collect();
        assert_eq!(read(&body(&many), 1000), Err(NotAForm));
        let whole = body(&[("a".to_owned(), vec![0; 100])]);
        assert_eq!(read(&whole[..whole.len() - 6], 1000), Err(NotAForm), "cut short");
        let long = vec![b'a'; MAX_HEAD + 10];
        assert_eq!(read(&[b"------b0\r\n", long.as_slice()].concat(), 1000), Err(NotAForm));
        let field =
            |name: &str| format!("------b0\r\nContent-Disposition: form-data; {name}\r\n\r\nx\r\n------b0--\r\n");
        for wrong in
            ["name=\"pin\"", "name=\"secret\"; name=\"secret\"", "name=\"file\"", "name=\"secret\"; filename=\"a\""]
        {
            assert_eq!(read(field(wrong).as_bytes(), 9), Err(NotAForm), "{wrong}");
        }
        assert_eq!(read(&body(&[(String::new(), Vec::new())]), 9).unwrap().files, [], "no file was chosen");
    }
}
