//! The tables of the registry as diesel sees them; described in the migrations.
#![allow(missing_docs)]

diesel::table! {
    registry_records (id) {
        id -> Text,
        municipality -> Text,
        code_hmac -> Binary,
        standing -> Text,
        name_key -> Text,
        kana_key -> Nullable<Text>,
        alphabet_key -> Nullable<Text>,
        alias_key -> Nullable<Text>,
        date_of_birth -> Text,
        sex -> Text,
        household -> Text,
        revision -> BigInt,
        noted_at -> Timestamp,
        body -> Binary,
    }
}

diesel::table! {
    registry_events (id) {
        id -> BigInt,
        record_id -> Text,
        number -> BigInt,
        kind -> Text,
        noted_at -> Timestamp,
        noted_by -> Text,
        digest -> Binary,
        body -> Binary,
    }
}

diesel::table! {
    registry_ended_codes (code_hmac) {
        code_hmac -> Binary,
        ended_at -> Timestamp,
    }
}

diesel::table! {
    registry_accesses (id) {
        id -> BigInt,
        at -> Timestamp,
        record_id -> Nullable<Text>,
        municipality -> Text,
        viewer -> Text,
        action -> Text,
        purpose -> Text,
        basis -> Text,
        outcome -> Text,
        kept_until -> Timestamp,
    }
}

diesel::table! {
    registry_code_notices (id) {
        id -> Text,
        record_id -> Text,
        municipality -> Text,
        reason -> Text,
        made_at -> Timestamp,
        printed_at -> Nullable<Timestamp>,
        printed_by -> Nullable<Text>,
    }
}
