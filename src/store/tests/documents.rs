//! Documents come back as they were given, are kept once, and never come back changed.
use diesel::prelude::*;

use super::*;
use crate::store::StoreError;
use crate::store::documents::SMALL_DOCUMENT;
use crate::store::schema::documents;

on_both!(
    every_size_is_read_back,
    the_same_content_is_kept_once,
    a_changed_document_is_not_given_out,
    a_filing_is_read_back_as_received,
    documents_outlive_a_restart_and_a_torn_tail,
);

fn every_size_is_read_back(place: &Place) {
    run(async {
        let store = place.open();
        let mut filing = row("document");
        for (ordinal, size) in
            [0, 1, SMALL_DOCUMENT - 1, SMALL_DOCUMENT, SMALL_DOCUMENT + 1, 3 << 20].iter().enumerate()
        {
            let bytes: Vec<u8> = (0..*size).map(|index| (index % 251) as u8).collect();
            filing.documents.push(document(DocumentRole::Attachment, ordinal as i32, bytes));
        }
        assert!(is_new(&record(&store, &filing).await));
        for wanted in &filing.documents {
            let found = store.submission_document(filing.arrival_number, wanted.role, wanted.ordinal).await.unwrap();
            let (described, bytes) = found.unwrap();
            assert_eq!(bytes, wanted.bytes);
            assert_eq!((described.name, described.sha256), (wanted.name.clone(), wanted.sha256));
        }
        let none = store.submission_document(filing.arrival_number, DocumentRole::Attachment, 99).await.unwrap();
        assert!(none.is_none());
    });
}

fn the_same_content_is_kept_once(place: &Place) {
    run(async {
        let store = place.open();
        let large = document(DocumentRole::Attachment, 0, vec![7; SMALL_DOCUMENT * 2]);
        let small = document(DocumentRole::Attachment, 1, "small");
        for number in 0..3 {
            let mut filing = row(format!("document {number}"));
            filing.documents.extend([large.clone(), small.clone()]);
            assert!(is_new(&record(&store, &filing).await));
        }
        let wanted = [large.sha256.to_vec(), small.sha256.to_vec()];
        let kept = store
            .read(move |conn| {
                let one = |sha256: &Vec<u8>| documents::table.filter(documents::sha256.eq(sha256.clone())).count();
                Ok((one(&wanted[0]).get_result::<i64>(conn)?, one(&wanted[1]).get_result::<i64>(conn)?))
            })
            .await
            .unwrap();
        assert_eq!(kept, (1, 1));
        assert_eq!(files_under(&place.folder.path().join("documents/objects")).len(), 1);
    });
}

fn a_changed_document_is_not_given_out(place: &Place) {
    run(async {
        let store = place.open();
        let mut filing = row("document that will be changed on the disk");
        filing.documents.push(document(DocumentRole::Attachment, 0, vec![7; SMALL_DOCUMENT * 2]));
        record(&store, &filing).await;
        for file in files_under(&place.folder.path().join("documents")) {
            let mut bytes = std::fs::read(&file).unwrap();
            bytes[0] ^= 1;
            std::fs::write(&file, bytes).unwrap();
        }
        let changed = |conn: &mut crate::store::connection::AnyConnection| {
            diesel::update(documents::table.filter(documents::content.is_not_null()))
                .set(documents::content.eq(b"changed".to_vec()))
                .execute(conn)?;
            Ok(())
        };
        store.write(changed).await.unwrap();
        let mut damaged = 0;
        for document in &filing.documents {
            let found = store.submission_document(filing.arrival_number, document.role, document.ordinal).await;
            damaged += usize::from(matches!(found, Err(StoreError::Damaged(_))));
        }
        // SQLite: the first document of the segment, and the object; PostgreSQL: both rows, and the object.
        assert_eq!(damaged, if place.postgres.is_some() { 3 } else { 2 });
        for file in files_under(&place.folder.path().join("documents")) {
            std::fs::remove_file(file).unwrap();
        }
        let gone = store.submission_document(filing.arrival_number, DocumentRole::Attachment, 0).await;
        assert!(matches!(gone, Err(StoreError::Damaged(_))), "{gone:?}");
    });
}

fn a_filing_is_read_back_as_received(place: &Place) {
    run(async {
        let store = place.open();
        let mut filing = row("document");
        filing.documents.push(document(DocumentRole::Attachment, 0, "first"));
        filing.documents.push(document(DocumentRole::Attachment, 1, "second"));
        record(&store, &filing).await;
        let received = store.submission_received(filing.arrival_number).await.unwrap();
        assert_eq!(received.application, filing.documents[0].bytes);
        assert_eq!(received.signature, filing.documents[1].bytes);
        assert_eq!(received.signature_sha256, filing.signature_sha256);
        let attached: Vec<_> = received.attachments.iter().map(|one| one.bytes.clone()).collect();
        assert_eq!(attached, ["first", "second"]);
        assert_eq!(received.received_at, at(0));
    });
}

fn documents_outlive_a_restart_and_a_torn_tail(place: &Place) {
    let (first, second) = (row("before the crash"), row("after the crash"));
    run(async { record(&place.open(), &first).await });
    for file in files_under(&place.folder.path().join("documents/segments")) {
        let mut bytes = std::fs::read(&file).unwrap();
        bytes.extend_from_slice(b"half of a group that was never commit");
        std::fs::write(&file, bytes).unwrap();
    }
    run(async {
        let store = place.open();
        record(&store, &second).await;
        for filing in [&first, &second] {
            let found = store.submission_document(filing.arrival_number, DocumentRole::Application, 0).await.unwrap();
            assert_eq!(found.unwrap().1, filing.documents[0].bytes);
        }
    });
}

pub(super) fn files_under(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            files.extend(files_under(&entry.path()));
        } else if !entry.file_name().to_string_lossy().starts_with('.') {
            files.push(entry.path());
        }
    }
    files
}
