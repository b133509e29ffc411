//! Accept-Language headers and language tags, which every request may carry.
#![no_main]
use libfuzzer_sys::fuzz_target;
use madoguchi::procedures::Language;
use madoguchi::web::accept_language::most_wanted;

fuzz_target!(|text: &str| {
    let _ = most_wanted(text);
    if let Ok(language) = text.parse::<Language>() {
        assert_eq!(language.tag().parse(), Ok(language));
    }
});
