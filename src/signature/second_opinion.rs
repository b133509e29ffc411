//! A second opinion on a signature: OpenSSL verifies value, digest and the signer's path, without revocation. It shares
//! nothing with the verifier here but the trust anchors' bytes. Where OpenSSL is no oracle (contentType, missing signed
//! attributes, CMSAlgorithmProtection) it is only laxer, so that its "good" proves less than ours; its "bad" counts.
use chrono::{DateTime, Utc};
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::error::ErrorStack;
use openssl::stack::Stack;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509PurposeId};

use super::container;
use crate::pki::trust_store::TrustStore;

/// A trust state as OpenSSL takes it.
pub struct SecondOpinion {
    anchors: Vec<X509>,
    intermediates: Stack<X509>,
}

/// Why there is no opinion, or a bad one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// OpenSSL says that the signature or the path is not good: its words.
    Disagrees(String),
    /// It could not be asked.
    Failed(String),
}

impl SecondOpinion {
    /// Under that trust.
    ///
    /// # Errors
    /// A sentence, where OpenSSL does not read a certificate of the trust store.
    pub fn new(trust: &TrustStore) -> Result<Self, String> {
        let read =
            |der: &[u8]| X509::from_der(der).map_err(|error| format!("a certificate of the trust store: {error}"));
        let anchors = trust.anchors().iter().map(|one| read(one.der())).collect::<Result<_, _>>()?;
        let mut intermediates = Stack::new().map_err(|error| error.to_string())?;
        for one in trust.intermediates() {
            intermediates.push(read(one.der())?).map_err(|error| error.to_string())?;
        }
        Ok(Self { anchors, intermediates })
    }

    /// Whether OpenSSL finds the signature file good over `content`, with a path that stands at `at`.
    ///
    /// # Errors
    /// [`Doubt`].
    pub fn check(&self, signature: &[u8], content: &[u8], at: DateTime<Utc>) -> Result<(), Doubt> {
        let failed = |error: ErrorStack| Doubt::Failed(words(&error));
        let message = container::message(signature).map_err(|error| Doubt::Disagrees(error.to_string()))?;
        let store = self.store(at).map_err(failed)?;
        let mut message = CmsContentInfo::from_der(&message).map_err(|error| Doubt::Disagrees(words(&error)))?;
        // The recorded document counts, also where the message has a content of its own.
        let verified = message.verify(Some(&self.intermediates), Some(&store), Some(content), None, CMSOptions::BINARY);
        verified.map_err(|error| Doubt::Disagrees(words(&error)))
    }

    fn store(&self, at: DateTime<Utc>) -> Result<X509Store, ErrorStack> {
        let mut builder = X509StoreBuilder::new()?;
        for anchor in &self.anchors {
            builder.add_cert(anchor.clone())?;
        }
        let mut param = X509VerifyParam::new()?;
        param.set_time(at.timestamp());
        // The signer's key usage is not that of mail; it was checked by the policy.
        param.set_purpose(X509PurposeId::ANY)?;
        param.set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
        builder.set_param(&param)?;
        Ok(builder.build())
    }
}

/// OpenSSL's reasons without places in its source; they hold no subject.
fn words(error: &ErrorStack) -> String {
    let reasons: Vec<String> = error
        .errors()
        .iter()
        .filter_map(|one| {
            Some(format!("{}{}", one.reason()?, one.data().map(|data| format!(" ({data})")).unwrap_or_default()))
        })
        .collect();
    if reasons.is_empty() { "OpenSSL gives no reason".to_owned() } else { reasons.join("; ") }
}
