//! Certificates: parsing, names, the card's attributes.
#![no_main]
use libfuzzer_sys::fuzz_target;
use madoguchi::pki::certificate::Certificate;

fuzz_target!(|bytes: &[u8]| {
    let _ = Certificate::from_pem_or_der(bytes);
    if let Ok(certificate) = Certificate::from_der(bytes) {
        let _ = (certificate.subject(), certificate.issuer(), certificate.is_self_issued());
        let _ = certificate.subject_alt_names().map(|name| name.to_text()).count();
        let _ = certificate.public_key().is_ok();
        let _ = madoguchi::pki::jpki::resident_attributes(&certificate);
    }
});
