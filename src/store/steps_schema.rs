//! The tables of the second step of a verdict and of the lists' impact, as diesel sees them. The columns are described in
//! the migrations.
#![allow(missing_docs)]

use super::schema::{crl_archive, outbox, submissions};

diesel::table! {
    follow_up (name) {
        name -> Text,
        position -> BigInt,
    }
}

diesel::table! {
    work_leases (name) {
        name -> Text,
        leased_until -> Timestamp,
        leased_by -> Text,
    }
}

diesel::table! {
    signer_issuers (id) {
        id -> BigInt,
        name_sha256 -> Binary,
    }
}

diesel::table! {
    signers (issuer_id, serial, submission_id) {
        issuer_id -> BigInt,
        serial -> Binary,
        submission_id -> BigInt,
    }
}

diesel::table! {
    awaiting (submission_id) {
        submission_id -> BigInt,
        list_row -> Binary,
        needs_after -> Timestamp,
    }
}

diesel::table! {
    crl_impacts_due (list_sha256) {
        list_sha256 -> Binary,
        accepted_at -> Timestamp,
    }
}

diesel::table! {
    crl_impacts (list_sha256) {
        list_sha256 -> Binary,
        before_sha256 -> Nullable<Binary>,
        ran_at -> Timestamp,
        entries -> BigInt,
        filings -> BigInt,
        took_ms -> BigInt,
    }
}

diesel::table! {
    crl_impact_filings (list_sha256, submission_id) {
        list_sha256 -> Binary,
        submission_id -> BigInt,
        reason -> Text,
        revoked_at -> Timestamp,
        status_then -> Text,
        revocation_then -> Text,
        follows -> Nullable<Text>,
        judge_after -> Timestamp,
    }
}

diesel::joinable!(signers -> submissions (submission_id));
diesel::joinable!(signers -> signer_issuers (issuer_id));
diesel::joinable!(awaiting -> submissions (submission_id));
diesel::joinable!(crl_impacts_due -> crl_archive (list_sha256));
diesel::joinable!(crl_impacts -> crl_archive (list_sha256));
diesel::joinable!(crl_impact_filings -> submissions (submission_id));
diesel::joinable!(crl_impact_filings -> crl_archive (list_sha256));
diesel::allow_tables_to_appear_in_same_query!(signers, signer_issuers, submissions);
diesel::allow_tables_to_appear_in_same_query!(awaiting, submissions);
diesel::allow_tables_to_appear_in_same_query!(crl_impacts_due, crl_archive);
diesel::allow_tables_to_appear_in_same_query!(crl_impacts, crl_archive);
diesel::allow_tables_to_appear_in_same_query!(crl_impact_filings, submissions, crl_archive);
diesel::allow_tables_to_appear_in_same_query!(outbox, signers);
