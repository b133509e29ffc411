//! Authentication tokens of the Web eID ecosystem: no input stops the reader or the judge, and nothing is proven where no
//! authority is trusted.
#![no_main]
use libfuzzer_sys::fuzz_target;
use madoguchi::pki::crl::{CrlSnapshot, RevocationData};
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::web_eid::{Circumstances, HolderProof, SignInRules, UnverifiedToken, judge};

fuzz_target!(|bytes: &[u8]| {
    let Ok(token) = UnverifiedToken::parse(bytes) else { return };
    let (trust, crls) = (TrustStore::default(), CrlSnapshot::default());
    let revocation = RevocationData { crls: &crls, ocsp: None };
    let rules = SignInRules { origin: "https://ria.ee".to_owned(), ..SignInRules::default() };
    let at = chrono::DateTime::from_timestamp(1_780_000_000, 0).unwrap();
    let nonce = "12345678123456781234567812345678912356789123";
    let judged = judge(&token, &rules, &Circumstances { trust: &trust, revocation, nonce, at });
    assert!(matches!(judged.proof, HolderProof::None));
});
