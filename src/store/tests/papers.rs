//! Sealed documents: found by code and by content, once each, withdrawn once, and their bytes kept from the sweep.
use std::time::Duration;

use bytes::Bytes;

use super::{Place, at, chiyoda, on_both, run, sha256};
use crate::store::StoreError;
use crate::store::papers::{NewPaper, PaperKey};

on_both!(a_document_is_found_by_code_and_content_and_withdrawn_once);

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
