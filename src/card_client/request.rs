//! A signing request: read, and checked before anything of it is shown. RFC 7515, RFC 7519, RFC 8725.
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;

use super::ClientError;
use super::document::Node;
use crate::jws::claims::{CARD_AUDIENCE, RequestClaims};
use crate::jws::{JwkSet, JwsError, REQUEST_TYP, VerifiedToken};

/// The longest request that is read: a document of 1 MiB in base64, and its token.
pub const MAX_REQUEST: u64 = 4 << 20;
/// The longest document.
const MAX_DOCUMENT: usize = 1 << 20;
/// How far a gateway's clock may run ahead of ours.
const SKEW_MINUTES: i64 = 5;
/// The longest that a request may be signed after it was made, where its key has ended since: the gateway's own default.
const LONGEST_LIFE_HOURS: i64 = 24;
/// The formats of documents that this client knows how to show.
const FORMATS: [&str; 2] = ["madoguchi/application/1", "madoguchi/withdrawal/1"];

/// The `.mgreq` file, the answer of POST /api/v1/applications: nothing of it is believed. The members that only say again
/// what the token says are not looked at.
#[derive(Debug, Deserialize)]
pub struct Envelope {
    application: String,
    request: String,
}

impl Envelope {
    /// Reads a file.
    ///
    /// # Errors
    /// `request-malformed` when it is not of that form.
    pub fn read(bytes: &[u8]) -> Result<Self, ClientError> {
        serde_json::from_slice(bytes).map_err(|error| {
            malformed(format!("it is not the JSON that a gateway gives out to be signed ({error}); fetch it again"))
        })
    }
}

/// Where the keys of a gateway come from.
pub trait GatewayKeys {
    /// The keys that the gateway of this origin signs requests with; none when it is not trusted.
    ///
    /// # Errors
    /// When they cannot be read.
    fn keys_of(&self, origin: &str) -> Result<Option<JwkSet>, ClientError>;

    /// The keys after a roll-over, where a request is signed with one that is not known; none when they are not to be had,
    /// or not to be taken without asking.
    ///
    /// # Errors
    /// When they cannot be read or kept.
    fn renewed_keys_of(&self, _origin: &str) -> Result<Option<JwkSet>, ClientError> {
        Ok(None)
    }
}

/// A key set that was handed over for this one request, whatever gateway it names.
impl GatewayKeys for JwkSet {
    fn keys_of(&self, _origin: &str) -> Result<Option<JwkSet>, ClientError> {
        Ok(Some(self.clone()))
    }
}

/// A request that passed every check: its document may be shown, and signed when the person agrees.
#[derive(Debug)]
pub struct CheckedRequest {
    claims: RequestClaims,
    document: Vec<u8>,
    root: Node,
}

