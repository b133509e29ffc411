//! Uploads: multipart/form-data parts, bounded, each exactly as often as asked for, and hashed while they stream in.
mod disposition;
mod splitter;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use futures_util::future::LocalBoxFuture;
use ring::digest::{Context, SHA256};

use self::splitter::{Event, Splitter};
use super::body::BodyReader;
use crate::submission::received::{ReceivedAttachment, ReceivedSubmission};
use crate::submission::rejection::RejectionCode;
use crate::web::problem::Problem;
use crate::web::state::WebState;

/// One part that may be in an upload.
#[derive(Debug, Clone, Copy)]
pub struct PartSpec {
    /// The field's name.
    pub name: &'static str,
    /// The most bytes of one.
    pub limit: u64,
    /// How many there must be.
    pub least: usize,
    /// How many there may be.
    pub most: usize,
    /// The refusal of one too many.
    pub one_too_many: RejectionCode,
    /// What becomes of one that is too large.
    pub too_large: TooLargePart,
}

/// What becomes of a part that is too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooLargePart {
    /// The upload is refused.
    Refused,
    /// The part is read past and given without its bytes ([`Part::is_cut`]), so that the others are kept.
    Cut,
}

impl PartSpec {
    /// A part that must be there once.
    pub fn once(name: &'static str, limit: u64) -> Self {
        let (one_too_many, too_large) = (RejectionCode::PartTwice, TooLargePart::Refused);
        Self { name, limit, least: 1, most: 1, one_too_many, too_large }
    }

    /// A part that may be there once.
    pub fn optional(name: &'static str, limit: u64) -> Self {
        Self { least: 0, ..Self::once(name, limit) }
    }

    /// An attachment, which may be there up to `most` times. More are more than any application may list: whatever it
    /// lists, one is too many or is not listed.
    pub fn several(name: &'static str, limit: u64, most: usize) -> Self {
        let (one_too_many, too_large) = (RejectionCode::TooManyAttachments, TooLargePart::Refused);
        Self { name, limit, least: 0, most, one_too_many, too_large }
    }

    /// The same where one that is too large does not refuse the others.
    #[must_use]
    pub fn cut(self) -> Self {
        Self { too_large: TooLargePart::Cut, ..self }
    }
}

/// One part as it arrived.
#[derive(Debug, Clone)]
pub struct Part {
    /// The field's name.
    pub name: &'static str,
    /// The file's name, where one was sent: a label only, never a path.
    pub file_name: Option<String>,
    /// The bytes.
    pub bytes: Bytes,
    /// SHA-256 of the bytes, computed while they came in.
    pub sha256: [u8; 32],
    /// Whether it was too large; it is without its bytes then.
    pub is_cut: bool,
}

/// The parts of an upload, in the order received.
#[derive(Debug, Default)]
pub struct Parts(Vec<Part>);

impl Parts {
    /// Takes the first part of that name out.
    pub fn take(&mut self, name: &str) -> Option<Part> {
        let at = self.0.iter().position(|part| part.name == name)?;
        Some(self.0.remove(at))
    }

    /// Takes every part of that name out, in the order received.
    pub fn take_all(&mut self, name: &str) -> Vec<Part> {
        let (taken, kept) = std::mem::take(&mut self.0).into_iter().partition(|part| part.name == name);
        self.0 = kept;
        taken
    }

    /// Takes a part that [`PartSpec::once`] asked for.
    ///
    /// # Errors
    /// Where it is missing.
    pub fn require(&mut self, name: &'static str) -> Result<Part, Problem> {
        self.take(name).ok_or_else(|| missing(name))
    }
}

