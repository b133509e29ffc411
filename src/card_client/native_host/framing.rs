//! Messages of native messaging: the length in 4 bytes in the machine's own order, then JSON in UTF-8.
use std::io::{self, ErrorKind, Read, Write};

use serde_json::Value;

use crate::card_client::ClientError;
use crate::card_client::loopback::operation::{MAX_ASKED, too_large};

/// The longest message that is read: as many signing requests as are taken at once, and what goes around them.
pub const MAX_READ: usize = MAX_ASKED + (64 << 10);
/// The longest message that a browser takes.
pub const MAX_WRITE: usize = 1 << 20;

/// The next message; none at the end of input.
///
/// # Errors
/// `too-large`; `message-malformed` when it is cut short or not JSON: what follows could not be told apart from it.
pub fn read(input: &mut impl Read) -> Result<Option<Value>, ClientError> {
    let malformed =
        |reason: String| ClientError::refused("message-malformed", "the browser's message cannot be read", reason);
    let mut head = [0u8; 4];
    match input.read_exact(&mut head) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(malformed(error.to_string())),
    }
    let length = usize::try_from(u32::from_ne_bytes(head)).unwrap_or(usize::MAX);
    if length > MAX_READ {
        return Err(too_large());
    }
    // Taken as it comes: a length alone reserves nothing.
    let mut body = Vec::new();
    let wanted = u64::try_from(length).unwrap_or(u64::MAX);
    input.take(wanted).read_to_end(&mut body).map_err(|error| malformed(error.to_string()))?;
    if body.len() != length {
        return Err(malformed("it is cut short".to_owned()));
    }
    serde_json::from_slice(&body).map(Some).map_err(|error| malformed(error.to_string()))
}

/// Writes a message.
///
/// # Errors
/// `InvalidInput` when it is longer than [`MAX_WRITE`]; when it cannot be written.
pub fn write(output: &mut (impl Write + ?Sized), message: &Value) -> io::Result<()> {
    let body = message.to_string();
    let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= MAX_WRITE);
    let length = length.ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "the message is longer than 1 MiB"))?;
    output.write_all(&length.to_ne_bytes())?;
    output.write_all(body.as_bytes())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn framed(body: &[u8]) -> Vec<u8> {
        let mut out = u32::try_from(body.len()).unwrap().to_ne_bytes().to_vec();
        out.extend_from_slice(body);
        out
    }

    #[test]
    fn messages_follow_each_other_and_end() {
        let mut out = Vec::new();
        write(&mut out, &json!({ "id": 1, "text": "窓口" })).unwrap();
        write(&mut out, &json!([])).unwrap();
        let mut input = out.as_slice();
        assert_eq!(read(&mut input).unwrap().unwrap()["text"], "窓口");
        assert_eq!(read(&mut input).unwrap(), Some(json!([])));
        assert_eq!(read(&mut input).unwrap(), None);
    }

    #[test]
    fn what_is_too_long_cut_short_or_no_json_is_refused() {
        let too_long = u32::try_from(MAX_READ + 1).unwrap().to_ne_bytes();
        let told = read(&mut too_long.as_slice()).unwrap_err();
        assert!(told.code == "too-large" && told.detail.contains("20") && told.detail.contains("30 MiB"), "{told}");
        for wrong in [framed(b"{"), framed(b"\xff"), [&framed(b"{}")[..5], &[]].concat()] {
            assert_eq!(read(&mut wrong.as_slice()).unwrap_err().code, "message-malformed", "{wrong:?}");
        }
        let long = json!({ "text": "x".repeat(MAX_WRITE) });
        assert_eq!(write(&mut Vec::new(), &long).unwrap_err().kind(), ErrorKind::InvalidInput);
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read(text in ".{0,300}", rest in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..40)) {
            let mut out = Vec::new();
            write(&mut out, &json!({ "text": text })).unwrap();
            out.extend_from_slice(&rest);
            let mut input = out.as_slice();
            proptest::prop_assert_eq!(&read(&mut input).unwrap().unwrap()["text"], &json!(text));
            // Whatever follows is a message, the end or an error; never more than that.
            let _ = read(&mut input);
        }
    }
}
