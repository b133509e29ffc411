//! Reading certificates: strict DER, what is refused, the attributes of the card's profile.
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::jpki::{AUTHENTICATION_POLICIES, SIGNING_POLICIES, has_policy, resident_attributes};
use openssl::nid::Nid;
use openssl::x509::X509;

use crate::support::der_pki::*;
use crate::support::pki::TestPki;

#[test]
fn fields_are_those_that_openssl_reads() {
    let pki = TestPki::shared();
    let ids = ["sign-yamada", "sign-smith", "auth-yamada", "p384-dave", "rsa3072-bob", "tt-rsa2048", "tt-ec-root"];
    for id in ids {
        let der = pki.certificate(id);
        let (ours, theirs) = (Certificate::from_der(der.clone()).unwrap(), X509::from_der(&der).unwrap());
        assert_eq!(ours.subject_der(), theirs.subject_name().to_der().unwrap());
        assert_eq!(ours.issuer_der(), theirs.issuer_name().to_der().unwrap());
        assert_eq!(ours.spki_der(), theirs.public_key().unwrap().public_key_to_der().unwrap());
        assert_eq!(ours.signature(), theirs.signature().as_slice());
        let serial = theirs.serial_number().to_bn().unwrap().to_vec();
        assert_eq!(ours.serial().iter().copied().skip_while(|octet| *octet == 0).collect::<Vec<_>>(), serial);
        assert_eq!(ours.sha256().as_slice(), theirs.digest(openssl::hash::MessageDigest::sha256()).unwrap().as_ref());
        assert_eq!(ours.subject_key_id(), theirs.subject_key_id().map(|id| id.as_slice()));
        assert_eq!(ours.authority_key_id(), theirs.authority_key_id().map(|id| id.as_slice()));
        let common_name = theirs.subject_name().entries_by_nid(Nid::COMMONNAME).next();
        assert_eq!(
            ours.common_name(),
            common_name.map(|entry| String::from_utf8(entry.data().as_slice().to_vec()).unwrap())
        );
        assert!(ours.public_key().is_ok());
        let after = openssl::asn1::Asn1Time::from_unix(ours.not_after().timestamp()).unwrap();
        assert!(theirs.not_after() == after);
    }
}

#[test]
fn the_attributes_of_the_card_are_read_in_any_order_and_unknown_ones_passed_over() {
    let certificate = Certificate::from_der(TestPki::shared().certificate("sign-yamada")).unwrap();
    let attributes = resident_attributes(&certificate).unwrap();
    assert!(attributes.name.is_some() && attributes.address.is_some() && attributes.sex.is_some());
    assert_eq!(attributes.date_of_birth.unwrap().len(), 10);
    assert!(has_policy(&certificate, SIGNING_POLICIES) && !has_policy(&certificate, AUTHENTICATION_POLICIES));
    let authentication = Certificate::from_der(TestPki::shared().certificate("auth-yamada")).unwrap();
    assert_eq!(resident_attributes(&authentication).unwrap(), Default::default());
    assert!(has_policy(&authentication, AUTHENTICATION_POLICIES) && !has_policy(&authentication, SIGNING_POLICIES));
}

fn with_attributes(list: &[(u8, &str)]) -> Result<madoguchi::pki::jpki::ResidentAttributes, String> {
    let ca = Entity::new("CN=CA");
    let other = |(arc, text): &(u8, &str)| {
        let value = tlv(0xa0, &tlv(0x0c, text.as_bytes()));
        tlv(0xa0, &[oid(&format!("1.2.392.200149.8.5.5.{arc}")), value].concat())
    };
    let names: Vec<Vec<u8>> = list.iter().map(other).collect();
    let certificate = CertSpec::leaf(7).with(extension("2.5.29.17", false, &seq(&names))).certificate(&ca, &ca);
    resident_attributes(&certificate).map_err(|error| error.to_string())
}

#[test]
fn attributes_that_break_the_profile_are_refused() {
    let good = with_attributes(&[
        (9, "ふりがな"),
        (6, "00"),
        (2, "010"),
        (5, "東京"),
        (3, "3"),
        (4, "200000000"),
        (1, "山　田"),
    ]);
    let good = good.unwrap();
    assert_eq!((good.name.as_deref(), good.name_substitutes.as_deref()), (Some("山　田"), Some("010")));
    assert_eq!((good.sex, good.date_of_birth), (Some("unknown"), None));
    assert_eq!((good.address.as_deref(), good.address_substitutes.as_deref()), (Some("東京"), Some("00")));
    for wrong in
        [&[(1, "a"), (1, "b")][..], &[(3, "0")], &[(4, "19801231")], &[(1, "ab"), (2, "0")], &[(5, "ab"), (6, "0x")]]
    {
        assert!(with_attributes(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn what_is_not_strict_is_no_certificate() {
    let ca = Entity::new("CN=CA");
    let good = CertSpec::ca(5).der(&ca, &ca);
    assert!(Certificate::from_der(good.clone()).is_ok());
    let trailing = [good.as_slice(), &[0]].concat();
    assert!(Certificate::from_der(trailing).is_err());
    assert!(Certificate::from_der(good[..good.len() - 1].to_vec()).is_err());
    let twice = CertSpec::ca(5).with(basic_constraints(true, None)).der(&ca, &ca);
    assert!(Certificate::from_der(twice).unwrap_err().to_string().contains("stands twice"));
    let rest = CertSpec::new(5).with(extension("2.5.29.19", true, &[seq(&[]), vec![0]].concat())).der(&ca, &ca);
    assert!(Certificate::from_der(rest).unwrap_err().to_string().contains("2.5.29.19"));
    let padded = CertSpec { serial: vec![0, 5], ..CertSpec::ca(5) }.der(&ca, &ca);
    assert!(Certificate::from_der(padded).is_err());
    // BER: an indefinite length around the whole.
    let inner = madoguchi::asn1::single(&good).unwrap().value;
    assert!(Certificate::from_der([&[0x30, 0x80], inner, &[0, 0]].concat()).is_err());
}

#[test]
fn several_certificates_of_either_form_are_read_from_one_file() {
    let ca = Entity::new("CN=CA");
    let (one, two) = (CertSpec::ca(5).der(&ca, &ca), CertSpec::ca(6).der(&ca, &ca));
    let pem = |der: &[u8]| X509::from_der(der).unwrap().to_pem().unwrap();
    let key = ca.key.private_key_to_pem_pkcs8().unwrap();
    let read = |bytes: &[u8]| Certificate::from_pem_or_der(bytes).map(|found| found.len());
    assert_eq!(read(&[one.as_slice(), &two].concat()), Ok(2));
    assert_eq!(read(&[b"0 s:CN=CA\n".as_slice(), &pem(&one), &key, &pem(&two)].concat()), Ok(2));
    assert!(read(&key).is_err());
}
