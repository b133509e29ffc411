//! GET and POST over HTTP/1.1 (RFC 9110): redirects one by one, each URL checked; the body read no further than it may go.
use std::io::{self, Read};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ureq::http::{HeaderMap, Request, Response, StatusCode, Uri, header};
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body};
use url::Url;

use super::addresses::{Connectable, NameLookup};
use super::{FetchError, FetchRules};
use crate::clock::Stopwatch;

/// The longest URL and the longest validator that is used.
const MAX_TEXT: usize = 2048;

/// What is known of an answer that came before: with it the server need not send the same again (RFC 9110 13.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    /// The entity tag, with its quotes.
    pub etag: Option<String>,
    /// Last-Modified as the server wrote it.
    pub last_modified: Option<String>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// 200, or 304 where conditions were given and hold: the body is empty then.
    pub status: u16,
    /// The body, as long as it is announced and no longer than allowed.
    pub body: Vec<u8>,
    /// For the next time.
    pub conditions: Conditions,
    /// Content-Type, in lower case and without parameters.
    pub content_type: Option<String>,
    /// For how many seconds the server says that the answer may be kept (Cache-Control: max-age).
    pub max_age: Option<u64>,
}

impl Fetched {
    /// Whether the server says that nothing has changed.
    pub fn is_unchanged(&self) -> bool {
        self.status == StatusCode::NOT_MODIFIED.as_u16()
    }
}

/// Fetches under rules.
#[derive(Debug, Clone)]
pub struct Fetcher {
    agent: Agent,
    rules: FetchRules,
}

/// Looks names up and refuses addresses, as a part of the agent: what it gives is what is connected to.
#[derive(Debug)]
struct CheckedResolver(Connectable);

/// How a refusal travels through the agent.
fn within_agent(error: FetchError) -> ureq::Error {
    ureq::Error::Other(Box::new(error))
}

impl Resolver for CheckedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        _: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let default = if uri.scheme_str() == Some("https") { 443 } else { 80 };
        let host = uri.host().ok_or(ureq::Error::HostNotFound)?;
        let patience = (*timeout.after).min(Duration::from_secs(60));
        let found = self.0.addresses(host, uri.port_u16().unwrap_or(default), patience).map_err(within_agent)?;
        let mut addresses = self.empty();
        found.into_iter().for_each(|address: SocketAddr| addresses.push(address));
        Ok(addresses)
    }
}

impl Fetcher {
    /// Fetches under `rules`, with the machine's names and its trusted certificates.
    pub fn new(rules: FetchRules) -> Self {
        let connectable = Connectable::new(rules.allow.clone());
        Self::with(rules, connectable)
    }

    /// The same with another way to look names up.
    pub fn with_lookup(rules: FetchRules, lookup: Arc<dyn NameLookup>) -> Self {
        let connectable = Connectable::with_lookup(rules.allow.clone(), lookup);
        Self::with(rules, connectable)
    }

