//! Documents of filings that were not recorded go, and no other does; and what readiness writes is really written.
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use diesel::prelude::*;

use super::documents::files_under;
use super::*;
use crate::store::StoreError;
use crate::store::documents::SMALL_DOCUMENT;
use crate::store::documents::objects::Swept;
use crate::store::schema::write_probes;

on_both!(
    what_a_refused_filing_left_is_swept_and_nothing_else,
    a_filing_of_the_same_content_beside_a_sweep_keeps_it,
    readiness_writes_a_row_and_a_file,
);

const HOUR: Duration = Duration::from_secs(3600);

fn objects(place: &Place) -> PathBuf {
    place.folder.path().join("documents/objects")
}

/// Makes a file look as if it had been written long ago.
fn age(path: &Path) {
    File::options().write(true).open(path).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
}

fn large(filling: u8) -> DocumentRow {
    document(DocumentRole::Attachment, 0, vec![filling; SMALL_DOCUMENT + 1])
}

fn with(mut row: RecordRow, attachment: DocumentRow) -> RecordRow {
    row.documents.push(attachment);
    row
}

fn what_a_refused_filing_left_is_swept_and_nothing_else(place: &Place) {
    run(async {
        let store = place.open();
        let first = with(row("document"), large(1));
        assert!(is_new(&record(&store, &first).await));
        let refused = RecordRow { application_id: first.application_id.clone(), ..with(row("another"), large(2)) };
        assert!(matches!(record(&store, &refused).await, RowOutcome::Conflict));
        let folder = objects(place);
        let stray = folder.join("00/notes.txt");
        for path in [folder.join("old.part"), folder.join("00/young.part"), stray.clone()] {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        age(&folder.join("old.part"));
        assert_eq!(store.documents_sweep(HOUR).await.unwrap(), Swept { objects: 0, parts: 1 }, "all else is young");
        files_under(&folder).iter().filter(|path| !path.ends_with("young.part")).for_each(|path| age(path));
        assert_eq!(store.documents_sweep(HOUR).await.unwrap(), Swept { objects: 1, parts: 0 });
        assert_eq!(store.documents_sweep(HOUR).await.unwrap(), Swept::default());
        assert!(stray.exists() && folder.join("00/young.part").exists());
        let kept = store.submission_document(first.arrival_number, DocumentRole::Attachment, 0).await.unwrap().unwrap();
        assert_eq!(kept.1, first.documents[2].bytes);
        assert_eq!(files_under(&folder).len(), 3, "{:?}", files_under(&folder));
        // What was swept can be filed again.
        let again = with(row("third"), large(2));
        assert!(is_new(&record(&store, &again).await));
        assert!(store.submission_document(again.arrival_number, DocumentRole::Attachment, 0).await.unwrap().is_some());
    });
}

/// Old leftovers of the very contents that are being filed, while two sweepers look at them all the time.
fn a_filing_of_the_same_content_beside_a_sweep_keeps_it(place: &Place) {
    let (store, other) = (place.open(), place.open());
    let done = AtomicBool::new(false);
    let filings: Vec<RecordRow> =
        (0..40).map(|number| with(row(format!("document {number}")), large(number))).collect();
    std::thread::scope(|scope| {
        for sweeper in [&store, &other] {
            scope.spawn(|| {
                run(async {
                    while !done.load(Ordering::Relaxed) {
                        sweeper.documents_sweep(HOUR).await.unwrap();
                    }
                });
            });
        }
        run(async {
            for filing in &filings {
                let attachment = &filing.documents[2];
                store.0.documents.put_object(&attachment.sha256, &attachment.bytes).unwrap();
                let name = hex::encode(attachment.sha256);
                age(&objects(place).join(&name[..2]).join(&name[2..]));
                assert!(is_new(&record(&store, filing).await));
            }
        });
        done.store(true, Ordering::Relaxed);
    });
    run(async {
        for filing in &filings {
            let found = store.submission_document(filing.arrival_number, DocumentRole::Attachment, 0).await;
            assert_eq!(found.unwrap().unwrap().1, filing.documents[2].bytes);
        }
    });
}

fn readiness_writes_a_row_and_a_file(place: &Place) {
    run(async {
        let store = place.open();
        let rows = || store.read(|conn| Ok(write_probes::table.select(write_probes::written_at).load(conn)?));
        for (seconds, left) in [(0, vec![at(0)]), (30, vec![at(0), at(30)]), (100, vec![at(100)])] {
            store.check_writable(at(seconds)).await.unwrap();
            let mut found: Vec<chrono::NaiveDateTime> = rows().await.unwrap();
            found.sort();
            assert_eq!(found, left.into_iter().map(to_database).collect::<Vec<_>>());
        }
        store.check_documents_writable().await.unwrap();
        assert!(files_under(&objects(place)).is_empty());
        std::fs::remove_dir_all(objects(place)).unwrap();
        let refused = store.check_documents_writable().await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    });
}
