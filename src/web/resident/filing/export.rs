//! `/filings/{arrival_number}/everything.zip`: all that this gateway has about one filing, for the person who filed it.
use std::io::{Cursor, Write as _};

use actix_web::{Error, HttpResponse, web};
use bytes::Bytes;
use serde_json::{Value, json};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::page::evidence_json;
use super::receipt::contents;
use crate::gateway::Gateway;
use crate::ids::ArrivalNumber;
use crate::store::messages::Message;
use crate::store::official_documents::OfficialDocument;
use crate::store::submissions::SubmissionRecord;
use crate::store::{DocumentRole, StoreError};
use crate::web::api::views::time;
use crate::web::download;
use crate::web::extract::filing::FilingDoor;
use crate::web::page::Page;
use crate::web::problem::Problem;

/// A file of the archive: its name in it, and its bytes.
type Entry = (String, Bytes);

/// The archive.
///
/// # Errors
/// The way to `/status` where the filing is not open; 503.
pub async fn get_everything(page: Page, door: FilingDoor) -> Result<HttpResponse, Error> {
    let open = door.open().await?;
    let number = open.number();
    let mut entries = collect(&door.gateway, &open.record).await.map_err(Problem::from)?;
    let contents = contents(page.language, &door.gateway, &open.record.submission.receipt_json).await;
    let (language, jws) = (page.language, open.record.submission.receipt_jws.clone());
    let keys = door.gateway.keys.set_json().to_owned();
    let packed = web::block(move || {
        let pdf = contents.to_pdf(language, &jws).unwrap_or_default();
        entries.push(("receipt.pdf".to_owned(), pdf.into()));
        entries.push(("gateway-keys.json".to_owned(), keys.into()));
        pack(&entries)
    });
    let packed = packed.await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    Ok(download::of_kind("application/zip", &format!("filing-{number}.zip"), packed))
}

async fn collect(gateway: &Gateway, record: &SubmissionRecord) -> Result<Vec<Entry>, StoreError> {
    let (store, filing) = (&gateway.store, &record.submission);
    let number = filing.arrival_number;
    let mut entries: Vec<Entry> = vec![
        ("receipt.json".to_owned(), filing.receipt_json.clone().into()),
        ("receipt.jws".to_owned(), filing.receipt_jws.clone().into()),
        ("evidence.json".to_owned(), evidence_json(record).into()),
        ("history.json".to_owned(), pretty(&history(record))),
    ];
    for (index, verdict) in record.verdicts.iter().enumerate() {
        entries.push((format!("verdicts/{}-{}.json", index + 1, verdict.kind), verdict.report.clone().into()));
    }
    entries.extend(documents(gateway, record).await?);
    let messages = store.messages_list(number).await?;
    entries.push(("messages.json".to_owned(), pretty(&messages.iter().map(message).collect())));
    if let Some(withdrawal) = store.withdrawal_find(number).await? {
        entries.push(("withdrawal/withdrawal.json".to_owned(), withdrawal.document));
        entries.push(("withdrawal/withdrawal.p7s".to_owned(), withdrawal.signature));
        entries.push(("withdrawal/receipt.jws".to_owned(), withdrawal.receipt_jws.into()));
        entries.push(("withdrawal/verdict.json".to_owned(), withdrawal.report.into()));
    }
    entries.extend(official(gateway, number).await?);
    Ok(entries)
}

async fn documents(gateway: &Gateway, record: &SubmissionRecord) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::with_capacity(record.documents.len());
    for document in &record.documents {
        let number = record.submission.arrival_number;
        let found = gateway.store.submission_document(number, document.role, document.ordinal).await?;
        let Some((document, bytes)) = found else { continue };
        let name = match document.role {
            DocumentRole::Application => "application.json".to_owned(),
            DocumentRole::Signature => "application.p7s".to_owned(),
            // Numbered: labels may be alike after what could do harm in them is gone.
            DocumentRole::Attachment => {
                format!("attachments/{}-{}", document.ordinal + 1, download::safe_name(&document.name))
            }
        };
        entries.push((name, bytes));
    }
    Ok(entries)
}

async fn official(gateway: &Gateway, number: ArrivalNumber) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    for (index, listed) in gateway.store.official_list(number).await?.into_iter().enumerate() {
        let Some((document, bytes)) = gateway.store.official_find(number, listed.id).await? else { continue };
        let name = format!("official/{}-{}", index + 1, download::safe_name(&document.name));
        let OfficialDocument { seal, report, .. } = document;
        entries.push((format!("{name}.p7s"), seal));
        entries.push((format!("{name}.verdict.json"), report.into()));
        entries.push((name, bytes));
    }
    Ok(entries)
}

fn history(record: &SubmissionRecord) -> Value {
    let change = |step: &crate::store::submissions::StoredStatus| {
        json!({
            "from": step.from.map(|status| status.as_str()),
            "to": step.to.as_str(),
            "at": time(step.at),
            // No account is named to the other side.
            "by": step.by.split([' ', ':']).next().unwrap_or_default(),
            "reason": step.reason,
        })
    };
    json!({
        "status": record.submission.status.as_str(),
        "revocation": record.submission.revocation.as_str(),
        "corrects": record.submission.corrects.map(|number| number.to_string()),
        "history": record.history.iter().map(change).collect::<Vec<_>>(),
    })
}

fn message(message: &Message) -> Value {
    json!({ "from": message.author.as_str(), "sent_at": time(message.sent_at), "body": message.body })
}

fn pretty(value: &Value) -> Bytes {
    serde_json::to_vec_pretty(value).unwrap_or_default().into()
}

/// The archive's bytes. What is in it is packed already or small: nothing is compressed.
fn pack(entries: &[Entry]) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in entries {
        archive.start_file(name.as_str(), options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}
