//! Requests to a bucket: signed, with time-outs, tried again where that can help. Nothing here is logged: an address
//! holds its own signature.
use std::time::Duration;

use chrono::{DateTime, Utc};
use jiff::Timestamp;
use rusty_s3::{Bucket, Credentials, S3Action};
use ureq::Body;
use ureq::http::{Request, Response};

use super::options::BucketOptions;
use crate::clock::Stopwatch;
use crate::store::error::StoreError;

/// How long a signature is good for: as long as a request may wait on its way.
const SIGNED_FOR: Duration = Duration::from_secs(300);

/// The most that is read of an answer that is not a document: a page of a list is far shorter.
pub(super) const ANSWER: u64 = 8 << 20;

/// How long one may take, and how often it is tried.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// How often at most.
    pub attempts: u32,
    /// For one attempt.
    pub each: Duration,
    /// No attempt is begun after this.
    pub begun_within: Duration,
}

impl Patience {
    /// For what a filing waits for.
    pub const FILING: Self = Self::of(3, 8_000, 10_000);
    /// For `/readyz`, whose asker waits two seconds.
    pub const PROBE: Self = Self::of(1, 1_800, 1_800);
    /// For the sweep, which comes again.
    pub const SWEEP: Self = Self::of(2, 5_000, 5_000);
    /// For what must not reach the store later than it is meant to.
    pub const ONCE: Self = Self::of(1, 5_000, 5_000);

    const fn of(attempts: u32, each: u64, begun_within: u64) -> Self {
        Self { attempts, each: Duration::from_millis(each), begun_within: Duration::from_millis(begun_within) }
    }

    /// The same with time for that many bytes: a second for a mebibyte.
    pub fn for_bytes(self, bytes: u64) -> Self {
        Self { each: self.each + Duration::from_secs(bytes >> 20), ..self }
    }
}

/// Why a bucket did not do what it was asked to. No text holds an address or a credential.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Trouble {
    /// There is no object of that name.
    #[error("the object is not there")]
    Missing,
    /// The object, or an answer, is longer than it can rightly be.
    #[error("the answer is too long")]
    TooLong,
    /// The store does not allow it: bucket, credentials or region are wrong.
    #[error("the store refused with {status} {code}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The store's word for it, such as `NoSuchBucket`.
        code: String,
    },
    /// The store is not reached, or cannot do it now.
    #[error("the store cannot be reached or does not work now: {0}")]
    Away(String),
}

impl Trouble {
    /// Whether only other settings help.
    pub fn is_lasting(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }
}

impl From<Trouble> for StoreError {
    fn from(trouble: Trouble) -> Self {
        Self::Unavailable(format!("the bucket of documents: {trouble}"))
    }
}

/// What the store answered.
pub(super) struct Answer {
    pub bytes: Vec<u8>,
    /// What time it is by the store's clock, in whole seconds.
    pub date: Option<DateTime<Utc>>,
}

/// An action with what belongs to it.
pub(super) struct Call<'c, A> {
    pub action: A,
    pub body: Option<&'c [u8]>,
    /// A header that the action signs.
    pub header: Option<(&'static str, String)>,
    /// When it is signed and for how long; none: when it is sent.
    pub signed: Option<(Timestamp, Duration)>,
    /// The most that is read of the answer.
    pub limit: u64,
}

impl<A> Call<'_, A> {
    pub fn plain(action: A) -> Self {
        Self { action, body: None, header: None, signed: None, limit: ANSWER }
    }
}

/// A bucket that can be asked.
#[derive(Debug, Clone)]
pub(super) struct Client {
    agent: ureq::Agent,
    pub bucket: Bucket,
    pub credentials: Credentials,
    pub prefix: String,
}

