//! The tables of accounts, sessions, tokens and alarms as diesel sees them; described in the migrations.
#![allow(missing_docs)]

diesel::table! {
    accounts (id) {
        id -> Text,
        login -> Text,
        password_hash -> Text,
        role -> Text,
        agency -> Nullable<Text>,
        must_change -> Bool,
        locked -> Bool,
        created_at -> Timestamp,
        password_set_at -> Timestamp,
    }
}

diesel::table! {
    sign_in_failures (login_sha256) {
        login_sha256 -> Binary,
        failures -> Integer,
        last_at -> Timestamp,
        stopped_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    sessions (id_sha256) {
        id_sha256 -> Binary,
        account_id -> Text,
        signed_in_at -> Timestamp,
        used_at -> Timestamp,
    }
}

diesel::table! {
    agency_tokens (id) {
        id -> Text,
        agency -> Text,
        label -> Text,
        token_sha256 -> Binary,
        created_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
        role -> Text,
    }
}

diesel::table! {
    alarms (subject) {
        subject -> Text,
        state -> Text,
        since -> Timestamp,
        told_at -> Nullable<Timestamp>,
    }
}

diesel::joinable!(sessions -> accounts (account_id));
diesel::allow_tables_to_appear_in_same_query!(accounts, sessions);
