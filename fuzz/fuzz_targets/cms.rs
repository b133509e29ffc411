//! A signature file of any bytes: it is judged, and never passes, because there is no anchor.
#![no_main]
use std::sync::{Arc, LazyLock};

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use madoguchi::pki::crl::CrlSnapshot;
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::signature::content::Content;
use madoguchi::signature::policy::SignaturePolicy;
use madoguchi::signature::verifier::{VerificationRequest, Verifier};
use madoguchi::verdict::Indication;

static VERIFIER: LazyLock<Verifier> =
    LazyLock::new(|| Verifier::new(Arc::new(SignaturePolicy::jpki()), Arc::new(TrustStore::new(vec![], vec![]))));

fuzz_target!(|bytes: &[u8]| {
    let request = VerificationRequest {
        signature: bytes,
        content: Some(Content::Bytes(b"seed")),
        extra_certificates: &[],
        at: DateTime::UNIX_EPOCH,
        signed_after: None,
    };
    let report = VERIFIER.verify(&CrlSnapshot::default(), &request).report;
    assert_ne!(report.indication, Indication::TotalPassed);
});
