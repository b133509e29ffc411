//! The tables of residents who sign in with their card, as diesel sees them; described in the migrations.
#![allow(missing_docs)]

use super::schema::submissions;

diesel::table! {
    sign_in_challenges (browser_sha256) {
        browser_sha256 -> Binary,
        nonce -> Text,
        issued_at -> Timestamp,
    }
}

diesel::table! {
    resident_accounts (id) {
        id -> Text,
        certificate_sha256 -> Binary,
        issuer_sha256 -> Binary,
        serial -> Binary,
        not_after -> Timestamp,
        created_at -> Timestamp,
    }
}

diesel::table! {
    resident_sessions (id_sha256) {
        id_sha256 -> Binary,
        account_id -> Text,
        signed_in_at -> Timestamp,
        used_at -> Timestamp,
    }
}

diesel::table! {
    resident_links (id) {
        id -> Text,
        account_id -> Text,
        signer_sha256 -> Binary,
        submission_id -> BigInt,
        state -> Text,
        offered_at -> Timestamp,
        decided_at -> Nullable<Timestamp>,
    }
}

diesel::joinable!(resident_sessions -> resident_accounts (account_id));
diesel::joinable!(resident_links -> resident_accounts (account_id));
diesel::joinable!(resident_links -> submissions (submission_id));
diesel::allow_tables_to_appear_in_same_query!(resident_accounts, resident_sessions);
diesel::allow_tables_to_appear_in_same_query!(resident_links, submissions);
