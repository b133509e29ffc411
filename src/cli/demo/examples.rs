//! Example filings, so that the agency's queue and the operator's pages show something: made, signed with demo cards and
//! filed as any other. What was filed is written beside the database, and is not filed again at the next start.
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use openssl::pkey::PKey;
use openssl::x509::X509;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::sign_ins::{AGENCY, AGENCY_LOGIN};
use crate::authority::folder::{Folder, Readers, read, write_atomically};
use crate::clock::SystemClock;
use crate::crypto::sha256;
use crate::delivery::background::Background;
use crate::gateway::Gateway;
use crate::gateway::make::{ApplicationRequest, MakeError};
use crate::gateway::outcome::SubmitOutcome;
use crate::ids::{AgencyCode, ArrivalNumber};
use crate::procedures::Language;
use crate::settings::Settings;
use crate::signature::cms::build::sign_detached;
use crate::signature::cms::software_key::SoftwareKey;
use crate::store::statuses::StatusChange;
use crate::submission::received::ReceivedSubmission;
use crate::submission::rejection::Rejection;
use crate::submission::status::SubmissionStatus;

/// A filing that was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Example {
    /// The card that signed it.
    pub card: String,
    /// What became of it when it was made: `accepted`, `held`.
    pub status: String,
    /// Its number.
    pub arrival_number: String,
    /// What opens its status.
    pub access_key: String,
}

