//! Holds the connection to the directory: a request goes there, its answers come back one by one, each looked at before it
//! is handed on.
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::message::{self, Length};
use super::url::LdapUrl;
use crate::clock::Stopwatch;
use crate::fetch::{Connectable, FetchError, FetchRules};

/// Requests are ours and short.
const MAX_REQUEST: usize = 64 << 10;
/// What answers may hold beside lists: names, other results.
const BESIDE: usize = 64 << 10;
/// Memory is taken in pieces of this size, as octets come.
const PIECE: usize = 64 << 10;

/// Why the relay broke off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The time is over.
    Time,
    /// More octets than may come.
    Size,
    /// A message that no directory sends.
    Message,
    /// The connection ended.
    Ended,
}

impl Trouble {
    pub fn told(self, rules: &FetchRules) -> FetchError {
        match self {
            Self::Time => FetchError::TimedOut("in all"),
            Self::Size => FetchError::TooLarge(rules.max_bytes),
            Self::Message => FetchError::Protocol("it is no LDAP".to_owned()),
            Self::Ended => FetchError::CutShort,
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::Time,
            _ => Self::Ended,
        }
    }
}

/// A connection that waits no longer than until a moment, for whatever number of reads.
#[derive(Debug)]
struct Hurried {
    stream: TcpStream,
    begun: Stopwatch,
    timeout: Duration,
}

impl Hurried {
    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.timeout.saturating_sub(self.begun.elapsed());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

impl Read for Hurried {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(into)
    }
}

impl Write for Hurried {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

trait Both: Read + Write + Send {}
impl<T: Read + Write + Send> Both for T {}

/// A connection to a directory.
pub(super) struct Relay {
    server: Box<dyn Both>,
    begun: Stopwatch,
    timeout: Duration,
    /// How many octets may still come.
    left: usize,
}

impl Relay {
    /// Connects to an address that was checked; with ldaps the server's certificate has to be one that the system trusts.
    pub fn connect(url: &LdapUrl, rules: &FetchRules) -> Result<Self, FetchError> {
        let begun = Stopwatch::start();
        let connectable = Connectable::new(rules.allow.clone());
        let stream = connectable.connect(&url.host, url.port, rules.connect_timeout)?;
        let hurried = |timeout| Hurried { stream, begun, timeout };
        let server: Box<dyn Both> = if url.tls {
            let connector = native_tls::TlsConnector::new().map_err(|error| FetchError::Tls(error.to_string()))?;
            let host = url.host.trim_start_matches('[').trim_end_matches(']');
            let shaken = connector.connect(host, hurried(rules.timeout));
            Box::new(shaken.map_err(|error| match error {
                native_tls::HandshakeError::Failure(error) => FetchError::Tls(error.to_string()),
                native_tls::HandshakeError::WouldBlock(_) => FetchError::TimedOut("to connect"),
            })?)
        } else {
            Box::new(hurried(rules.timeout))
        };
        Ok(Self { server, begun, timeout: rules.timeout, left: rules.max_bytes.saturating_add(BESIDE) })
    }

    /// Relays until `far` is closed or says goodbye.
    pub fn run(mut self, mut far: UnixStream) -> Result<(), Trouble> {
        loop {
            let left = self.timeout.saturating_sub(self.begun.elapsed());
            if left.is_zero() {
                return Err(Trouble::Time);
            }
            far.set_read_timeout(Some(left))?;
            far.set_write_timeout(Some(left))?;
            let mut budget = MAX_REQUEST;
            let Some(request) = read_message(&mut far, &mut budget)? else { return Ok(()) };
            self.server.write_all(&request.octets)?;
            self.server.flush()?;
            let last = match message::kind(request.content()) {
                Some(message::BIND_REQUEST) => message::BIND_RESPONSE,
                Some(message::SEARCH_REQUEST) => message::SEARCH_DONE,
                // Goodbye, or nothing that is answered.
                _ => return Ok(()),
            };
            self.answers(&mut far, last)?;
        }
    }

    /// Hands answers on until the last one.
    fn answers(&mut self, far: &mut UnixStream, last: u8) -> Result<(), Trouble> {
        loop {
            let answer = read_message(&mut self.server, &mut self.left)?.ok_or(Trouble::Ended)?;
            let kind = message::kind(answer.content()).ok_or(Trouble::Message)?;
            match kind {
                // Where else it could be asked: nobody follows that.
                message::SEARCH_REFERENCE => continue,
                message::SEARCH_ENTRY if last == message::SEARCH_DONE => {}
                kind if kind == last => {}
                _ => return Err(Trouble::Message),
            }
            far.write_all(&answer.octets)?;
            if kind == last {
                return Ok(());
            }
        }
    }
}

/// A message as it came.
struct Message {
    octets: Vec<u8>,
    header: usize,
}

impl Message {
    fn content(&self) -> &[u8] {
        self.octets.get(self.header..).unwrap_or_default()
    }
}

/// The next message; none where the connection ends before one begins.
fn read_message(from: &mut impl Read, budget: &mut usize) -> Result<Option<Message>, Trouble> {
    let mut octets = Vec::with_capacity(16);
    if !take(from, &mut octets, 1, budget)? {
        return Ok(None);
    }
    if octets.first() != Some(&0x30) {
        return Err(Trouble::Message);
    }
    must(take(from, &mut octets, 1, budget)?)?;
    let announced = octets.last().copied().and_then(message::length).ok_or(Trouble::Message)?;
    let length = match announced {
        Length::Short(length) => length,
        Length::Long(count) => {
            must(take(from, &mut octets, count, budget)?)?;
            message::number(octets.get(2..).unwrap_or_default())
        }
    };
    let header = octets.len();
    if length > *budget {
        return Err(Trouble::Size);
    }
    must(take(from, &mut octets, length, budget)?)?;
    Ok(Some(Message { octets, header }))
}

fn must(complete: bool) -> Result<(), Trouble> {
    if complete { Ok(()) } else { Err(Trouble::Ended) }
}

/// Reads so many more octets; whether they came. Memory is taken as they come.
fn take(from: &mut impl Read, octets: &mut Vec<u8>, count: usize, budget: &mut usize) -> Result<bool, Trouble> {
    *budget = budget.checked_sub(count).ok_or(Trouble::Size)?;
    let whole = octets.len() + count;
    let mut piece = vec![0; count.min(PIECE)];
    while octets.len() < whole {
        let most = (whole - octets.len()).min(piece.len());
        let room = piece.get_mut(..most).unwrap_or_default();
        match from.read(room) {
            Ok(0) => return Ok(false),
            Ok(read) => octets.extend_from_slice(room.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}
