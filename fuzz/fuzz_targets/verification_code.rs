//! Verification codes as people type them: read, and read again as they are printed; and facts under them.
#![no_main]
use libfuzzer_sys::fuzz_target;
use madoguchi::registry::papers::code::VerificationCode;
use madoguchi::registry::papers::facts::{FactKind, Facts};

fuzz_target!(|text: &str| {
    if let Ok(code) = text.parse::<VerificationCode>() {
        assert_eq!(code.grouped().parse(), Ok(code));
        for kind in FactKind::ALL {
            assert_eq!(Facts::of(&code, &[(*kind, text)]).agrees(&code, *kind, text), Some(true));
        }
    }
});
