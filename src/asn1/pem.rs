//! Files that hold PEM or DER, one object or several (RFC 7468; several DER objects stand one after another).

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Reader, SEQUENCE};

/// Why a file holds no object of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// Neither DER nor a PEM block with one of the labels.
    #[error("the file holds neither DER nor a PEM block of the kind asked for")]
    NothingFound,
    /// A block without its END line.
    #[error("a PEM block has no END line")]
    Unterminated,
    /// A block that is not base64.
    #[error("a PEM block is not base64")]
    Base64,
    /// DER objects that do not fill the file exactly.
    #[error("the DER is truncated or followed by other bytes")]
    Der,
}

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// The DER objects in `bytes`: the PEM blocks with one of `labels` (others are skipped), or DER SEQUENCEs one after
/// another. A DER object is only delimited here, not checked. Never an empty list.
pub fn objects<'a>(bytes: &'a [u8], labels: &[&str]) -> Result<Vec<Cow<'a, [u8]>>, PemError> {
    if bytes.first() == Some(&SEQUENCE) {
        match der_objects(bytes) {
            Ok(found) => return Ok(found),
            Err(error) if find(bytes, b"-----BEGIN ").is_none() => return Err(error),
            Err(_) => {}
        }
    }
    let found = pem_objects(bytes, labels)?;
    if found.is_empty() { Err(PemError::NothingFound) } else { Ok(found) }
}

fn der_objects(bytes: &[u8]) -> Result<Vec<Cow<'_, [u8]>>, PemError> {
    let mut reader = Reader::new(bytes);
    let mut found = Vec::new();
    while !reader.is_empty() {
        // A line break that an editor or a script put at the end does no harm.
        if !found.is_empty() && reader.rest().iter().all(u8::is_ascii_whitespace) {
            break;
        }
        found.push(Cow::Borrowed(reader.expect(SEQUENCE).map_err(|_| PemError::Der)?.full));
    }
    Ok(found)
}

fn pem_objects<'a>(bytes: &[u8], labels: &[&str]) -> Result<Vec<Cow<'a, [u8]>>, PemError> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while let Some(begin) = find(rest, b"-----BEGIN ") {
        let after = rest.get(begin + 11..).unwrap_or_default();
        let label_end = find(after, b"-----").ok_or(PemError::Unterminated)?;
        let (label, body) = after.split_at(label_end);
        let body = body.get(5..).unwrap_or_default();
        let end = find(body, b"-----END ").ok_or(PemError::Unterminated)?;
        let (text, tail) = body.split_at(end);
        if labels.iter().any(|wanted| wanted.as_bytes() == label) {
            found.push(Cow::Owned(decode(text)?));
        }
        rest = tail.get(9..).unwrap_or_default();
    }
    Ok(found)
}

/// Decodes base64 with line breaks, in pieces, so that a large file is not copied before it is decoded.
fn decode(text: &[u8]) -> Result<Vec<u8>, PemError> {
    const PIECE: usize = 4 * 1024;
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut piece = Vec::with_capacity(PIECE);
    let mut ended = false;
    for byte in text.iter().filter(|byte| !byte.is_ascii_whitespace()) {
        piece.push(*byte);
        if piece.len() == PIECE {
            // Padding ends the data: nothing may follow it.
            ended |= decode_piece(&piece, ended, &mut out)?;
            piece.clear();
        }
    }
    decode_piece(&piece, ended, &mut out)?;
    Ok(out)
}

/// Decodes a piece; tells whether it ended with padding.
fn decode_piece(piece: &[u8], ended: bool, out: &mut Vec<u8>) -> Result<bool, PemError> {
    if ended && !piece.is_empty() {
        return Err(PemError::Base64);
    }
    BASE64.decode_vec(piece, out).map_err(|_| PemError::Base64)?;
    Ok(piece.last() == Some(&b'='))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(offset) = haystack.get(from..)?.iter().position(|byte| *byte == first) {
        let at = from + offset;
        if haystack.get(at..)?.starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_objects_of_either_form_are_found() {
        let der = [0x30, 0x01, 0x00, 0x30, 0x00];
        assert_eq!(objects(&der, &["X"]).unwrap().len(), 2);
        let pem = b"text\n-----BEGIN X-----\nMAA=\n-----END X-----\n-----BEGIN Y-----\n!\n-----END Y-----\n-----BEGIN X-----\r\nMAEA\r\n-----END X-----\n";
        assert_eq!(objects(pem, &["X"]).unwrap(), vec![vec![0x30, 0x00], vec![0x30, 0x01, 0x00]]);
    }

    #[test]
    fn what_is_neither_is_refused() {
        assert_eq!(objects(b"", &["X"]), Err(PemError::NothingFound));
        assert_eq!(objects(b"-----BEGIN X-----\nMAA=\n", &["X"]), Err(PemError::Unterminated));
        assert_eq!(objects(b"-----BEGIN X-----\nM*A=\n-----END X-----", &["X"]), Err(PemError::Base64));
        assert_eq!(objects(&[0x30, 0x05, 0x00], &["X"]), Err(PemError::Der));
        assert_eq!(objects(&[0x30, 0x00, 0x01], &["X"]), Err(PemError::Der));
    }
}
