//! The checks of one signer, one function a named check: the name states the claim, the clause says who makes it.
//! What each failure means is the table of the public contract, section 3.
pub(super) mod algorithms;
pub(super) mod attributes;
pub(super) mod content;
pub(super) mod identity;
pub(super) mod signer;
pub(super) mod time;

use std::sync::Arc;

use super::cms::{SignedData, SignerInfo};
use super::content::MessageDigests;
use super::policy::Rules;
use super::verifier::VerificationRequest;
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm};
use crate::pki::certificate::Certificate;

/// What the checks of one signer look at.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    /// The policy's rules.
    pub(super) rules: &'a Rules,
    /// What was asked.
    pub(super) request: &'a VerificationRequest<'a>,
    /// The message.
    pub(super) message: &'a SignedData<'a>,
    /// The digests of the content, given and attached, shared by all signers.
    pub(super) digests: &'a MessageDigests<'a>,
    /// The signer.
    pub(super) info: &'a SignerInfo<'a>,
    /// The SignerInfo's digest algorithm, where we know it.
    pub(super) digest: Option<DigestAlgorithm>,
    /// The SignerInfo's signature algorithm, where it can be read.
    pub(super) algorithm: Option<SignatureAlgorithm>,
    /// The certificate that the SignerInfo names, where it is at hand.
    pub(super) certificate: Option<&'a Arc<Certificate>>,
}
