//! Properties: the CRL index equals a set for any serials; no bytes make the readers panic.
use std::collections::BTreeSet;

use chrono::Duration;
use madoguchi::asn1;
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::crl::{CrlIndex, CrlStore, EntriesByIssuer, IndexError, ListKey, ParsedCrl, Scope, diff, lints};
use madoguchi::pki::trust_store::TrustStore;
use proptest::prelude::*;

use crate::support::der_pki::*;

/// Content octets of an INTEGER in its shortest form.
fn serial() -> impl Strategy<Value = Vec<u8>> {
    let whatever = prop::collection::vec(any::<u8>(), 1..=21);
    let shared_prefix = (0..=20usize, prop::collection::vec(any::<u8>(), 1..=3)).prop_map(|(length, tail)| {
        let mut serial = vec![0x5a; length];
        serial.extend(tail);
        serial.truncate(21);
        serial
    });
    let sequential = (0u64..5_000).prop_map(|number| asn1::single(&integer(number)).unwrap().value.to_vec());
    let doubling = (0u32..160).prop_map(|bit| {
        let mut octets = vec![0u8; 21];
        octets[20 - bit as usize / 8] |= 1 << (bit % 8);
        octets
    });
    prop_oneof![whatever, shared_prefix, sequential, doubling].prop_map(shortest)
}

fn shortest(mut octets: Vec<u8>) -> Vec<u8> {
    while octets.len() > 1 && asn1::integer_octets(&octets).is_err() {
        octets.remove(0);
    }
    octets
}

/// A CRL of these serials, not signed by anybody.
fn unsigned_crl<'a>(serials: impl IntoIterator<Item = &'a Vec<u8>>) -> Vec<u8> {
    let entries: Vec<u8> = serials.into_iter().flat_map(|serial| entry(serial, at(), &[])).collect();
    let algorithm = seq(&[oid("1.2.840.10045.4.3.2")]);
    let tbs = seq(&[
        integer(1),
        algorithm.clone(),
        name("CN=CA"),
        time(at()),
        time(at() + Duration::days(1)),
        tlv(0x30, &entries),
    ]);
    seq(&[tbs, algorithm, tlv(3, &[0, 1])])
}

