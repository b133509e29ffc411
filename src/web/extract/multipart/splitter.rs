//! Splitting a multipart/form-data body (RFC 7578, RFC 2046 5.1) into its parts as it streams in.
//!
//! Own code, because this is where a filing's exact bytes come in: the parser at hand drops what exceeds a part's own
//! Content-Length with no error. Here nothing is guessed: a preamble, a transfer encoding or a missing closing
//! boundary is refused, and bytes between two boundaries are the part, whatever its headers say.
use bytes::{Bytes, BytesMut};
use memchr::memmem::Finder;

use super::disposition::{Disposition, parse_headers};

/// The longest header block of one part, in bytes.
const HEADERS_LIMIT: usize = 8 * 1024;

/// Why a body is not readable multipart: a sentence for the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub &'static str);

/// What comes next in a body.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    Part(Disposition),
    /// Bytes of the part that began last.
    Data(Bytes),
    /// The body ended with its closing boundary.
    End,
    /// More bytes are needed.
    More,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first boundary.
    Start,
    /// Right after a boundary: `--` or the line's end.
    AfterBoundary,
    /// Within a part's headers.
    Headers,
    /// Within a part's bytes.
    Body,
    /// After the closing boundary.
    Done,
}

/// The splitter: push bytes in, take events out.
pub struct Splitter {
    /// `\r\n--boundary`.
    delimiter: Vec<u8>,
    finder: Finder<'static>,
    buffer: BytesMut,
    state: State,
}

impl Splitter {
    /// A splitter for the boundary of the Content-Type header.
    pub fn new(boundary: &str) -> Self {
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        let finder = Finder::new(&delimiter).into_owned();
        Self { delimiter, finder, buffer: BytesMut::new(), state: State::Start }
    }

    /// Takes in what arrived.
    pub fn push(&mut self, bytes: Bytes) {
        if self.state == State::Done {
            // An epilogue means nothing (RFC 2046 5.1.1).
        } else if self.buffer.is_empty() {
            // Most often the buffer is this body's alone, and nothing is copied.
            self.buffer = BytesMut::from(bytes);
        } else {
            self.buffer.extend_from_slice(&bytes);
        }
    }

    /// What comes next.
    ///
    /// # Errors
    /// When the body is not readable.
    pub fn next_event(&mut self) -> Result<Event, Broken> {
        loop {
            let event = match self.state {
                State::Start => self.first_boundary()?,
                State::AfterBoundary => self.after_boundary()?,
                State::Headers => self.headers()?,
                State::Body => self.body(),
                State::Done => Some(Event::End),
            };
            if let Some(event) = event {
                return Ok(event);
            }
        }
    }

    fn first_boundary(&mut self) -> Result<Option<Event>, Broken> {
        let dashes = self.delimiter.get(2..).unwrap_or_default();
        let known = self.buffer.len().min(dashes.len());
        if self.buffer.get(..known) != dashes.get(..known) {
            return Err(Broken("The body does not begin with the boundary that the Content-Type header names."));
        }
        if known < dashes.len() {
            return Ok(Some(Event::More));
        }
        let _ = self.buffer.split_to(known);
        self.state = State::AfterBoundary;
        Ok(None)
    }

    fn after_boundary(&mut self) -> Result<Option<Event>, Broken> {
        let padding = self.buffer.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if padding > 64 {
            return Err(Broken("A boundary is followed by something else than a line's end."));
        }
        match self.buffer.get(padding..padding + 2) {
            None => return Ok(Some(Event::More)),
            Some(b"\r\n") => self.state = State::Headers,
            Some(b"--") if padding == 0 => self.state = State::Done,
            Some(_) => return Err(Broken("A boundary is followed by something else than a line's end.")),
        }
        // The line's end stays: it may be the empty line that ends an empty header block.
        let _ = self.buffer.split_to(if self.state == State::Done { padding + 2 } else { padding });
        Ok(None)
    }

    fn headers(&mut self) -> Result<Option<Event>, Broken> {
        let window = self.buffer.get(..self.buffer.len().min(HEADERS_LIMIT)).unwrap_or_default();
        let Some(end) = memchr::memmem::find(window, b"\r\n\r\n") else {
            return match self.buffer.len() < HEADERS_LIMIT {
                true => Ok(Some(Event::More)),
                false => Err(Broken("The headers of a part are too long or do not end.")),
            };
        };
        let block = self.buffer.split_to(end + 4);
        let disposition = parse_headers(block.get(2..end + 2).unwrap_or_default())?;
        self.state = State::Body;
        Ok(Some(Event::Part(disposition)))
    }