impl Client {
    pub fn new(options: &BucketOptions) -> Self {
        let tls = ureq::tls::TlsConfig::builder().provider(ureq::tls::TlsProvider::NativeTls).build();
        let config = ureq::Agent::config_builder()
            .timeout_connect(Some(Duration::from_secs(3)))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .tls_config(tls)
            .build();
        let BucketOptions { bucket, credentials, prefix, .. } = options.clone();
        Self { agent: config.into(), bucket, credentials, prefix }
    }

    /// Asks, and asks again where the store is away, with longer and longer pauses.
    pub fn send<'a, A: S3Action<'a>>(&self, call: &Call<'_, A>, patience: Patience) -> Result<Answer, Trouble> {
        let begun = Stopwatch::start();
        let mut pause = Duration::from_millis(200);
        let mut attempt = 1;
        loop {
            match self.attempt(call, patience.each) {
                Err(Trouble::Away(_))
                    if attempt < patience.attempts && begun.elapsed() + pause < patience.begun_within =>
                {
                    std::thread::sleep(pause);
                }
                done => return done,
            }
            attempt += 1;
            pause *= 4;
        }
    }

    fn attempt<'a, A: S3Action<'a>>(&self, call: &Call<'_, A>, time: Duration) -> Result<Answer, Trouble> {
        let url = match &call.signed {
            Some((at, life)) => call.action.sign_with_time(*life, at),
            None => call.action.sign(SIGNED_FOR),
        };
        let mut request = Request::builder().method(A::METHOD.to_str()).uri(url.as_str());
        if let Some((name, value)) = &call.header {
            request = request.header(*name, value);
        }
        let answer = match call.body {
            Some(bytes) => request.body(bytes).map(|request| self.run(request, time)),
            None => request.body(()).map(|request| self.run(request, time)),
        };
        let answer = answer.map_err(|_| Trouble::Away("the request cannot be made".to_owned()))?;
        judged(answer.map_err(|error| trouble_of(&error))?, call.limit)
    }

    fn run<B: ureq::AsSendBody>(&self, request: Request<B>, time: Duration) -> Result<Response<Body>, ureq::Error> {
        self.agent.run(self.agent.configure_request(request).timeout_global(Some(time)).build())
    }
}

/// The answer of a success, or what its failure means.
fn judged(mut answer: Response<Body>, limit: u64) -> Result<Answer, Trouble> {
    let status = answer.status().as_u16();
    let date = answer.headers().get("date").and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()).map(|date| date.to_utc());
    let body = answer.body_mut().with_config();
    if (200..300).contains(&status) {
        let bytes = body.limit(limit).read_to_vec().map_err(|error| trouble_of(&error))?;
        return Ok(Answer { bytes, date });
    }
    let text = body.limit(ANSWER).read_to_vec().unwrap_or_default();
    let code = code_of(&String::from_utf8_lossy(&text));
    match (status, code.as_str()) {
        (404, "NoSuchKey") => Err(Trouble::Missing),
        (408 | 429 | 500.., _) | (_, "SlowDown" | "RequestTimeout") => Err(Trouble::Away(format!("{status} {code}"))),
        _ => Err(Trouble::Refused { status, code }),
    }
}

/// The word of an error document; nothing but letters is believed.
fn code_of(text: &str) -> String {
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>")).map_or("", |(code, _)| code);
    code.chars().filter(char::is_ascii_alphanumeric).take(64).collect()
}

fn trouble_of(error: &ureq::Error) -> Trouble {
    Trouble::Away(match error {
        ureq::Error::BodyExceedsLimit(_) => return Trouble::TooLong,
        ureq::Error::Timeout(_) => "it took too long".to_owned(),
        ureq::Error::Io(error) => error.kind().to_string(),
        ureq::Error::HostNotFound => "its host is not known".to_owned(),
        _ => "no connection".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_an_error_is_letters_alone() {
        assert_eq!(code_of("<Error><Code>NoSuchKey</Code><Message>x</Message></Error>"), "NoSuchKey");
        assert_eq!(code_of("<Code>No\nSuch<Key</Code>"), "NoSuchKey");
        assert_eq!(code_of("<html>"), "");
    }
}