fn index(der: &[u8]) -> Result<CrlIndex, IndexError> {
    CrlIndex::build(ListKey::of_process(), &ParsedCrl::from_der(der).unwrap(), der, |_| Ok(()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_index_answers_as_a_set_does(
        listed in prop::collection::btree_set(serial(), 0..400),
        asked in prop::collection::vec(serial(), 0..200),
    ) {
        let der = unsigned_crl(&listed);
        let index = index(&der).unwrap();
        prop_assert_eq!(index.len(), listed.len());
        for serial in listed.iter().chain(&asked) {
            let found = index.find(&&*der, serial).unwrap();
            prop_assert_eq!(found.is_some(), listed.contains(serial));
            prop_assert!(found.is_none_or(|entry| *entry.serial == **serial));
        }
    }

    #[test]
    fn a_serial_that_stands_twice_is_found_wherever_it_stands(
        listed in prop::collection::btree_set(serial(), 1..100),
        which in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
    ) {
        let mut list: Vec<Vec<u8>> = listed.into_iter().collect();
        let twice = list[which.index(list.len())].clone();
        list.insert(place.index(list.len() + 1), twice.clone());
        prop_assert_eq!(index(&unsigned_crl(&list)).err(), Some(IndexError::DuplicateSerial(hex::encode(twice))));
    }

    #[test]
    fn a_difference_is_that_of_the_sets(
        old in prop::collection::btree_set(serial(), 0..100),
        new in prop::collection::btree_set(serial(), 0..100),
    ) {
        let found = diff(&unsigned_crl(&old), &unsigned_crl(&new)).unwrap();
        let hexed = |set: BTreeSet<&Vec<u8>>| set.into_iter().map(hex::encode).collect::<BTreeSet<_>>();
        prop_assert_eq!(found.added_serials.into_iter().collect::<BTreeSet<_>>(), hexed(new.difference(&old).collect()));
        prop_assert_eq!(found.removed_serials.into_iter().collect::<BTreeSet<_>>(), hexed(old.difference(&new).collect()));
        prop_assert_eq!(found.changed, 0);
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_everything(&bytes);
    }

    #[test]
    fn no_damage_makes_a_reader_panic(
        which in 0..3usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = seeds()[which].clone();
        for (at, octet) in damage {
            let at = at.index(bytes.len());
            bytes[at] = octet;
        }
        read_everything(&bytes);
        read_everything(&bytes[..cut.index(bytes.len())]);
    }
}

/// A certificate and a CRL with every extension that is read.
fn seeds() -> &'static [Vec<u8>; 3] {
    static SEEDS: std::sync::OnceLock<[Vec<u8>; 3]> = std::sync::OnceLock::new();
    SEEDS.get_or_init(|| {
        let ca = Entity::new("C=JP,O=Test,CN=CA");
        let certificate = CertSpec::ca(2)
            .with(policies(&["1.2.3"]))
            .with(distribution_points(&[vec![directory("CN=a"), uri("http://a/")]]))
            .with(extension("2.5.29.17", false, &seq(&[tlv(0x81, b"a@b"), tlv(0x87, &[1, 2, 3, 4])])))
            .with(extension("2.5.29.30", true, &seq(&[tlv(0xa0, &seq(&[directory("CN=a")]))])))
            .with(extension("2.5.29.33", true, &seq(&[seq(&[oid("1.2.3"), oid("1.2.4")])])))
            .with(extension("2.5.29.46", false, &seq(&[seq(&[tlv(0xa2, &directory("CN=a"))])])))
            .with(extension("2.5.29.36", true, &seq(&[tlv(0x80, &[0]), tlv(0x81, &[1])])))
            .with(extension("2.5.29.54", true, &integer(1)));
        let crl = CrlSpec::new(7)
            .with(issuing_distribution_point(&[directory("CN=a")], &[tlv(0x81, &[0xff])]))
            .entry(entry(&[7], at(), &[reason(1)]));
        let point = seq(&[seq(&[tlv(0xa0, &tlv(0xa0, &uri("http://a/"))), tlv(0x81, &[5, 0x60])])]);
        let indirect = CrlSpec::new(9)
            .with(issuing_distribution_point(&[], &[tlv(0x83, &[7, 0x1f, 0x80]), tlv(0x84, &[0xff])]))
            .with(extension("2.5.29.27", true, &integer(8)))
            .with(extension("2.5.29.46", false, &point))
            .entry(entry(&[7], at(), &[certificate_issuer("C=JP,CN=Other")]))
            .entry(entry(&[8], at(), &[reason(8)]));
        [certificate.der(&ca, &ca), crl.der(&ca), indirect.der(&ca)]
    })
}

fn read_everything(bytes: &[u8]) {
    let _ = asn1::check_strict(bytes);
    if let Ok(certificate) = Certificate::from_der(bytes) {
        let _ = (certificate.subject(), certificate.issuer(), certificate.common_name());
        certificate.subject_alt_names().for_each(|name| drop(name.to_text()));
        let _ = certificate.public_key().is_ok();
        let _ = certificate.policy_qualifiers();
        let _ = madoguchi::pki::jpki::resident_attributes(&certificate);
    }
    let _ = Certificate::from_pem_or_der(bytes);
    if let Ok(crl) = ParsedCrl::from_der(bytes) {
        let _ = lints(&crl);
        let _ = CrlIndex::build(ListKey::of_process(), &crl, bytes, |_| Ok(()));
        EntriesByIssuer::of(&crl).for_each(drop);
        let _ = Scope::of(crl.extensions.distribution_point.as_ref()).to_text();
        let _ = diff(bytes, bytes);
    }
    let _ = CrlStore::default().offer(bytes, &TrustStore::default(), at());
}

#[test]
fn the_seed_files_of_the_fuzz_targets_are_read() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for target in ["certificate", "crl"] {
        let files: Vec<_> = std::fs::read_dir(corpus.join(target)).unwrap().collect();
        assert!(files.len() >= 4, "{target}: {} seeds", files.len());
        for file in files {
            read_everything(&std::fs::read(file.unwrap().path()).unwrap());
        }
    }
}
