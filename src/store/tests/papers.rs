//! Sealed documents: found by code and by content, once each, withdrawn once, and their bytes kept from the sweep.
use std::time::Duration;

use bytes::Bytes;

use super::{Place, at, chiyoda, on_both, run, sha256};
use crate::registry::papers::till::{OrderEvent, OrderState};
use crate::store::StoreError;
use crate::store::papers::certificates::{CertificateMove, CertificatePurpose, CertificateState, ResidentCertificate};
use crate::store::papers::orders::{NewOrder, Order, OrderStep};
use crate::store::papers::{NewPaper, PaperKey};
use crate::store::resident_sessions::ResidentId;

on_both!(
    a_document_is_found_by_code_and_content_and_withdrawn_once,
    an_order_goes_on_by_steps_that_fit_and_keeps_every_one,
    a_document_that_is_not_printed_is_withdrawn_with_its_order,
    a_certificate_moves_from_state_to_state_once,
);

fn new(code: u8, bytes: &'static [u8]) -> NewPaper {
    NewPaper {
        code_sha256: [code; 32],
        kind: "record-copy",
        municipality: chiyoda(),
        bytes: Bytes::from_static(bytes),
        seal: Bytes::from_static(b"seal"),
        facts: "[]".to_owned(),
        record_id: None,
        at: at(0),
        by: "clerk suzuki".to_owned(),
    }
}

fn a_document_is_found_by_code_and_content_and_withdrawn_once(place: &Place) {
    let store = place.open();
    let id = run(store.paper_add(new(1, b"one"))).unwrap();
    assert!(matches!(run(store.paper_add(new(1, b"two"))), Err(StoreError::Duplicate)), "a code is of one document");
    assert!(matches!(run(store.paper_add(new(2, b"one"))), Err(StoreError::Duplicate)));
    for key in [PaperKey::Id(id), PaperKey::Code([1; 32]), PaperKey::Document(sha256(b"one"))] {
        let (paper, bytes) = run(store.paper_read(key)).unwrap().unwrap();
        assert_eq!((paper.id, &bytes[..], paper.voided), (id, b"one".as_slice(), None));
    }
    assert!(run(store.paper_find(PaperKey::Code([9; 32]))).unwrap().is_none());
    let swept = run(store.documents_sweep(Duration::ZERO)).unwrap();
    assert!(run(store.paper_read(PaperKey::Id(id))).unwrap().is_some(), "{swept:?}");
    let void = |at| run(store.paper_void(id, "wrong", "clerk suzuki".to_owned(), at)).unwrap();
    assert!(void(at(5)) && !void(at(6)));
    let paper = run(store.paper_find(PaperKey::Id(id))).unwrap().unwrap();
    assert_eq!(paper.voided, Some((at(5), "wrong".to_owned())));
}

fn order(store: &crate::store::Store, id: &str) -> Order {
    let new = NewOrder {
        id: id.to_owned(),
        account: ResidentId("account".to_owned()),
        record_id: "record".to_owned(),
        municipality: chiyoda(),
        kind: "record-copy",
        fee: 300,
        at: at(0),
    };
    run(store.order_add(new)).unwrap()
}

fn an_order_goes_on_by_steps_that_fit_and_keeps_every_one(place: &Place) {
    let store = place.open();
    let id = order(&store, "one").id;
    let step = |event, paper| run(store.order_step(&id, event, paper, at(1))).unwrap();
    assert!(
        matches!(step(OrderEvent::Issued, None), OrderStep::OutOfOrder(_)),
        "nothing is made before it is paid for"
    );
    step(OrderEvent::Inserted(100), None);
    let OrderStep::Done(paid) = step(OrderEvent::Inserted(500), None) else { panic!("not paid") };
    assert_eq!((paid.till.state, paid.till.returned), (OrderState::Paid, 300));
    assert_eq!(run(store.order_find(&id, &ResidentId("account".to_owned()))).unwrap(), Some(paid));
    assert_eq!(run(store.order_find(&id, &ResidentId("stranger".to_owned()))).unwrap(), None);
    assert_eq!(run(store.orders_left(at(1), at(2))).unwrap(), 0, "not yet left");
    assert_eq!(run(store.orders_left(at(2), at(3))).unwrap(), 1);
    let steps = run(store.order_steps(&id)).unwrap();
    let told: Vec<(&str, i64)> = steps.iter().map(|(state, yen)| (state.as_str(), *yen)).collect();
    assert_eq!(told, [("asked", 0), ("asked", 100), ("paid", 200), ("failed", 0), ("refunded", -300)]);
}

fn a_document_that_is_not_printed_is_withdrawn_with_its_order(place: &Place) {
    let store = place.open();
    let id = order(&store, "two").id;
    let paper = run(store.paper_add(new(7, b"seven"))).unwrap();
    run(store.order_step(&id, OrderEvent::Inserted(1000), None, at(1))).unwrap();
    run(store.order_step(&id, OrderEvent::Issued, Some(paper), at(2))).unwrap();
    let OrderStep::Done(done) = run(store.order_not_printed(&id, at(3))).unwrap() else { panic!("not refunded") };
    assert_eq!((done.till.state, done.till.held()), (OrderState::Refunded, 0));
    let paper = run(store.paper_find(PaperKey::Id(paper))).unwrap().unwrap();
    assert_eq!(paper.voided, Some((at(3), "not-printed".to_owned())));
    assert!(matches!(run(store.order_not_printed(&id, at(4))).unwrap(), OrderStep::OutOfOrder(_)));
}

fn a_certificate_moves_from_state_to_state_once(place: &Place) {
    let store = place.open();
    let certificate = ResidentCertificate {
        sha256: [5; 32],
        record_id: "record".to_owned(),
        municipality: chiyoda(),
        purpose: CertificatePurpose::Sign,
        serial: "4A".to_owned(),
        issued_at: at(0),
        not_after: at(1_000_000),
        revision: 3,
        state: CertificateState::Valid,
        reason: None,
        state_at: at(0),
    };
    run(store.certificate_add(certificate.clone(), "clerk".to_owned())).unwrap();
    assert!(matches!(run(store.certificate_add(certificate.clone(), "clerk".to_owned())), Err(StoreError::Duplicate)));
    assert_eq!(run(store.certificates_of("record")).unwrap(), [certificate]);
    let end = || CertificateMove {
        sha256: [5; 32],
        from: &[CertificateState::Valid, CertificateState::Suspended],
        to: CertificateState::Revoked,
        reason: Some("moved"),
        by: "gateway".to_owned(),
        at: at(9),
    };
    assert!(run(store.certificate_move(end())).unwrap() && !run(store.certificate_move(end())).unwrap());
    run(store.certificate_looked_at([5; 32], 8)).unwrap();
    let found = run(store.certificate_find([5; 32])).unwrap().unwrap();
    assert_eq!((found.state, found.reason.as_deref(), found.revision), (CertificateState::Revoked, Some("moved"), 8));
    assert!(run(store.certificates_to_look_at(10)).unwrap().is_empty());
}
