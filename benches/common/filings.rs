//! Signed filings: application documents of about 10 KiB, each signed by one of the signers.

use chrono::SecondsFormat;
use madoguchi::signature::cms::build::sign_detached;
use serde_json::json;
use uuid::Uuid;

use super::{Fixtures, now, signer_name};

/// One filing as a client posts it.
pub struct Filing {
    /// The application document's exact bytes.
    pub application: Vec<u8>,
    /// The detached signature, DER.
    pub signature: Vec<u8>,
}

/// Makes `count` distinct filings for the gateway at `origin` on two threads.
pub fn make(fixtures: &Fixtures, origin: &str, count: usize) -> Vec<Filing> {
    let half = count / 2;
    std::thread::scope(|scope| {
        let first = scope.spawn(|| some(fixtures, origin, 0, half));
        let mut second = some(fixtures, origin, half, count);
        let mut all = first.join().expect("signing does not fail");
        all.append(&mut second);
        all
    })
}

fn some(fixtures: &Fixtures, origin: &str, from: usize, to: usize) -> Vec<Filing> {
    (from..to).map(|index| filing(fixtures, origin, index)).collect()
}

fn filing(fixtures: &Fixtures, origin: &str, index: usize) -> Filing {
    let who = index % fixtures.signers.len();
    let application = document(origin, &signer_name(who), index);
    let signature = sign_detached(&application, &fixtures.signers[who], &[], now()).expect("the key signs");
    Filing { application, signature }
}

/// An application of about 10 KiB.
fn document(origin: &str, name: &str, index: usize) -> Vec<u8> {
    let now = now();
    let time = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let line = format!("Line of filing {index}: the quick brown fox files an application at the counter.\n");
    let body = line.repeat(9_700 / line.len());
    let document = json!({
        "format": "madoguchi/application/1", "gateway": origin, "procedure": "general-application", "form_version": 1,
        "application_id": Uuid::now_v7(), "recipient": "131016", "created_at": time(now),
        "expires_at": time(now + chrono::Duration::hours(23)),
        "applicant": {"name": name, "date_of_birth": null, "sex": null, "address": null},
        "answers": {"title": "A filing of the bench", "body": body}, "attachments": []
    });
    serde_json::to_vec(&document).expect("JSON")
}
