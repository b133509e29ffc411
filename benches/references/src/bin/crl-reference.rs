//! Reads a CRL with another library and looks serials up in it.
//!
//! `crl-reference openssl|x509-parser|rustls-webpki FILE LOOKUPS`: prints nanoseconds until the first answer (parsing and
//! whatever index the library makes; no signature is verified), nanoseconds a look-up after that, and the kilobytes that
//! stay resident. Even look-ups ask for serials of the list, odd ones for serials that it has not.
use std::hint::black_box;
use std::time::Instant;

use openssl::asn1::Asn1Integer;
use openssl::bn::BigNum;
use openssl::x509::{CrlStatus, X509Crl};
use webpki::{CertRevocationList, OwnedCertRevocationList};
use x509_parser::prelude::{CertificateRevocationList, FromDer};

fn main() {
    let [library, file, lookups] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().expect("library, file, look-ups");
    let lookups: usize = lookups.parse().expect("a number");
    let der = std::fs::read(file).expect("the bench wrote it");
    let serials = serials(&der, lookups);
    match library.as_str() {
        "openssl" => {
            let serials: Vec<Asn1Integer> = serials
                .iter()
                .map(|serial| BigNum::from_slice(serial).and_then(|number| number.to_asn1_integer()).expect("memory"))
                .collect();
            measure(&serials, |der| X509Crl::from_der(der).expect("DER"), &der, |crl, serial| {
                matches!(crl.get_by_serial(serial), CrlStatus::Revoked(_))
            });
        }
        "x509-parser" => measure(
            &serials,
            |der| CertificateRevocationList::from_der(der).expect("DER").1,
            &der,
            |crl, serial| crl.iter_revoked_certificates().any(|entry| entry.raw_serial() == serial.as_slice()),
        ),
        "rustls-webpki" => measure(
            &serials,
            |der| CertRevocationList::from(OwnedCertRevocationList::from_der(der).expect("DER")),
            &der,
            |crl, serial| crl.find_serial(serial).expect("well formed").is_some(),
        ),
        other => panic!("{other} is not a library of this bench"),
    }
}

/// Every other one a serial of the list, the rest serials of the same length that it has not.
fn serials(der: &[u8], count: usize) -> Vec<Vec<u8>> {
    let (_, crl) = CertificateRevocationList::from_der(der).expect("DER");
    let all = crl.iter_revoked_certificates().count();
    let step = (2 * all / count.max(1)).max(1);
    let own = crl.iter_revoked_certificates().step_by(step).map(|entry| entry.raw_serial().to_vec());
    own.take(count / 2 + 1)
        .flat_map(|serial| {
            let mut other = serial.clone();
            if let Some(last) = other.last_mut() {
                *last ^= 0x55;
            }
            [serial, other]
        })
        .take(count)
        .collect()
}

fn measure<'a, T, S>(serials: &[S], parse: impl Fn(&'a [u8]) -> T, der: &'a [u8], find: impl Fn(&T, &S) -> bool) {
    let begun = Instant::now();
    let list = parse(der);
    let first = serials.first().expect("a serial");
    assert!(find(&list, first), "the first is in the list");
    let intake = begun.elapsed();
    let begun = Instant::now();
    let found = serials.iter().filter(|serial| find(black_box(&list), serial)).count();
    let looked_up = begun.elapsed();
    assert_eq!(found, serials.len().div_ceil(2), "every other one is in the list");
    println!("{} {} {}", intake.as_nanos(), looked_up.as_nanos() / serials.len() as u128, resident());
}

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS")).expect("the figure");
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse().ok()).expect("a number")
}
