//! OCSP responses: kept once, read back as they came.
use super::*;
use crate::pki::ocsp::OcspEvidence;

on_both!(a_response_is_kept_once_and_read_back_as_it_came,);

fn a_response_is_kept_once_and_read_back_as_it_came(place: &Place) {
    run(async {
        let store = place.open();
        let first = OcspEvidence { der: b"response"[..].into(), received_at: at(5), nonce: Some([7; 32][..].into()) };
        let other = OcspEvidence::given(b"another"[..].to_vec(), at(6));
        store.ocsp_responses_keep(vec![first.clone(), other.clone()]).await.unwrap();
        let again = OcspEvidence { received_at: at(9), nonce: None, ..first.clone() };
        store.ocsp_responses_keep(vec![again]).await.unwrap();
        assert_eq!(store.ocsp_response_read(first.sha256()).await.unwrap(), Some(first));
        assert_eq!(place.open().ocsp_response_read(other.sha256()).await.unwrap(), Some(other));
        assert_eq!(store.ocsp_response_read([0; 32]).await.unwrap(), None);
    });
}