/// Reads a whole upload.
///
/// # Errors
/// 400 where it is not readable or a part is missing or twice, 408 where the client is too slow, 413 where something is
/// too large, 415 where it is no multipart/form-data, 422 where there are more attachments than any filing may have.
pub async fn read_parts(request: &HttpRequest, payload: Payload, specs: &[PartSpec]) -> Result<Parts, Problem> {
    let mut splitter = Splitter::new(&boundary_of(request)?);
    let mut body = BodyReader::new(request, payload)?;
    let mut parts = Vec::with_capacity(specs.len());
    let mut current: Option<Growing> = None;
    loop {
        match splitter.next_event().map_err(|broken| Problem::new(RejectionCode::BadMultipart, broken.0))? {
            Event::Part(disposition) => {
                parts.extend(current.take().map(Growing::finish));
                current = Some(Growing::begin(specs, &parts, disposition)?);
            }
            Event::Data(data) => match current.as_mut() {
                Some(growing) => growing.add(data)?,
                None => return Err(Problem::internal("a part's bytes came before the part")),
            },
            Event::More => match body.next().await? {
                Some(bytes) => splitter.push(bytes),
                None => {
                    return Err(Problem::new(
                        RejectionCode::BadMultipart,
                        "The body ends before its closing boundary.",
                    ));
                }
            },
            Event::End => break,
        }
    }
    body.finish().await?;
    parts.extend(current.take().map(Growing::finish));
    check_counts(specs, &parts)?;
    Ok(Parts(parts))
}

/// The boundary that the Content-Type header names (RFC 2046 5.1.1: 1 to 70 characters).
fn boundary_of(request: &HttpRequest) -> Result<String, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind: mime::Mime = kind.parse().map_err(|_| not_multipart())?;
    if kind.essence_str() != "multipart/form-data" {
        return Err(not_multipart());
    }
    let boundary = kind.get_param(mime::BOUNDARY).map(|value| value.as_str().to_owned()).unwrap_or_default();
    if boundary.is_empty() || boundary.len() > 70 {
        return Err(Problem::new(
            RejectionCode::BadMultipart,
            "The Content-Type header names no boundary of 1 to 70 characters.",
        ));
    }
    Ok(boundary)
}

fn not_multipart() -> Problem {
    Problem::new(RejectionCode::UnsupportedMediaType, "Send multipart/form-data.")
}

fn missing(name: &str) -> Problem {
    Problem::new(RejectionCode::PartMissing, format!("The part \"{name}\" is missing."))
}

fn check_counts(specs: &[PartSpec], parts: &[Part]) -> Result<(), Problem> {
    let count = |spec: &PartSpec| parts.iter().filter(|part| part.name == spec.name).count();
    match specs.iter().find(|spec| count(spec) < spec.least) {
        Some(spec) => Err(missing(spec.name)),
        None => Ok(()),
    }
}

/// A part whose bytes are coming in.
struct Growing {
    spec: PartSpec,
    file_name: Option<String>,
    /// The first piece, as it came: most parts are one piece, and are not copied.
    first: Bytes,
    /// First and further pieces, where there are several.
    joined: BytesMut,
    size: u64,
    digest: Context,
    is_cut: bool,
}

impl Growing {
    fn begin(specs: &[PartSpec], parts: &[Part], disposition: disposition::Disposition) -> Result<Self, Problem> {
        let Some(spec) = specs.iter().find(|spec| spec.name == disposition.name) else {
            let known: Vec<&str> = specs.iter().map(|spec| spec.name).collect();
            let detail = format!("There is a part of another name than the known ones: {}.", known.join(", "));
            return Err(Problem::new(RejectionCode::BadMultipart, detail));
        };
        let before = parts.iter().filter(|part| part.name == spec.name).count();
        if before >= spec.most {
            let detail = match spec.one_too_many {
                RejectionCode::PartTwice => format!("The part \"{}\" is there twice.", spec.name),
                _ => format!("There are more than {} parts \"{}\".", spec.most, spec.name),
            };
            return Err(Problem::new(spec.one_too_many, detail));
        }
        let (first, joined) = (Bytes::new(), BytesMut::new());
        Ok(Self {
            spec: *spec,
            file_name: disposition.file_name,
            first,
            joined,
            size: 0,
            digest: Context::new(&SHA256),
            is_cut: false,
        })
    }

