//! CRLs: header, entries, index, lints. What the index finds is what the list holds.
#![no_main]
use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use madoguchi::pki::crl::{CrlIndex, EntriesByIssuer, ListKey, ParsedCrl, Wanted, lints, search_again};

fuzz_target!(|bytes: &[u8]| {
    let _ = search_again(bytes, &HashSet::new());
    let Ok(crl) = ParsedCrl::from_der(bytes) else { return };
    let _ = lints(&crl);
    let Ok(index) = CrlIndex::build(ListKey::of_process(), &crl, bytes, |_| Ok(())) else { return };
    for (entry, issuer) in EntriesByIssuer::of(&crl).filter_map(Result::ok) {
        let found = index.find_under(&bytes, entry.serial, &issuer).expect("the bytes are there").expect("it is listed");
        assert_eq!((&*found.serial, found.revocation_date, found.reason), (entry.serial, entry.revocation_date, entry.reason));
        assert_eq!(found.issuer, (*issuer).into());
        // The second reader may be stricter; what it reads it finds.
        let wanted = Wanted { issuer: issuer.to_vec(), serial: entry.serial.to_vec() };
        let again = search_again(bytes, &HashSet::from([wanted.clone()]));
        assert!(again.is_err() || again.is_ok_and(|found| found.contains_key(&wanted)));
    }
});
