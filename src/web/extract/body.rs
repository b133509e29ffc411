//! Reading a body: bounded in size, and in the time that a client may take for it.
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::budget::Share;
use crate::clock::Stopwatch;
use crate::submission::rejection::RejectionCode;
use crate::web::config::Patience;
use crate::web::problem::Problem;
use crate::web::state::WebState;

/// The largest JSON body, in bytes: the answers to a form and a list of attachments.
const JSON_LIMIT: u64 = 1024 * 1024;

/// A body that is being read.
pub struct BodyReader {
    payload: Payload,
    left: u64,
    limit: u64,
    patience: Patience,
    stopwatch: Stopwatch,
    share: Share,
}

impl BodyReader {
    /// A reader of `payload` under the server's limits.
    ///
    /// # Errors
    /// Where the server lacks its state: a fault.
    pub fn new(request: &HttpRequest, payload: Payload) -> Result<Self, Problem> {
        let state = request.app_data::<web::Data<WebState>>().ok_or_else(|| Problem::internal("no web state"))?;
        let (limit, patience) = (state.config.limits.body, state.config.patience);
        let share = state.uploads.share(request);
        Ok(Self { payload, left: limit, limit, patience, stopwatch: Stopwatch::start(), share })
    }

    /// The same with a lower limit.
    #[must_use]
    pub fn at_most(mut self, bytes: u64) -> Self {
        self.limit = self.limit.min(bytes);
        self.left = self.limit;
        self
    }

    /// The next bytes, or `None` at the end.
    ///
    /// # Errors
    /// 408 where the client is too slow, 413 where the body is too large, 400 where the client left, 503 where the
    /// gateway holds too many bodies.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let remaining = self.patience.body.saturating_sub(self.stopwatch.elapsed());
        let wait = self.patience.next_bytes.min(remaining).max(Duration::from_millis(1));
        let next = tokio::time::timeout(wait, self.payload.next()).await.map_err(|_| too_slow())?;
        let Some(bytes) = next.transpose().map_err(|error| unreadable(&error))? else { return Ok(None) };
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(|| too_large(self.limit))?;
        self.share.take(bytes.len() as u64)?;
        Ok(Some(bytes))
    }

    /// Reads what is left, so that the connection can be used again.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub async fn finish(mut self) -> Result<(), Problem> {
        while self.next().await?.is_some() {}
        Ok(())
    }

    /// The whole body.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub async fn collect(mut self) -> Result<Bytes, Problem> {
        let Some(first) = self.next().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.next().await? else { return Ok(first) };
        let mut joined = BytesMut::from(first);
        joined.extend_from_slice(&second);
        while let Some(bytes) = self.next().await? {
            joined.extend_from_slice(&bytes);
        }
        Ok(joined.freeze())
    }
}

fn too_slow() -> Problem {
    Problem::new(RejectionCode::RequestTimeout, "The body of the request did not arrive in time.")
}

fn too_large(limit: u64) -> Problem {
    Problem::new(RejectionCode::TooLarge, format!("The body of the request may hold {limit} bytes at most."))
}

fn unreadable(error: &PayloadError) -> Problem {
    match error {
        PayloadError::Overflow => Problem::new(RejectionCode::TooLarge, "The body of the request is too large."),
        _ => Problem::new(RejectionCode::BadRequest, "The body of the request broke off."),
    }
}

/// A JSON body of type `T`; what is wrong with it is told by place, never by value.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned> JsonBody<T> {
    async fn read(request: HttpRequest, payload: Payload) -> Result<Self, Problem> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Problem::new(RejectionCode::UnsupportedMediaType, "Send application/json."));
        }
        let bytes = BodyReader::new(&request, payload)?.at_most(JSON_LIMIT).collect().await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| unfit(&error))
    }
}

/// serde's own message repeats values, which may be a person's data; the place and the kind do not.
fn unfit(error: &serde_json::Error) -> Problem {
    use serde_json::error::Category;
    let what = match error.classify() {
        Category::Data => "The JSON body lacks a member, or has one that is not known or of the wrong type",
        _ => "The body is not JSON",
    };
    let detail = format!("{what} (line {}, column {}).", error.line(), error.column());
    Problem::new(RejectionCode::BadRequest, detail)
}

impl<T: DeserializeOwned + 'static> FromRequest for JsonBody<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        Box::pin(Self::read(request.clone(), payload.take()))
    }
}