    fn body(&mut self) -> Option<Event> {
        match self.finder.find(&self.buffer) {
            Some(0) => {
                let _ = self.buffer.split_to(self.delimiter.len());
                self.state = State::AfterBoundary;
                None
            }
            Some(at) => Some(Event::Data(self.buffer.split_to(at).freeze())),
            None => {
                // The last bytes may be the beginning of a boundary.
                let sure = self.buffer.len().saturating_sub(self.delimiter.len() - 1);
                let sure = memchr::memchr(b'\r', self.buffer.get(sure..).unwrap_or_default())
                    .map_or(self.buffer.len(), |offset| sure + offset);
                match sure {
                    0 => Some(Event::More),
                    _ => Some(Event::Data(self.buffer.split_to(sure).freeze())),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(body: &[u8], chunk: usize) -> Result<Vec<(String, Vec<u8>)>, Broken> {
        let mut splitter = Splitter::new("b0");
        let mut chunks = body.chunks(chunk.max(1));
        let mut found: Vec<(String, Vec<u8>)> = Vec::new();
        loop {
            match splitter.next_event()? {
                Event::Part(disposition) => found.push((disposition.name, Vec::new())),
                Event::Data(data) => found.last_mut().unwrap().1.extend_from_slice(&data),
                Event::End => return Ok(found),
                Event::More => match chunks.next() {
                    Some(chunk) => splitter.push(Bytes::copy_from_slice(chunk)),
                    None => return Err(Broken("end")),
                },
            }
        }
    }

    fn encode(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, data) in parts {
            body.extend_from_slice(
                format!("--b0\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").as_bytes(),
            );
            body.extend_from_slice(data);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--b0--\r\n");
        body
    }

    #[test]
    fn near_boundaries_inside_a_part_are_its_bytes() {
        for inside in [&b"\r\n--b"[..], b"\r\n--", b"\r\n-", b"\r", b"\n--b0", b"--b0--", b"\r\r\n--a", b""] {
            let body = encode(&[("one", inside), ("two", b"x")]);
            for chunk in 1..body.len() {
                let found = parts(&body, chunk).unwrap();
                assert_eq!(found, [("one".into(), inside.to_vec()), ("two".into(), b"x".to_vec())]);
            }
        }
    }

    #[test]
    fn a_parts_own_content_length_does_not_cut_it() {
        let body = b"--b0\r\nContent-Length: 2\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nabcdef\r\n--b0--";
        assert_eq!(parts(body, 7).unwrap(), [("a".into(), b"abcdef".to_vec())]);
    }

    #[test]
    fn what_is_not_multipart_is_refused() {
        let good = encode(&[("a", b"x")]);
        for end in 0..good.len() - 2 {
            assert!(parts(&good[..end], 5).is_err(), "cut at {end}");
        }
        for wrong in [
            &b"preamble\r\n--b0--"[..],
            b"--b1\r\n",
            b"--b0x\r\n",
            b"--b0\r\n\r\nno disposition\r\n--b0--",
            b"--b0\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n\r\n--b0--",
            b"--b0\r\nContent-Disposition: form-data\r\n\r\n\r\n--b0--",
            b"--b0\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\r\n--b0--",
            b"--b0\r\nContent-Disposition: form-data; name=\"a\r\n\r\n\r\n--b0--",
        ] {
            assert!(parts(wrong, 3).is_err(), "{}", String::from_utf8_lossy(wrong));
        }
        let mut endless = b"--b0\r\nX: ".to_vec();
        endless.resize(20_000, b'a');
        assert_eq!(parts(&endless, 1000), Err(Broken("The headers of a part are too long or do not end.")));
    }

    proptest! {
        #[test]
        fn what_was_encoded_comes_out_however_it_is_chunked(
            data in proptest::collection::vec(proptest::collection::vec("[\r\n\\-b0x]{0,6}", 0..9), 1..4),
            chunk in 1_usize..40,
        ) {
            let data: Vec<Vec<u8>> = data.iter().map(|pieces| pieces.concat().into_bytes()).collect();
            prop_assume!(!data.iter().any(|part| memchr::memmem::find(part, b"\r\n--b0").is_some()));
            prop_assume!(!data.iter().any(|part| [part.as_slice(), b"\r\n"].concat().windows(6).any(|w| w == b"\r\n--b0")));
            let named: Vec<(&str, &[u8])> = data.iter().map(|part| ("p", part.as_slice())).collect();
            let found = parts(&encode(&named), chunk).unwrap();
            prop_assert_eq!(found.into_iter().map(|(_, bytes)| bytes).collect::<Vec<_>>(), data);
        }
    }
}
