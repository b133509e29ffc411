//! Properties of the readers of a CRL's scope: what is written is read, whatever it is, and nothing is taken for another.
use madoguchi::pki::crl::{CrlIndex, EntriesByIssuer, IssuingDistributionPoint, ListKey, ParsedCrl, Reasons, Scope};
use madoguchi::pki::general_name::reason_flags;
use proptest::prelude::*;

use crate::support::der_pki::*;

/// The content of ReasonFlags for bits 0 to 8, in the form that DER asks for.
fn flags(bits: u16) -> Vec<u8> {
    let octets = [bits.reverse_bits().to_be_bytes()[0], bits.reverse_bits().to_be_bytes()[1]];
    let used = 16 - usize::from(bits.leading_zeros() as u8);
    let mut content = vec![(8 - used % 8) as u8 % 8];
    content.extend(&octets[..used.div_ceil(8)]);
    content
}

fn names() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let one = prop_oneof![
        "[a-z]{1,12}".prop_map(|text| uri(&format!("http://{text}/"))),
        "[A-Za-z0-9]{1,12}".prop_map(|text| directory(&format!("C=JP,CN={text}"))),
    ];
    prop::collection::vec(one, 0..4)
}

/// A CRL with these extensions and entries, as DER; its signature is not looked at.
fn parse_with<R>(spec: CrlSpec, then: impl FnOnce(&ParsedCrl<'_>, &[u8]) -> R) -> R {
    thread_local!(static CA: Entity = Entity::new("C=JP,CN=CA"));
    let der = CA.with(|ca| spec.der(ca));
    then(&ParsedCrl::from_der(&der).unwrap(), &der)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn reason_flags_are_read_as_they_are_written(bits in 0u16..512) {
        prop_assert_eq!(reason_flags(&flags(bits)).unwrap(), bits);
        let reasons = Reasons::of(Some(bits));
        prop_assert_eq!(reasons == Reasons::ALL, bits & 0x1fe == 0x1fe);
        prop_assert_eq!(reasons.or(Reasons::NONE), reasons.and(Reasons::ALL));
        prop_assert_eq!(reasons.adds_to(Reasons::NONE), bits & 0x1fe != 0);
    }

    #[test]
    fn no_octets_make_reason_flags_panic_or_count_what_is_not_there(octets in prop::collection::vec(any::<u8>(), 0..5)) {
        if let Ok(bits) = reason_flags(&octets) {
            let ones: u32 = octets[1..].iter().map(|octet| octet.count_ones()).sum();
            prop_assert_eq!(bits.count_ones(), ones);
        }
    }

    #[test]
    fn an_issuing_distribution_point_is_read_as_it_is_written(
        names in names(),
        bits in prop::option::of(1u16..512),
        kind in 0..3usize,
        indirect in any::<bool>(),
    ) {
        let mut more = Vec::new();
        more.extend([0x81, 0x82].get(kind).map(|tag| tlv(*tag, &[0xff])));
        more.extend(bits.map(|bits| tlv(0x83, &flags(bits))));
        more.extend(indirect.then(|| tlv(0x84, &[0xff])));
        let spec = CrlSpec::new(1).with(issuing_distribution_point(&names, &more));
        let point: IssuingDistributionPoint = parse_with(spec, |crl, _| crl.extensions.distribution_point.clone().unwrap());
        prop_assert_eq!(point.names.len(), names.len());
        prop_assert_eq!((point.only_user, point.only_ca, point.only_attribute), (kind == 0, kind == 1, false));
        prop_assert_eq!((point.reasons, point.indirect), (bits, indirect));
        // The key of a scope does not depend on the order of names, and tells everything else apart.
        let key = |point: &IssuingDistributionPoint| Scope::of(Some(point)).key();
        let mut other = point.clone();
        other.names.reverse();
        prop_assert_eq!(key(&point), key(&other));
        other.indirect = !indirect;
        prop_assert_ne!(key(&point), key(&other));
        other.indirect = indirect;
        other.reasons = if Reasons::of(bits) == Reasons::ALL { Some(2) } else { None };
        prop_assert_ne!(key(&point), key(&other));
    }

    #[test]
    fn numbers_of_base_and_delta_are_read_as_they_are_written(number in any::<u64>(), base in any::<u64>()) {
        let spec = CrlSpec::new(number).with(extension("2.5.29.27", true, &integer(base)));
        parse_with(spec, |crl, _| {
            let octets = |value: u64| integer(value)[2..].to_vec();
            assert_eq!(crl.extensions.number, Some(&*octets(number)));
            assert_eq!(crl.extensions.delta_base, Some(&*octets(base)));
            assert!(crl.extensions.delta_base_is_critical);
        });
    }

    #[test]
    fn freshest_crl_is_read_as_distribution_points_are(points in prop::collection::vec(names(), 1..4)) {
        prop_assume!(points.iter().all(|names| !names.is_empty()));
        let value = seq(&points.iter().map(|names| seq(&[tlv(0xa0, &tlv(0xa0, &names.concat()))])).collect::<Vec<_>>());
        let spec = CrlSpec::new(1).with(extension("2.5.29.46", false, &value));
        let of_list = parse_with(spec, |crl, _| crl.extensions.freshest.clone());
        let ca = Entity::new("C=JP,CN=CA");
        let certificate = CertSpec::leaf(1)
            .with(extension("2.5.29.46", false, &value))
            .with(extension("2.5.29.31", false, &value))
            .certificate(&ca, &Entity::new("CN=leaf"));
        prop_assert_eq!(of_list.iter().map(|point| point.names.len()).collect::<Vec<_>>(),
            points.iter().map(Vec::len).collect::<Vec<_>>());
        prop_assert_eq!(&certificate.extensions().freshest, &of_list);
        prop_assert_eq!(certificate.distribution_points(), of_list.as_slice());
    }

    #[test]
    fn an_indirect_index_answers_as_a_map_of_issuer_and_serial_does(
        listed in prop::collection::btree_set((0..4usize, 0u8..24), 0..60),
        order in any::<u64>(),
    ) {
        let mut listed: Vec<(usize, u8)> = listed.into_iter().collect();
        listed.sort_by_key(|(issuer, serial)| (*issuer as u64 * 31 + u64::from(*serial)).wrapping_mul(order | 1));
        let issuer = |number: usize| if number == 0 { "C=JP,CN=CA".to_owned() } else { format!("CN=Other {number}") };
        let mut spec = CrlSpec::new(1).with(issuing_distribution_point(&[], &[tlv(0x84, &[0xff])]));
        let mut last = 0;
        for (number, serial) in &listed {
            // The issuer is named only where it changes, as real lists do.
            let named: Vec<Vec<u8>> = (*number != last).then(|| certificate_issuer(&issuer(*number))).into_iter().collect();
            last = *number;
            spec = spec.entry(entry(&[*serial], at(), &named));
        }
        parse_with(spec, |crl, der| {
            let index = CrlIndex::build(ListKey::of_process(), crl, der, |_| Ok(())).unwrap();
            let normal = |number: usize| madoguchi::pki::name::normal_form(&name(&issuer(number)));
            for number in 0..5 {
                for serial in 0..25u8 {
                    let found = index.find_under(&der, &[serial], &normal(number)).unwrap().is_some();
                    assert_eq!(found, listed.contains(&(number, serial)), "{number} {serial}");
                }
            }
            let read: Vec<_> = EntriesByIssuer::of(crl).map(|read| read.unwrap()).collect();
            assert_eq!(read.len(), listed.len());
            for ((entry, by), (number, serial)) in read.iter().zip(&listed) {
                assert_eq!((entry.serial, &**by), (&[*serial][..], &*normal(*number)));
            }
        });
    }
}
