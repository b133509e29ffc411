//! The tables of answers and questions as diesel sees them; described in the migrations.
#![allow(missing_docs)]

use crate::store::schema::submissions;

diesel::table! {
    registry_filing_answers (id) {
        id -> BigInt,
        submission_id -> BigInt,
        answer -> Text,
        reasons -> Text,
        municipality -> Nullable<Text>,
        record_id -> Nullable<Text>,
        record_digest -> Nullable<Text>,
        by_clerk -> Bool,
        asked_at -> Timestamp,
        purpose -> Text,
        basis -> Text,
        claim_hmac -> Binary,
        statement_jws -> Text,
    }
}

diesel::table! {
    registry_questions (id) {
        id -> Text,
        municipality -> Text,
        claim_hmac -> Binary,
        asked_by -> Text,
        purpose -> Text,
        basis -> Text,
        opened_at -> Timestamp,
        body -> Binary,
        decided_at -> Nullable<Timestamp>,
        decided_by -> Nullable<Text>,
        decided_record -> Nullable<Text>,
        decided_digest -> Nullable<Binary>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(registry_filing_answers, submissions);
