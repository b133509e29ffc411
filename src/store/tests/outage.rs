//! A writer that panics, a full disk, a database that goes away: "not available", nothing lost, and then it goes on.
use std::process::Command;
use std::time::Duration;

use diesel::prelude::*;

use super::*;
use crate::store::StoreError;
use crate::store::connection::AnyConnection;

on_both!(a_write_that_panics_breaks_nothing_else, an_error_rolls_back);

fn a_write_that_panics_breaks_nothing_else(place: &Place) {
    run(async {
        let store = place.open();
        let broken: Result<(), StoreError> = store.write(|_| panic!("a fault on purpose")).await;
        assert!(broken.is_err());
        let filing = row("document");
        assert!(is_new(&record(&store, &filing).await));
        assert!(store.submission_find(filing.arrival_number).await.unwrap().is_some());
    });
}

fn an_error_rolls_back(place: &Place) {
    run(async {
        let store = place.open();
        let filing = held_row("document", at(0));
        record(&store, &filing).await;
        let failed: Result<(), StoreError> = store
            .write(|conn| {
                diesel::delete(crate::store::schema::held::table).execute(conn)?;
                Err(StoreError::NotFound)
            })
            .await;
        assert!(matches!(failed, Err(StoreError::NotFound)));
        assert_eq!(store.held_list(10).await.unwrap().len(), 1);
    });
}

#[test]
fn sqlite_is_set_up_on_every_connection() {
    #[derive(QueryableByName)]
    struct Pragmas {
        #[diesel(sql_type = diesel::sql_types::Text)]
        journal_mode: String,
        #[diesel(sql_type = diesel::sql_types::Integer)]
        synchronous: i32,
        #[diesel(sql_type = diesel::sql_types::Integer)]
        foreign_keys: i32,
    }
    let place = Place::sqlite();
    run(async {
        let store = place.open();
        let ask = |conn: &mut AnyConnection| {
            let AnyConnection::Sqlite(sqlite) = conn else { panic!("not SQLite") };
            let asked = "SELECT * FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys";
            let found: Pragmas = diesel::sql_query(asked).get_result(sqlite)?;
            Ok((found.journal_mode, found.synchronous, found.foreign_keys))
        };
        let wanted = ("wal".to_owned(), 2, 1);
        assert_eq!(store.write(ask).await.unwrap(), wanted);
        assert_eq!(store.read(ask).await.unwrap(), wanted);
    });
}

mod postgresql_server {
    use super::*;

    #[test]
    fn postgresql_that_is_not_durable_is_refused() {
        let server = postgres::shared();
        let place = Place::postgresql();
        let url = server.new_database();
        let name = url.rsplit('/').next().unwrap();
        server.psql("postgres", &format!("ALTER DATABASE {name} SET synchronous_commit = off")).unwrap();
        let options = StoreOptions::new(url.parse().unwrap(), place.folder.path().join("documents"));
        let refused = Store::open(&options).unwrap_err();
        assert!(matches!(&refused, StoreError::Fault(why) if why.contains("synchronous_commit")), "{refused}");
    }

    #[test]
    fn postgresql_stopped_and_started_again() {
        let server = postgres::Postgres::start();
        let folder = tempfile::tempdir().unwrap();
        let options = StoreOptions::new(server.new_database().parse().unwrap(), folder.path());
        run(async {
            let store = Store::open(&options).unwrap();
            let (before, during) = (row("before"), row("during"));
            assert!(is_new(&record(&store, &before).await));
            server.stop();
            let refused = store.record_row(during.clone()).await;
            assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
            assert!(matches!(store.check_writable(at(0)).await, Err(StoreError::Unavailable(_))));
            assert!(matches!(store.submission_find(before.arrival_number).await, Err(StoreError::Unavailable(_))));
            server.start_again();
            assert!(is_new(&record(&store, &during).await));
            store.check_writable(at(0)).await.unwrap();
            for filing in [&before, &during] {
                let found = store.submission_document(filing.arrival_number, DocumentRole::Application, 0).await;
                assert_eq!(found.unwrap().unwrap().1, filing.documents[0].bytes);
            }
        });
    }

    #[test]
    fn postgresql_connections_that_were_cut_are_made_again() {
        let server = postgres::shared();
        let place = Place::postgresql();
        run(async {
            let store = place.open();
            record(&store, &row("before")).await;
            let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = ";
            let name = place.database_name();
            server.psql("postgres", &format!("{cut} '{name}'")).unwrap();
            // The writer's connection is stale: the group is tried again on a new one, and nobody notices.
            assert!(is_new(&record(&store, &row("after")).await));
            store.check_writable(at(0)).await.unwrap();
        });
    }
}

/// The real thing in a child process, whose files may not grow beyond a limit: every write fails as on a full disk. Then
/// the limit is lifted, and it goes on.
#[test]
fn a_full_disk_loses_nothing_and_passes() {
    let folder = tempfile::tempdir().unwrap();
    let test = std::env::current_exe().unwrap();
    // SIGXFSZ is ignored so that the write fails instead of ending the process; ulimit -f counts KiB here.
    let output = Command::new("bash")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -S -f 2048; exec \"$0\" --exact --nocapture store::tests::outage::in_a_small_disk",
        ])
        .arg(test)
        .env("MADOGUCHI_TEST_SMALL_DISK", folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("went on after"),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The child of the test above; on its own there is nothing to do.
#[test]
fn in_a_small_disk() {
    let Some(folder) = std::env::var_os("MADOGUCHI_TEST_SMALL_DISK") else { return };
    let folder = std::path::PathBuf::from(folder);
    let url = format!("sqlite:{}", folder.join("record.db").display());
    let options = StoreOptions::new(url.parse().unwrap(), folder.join("documents"));
    run(async {
        let store = Store::open(&options).unwrap();
        let mut acknowledged = Vec::new();
        let mut refused = 0;
        for number in 0..2000 {
            let filing = row(vec![(number % 256) as u8; 20_000 + number]);
            match store.record_row(filing.clone()).await {
                Ok(outcome) => {
                    assert!(is_new(&outcome));
                    acknowledged.push(filing);
                }
                Err(StoreError::Unavailable(_)) => refused += 1,
                Err(other) => panic!("{other:?}"),
            }
            if refused > 5 {
                break;
            }
        }
        assert!(refused > 5 && acknowledged.len() > 20, "{refused} {}", acknowledged.len());
        let large = row("with a large attachment that does not fit");
        let large = RecordRow {
            documents: [large.documents.clone(), vec![document(DocumentRole::Attachment, 0, vec![1; 5 << 20])]]
                .concat(),
            ..large
        };
        assert!(matches!(store.record_row(large.clone()).await, Err(StoreError::Unavailable(_))));
        let before = acknowledged.len();
        let lift = ["--pid", &std::process::id().to_string(), "--fsize=unlimited:unlimited"];
        assert!(Command::new("prlimit").args(lift).status().unwrap().success());
        tokio::time::sleep(Duration::from_millis(10)).await;
        for filing in [large, row("after")] {
            assert!(is_new(&record(&store, &filing).await));
            acknowledged.push(filing);
        }
        for filing in &acknowledged {
            for wanted in &filing.documents {
                let found = store.submission_document(filing.arrival_number, wanted.role, wanted.ordinal).await;
                assert_eq!(found.unwrap().unwrap().1, wanted.bytes);
            }
        }
        let fed = store.feed_after(chiyoda(), 0, 5000).await.unwrap().len();
        assert_eq!(fed, acknowledged.len(), "nothing that was refused is there");
        println!("went on after {before} filings");
    });
}
