//! No input makes the verifier panic, and none that was changed passes.
use std::sync::{Arc, LazyLock};

use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::crl::CrlSnapshot;
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::signature::content::Content;
use madoguchi::signature::policy::SignaturePolicy;
use madoguchi::signature::verifier::{Verification, VerificationRequest, Verifier};
use madoguchi::verdict::Indication;
use proptest::prelude::*;

use crate::support::case::{DOCUMENT, WORLD, cades};
use crate::support::mini_pki::*;

/// A verifier with its lists, made once: a case builds all of it anew.
struct Ready {
    verifier: Verifier,
    crls: Arc<CrlSnapshot>,
    good: Vec<u8>,
}

static READY: LazyLock<Ready> = LazyLock::new(|| {
    let parse = |der: Vec<u8>| Arc::new(Certificate::from_der(der).unwrap());
    let trust = Arc::new(TrustStore::new(vec![parse(WORLD.root.der())], vec![parse(WORLD.intermediate.der())]));
    let lists = [&WORLD.root, &WORLD.intermediate].map(|ca| ca.crl(day(-2), day(30), &[]));
    let (crls, refused) = CrlSnapshot::from_files(&lists, &trust, &[], at(), at());
    assert!(refused.is_empty());
    let verifier = Verifier::new(Arc::new(SignaturePolicy::generic()), trust);
    Ready { verifier, crls, good: cades().build() }
});

fn verify(signature: &[u8]) -> Verification {
    let request = VerificationRequest {
        signature,
        content: Some(Content::Bytes(DOCUMENT)),
        extra_certificates: &[],
        at: at(),
        signed_after: None,
    };
    READY.verifier.verify(&READY.crls, &request)
}

/// What may differ without anything that is signed being touched: versions, the list of digest algorithms (which
/// RFC 5652 5.1 has only as a hint), and NULL parameters, which some leave out.
fn outside_what_counts(position: usize) -> bool {
    let covers = |needle: &[u8]| {
        let mut found = READY.good.windows(needle.len()).enumerate().filter(|(_, window)| *window == needle);
        found.any(|(at, _)| (at..at + needle.len()).contains(&position))
    };
    covers(&[2, 1, 1]) || covers(&tlv(0x31, &[&SHA256]))
}

#[test]
fn no_changed_octet_passes() {
    assert_eq!(verify(&READY.good).report.indication, Indication::TotalPassed);
    for position in 0..READY.good.len() {
        for change in [0x01, 0x80] {
            let mut changed = READY.good.clone();
            changed[position] ^= change;
            let indication = verify(&changed).report.indication;
            let passes = indication == Indication::TotalPassed;
            assert!(!passes || outside_what_counts(position), "octet {position} ^ {change:02x} of {:02x?}", READY.good);
        }
    }
}

#[test]
fn no_cut_message_passes_or_panics() {
    for length in 0..READY.good.len() {
        assert_eq!(verify(&READY.good[..length]).report.indication, Indication::TotalFailed, "{length} octets");
    }
}

/// The seed corpus of the fuzz target, as an ordinary test.
#[test]
fn the_seed_corpus_neither_panics_nor_passes() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/cms");
    let mut seeds = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert_ne!(verify(&bytes).report.indication, Indication::TotalPassed);
        seeds += 1;
    }
    assert!(seeds >= 5, "{seeds} seeds");
}

proptest! {
    #[test]
    fn noise_is_a_format_failure(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert_eq!(verify(&bytes).report.indication, Indication::TotalFailed);
    }

    #[test]
    fn noise_in_a_message_never_passes(
        at in 0..2_000_usize,
        noise in proptest::collection::vec(any::<u8>(), 1..40),
        insert in any::<bool>(),
    ) {
        let mut changed = READY.good.clone();
        let at = at % changed.len();
        let end = if insert { at } else { (at + noise.len()).min(changed.len()) };
        let same = changed[at..end] == noise[..];
        let range: Vec<usize> = (at..end).collect();
        changed.splice(at..end, noise);
        let passes = verify(&changed).report.indication == Indication::TotalPassed;
        prop_assert!(!passes || same || (!insert && range.into_iter().all(outside_what_counts)));
    }
}