    fn with(rules: FetchRules, connectable: Connectable) -> Self {
        let tls = TlsConfig::builder().provider(TlsProvider::NativeTls).root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .timeout_connect(Some(rules.connect_timeout))
            .timeout_resolve(Some(rules.connect_timeout))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_response_header_size(32 << 10)
            .max_idle_connections(0)
            .proxy(None)
            .user_agent(concat!("madoguchi/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .build();
        Self { agent: Agent::with_parts(config, DefaultConnector::default(), CheckedResolver(connectable)), rules }
    }

    /// Gets `url`: 200, or 304 where `conditions` hold.
    ///
    /// # Errors
    /// [`FetchError`], for every other status too.
    pub fn get(&self, url: &str, conditions: &Conditions) -> Result<Fetched, FetchError> {
        let begun = Stopwatch::start();
        let mut url = checked_url(url)?;
        for _ in 0..=self.rules.max_redirects {
            let mut request = Request::get(url.as_str()).header(header::ACCEPT_ENCODING, "identity");
            if let Some(etag) = &conditions.etag {
                request = request.header(header::IF_NONE_MATCH, etag);
            }
            if let Some(last_modified) = &conditions.last_modified {
                request = request.header(header::IF_MODIFIED_SINCE, last_modified);
            }
            let answer = self.run(request.body(()).map_err(unmakeable)?, begun)?;
            match redirect(&url, &answer)? {
                Some(next) => url = next,
                None => return self.judged(answer, *conditions != Conditions::default()),
            }
        }
        Err(FetchError::TooManyRedirects(self.rules.max_redirects))
    }

    /// Posts `body` to `url`: 200. A redirect is not followed, for a body is sent to nobody but whom it was meant for.
    ///
    /// # Errors
    /// [`FetchError`], for every other status too.
    pub fn post(&self, url: &str, content_type: &str, body: &[u8]) -> Result<Fetched, FetchError> {
        let url = checked_url(url)?;
        let request = Request::post(url.as_str())
            .header(header::ACCEPT_ENCODING, "identity")
            .header(header::CONTENT_TYPE, content_type);
        let answer = self.run(request.body(body).map_err(unmakeable)?, Stopwatch::start())?;
        self.judged(answer, false)
    }

    fn run<B: ureq::AsSendBody>(&self, request: Request<B>, begun: Stopwatch) -> Result<Response<Body>, FetchError> {
        let left = self.rules.timeout.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return Err(FetchError::TimedOut("in all"));
        }
        let request = self.agent.configure_request(request).timeout_global(Some(left)).build();
        self.agent.run(request).map_err(|error| self.told(error))
    }

    fn judged(&self, mut answer: Response<Body>, conditional: bool) -> Result<Fetched, FetchError> {
        let status = answer.status();
        match status.as_u16() {
            200 => {}
            304 if conditional => {}
            status @ (404 | 410) => return Err(FetchError::NotFound(status)),
            status => return Err(FetchError::Status(status)),
        }
        let headers = answer.headers().clone();
        if let Some(packed) = text_of(&headers, header::CONTENT_ENCODING).filter(|coding| coding != "identity") {
            return Err(FetchError::Packed(packed.chars().filter(char::is_ascii_alphanumeric).take(16).collect()));
        }
        let content_type = text_of(&headers, header::CONTENT_TYPE);
        let content_type = content_type.and_then(|text| Some(text.split(';').next()?.trim().to_ascii_lowercase()));
        let body = if status == StatusCode::OK { self.body(&mut answer)? } else { Vec::new() };
        if is_html(content_type.as_deref(), &body) {
            return Err(FetchError::Html);
        }
        let conditions = Conditions {
            etag: text_of(&headers, header::ETAG),
            last_modified: text_of(&headers, header::LAST_MODIFIED),
        };
        Ok(Fetched { status: status.as_u16(), body, conditions, content_type, max_age: max_age(&headers) })
    }

    /// The body, in pieces: a length that is only announced takes no memory.
    fn body(&self, answer: &mut Response<Body>) -> Result<Vec<u8>, FetchError> {
        let most = self.rules.max_bytes;
        let announced = answer.body().content_length();
        if announced.is_some_and(|length| length > most as u64) {
            return Err(FetchError::TooLarge(most));
        }
        let mut body = Vec::new();
        let mut reader = answer.body_mut().as_reader().take(most as u64 + 1);
        reader.read_to_end(&mut body).map_err(|error| self.told(ureq::Error::from(error)))?;
        if body.len() > most {
            return Err(FetchError::TooLarge(most));
        }
        if announced.is_some_and(|length| length != body.len() as u64) {
            return Err(FetchError::CutShort);
        }
        Ok(body)
    }

    fn told(&self, error: ureq::Error) -> FetchError {
        match error {
            ureq::Error::Other(inner) => inner
                .downcast::<FetchError>()
                .map_or_else(|_| FetchError::NotReached("no connection".to_owned()), |refusal| *refusal),
            ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => FetchError::TimedOut("to connect"),
            ureq::Error::Timeout(_) => FetchError::TimedOut("in all"),
            ureq::Error::HostNotFound => FetchError::HostNotFound,
            ureq::Error::NativeTls(error) => FetchError::Tls(error.to_string()),
            ureq::Error::Tls(why) => FetchError::Tls(why.to_owned()),
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => FetchError::CutShort,
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => FetchError::TimedOut("to connect"),
            ureq::Error::Io(error) => FetchError::NotReached(error.kind().to_string()),
            ureq::Error::ConnectionFailed => FetchError::NotReached("no connection".to_owned()),
            ureq::Error::BodyExceedsLimit(_) => FetchError::TooLarge(self.rules.max_bytes),
            ureq::Error::LargeResponseHeader(..) => FetchError::Protocol("its header is too long".to_owned()),
            ureq::Error::Protocol(_) => FetchError::Protocol("it is no HTTP/1.1".to_owned()),
            _ => FetchError::Protocol("no answer".to_owned()),
        }
    }
}

fn unmakeable(_: ureq::http::Error) -> FetchError {
    FetchError::Url("no request can be made of it".to_owned())
}

/// A URL that may be asked: http or https, a host, no user and password, not endless.
fn checked_url(text: &str) -> Result<Url, FetchError> {
    let refused = |why: &str| Err(FetchError::Url(why.to_owned()));
    if text.len() > MAX_TEXT {
        return refused("it is longer than 2048 characters");
    }
    let Ok(mut url) = Url::parse(text) else { return refused("it is not a URL") };
    if !["http", "https"].contains(&url.scheme()) {
        return refused("it is neither http nor https");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return refused("it names no host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refused("it holds a user or a password");
    }
    url.set_fragment(None);
    Ok(url)
}

/// Where a redirect leads: none where it is no redirect; checked as the first URL was, and never from https to http.
fn redirect(from: &Url, answer: &Response<Body>) -> Result<Option<Url>, FetchError> {
    if ![301, 302, 303, 307, 308].contains(&answer.status().as_u16()) {
        return Ok(None);
    }
    let location = text_of(answer.headers(), header::LOCATION);
    let next = location.and_then(|location| from.join(&location).ok());
    let Some(next) = next else { return Err(FetchError::Url("a redirect leads nowhere".to_owned())) };
    let next = checked_url(next.as_str())?;
    if from.scheme() == "https" && next.scheme() != "https" {
        return Err(FetchError::Url("a redirect leads from https to http".to_owned()));
    }
    Ok(Some(next))
}

fn text_of(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?;
    (text.len() <= MAX_TEXT).then(|| text.to_owned())
}

fn max_age(headers: &HeaderMap) -> Option<u64> {
    let directives = text_of(headers, header::CACHE_CONTROL)?;
    directives.split(',').find_map(|one| one.trim().strip_prefix("max-age=")?.parse().ok())
}

/// Neither DER nor PEM begins as a page does.
fn is_html(content_type: Option<&str>, body: &[u8]) -> bool {
    let begins: Vec<u8> = body.iter().copied().skip_while(u8::is_ascii_whitespace).take(14).collect();
    let begins = begins.to_ascii_lowercase();
    let page = begins.starts_with(b"<!doctype html") || begins.starts_with(b"<html") || begins.starts_with(b"<head");
    // Some servers say text/html of everything; what then begins as DER is judged as DER.
    page || (content_type.is_some_and(|kind| kind == "text/html" || kind == "application/xhtml+xml")
        && !begins.starts_with(b"\x30")
        && !begins.starts_with(b"-----begin"))
}