    fn add(&mut self, data: Bytes) -> Result<(), Problem> {
        self.size += data.len() as u64;
        if self.size > self.spec.limit && self.spec.too_large == TooLargePart::Cut {
            (self.is_cut, self.first, self.joined) = (true, Bytes::new(), BytesMut::new());
            return Ok(());
        }
        if self.size > self.spec.limit {
            let detail = format!("The part \"{}\" may hold {} bytes at most.", self.spec.name, self.spec.limit);
            return Err(Problem::new(RejectionCode::TooLarge, detail));
        }
        self.digest.update(&data);
        if self.first.is_empty() {
            self.first = data;
            return Ok(());
        }
        if self.joined.is_empty() {
            self.joined.extend_from_slice(&self.first);
        }
        self.joined.extend_from_slice(&data);
        Ok(())
    }

    fn finish(self) -> Part {
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(self.digest.finish().as_ref());
        let bytes = if self.joined.is_empty() { self.first } else { self.joined.freeze() };
        Part { name: self.spec.name, file_name: self.file_name, bytes, sha256, is_cut: self.is_cut }
    }
}

/// A filing as posted: parts `application`, `signature` and `attachment`, as often as there are attachments.
#[derive(Debug)]
pub struct FilingUpload {
    application: Part,
    signature: Part,
    attachments: Vec<Part>,
}

impl FilingUpload {
    /// The filing, received at `received_at`: when the last byte was there.
    pub fn into_received(self, received_at: DateTime<Utc>) -> ReceivedSubmission {
        let attachment = |part: Part| ReceivedAttachment {
            claimed_name: part.file_name.unwrap_or_default(),
            bytes: part.bytes,
            sha256: part.sha256,
        };
        ReceivedSubmission {
            application: self.application.bytes,
            application_sha256: self.application.sha256,
            signature: self.signature.bytes,
            signature_sha256: self.signature.sha256,
            attachments: self.attachments.into_iter().map(attachment).collect(),
            received_at,
        }
    }

    async fn read(request: HttpRequest, payload: Payload) -> Result<Self, Problem> {
        let state = request.app_data::<web::Data<WebState>>().ok_or_else(|| Problem::internal("no web state"))?;
        let limits = state.config.limits;
        let specs = [
            PartSpec::once("application", limits.application),
            PartSpec::once("signature", limits.signature),
            PartSpec::several("attachment", limits.attachment, limits.attachments),
        ];
        let mut parts = read_parts(&request, payload, &specs).await?;
        let (application, signature) = (parts.require("application")?, parts.require("signature")?);
        Ok(Self { application, signature, attachments: parts.take_all("attachment") })
    }
}

impl FromRequest for FilingUpload {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        Box::pin(Self::read(request.clone(), payload.take()))
    }
}

/// Any signature to be validated: parts `signature` and, unless it is attached in it, `content`.
#[derive(Debug)]
pub struct ValidationUpload {
    /// The signature file.
    pub signature: Bytes,
    /// What was signed.
    pub content: Option<Bytes>,
}

impl ValidationUpload {
    async fn read(request: HttpRequest, payload: Payload) -> Result<Self, Problem> {
        let state = request.app_data::<web::Data<WebState>>().ok_or_else(|| Problem::internal("no web state"))?;
        let body = state.config.limits.body;
        let specs = [PartSpec::once("signature", body), PartSpec::optional("content", body)];
        let mut parts = read_parts(&request, payload, &specs).await?;
        let signature = parts.require("signature")?.bytes;
        Ok(Self { signature, content: parts.take("content").map(|part| part.bytes) })
    }
}

impl FromRequest for ValidationUpload {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        Box::pin(Self::read(request.clone(), payload.take()))
    }
}
