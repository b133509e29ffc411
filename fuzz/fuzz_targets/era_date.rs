//! Dates as people type them: a day of the present calendar, which is written and read again as the same day, or a fault.
#![no_main]
use libfuzzer_sys::fuzz_target;
use madoguchi::procedures::Language;
use madoguchi::procedures::kinds::date::{Both, from_iso, from_parts, from_text, iso};

fuzz_target!(|text: &str| {
    if let Ok(day) = from_text(text) {
        assert_eq!(from_iso(&iso(day)), Some(day));
        assert_eq!(from_text(&iso(day)), Ok(day));
        let _ = (Both(Language::Ja, day).to_string(), Both(Language::En, day).to_string());
    }
    let mut parts = text.split('\n');
    let mut part = || parts.next().unwrap_or_default();
    let _ = from_parts(part(), part(), part(), part());
});
