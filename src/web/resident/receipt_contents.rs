//! What a receipt says, read out of its own text, for the page and for paper.
use serde_json::Value;

use super::{dates, municipalities};
use crate::gateway::Gateway;
use crate::web::filing_facts;
use crate::web::i18n::Language;
use crate::web::print::sheet::{PrintError, Sheet};

/// A receipt in words.
#[derive(Debug, Clone)]
pub struct ReceiptContents {
    /// The arrival number as it is read aloud: `1234-5678-9012-3456`.
    pub number: String,
    /// The same in digits alone: what the QR code says.
    pub digits: String,
    /// When the filing arrived, in both eras and Japan's time.
    pub received_at: String,
    /// The procedure's title.
    pub procedure: String,
    /// The agency.
    pub recipient: String,
    /// Hex SHA-256 of the application.
    pub application_sha256: String,
    /// Hex SHA-256 of the signature.
    pub signature_sha256: String,
    /// The attachments: name, size, hex SHA-256.
    pub attachments: Vec<(String, String, String)>,
    /// Under which policy it was judged.
    pub policy: String,
    /// How firm the verdict was at receipt.
    pub revocation: String,
    /// For whom it was filed, and how it stands to its deadlines: labels and values.
    pub facts: Vec<(String, String)>,
}

impl ReceiptContents {
    /// Reads a receipt that this gateway wrote; what is not in it is empty.
    pub fn of(language: Language, gateway: &Gateway, receipt_json: &str) -> Self {
        let receipt: Value = serde_json::from_str(receipt_json).unwrap_or_default();
        let text = |pointer: &str| receipt.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let code = text("/procedure");
        let title = gateway.catalog.get(&code).map(|procedure| procedure.title.get(language).to_owned());
        let digits = text("/arrival_number");
        let grouped = digits.parse().map(|number: crate::ids::ArrivalNumber| number.grouped());
        let received_at = text("/received_at").parse().map(|time| dates::moment_in_both_eras(language, time));
        let files = receipt.pointer("/attachments").and_then(Value::as_array).cloned().unwrap_or_default();
        let state = text("/verdict/revocation");
        Self {
            number: grouped.unwrap_or_else(|_| digits.clone()),
            digits,
            received_at: received_at.unwrap_or_default(),
            procedure: title.unwrap_or(code),
            recipient: municipalities::describe(language, &text("/recipient")),
            application_sha256: text("/application_sha256"),
            signature_sha256: text("/signature_sha256"),
            attachments: files.iter().filter_map(attachment).collect(),
            policy: text("/verdict/policy/id"),
            revocation: language.find(&format!("revocation-state-{state}")).unwrap_or_default().into_owned(),
            facts: Vec::new(),
        }
    }

    /// With what the application itself says of its deadlines, and of the person for whom it was filed.
    /// Without, where it cannot be read just now: a receipt is shown all the same.
    pub async fn with_facts(mut self, language: Language, gateway: &Gateway, receipt_json: &str) -> Self {
        let receipt: Value = serde_json::from_str(receipt_json).unwrap_or_default();
        let arrived = receipt.pointer("/received_at").and_then(Value::as_str).and_then(|time| time.parse().ok());
        if let (Ok(number), Some(arrived)) = (self.digits.parse(), arrived) {
            let facts = filing_facts::of_filing(gateway, language, (number, arrived)).await.unwrap_or_default();
            self.facts = facts.into_iter().map(|fact| (fact.label, fact.value)).collect();
        }
        self
    }

    /// The receipt as PDF, with the signed receipt in it as a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn to_pdf(&self, asked: Language, receipt_jws: &str) -> Result<Vec<u8>, PrintError> {
        let language = on_paper(asked);
        let remark = if language == asked { "" } else { NOT_ON_PAPER };
        let t = |key: &str| language.t(key).into_owned();
        let row = |key: &str, value: &str| (t(key), value.to_owned());
        let mut rows = vec![
            row("receipt-received-at", &self.received_at),
            row("review-procedure", &self.procedure),
            row("review-recipient", &self.recipient),
        ];
        rows.extend(self.facts.iter().cloned());
        for (name, size, sha256) in &self.attachments {
            rows.push((t("step-attachments"), format!("{name} ({size}) SHA-256 {sha256}")));
        }
        rows.push(row("receipt-application-digest", &self.application_sha256));
        rows.push(row("receipt-signature-digest", &self.signature_sha256));
        rows.push(row("verify-policy", &self.policy));
        rows.push(row("status-revocation", &self.revocation));
        let sheet = Sheet {
            language: language.tag(),
            title: t("after-receipt-sheet"),
            code: (self.digits.clone(), language.with("after-receipt-qr", "number", &self.number)),
            number: (t("receipt-number"), self.number.clone()),
            rows,
            note: t("after-receipt-note") + remark,
            embedded: Some(("receipt.jws".to_owned(), "application/jose", receipt_jws.as_bytes().to_vec())),
        };
        sheet.to_pdf()
    }
}

/// Why a sheet is not in the language that was asked for: in English, because it is told where the other cannot be.
const NOT_ON_PAPER: &str =
    " This sheet is in English because its typeface has no characters of the language that was asked for.";

/// The language of a printed sheet: the embedded font has no Hangul, so that Korean would be lost.
pub fn on_paper(language: Language) -> Language {
    match language {
        Language::Ko => Language::En,
        other => other,
    }
}

fn attachment(file: &Value) -> Option<(String, String, String)> {
    let size = dates::size(file.get("size")?.as_u64()?);
    Some((file.get("name")?.as_str()?.to_owned(), size, file.get("sha256")?.as_str()?.to_owned()))
}