impl CheckedRequest {
    /// Checks a request at `now`; `asked_by` is the origin of the page that asks, where one does.
    ///
    /// # Errors
    /// With the code of the first check that failed (`docs/card-client.md` lists them).
    pub fn check(
        envelope: &Envelope,
        keys: &dyn GatewayKeys,
        asked_by: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Self, ClientError> {
        let document = STANDARD
            .decode(&envelope.application)
            .map_err(|_| malformed("the application in it is not base64; fetch it again".to_owned()))?;
        if document.len() > MAX_DOCUMENT {
            return Err(malformed("the application in it is longer than 1 MiB".to_owned()));
        }
        let claims = verified_claims(&envelope.request, keys, now)?;
        check_claims(&claims, asked_by, now)?;
        check_digest(&claims, &document)?;
        let root = check_document(&claims, &document)?;
        Ok(Self { claims, document, root })
    }

    /// The gateway that asks.
    pub fn gateway(&self) -> &str {
        &self.claims.iss
    }

    /// What the gateway claims, its signature verified.
    pub fn claims(&self) -> &RequestClaims {
        &self.claims
    }

    /// The exact bytes that are to be signed.
    pub fn document(&self) -> &[u8] {
        &self.document
    }

    /// What those bytes say.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// Until when it may be filed.
    pub fn not_after(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(self.claims.exp, 0)
    }
}

fn malformed(detail: String) -> ClientError {
    ClientError::refused("request-malformed", "the signing request cannot be read", detail)
}

/// The claims, after the signature was verified with the pinned keys of the gateway that they name.
fn verified_claims(token: &str, keys: &dyn GatewayKeys, now: DateTime<Utc>) -> Result<RequestClaims, ClientError> {
    let unverified_issuer = claimed_issuer(token)?;
    let Some(set) = keys.keys_of(&unverified_issuer)? else {
        return Err(ClientError::refused(
            "gateway-not-trusted",
            "this gateway is not trusted",
            format!(
                "the request names {}, whose keys are not pinned here; if you know it: madoguchi-card trust {}",
                super::visible::neutralise(&unverified_issuer),
                super::visible::neutralise(&unverified_issuer),
            ),
        )
        .about(super::visible::neutralise(&unverified_issuer)));
    };
    let mut verified = set.verify(REQUEST_TYP, token);
    if verified == Err(JwsError::UnknownKey)
        && let Some(renewed) = keys.renewed_keys_of(&unverified_issuer)?
    {
        verified = renewed.verify(REQUEST_TYP, token);
    }
    let verified = verified.map_err(|error| {
        let advice = match error {
            JwsError::UnknownKey => "the gateway may have new keys: madoguchi-card trust shows and pins them",
            _ => "do not sign; fetch the request from the gateway again",
        };
        ClientError::refused("request-signature", "the gateway's signature is not good", format!("{error}; {advice}"))
    })?;
    let claims: RequestClaims = serde_json::from_slice(&verified.payload)
        .map_err(|error| malformed(format!("its claims are not those of a signing request ({error})")))?;
    check_keys_end(&verified, &claims, now)?;
    Ok(claims)
}

/// A retired key signs nothing after its end. Whoever holds it can date a request back, but not for longer than a request
/// of before the end may still be signed.
fn check_keys_end(verified: &VerifiedToken, claims: &RequestClaims, now: DateTime<Utc>) -> Result<(), ClientError> {
    let last = (now - Duration::hours(LONGEST_LIFE_HOURS)).timestamp();
    if !verified.is_after_the_keys_end(claims.iat) && !verified.is_after_the_keys_end(last) {
        return Ok(());
    }
    let detail =
        "the gateway had retired the key that signed it; do not sign; fetch the request from the gateway again";
    Err(ClientError::refused("request-signature", "the gateway's signature is not good", detail))
}

/// The gateway that a token says it is from, before anything is believed of it.
fn claimed_issuer(token: &str) -> Result<String, ClientError> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: String,
    }
    let payload = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let issuer = payload.and_then(|bytes| serde_json::from_slice::<Issuer>(&bytes).ok());
    issuer.map(|issuer| issuer.iss).ok_or_else(|| malformed("its token is not a compact JWS with claims".to_owned()))
}

fn check_claims(claims: &RequestClaims, asked_by: Option<&str>, now: DateTime<Utc>) -> Result<(), ClientError> {
    if claims.aud != CARD_AUDIENCE {
        let detail = "it is not meant for the card client; do not sign";
        return Err(ClientError::refused("request-audience", "the request is for somebody else", detail));
    }
    if asked_by.is_some_and(|origin| origin != claims.iss) {
        let detail = "the page that asks is not the gateway that made the request; do not sign";
        return Err(ClientError::refused("request-issuer", "the request is another gateway's", detail));
    }
    if claims.exp <= now.timestamp() {
        let detail = "its time is over; make the application again on the gateway's page";
        return Err(ClientError::refused("request-expired", "the request has expired", detail));
    }
    if claims.iat > (now + Duration::minutes(SKEW_MINUTES)).timestamp() {
        let detail = "it was made later than this machine's clock reads; set the clock right";
        return Err(ClientError::refused("request-not-yet-valid", "the request is not valid yet", detail));
    }
    Ok(())
}

fn check_digest(claims: &RequestClaims, document: &[u8]) -> Result<(), ClientError> {
    let digest = ring::digest::digest(&ring::digest::SHA256, document);
    match hex::encode(digest.as_ref()) == claims.application_sha256.to_ascii_lowercase() {
        true => Ok(()),
        false => Err(ClientError::refused(
            "request-digest",
            "the application is not the one that the gateway made",
            "it was changed on its way here; do not sign, and make it again on the gateway's page",
        )),
    }
}

fn check_document(claims: &RequestClaims, document: &[u8]) -> Result<Node, ClientError> {
    let wrong = |detail: String| ClientError::refused("document-malformed", "the application cannot be shown", detail);
    let root = Node::parse(document).map_err(|error| wrong(format!("it is not a proper JSON document: {error}")))?;
    let format = root.member("format").and_then(Node::text).unwrap_or_default();
    if !FORMATS.contains(&format) {
        let format = super::visible::neutralise(format);
        return Err(wrong(format!("its format `{format}` is not known to this version; update the card client")));
    }
    match root.member("gateway").and_then(Node::text) {
        Some(gateway) if gateway == claims.iss => Ok(root),
        _ => Err(ClientError::refused(
            "request-issuer",
            "the application is another gateway's",
            "the document names another gateway than the request; do not sign",
        )),
    }
}
