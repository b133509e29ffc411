//! From the bytes of a signature file to the bytes of a CMS message: DER or BER as it is, PEM (RFC 7468) decoded.
use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::cms::CmsError;

/// What the PEM header of a CMS message may be (RFC 7468 sections 8 and 9, and what OpenSSL writes).
const LABELS: [&[u8]; 4] = [b"CMS", b"PKCS7", b"PKCS #7 SIGNED DATA", b"SIGNED MESSAGE"];
/// How far into a file its PEM header is looked for: text may stand before it (RFC 7468 section 2).
const MAX_PREAMBLE: usize = 64 * 1024;
const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// The CMS message in a signature file.
///
/// # Errors
/// Where it begins as neither DER nor PEM, the PEM is broken, is of something else, or is followed by anything but
/// white space.
pub fn message(file: &[u8]) -> Result<Cow<'_, [u8]>, CmsError> {
    if file.first() == Some(&crate::asn1::SEQUENCE) {
        return Ok(Cow::Borrowed(file));
    }
    let head = file.get(..MAX_PREAMBLE).unwrap_or(file);
    let begin = head
        .windows(BEGIN.len())
        .position(|window| window == BEGIN)
        .ok_or(CmsError("it is neither DER nor PEM of a CMS message"))?;
    let after_begin = file.get(begin + BEGIN.len()..).unwrap_or_default();
    let (label, body) = LABELS
        .iter()
        .find_map(|label| Some((*label, after_begin.strip_prefix(*label)?.strip_prefix(DASHES)?)))
        .ok_or(CmsError("it is PEM of something else than a CMS message"))?;
    let end = body.iter().position(|byte| *byte == b'-').ok_or(CmsError("its PEM has no end line"))?;
    let (body, end_line) = body.split_at_checked(end).ok_or(CmsError("its PEM has no end line"))?;
    let after = [END, label, DASHES]
        .iter()
        .try_fold(end_line, |rest, part| rest.strip_prefix(*part))
        .ok_or(CmsError("its PEM has no end line that fits"))?;
    if !after.iter().all(u8::is_ascii_whitespace) {
        return Err(CmsError("something follows the end line of its PEM"));
    }
    decode(body).map(Cow::Owned)
}

/// Base64 with white space anywhere, in pieces, so that a large file is not held a third time.
fn decode(body: &[u8]) -> Result<Vec<u8>, CmsError> {
    const PIECE: usize = 16 * 1024;
    let broken = CmsError("its PEM is not base64");
    let mut out = Vec::with_capacity(body.len() / 4 * 3);
    let mut piece = Vec::with_capacity(PIECE);
    let mut ended = false;
    let mut characters = body.iter().filter(|byte| !byte.is_ascii_whitespace());
    loop {
        piece.clear();
        piece.extend(characters.by_ref().take(PIECE));
        if piece.is_empty() {
            return Ok(out);
        }
        if ended {
            return Err(broken);
        }
        ended = piece.len() < PIECE || piece.last() == Some(&b'=');
        STANDARD.decode_vec(&piece, &mut out).map_err(|_| broken)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pem(label: &str, body: &str) -> Vec<u8> {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n").into_bytes()
    }

    #[test]
    fn pem_gives_what_der_gives() {
        let message_bytes: Vec<u8> = (0..100_000_u32).map(|index| (index % 251) as u8).collect();
        let text = STANDARD.encode(&message_bytes);
        let lines: Vec<&str> = (0..text.len()).step_by(65).map(|at| &text[at..text.len().min(at + 65)]).collect();
        for label in ["CMS", "PKCS7", "PKCS #7 SIGNED DATA"] {
            let mut file = b"some words before it\n".to_vec();
            file.extend(pem(label, &lines.join("\r\n")));
            assert_eq!(&*message(&file).unwrap(), &message_bytes[..]);
        }
        assert!(matches!(message(&[0x30, 0]), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn broken_pem_is_refused_with_its_reason() {
        let reason = |file: &[u8]| message(file).unwrap_err().0;
        assert_eq!(reason(b""), "it is neither DER nor PEM of a CMS message");
        assert_eq!(reason(&pem("CERTIFICATE", "MAA=")), "it is PEM of something else than a CMS message");
        assert_eq!(reason(&pem("CMS", "MA=A")), "its PEM is not base64");
        assert_eq!(reason(b"-----BEGIN CMS-----\nMAA="), "its PEM has no end line");
        assert_eq!(reason(b"-----BEGIN CMS-----\nMAA=\n-----END PKCS7-----"), "its PEM has no end line that fits");
        let twice = [pem("CMS", "MAA="), pem("CMS", "MAA=")].concat();
        assert_eq!(reason(&twice), "something follows the end line of its PEM");
    }

    #[test]
    fn padding_ends_the_base64_wherever_the_pieces_are_cut() {
        let mut body = "A".repeat(16 * 1024 - 1);
        body.push_str("=AAAA");
        assert_eq!(message(&pem("CMS", &body)).unwrap_err().0, "its PEM is not base64");
    }
}
