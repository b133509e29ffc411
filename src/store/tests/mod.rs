//! The store's tests: one suite, run over SQLite and over a real PostgreSQL. Rows are built directly here; that they are
//! made of proven filings only is what `Store::record`'s signature says.
mod after_drafts;
mod after_filing;
mod agencies;
mod corrections;
mod documents;
mod exactly_once;
mod feed;
mod held;
mod killed;
mod network;
mod ocsp_responses;
mod outage;
mod papers;
#[path = "../../../tests/suite/support/postgres.rs"]
#[allow(dead_code)]
mod postgres;
mod registry;
mod residents;
mod statuses;
mod sweep;

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, TimeZone, Utc};
use ring::digest;
use ring::rand::SystemRandom;
use uuid::Uuid;

use super::held::HeldDecision;
pub(crate) use super::row::RecordRow;
use super::row::{DocumentRole, DocumentRow, RowOutcome};
use super::{Store, StoreOptions, to_database};
use crate::ids::{AgencyCode, ArrivalNumber};
use crate::verdict::{Indication, SubIndication};

/// Makes each test twice, as `sqlite::name` and `postgresql::name`.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite { $(#[test] fn $name() { super::$name(&$crate::store::tests::Place::sqlite()); })* }
        mod postgresql { $(#[test] fn $name() { super::$name(&$crate::store::tests::Place::postgresql()); })* }
    };
}
pub(crate) use on_both;

/// A database and a folder for one test.
pub(crate) struct Place {
    options: StoreOptions,
    folder: tempfile::TempDir,
    postgres: Option<Arc<postgres::Postgres>>,
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("record.db").display());
        let options = StoreOptions::new(url.parse().unwrap(), folder.path().join("documents"));
        Self { options, folder, postgres: None }
    }

    pub(crate) fn postgresql() -> Self {
        let server = postgres::shared();
        let url = server.new_database();
        let folder = tempfile::tempdir().unwrap();
        let options = StoreOptions::new(url.parse().unwrap(), folder.path().join("documents"));
        Self { options, folder, postgres: Some(server) }
    }

    /// The name of a PostgreSQL database.
    fn database_name(&self) -> String {
        let super::connection::DatabaseUrl::Postgresql(url) = &self.options.database else { return String::new() };
        url.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// A gateway's store; a second one is a second gateway.
    pub(crate) fn open(&self) -> Store {
        Store::open(&self.options).unwrap()
    }
}

/// Runs a future to its end, with a runtime like a server worker's.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// 2026-04-01 09:00:00 and some seconds, UTC.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 4, 1, 9, 0, 0).unwrap() + chrono::Duration::seconds(seconds)
}

fn chiyoda() -> AgencyCode {
    "131016".parse().unwrap()
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest::digest(&digest::SHA256, bytes).as_ref().try_into().unwrap()
}

fn document(role: DocumentRole, ordinal: i32, bytes: impl Into<Bytes>) -> DocumentRow {
    let bytes = bytes.into();
    DocumentRow {
        role,
        ordinal,
        name: format!("{}-{ordinal}", role.as_str()),
        media_type: "application/octet-stream".to_owned(),
        sha256: sha256(&bytes),
        bytes,
    }
}

/// A filing of its own application_id, whose application document is `application`.
pub(crate) fn row(application: impl Into<Bytes>) -> RecordRow {
    let arrival_number = ArrivalNumber::random(&SystemRandom::new()).unwrap();
    let application = document(DocumentRole::Application, 0, application);
    let signature = document(DocumentRole::Signature, 0, format!("signature {arrival_number}"));
    let report = format!("{{\"indication\":\"TOTAL_PASSED\",\"of\":\"{arrival_number}\"}}");
    RecordRow {
        application_id: Uuid::now_v7().to_string(),
        arrival_number,
        application_sha256: application.sha256,
        signature_sha256: signature.sha256,
        signer_sha256: sha256(b"signer"),
        procedure: "general-application".to_owned(),
        form_version: 1,
        recipient: "131016".to_owned(),
        status: "received",
        revocation: "provisional",
        received_at: to_database(at(0)),
        receipt_json: format!("{{\"arrival_number\":\"{arrival_number}\"}}"),
        receipt_jws: format!("jws.{arrival_number}.signature"),
        access_token_sha256: sha256(arrival_number.as_str().as_bytes()),
        applicant_name: "山田　花子".to_owned(),
        applicant_date_of_birth: Some("1980-12-31".to_owned()),
        title: "申請".to_owned(),
        corrects: None,
        indication: "TOTAL_PASSED",
        sub_indication: None,
        signer_issuer: sha256(b"issuer"),
        signer_serial: vec![7],
        held_scope: None,
        report_sha256: sha256(report.as_bytes()),
        report,
        documents: vec![application, signature],
        trust_objects: Vec::new(),
        registry: None,
    }
}

/// The same as `row`, held.
pub(crate) fn held_row(application: impl Into<Bytes>, received_at: DateTime<Utc>) -> RecordRow {
    RecordRow {
        held_scope: Some([0; 32]),
        status: "held",
        revocation: "none",
        indication: "INDETERMINATE",
        sub_indication: Some("TRY_LATER"),
        received_at: to_database(received_at),
        ..row(application)
    }
}

/// The same filing sent again: a new signature, number and token, as the gateway would make them.
fn again(first: &RecordRow) -> RecordRow {
    let fresh = row(first.documents[0].bytes.clone());
    RecordRow { application_id: first.application_id.clone(), ..fresh }
}

fn is_new(outcome: &RowOutcome) -> bool {
    matches!(outcome, RowOutcome::New)
}

pub(crate) async fn record(store: &Store, row: &RecordRow) -> RowOutcome {
    store.record_row(row.clone()).await.unwrap()
}

/// A decision against a held filing.
pub(crate) fn refused() -> HeldDecision {
    HeldDecision::Refused {
        indication: Indication::TotalFailed,
        sub_indication: Some(SubIndication::Revoked),
        report: "{\"indication\":\"TOTAL_FAILED\"}".to_owned(),
        reason: "The certificate had ended.".to_owned(),
    }
}