/// A filing to be made.
struct Planned {
    card: &'static str,
    language: Language,
    procedure: &'static str,
    answers: Value,
    /// What the agency did with it since, and why.
    decision: Option<(SubmissionStatus, &'static str)>,
}

/// Files what is not there yet; gives all.
pub fn ready(data: &Path, config: &Path) -> Result<Vec<Example>, String> {
    let path = data.join("examples.json");
    let mut filed: Vec<Example> = if path.exists() {
        let content = read(&path).map_err(|error| error.to_string())?;
        serde_json::from_slice(&content).map_err(|error| format!("{}: {error}", path.display()))?
    } else {
        Vec::new()
    };
    let mut missing = planned();
    missing.retain(|planned| filed.iter().all(|example| example.card != planned.card));
    if missing.is_empty() {
        return Ok(filed);
    }
    eprintln!("Signing and filing {} example applications ...", missing.len());
    let settings = Settings::load(config).map_err(|error| error.to_string())?;
    let gateway = Arc::new(Gateway::open(&settings, Arc::new(SystemClock)).map_err(|error| error.to_string())?);
    Background::new(gateway.clone(), &settings)?.take_in_lists();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let pki = Folder::new(&data.join("pki"));
    for planned in missing {
        let card = planned.card;
        let example = runtime.block_on(file(&gateway, &pki, planned));
        filed.push(example.map_err(|error| format!("the example application of {card}: {error}"))?);
        // After each one: what was filed is not filed again, whenever this ends.
        let content = serde_json::to_vec_pretty(&filed).map_err(|error| error.to_string())?;
        write_atomically(&path, &content, Readers::Owner).map_err(|error| error.to_string())?;
    }
    Ok(filed)
}

fn planned() -> Vec<Planned> {
    let general = |title: &str, body: &str| json!({"title": title, "body": body});
    vec![
        Planned {
            card: "sign-yamada",
            language: Language::Ja,
            procedure: "resident-record-copy",
            answers: json!({"filing_as": "self", "scope": "household", "copies": 1, "purpose": "保育園の入園申込みに添付するため"}),
            decision: Some((SubmissionStatus::Accepted, "受け付けました。写しは住所地へ郵送します。")),
        },
        Planned {
            card: "sign-watanabe",
            language: Language::Ja,
            procedure: "general-application",
            answers: general(
                "街路樹の剪定のお願い",
                "霞が関２丁目の歩道で、街路樹の枝が信号機に掛かって見えにくくなっています。\n通学路ですので、剪定をお願いします。",
            ),
            decision: None,
        },
        Planned {
            card: "sign-smith",
            language: Language::En,
            procedure: "general-application",
            answers: general(
                "Use of the community hall on 12 December",
                "Our neighbourhood group would like to use the large room from 13:00 to 17:00 for a Japanese conversation \
                 class of about 20 people.\nWe will bring our own projector.",
            ),
            decision: Some((SubmissionStatus::UnderReview, "We are checking whether the room is free.")),
        },
        Planned {
            card: "sign-ito",
            language: Language::Ja,
            procedure: "general-application",
            answers: general(
                "転入後の手続についての照会",
                "来月、北区から千代田区へ転居する予定です。必要な手続と持ち物を教えてください。",
            ),
            decision: None,
        },
    ]
}

async fn file(gateway: &Gateway, pki: &Folder, planned: Planned) -> Result<Example, String> {
    let certificate = String::from_utf8(read_of(&pki.certificate(planned.card))?).map_err(|error| error.to_string())?;
    let key = signer(certificate.as_bytes(), &read_of(&pki.key(planned.card))?)?;
    let request = ApplicationRequest {
        procedure: planned.procedure.to_owned(),
        recipient: AGENCY.to_owned(),
        answers: planned.answers,
        attachments: Vec::new(),
        applicant: None,
        certificate: Some(certificate),
        language: planned.language,
        corrects: None,
    };
    let made = gateway.make_application(request).await.map_err(|error| match error {
        MakeError::Rejected(rejection) => said(&rejection),
        MakeError::Unavailable => "the record cannot be written".to_owned(),
    })?;
    let received_at = gateway.clock.now();
    let signature = sign_detached(&made.application, &key, &[], received_at)?;
    let filing = ReceivedSubmission {
        application_sha256: made.sha256,
        application: made.application,
        signature_sha256: sha256(&signature),
        signature: Bytes::from(signature),
        attachments: Vec::new(),
        received_at,
    };
    match gateway.submit(filing).await {
        SubmitOutcome::New { arrival_number, status, access_token: Some(access_key), .. } => {
            let status = decide(gateway, arrival_number, status, planned.decision).await?.as_str().to_owned();
            Ok(Example { card: planned.card.to_owned(), status, arrival_number: arrival_number.grouped(), access_key })
        }
        SubmitOutcome::Rejected(rejection) => Err(said(&rejection)),
        _ => Err("the record cannot be written".to_owned()),
    }
}

/// What the agency did with it.
async fn decide(
    gateway: &Gateway,
    arrival_number: ArrivalNumber,
    status: SubmissionStatus,
    decision: Option<(SubmissionStatus, &'static str)>,
) -> Result<SubmissionStatus, String> {
    let Some((to, reason)) = decision else { return Ok(status) };
    let agency: AgencyCode = AGENCY.parse().map_err(|_| "the demo's agency code is not one".to_owned())?;
    let change = StatusChange {
        arrival_number,
        agency: Some(agency),
        to,
        at: gateway.clock.now(),
        by: format!("agency {AGENCY} {AGENCY_LOGIN}"),
        reason: Some(reason.to_owned()),
    };
    gateway.store.submission_change_status(change).await.map_err(|error| error.to_string())?;
    Ok(to)
}

fn signer(certificate: &[u8], key: &[u8]) -> Result<SoftwareKey, String> {
    let certificate = X509::from_pem(certificate).and_then(|read| read.to_der()).map_err(|error| error.to_string())?;
    let key = PKey::private_key_from_pem(key).map_err(|error| error.to_string())?;
    SoftwareKey::new(certificate, key)
}

fn read_of(path: &Path) -> Result<Vec<u8>, String> {
    read(path).map_err(|error| error.to_string())
}

fn said(rejection: &Rejection) -> String {
    format!("{} ({})", rejection.detail, rejection.code.as_str())
}
