//! The tables of what follows after filing, as diesel sees them; described in the migrations.
#![allow(missing_docs)]

use super::draft_schema::drafts;
use super::schema::submissions;

diesel::table! {
    filing_sessions (id_sha256) {
        id_sha256 -> Binary,
        submission_id -> BigInt,
        opened_at -> Timestamp,
        used_at -> Timestamp,
    }
}

diesel::table! {
    filing_messages (id) {
        id -> BigInt,
        submission_id -> BigInt,
        author -> Text,
        actor -> Text,
        sent_at -> Timestamp,
        body -> Text,
    }
}

diesel::table! {
    filing_messages_read (submission_id) {
        submission_id -> BigInt,
        message_id -> BigInt,
    }
}

diesel::table! {
    filing_notices (id) {
        id -> BigInt,
        submission_id -> BigInt,
        kind -> Text,
        made_at -> Timestamp,
        read_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    correction_requests (request_id) {
        request_id -> BigInt,
        kind -> Text,
        fields -> Text,
    }
}

diesel::table! {
    draft_corrections (draft_id) {
        draft_id -> Text,
        submission_id -> BigInt,
    }
}

diesel::table! {
    withdrawal_requests (submission_id) {
        submission_id -> BigInt,
        request_id -> Text,
        document -> Binary,
        request_jws -> Text,
        not_after -> Timestamp,
    }
}

diesel::table! {
    mail_addresses (id) {
        id -> Text,
        submission_id -> BigInt,
        address -> Text,
        language -> Text,
        state -> Text,
        asked_at -> Timestamp,
        decided_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    mails (id) {
        id -> BigInt,
        address_id -> Nullable<Text>,
        agency -> Nullable<Text>,
        kind -> Text,
        filings -> BigInt,
        made_at -> Timestamp,
        next_try_at -> Timestamp,
        tries -> Integer,
        state -> Text,
        state_at -> Timestamp,
        draft_address_id -> Nullable<Text>,
    }
}

diesel::table! {
    draft_addresses (id) {
        id -> Text,
        draft_id -> Text,
        address -> Text,
        language -> Text,
        state -> Text,
        asked -> Integer,
        asked_at -> Timestamp,
        told_for -> Nullable<Timestamp>,
    }
}

diesel::table! {
    official_documents (id) {
        id -> BigInt,
        submission_id -> BigInt,
        name -> Text,
        media_type -> Text,
        size -> BigInt,
        sha256 -> Binary,
        seal -> Binary,
        uploaded_at -> Timestamp,
        uploaded_by -> Text,
        report -> Text,
        fetched_at -> Nullable<Timestamp>,
    }
}

diesel::joinable!(filing_sessions -> submissions (submission_id));
diesel::joinable!(draft_corrections -> submissions (submission_id));
diesel::joinable!(mail_addresses -> submissions (submission_id));
diesel::joinable!(mails -> mail_addresses (address_id));
diesel::joinable!(draft_addresses -> drafts (draft_id));
diesel::allow_tables_to_appear_in_same_query!(draft_addresses, drafts);
diesel::allow_tables_to_appear_in_same_query!(filing_sessions, submissions);
diesel::allow_tables_to_appear_in_same_query!(draft_corrections, submissions);
diesel::allow_tables_to_appear_in_same_query!(mail_addresses, mails, submissions);
