//! CRLs: header, entries, index, lints. What the index finds is what the list holds.
#![no_main]
use libfuzzer_sys::fuzz_target;
use madoguchi::pki::crl::{CrlIndex, EntriesByIssuer, ListKey, ParsedCrl, lints};

fuzz_target!(|bytes: &[u8]| {
    let Ok(crl) = ParsedCrl::from_der(bytes) else { return };
    let _ = lints(&crl);
    let Ok(index) = CrlIndex::build(ListKey::of_process(), &crl, bytes, |_| Ok(())) else { return };
    for (entry, issuer) in EntriesByIssuer::of(&crl).filter_map(Result::ok) {
        let found = index.find_under(&bytes, entry.serial, &issuer).expect("the bytes are there").expect("it is listed");
        assert_eq!((&*found.serial, found.revocation_date, found.reason), (entry.serial, entry.revocation_date, entry.reason));
        assert_eq!(found.issuer, (*issuer).into());
    }
});
