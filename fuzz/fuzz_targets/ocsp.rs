//! OCSP requests and responses; nothing that is made up answers a question.
#![no_main]
use std::sync::{Arc, LazyLock};

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::ocsp::{OcspEvidence, OcspRequest, OcspResponse, OcspRule, Question, judge};

static ISSUER: LazyLock<Arc<Certificate>> =
    LazyLock::new(|| Arc::new(Certificate::from_der(include_bytes!("../corpus/certificate/tt-rsa2048.der").as_slice()).unwrap()));

fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = OcspRequest::from_der(bytes) {
        assert_eq!(OcspRequest::from_der(&request.to_der()).unwrap(), request);
    }
    let _ = OcspResponse::from_der(bytes).is_ok();
    let question = Question { certificate: &ISSUER, issuer: &ISSUER, at: DateTime::UNIX_EPOCH };
    let evidence = OcspEvidence::given(bytes, DateTime::UNIX_EPOCH);
    assert!(judge(&evidence, &question, &OcspRule::WHEN_UNDECIDED, &mut |_| true).answer.is_none());
});
