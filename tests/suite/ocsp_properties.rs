//! Requests and responses: read as they are written, and no octets make a reader panic.
use madoguchi::crypto::DigestAlgorithm;
use madoguchi::pki::ocsp::{
    CertId, CertStatus, OcspEvidence, OcspRequest, OcspResponse, OcspRule, Question, ResponseData, ResponseStatus,
    Single, judge, sign, status_only,
};
use proptest::prelude::*;

use crate::support::der_pki::*;

fn digests() -> impl Strategy<Value = DigestAlgorithm> {
    use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
    prop_oneof![Just(Sha1), Just(Sha256), Just(Sha384), Just(Sha512)]
}

fn ids() -> impl Strategy<Value = CertId> {
    let serial = prop::collection::vec(any::<u8>(), 1..21).prop_map(|mut serial| {
        serial[0] = serial[0] % 0x7f + 1;
        serial
    });
    (digests(), any::<u8>(), serial).prop_map(|(digest, fill, serial)| CertId {
        digest,
        issuer_name_hash: vec![fill; digest.size()].into(),
        issuer_key_hash: vec![!fill; digest.size()].into(),
        serial: serial.into(),
    })
}

fn statuses() -> impl Strategy<Value = CertStatus> {
    let revoked = (0i64..4_000_000_000, prop::option::of(prop_oneof![1u8..=6, 8u8..=10]));
    prop_oneof![
        Just(CertStatus::Good),
        Just(CertStatus::Unknown),
        revoked.prop_map(|(at, reason)| CertStatus::Revoked {
            at: chrono::DateTime::from_timestamp(at, 0).unwrap(),
            reason
        }),
    ]
}

fn response(id: CertId, status: CertStatus, nonce: Option<&[u8]>) -> Vec<u8> {
    let single = Single { id, status, this_update: at(), next_update: Some(at()) };
    let data = ResponseData { responder_key_hash: &[9; 20], produced_at: at(), singles: vec![single], nonce };
    sign(&data, &ecdsa_sha256(), &seq(&[]), |_| Ok::<_, ()>(vec![1, 2, 3])).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_request_is_read_as_it_is_written(
        ids in prop::collection::vec(ids(), 1..6),
        nonce in prop::option::of(prop::collection::vec(any::<u8>(), 1..129)),
    ) {
        let request = OcspRequest { ids, nonce: nonce.map(Into::into) };
        prop_assert_eq!(OcspRequest::from_der(&request.to_der()).unwrap(), request);
    }

    #[test]
    fn a_response_is_read_as_it_is_written(
        id in ids(),
        status in statuses(),
        nonce in prop::option::of(prop::collection::vec(any::<u8>(), 1..129)),
    ) {
        let der = response(id.clone(), status, nonce.as_deref());
        let read = OcspResponse::from_der(&der).unwrap();
        let basic = read.basic.unwrap();
        prop_assert_eq!((&basic.singles[0].id, basic.singles[0].status), (&id, status));
        prop_assert_eq!((basic.nonce, basic.produced_at), (nonce.as_deref(), at()));
    }

    #[test]
    fn no_octets_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = (OcspRequest::from_der(&bytes), OcspResponse::from_der(&bytes).is_ok());
    }

    #[test]
    fn no_damage_makes_a_reader_panic(
        id in ids(),
        status in statuses(),
        at_octet in any::<prop::sample::Index>(),
        octet in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let request = OcspRequest { ids: vec![id.clone()], nonce: Some([1; 16][..].into()) }.to_der();
        for mut der in [request, response(id, status, Some(&[1; 16]))] {
            let place = at_octet.index(der.len());
            der[place] = octet;
            let _ = (OcspRequest::from_der(&der), OcspResponse::from_der(&der).is_ok());
            der.truncate(cut.index(der.len()));
            let _ = (OcspRequest::from_der(&der), OcspResponse::from_der(&der).is_ok());
            let (_, issuer) = root("CN=Root");
            let question = Question { certificate: &issuer, issuer: &issuer, at: at() };
            let judged = judge(&OcspEvidence::given(der, at()), &question, &OcspRule::WHEN_UNDECIDED, &mut |_| true);
            prop_assert!(judged.answer.is_none());
        }
    }
}

#[test]
fn bounds_hold() {
    let id = |serial: u8| CertId {
        digest: DigestAlgorithm::Sha1,
        issuer_name_hash: [1; 20].into(),
        issuer_key_hash: [2; 20].into(),
        serial: [serial].into(),
    };
    let request = |count: u8, nonce: usize| {
        let nonce = (nonce > 0).then(|| vec![5; nonce].into());
        OcspRequest::from_der(&OcspRequest { ids: (0..count).map(|_| id(1)).collect(), nonce }.to_der())
    };
    assert!(request(64, 128).is_ok());
    for (count, nonce, why) in [(65, 1, "more certificates"), (0, 1, "no certificate"), (1, 129, "nonce")] {
        let error = request(count, nonce).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    assert!(OcspRequest::from_der(&vec![0x30; 70_000]).unwrap_err().to_string().contains("64 KiB"));
    assert!(OcspResponse::from_der(&vec![0x30; 300_000]).unwrap_err().to_string().contains("256 KiB"));
    let critical =
        seq(&[seq(&[seq(&[seq(&[id(1).to_der()])]), tlv(0xa2, &seq(&[extension("1.2.3.4", true, &[5, 0])]))])]);
    assert!(OcspRequest::from_der(&critical).unwrap_err().to_string().contains("1.2.3.4"));
}

#[test]
fn every_status_is_read_and_no_other() {
    use ResponseStatus::{InternalError, MalformedRequest, SigRequired, Successful, TryLater, Unauthorized};
    for status in [MalformedRequest, InternalError, TryLater, SigRequired, Unauthorized] {
        let der = status_only(status);
        let read = OcspResponse::from_der(&der).unwrap();
        assert_eq!((read.status, read.basic.is_none()), (status, true));
    }
    assert!(OcspResponse::from_der(&status_only(Successful)).is_err(), "successful without an answer");
    for number in [4, 7, 100] {
        assert!(OcspResponse::from_der(&seq(&[tlv(0x0a, &[number])])).is_err());
    }
}

#[test]
fn the_seed_files_of_the_fuzz_target_are_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/ocsp");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        read +=
            usize::from(OcspRequest::from_der(&bytes).is_ok()) + usize::from(OcspResponse::from_der(&bytes).is_ok());
    }
    assert!(read >= 3, "{read}");
}
