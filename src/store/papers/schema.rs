//! The tables of sealed documents, as diesel sees them; described in the migrations.
#![allow(missing_docs)]

use crate::store::registry::schema::registry_records;

diesel::table! {
    registry_papers (id) {
        id -> BigInt,
        code_sha256 -> Binary,
        kind -> Text,
        municipality -> Text,
        sha256 -> Binary,
        size -> BigInt,
        seal -> Binary,
        facts -> Text,
        record_id -> Nullable<Text>,
        issued_at -> Timestamp,
        issued_by -> Text,
        voided_at -> Nullable<Timestamp>,
        void_reason -> Nullable<Text>,
    }
}

diesel::table! {
    registry_certificates (certificate_sha256) {
        certificate_sha256 -> Binary,
        record_id -> Text,
        municipality -> Text,
        purpose -> Text,
        serial -> Text,
        issued_at -> Timestamp,
        not_after -> Timestamp,
        revision -> BigInt,
        state -> Text,
        reason -> Nullable<Text>,
        state_at -> Timestamp,
    }
}

diesel::table! {
    registry_orders (id) {
        id -> Text,
        account_id -> Text,
        record_id -> Text,
        municipality -> Text,
        kind -> Text,
        fee -> BigInt,
        inserted -> BigInt,
        returned -> BigInt,
        state -> Text,
        paper_id -> Nullable<BigInt>,
        failure -> Nullable<Text>,
        asked_at -> Timestamp,
        state_at -> Timestamp,
    }
}

diesel::table! {
    registry_order_steps (id) {
        id -> BigInt,
        order_id -> Text,
        state -> Text,
        yen -> BigInt,
        at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(registry_certificates, registry_records);
