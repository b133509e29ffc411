//! Messages and answers of the network between gateways: no input stops the parsers, and nothing that is no message is one.
#![no_main]
use libfuzzer_sys::fuzz_target;
use madoguchi::jws::JwkSet;
use madoguchi::network::{answer, message};

fuzz_target!(|bytes: &[u8]| {
    if let Ok((message, nonce, issued_at)) = message::parse(bytes) {
        assert!(message.id.get_version_num() == 7 && message.body.is_object());
        assert!(nonce.len() == message::NONCE_BYTES && issued_at.timestamp_subsec_nanos() == 0);
        assert_eq!(message.content_sha256(), message.clone().content_sha256());
    }
    if let Ok(answer) = answer::parse(bytes) {
        assert!(answer.body.is_object() && answer.code.len() <= 60);
    }
    // Without a key nothing opens.
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let at = chrono::DateTime::from_timestamp(1_780_000_000, 0).unwrap();
    assert!(message::open(text, &JwkSet::default(), at, chrono::Duration::minutes(5)).is_err());
});
