//! Names and addresses of certificates and of agencies that ask, which anybody may have written.
#![no_main]
use libfuzzer_sys::fuzz_target;
use madoguchi::registry::matching::{Agreement, Claimed, Recorded, compare};

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let (one, other, marks) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default(), lines.next());
    let both = |one, other, marks| {
        let claimed = Claimed {
            name: Some(one),
            name_substitutes: marks,
            address: Some(one),
            address_substitutes: marks,
            ..Claimed::default()
        };
        compare(&claimed, &Recorded { written: other, address: Some(other), ..Recorded::default() })
    };
    let found = both(one, other, marks);
    for finding in &found.0 {
        let decides = finding.reasons.iter().all(|reason| reason.decides());
        assert!(finding.agreement != Agreement::Same || decides);
    }
    assert_eq!(both(one, other, None), both(other, one, None));
});
