//! CRLs: header, entries, index, lints. What the index finds is what the list holds.
#![no_main]
use libfuzzer_sys::fuzz_target;
use madoguchi::pki::crl::{CrlIndex, EntriesByIssuer, ParsedCrl, lints};

fuzz_target!(|bytes: &[u8]| {
    let Ok(crl) = ParsedCrl::from_der(bytes) else { return };
    let _ = lints(&crl);
    let Ok(index) = CrlIndex::build(&crl, bytes, |_| Ok(())) else { return };
    for (entry, issuer) in EntriesByIssuer::of(&crl).filter_map(Result::ok) {
        assert!(index.find_under(bytes, entry.serial, &issuer).is_some_and(|found| found == entry));
    }
});
