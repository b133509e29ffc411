//! Application and withdrawal documents: strict I-JSON, and what is read, written and read again stays the same.
#![no_main]
use libfuzzer_sys::fuzz_target;
use madoguchi::intake::document::ApplicationDocument;
use madoguchi::intake::json;
use madoguchi::intake::withdrawal::WithdrawalDocument;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(value) = json::parse(bytes) {
        assert_eq!(serde_json::from_slice::<serde_json::Value>(bytes).unwrap(), value);
    }
    if let Ok(document) = ApplicationDocument::read(bytes) {
        let written = serde_json::to_vec(&document).unwrap();
        let again = ApplicationDocument::read(&written).unwrap();
        assert_eq!(written, serde_json::to_vec(&again).unwrap());
    }
    let _ = WithdrawalDocument::read(bytes);
});
