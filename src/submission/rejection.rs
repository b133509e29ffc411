//! Every way a submission can be refused: a stable code, the HTTP status, a sentence and what to do next.
use std::borrow::Cow;

use serde::Serialize;

use crate::verdict::{Check, Indication, SubIndication};

/// One thing that is wrong at one place of a document or form. It never repeats what stands there: that is a
/// person's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldFault {
    /// JSON pointer (RFC 6901) to the place.
    pub pointer: String,
    /// A stable word for the kind of fault: `required`, `too-long` ...
    pub code: &'static str,
    /// The limit that was not kept, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// What is wrong, as the end of a sentence that begins with the place: `must be filled in`.
    pub message: Cow<'static, str>,
}

impl FieldFault {
    /// A fault without a limit.
    pub fn new(pointer: impl Into<String>, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { pointer: pointer.into(), code, limit: None, message: message.into() }
    }
}

/// A refusal: expected, explained, and leaving nothing behind.
#[derive(Debug, Clone)]
pub struct Rejection {
    /// Stable code, kebab-case; `/problems/<code>` explains it.
    pub code: RejectionCode,
    /// A sentence on this occurrence, without personal data.
    pub detail: String,
    /// For signature refusals.
    pub indication: Option<Indication>,
    /// For signature refusals.
    pub sub_indication: Option<SubIndication>,
    /// The failed checks.
    pub checks: Vec<Check>,
    /// What is wrong where, for refusals of a document or its answers.
    pub faults: Vec<FieldFault>,
}

macro_rules! rejection_codes {
    ($($name:ident = $code:literal, $status:literal, $title:literal;)*) => {
        /// The codes of every refusal and error that the HTTP API answers with.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(missing_docs)]
        pub enum RejectionCode { $($name),* }

        impl RejectionCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// Kebab-case, stable.
            pub fn as_str(self) -> &'static str { match self { $(Self::$name => $code),* } }
            /// The HTTP status it is answered with.
            pub fn http_status(self) -> u16 { match self { $(Self::$name => $status),* } }
            /// One line for people, in English.
            pub fn title(self) -> &'static str { match self { $(Self::$name => $title),* } }
        }
    };
}

