//! Writing responses (RFC 6960 4.2.1, RFC 5019 2.2): what the responder answers.
use chrono::{DateTime, Utc};

use super::cert_id::CertId;
use super::extension;
use super::response::{BASIC, CertStatus, ResponseStatus};
use crate::asn1::{self, context, context_constructed, write};

/// One certificate's answer to be written.
#[derive(Debug, Clone)]
pub struct Single {
    /// Which.
    pub id: CertId,
    /// What is said.
    pub status: CertStatus,
    /// When it was known to be so.
    pub this_update: DateTime<Utc>,
    /// When newer information comes.
    pub next_update: Option<DateTime<Utc>>,
}

/// A response to be signed.
#[derive(Debug, Clone)]
pub struct ResponseData<'a> {
    /// SHA-1 of the responder's public key, which names it (byKey).
    pub responder_key_hash: &'a [u8],
    /// When it is signed.
    pub produced_at: DateTime<Utc>,
    /// The answers, at least one.
    pub singles: Vec<Single>,
    /// What is repeated of the request.
    pub nonce: Option<&'a [u8]>,
}

impl ResponseData<'_> {
    /// The DER that is signed.
    pub fn to_der(&self) -> Vec<u8> {
        let responder = write::tlv(context_constructed(2), &write::octet_string(self.responder_key_hash));
        let singles: Vec<u8> = self.singles.iter().flat_map(Single::to_der).collect();
        let nonce = self.nonce.map(|nonce| write::tlv(context_constructed(1), &extension::with_nonce(nonce)));
        write::sequence(&[
            &responder,
            &write::generalized_time(self.produced_at),
            &write::tlv(asn1::SEQUENCE, &singles),
            &nonce.unwrap_or_default(),
        ])
    }
}

impl Single {
    fn to_der(&self) -> Vec<u8> {
        let next = self.next_update.map(|next| write::tlv(context_constructed(0), &write::generalized_time(next)));
        write::sequence(&[
            &self.id.to_der(),
            &status(self.status),
            &write::generalized_time(self.this_update),
            &next.unwrap_or_default(),
        ])
    }
}

fn status(status: CertStatus) -> Vec<u8> {
    match status {
        CertStatus::Good => write::tlv(context(0), &[]),
        CertStatus::Unknown => write::tlv(context(2), &[]),
        CertStatus::Revoked { at, reason } => {
            // RFC 5280 5.3.1: `unspecified` is left out.
            let reason = reason.filter(|reason| *reason != 0);
            let reason = reason.map(|reason| write::tlv(context_constructed(0), &write::enumerated(reason)));
            let info = [write::generalized_time(at), reason.unwrap_or_default()].concat();
            write::tlv(context_constructed(1), &info)
        }
    }
}

/// The whole response: `data` signed by `sign`, which is given the DER, with the AlgorithmIdentifier of that signature
/// and the responder's certificate, both DER.
///
/// # Errors
/// What `sign` gives.
pub fn sign<E>(
    data: &ResponseData<'_>,
    algorithm: &[u8],
    certificate: &[u8],
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<Vec<u8>, E> {
    let tbs = data.to_der();
    let signature = write::bit_string(&sign(&tbs)?);
    let along = write::tlv(context_constructed(0), &write::sequence(&[certificate]));
    let basic = write::sequence(&[&tbs, algorithm, &signature, &along]);
    let bytes = write::sequence(&[&write::oid(BASIC), &write::octet_string(&basic)]);
    let tagged = write::tlv(context_constructed(0), &bytes);
    Ok(write::sequence(&[&write::enumerated(ResponseStatus::Successful.number()), &tagged]))
}

/// A response without an answer (RFC 6960 2.3); these are not signed.
pub fn status_only(status: ResponseStatus) -> Vec<u8> {
    write::sequence(&[&write::enumerated(status.number())])
}
