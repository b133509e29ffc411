//! The tables of sealed documents, as diesel sees them; described in the migrations.
#![allow(missing_docs)]

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