rejection_codes! {
    BadMultipart = "bad-multipart", 400, "The upload is not readable multipart/form-data";
    PartMissing = "part-missing", 400, "A part of the upload is missing";
    PartTwice = "part-twice", 400, "A part of the upload is there twice";
    BadRequest = "bad-request", 400, "The request cannot be read";
    Unauthorized = "unauthorized", 401, "Sign in or give an access token";
    Forbidden = "forbidden", 403, "This is not yours to see or do";
    NotFound = "not-found", 404, "There is nothing here";
    MethodNotAllowed = "method-not-allowed", 405, "This address does not take that method";
    ApplicationIdTaken = "application-id-taken", 409, "Another document is recorded under this application_id";
    StatusConflict = "status-conflict", 409, "The filing is not in a state that allows this";
    RequestTimeout = "request-timeout", 408, "The request did not arrive in time";
    TooLarge = "too-large", 413, "The upload is larger than allowed";
    UnsupportedMediaType = "unsupported-media-type", 415, "The upload is of a kind that is not taken";
    DocumentNotJson = "document-not-json", 422, "The application is not a JSON document of the asked form";
    DocumentDuplicateName = "document-duplicate-name", 422, "The application names a field twice";
    DocumentUnknownField = "document-unknown-field", 422, "The application has a field that is not known";
    DocumentFormat = "document-format", 422, "The application is not of the format madoguchi/application/1";
    WrongGateway = "wrong-gateway", 422, "The application is meant for another gateway";
    DocumentExpired = "document-expired", 422, "The application's time to be filed has passed";
    DocumentLifeTooLong = "document-life-too-long", 422, "The application may be filed for longer than this gateway allows";
    DocumentNotYetValid = "document-not-yet-valid", 422, "The application claims to be made in the future";
    UnknownProcedure = "unknown-procedure", 422, "The procedure is not in the catalog";
    FormVersion = "form-version", 422, "The form version is not one that is taken now";
    UnknownRecipient = "unknown-recipient", 422, "The recipient is not an agency that takes this procedure";
    AnswersInvalid = "answers-invalid", 422, "The answers do not fit the procedure's form";
    ApplicantNotSigner = "applicant-not-signer", 422, "The applicant is not the person who signed";
    HolderDeceased = "holder-deceased", 422, "By the resident registry the certificate's holder has died";
    AttachmentMissing = "attachment-missing", 422, "An attachment that the application lists was not sent";
    AttachmentsWanted = "attachments-wanted", 422, "The application lacks attachments that the procedure asks for";
    AttachmentNotListed = "attachment-not-listed", 422, "An attachment was sent that the application does not list";
    AttachmentMismatch = "attachment-mismatch", 422, "An attachment is not the file that was signed";
    AttachmentTooLarge = "attachment-too-large", 422, "An attachment is larger than allowed";
    AttachmentRefused = "attachment-refused", 422, "An attachment was refused by the malware scanner";
    AttachmentTwice = "attachment-twice", 422, "Two attachments have the same name";
    TooManyAttachments = "too-many-attachments", 422, "There are more attachments than allowed";
    WithdrawalFormat = "withdrawal-format", 422, "The withdrawal is not of the format madoguchi/withdrawal/1";
    WithdrawalMismatch = "withdrawal-mismatch", 422, "The withdrawal is meant for another filing";
    NotTheApplicant = "not-the-applicant", 422, "This was not signed by the person who signed the filing";
    CorrectionBeyondMarked = "correction-beyond-marked", 422, "The correction changes more than what was marked";
    CorrectsUnknown = "corrects-unknown", 422, "The filing to be corrected is not known";
    SignatureRefused = "signature-refused", 422, "The signature was not accepted";
    ListRefused = "list-refused", 422, "The revocation list was refused";
    SignInToken = "sign-in-token", 422, "The sign-in token cannot be read";
    SignInFormat = "sign-in-format", 422, "The sign-in token is of a version that is not taken";
    SignInChallenge = "sign-in-challenge", 422, "There is no open challenge for this browser";
    SignInSignature = "sign-in-signature", 422, "The sign-in token does not answer the challenge";
    SignInWrongCertificate = "sign-in-wrong-certificate", 422, "The certificate is not one for signing in";
    SignInCertificateEnded = "sign-in-certificate-ended", 422, "The authentication certificate is not valid";
    SignInNotTrusted = "sign-in-not-trusted", 422, "The certificate's authority is not relied on here";
    SignInUndecided = "sign-in-undecided", 503, "Whether the authentication certificate is revoked cannot be decided now";
    LinkAnotherPerson = "link-another-person", 409, "The account is linked to another person's certificate";
    LinkRaced = "link-raced", 409, "The certificate was linked elsewhere in the same moment";
    SeveralSigners = "several-signers", 422, "A filing is signed by exactly one person";
    TooManyDrafts = "too-many-drafts", 409, "This browser has as many drafts as it may";
    TooManyRequests = "too-many-requests", 429, "Too many requests from this address";
    RevocationUndecided = "revocation-undecided", 503, "Whether the certificate is revoked cannot be decided now";
    StorageUnavailable = "storage-unavailable", 503, "The record cannot be reached just now";
    ScannerUnavailable = "scanner-unavailable", 503, "The malware scanner does not answer";
    Overloaded = "overloaded", 503, "The gateway has no room for this upload just now";
    DraftsFull = "drafts-full", 503, "The gateway has no room for further drafts just now";
    Internal = "internal", 500, "A fault of the gateway";
}

impl Rejection {
    /// A refusal that has nothing to do with the signature's verdict.
    pub fn new(code: RejectionCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            indication: None,
            sub_indication: None,
            checks: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// The same refusal with the places that are wrong.
    pub fn with_faults(self, faults: Vec<FieldFault>) -> Self {
        Self { faults, ..self }
    }
}
