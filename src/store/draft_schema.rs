//! The tables of drafts, as diesel sees them. The columns are described in the migrations.
#![allow(missing_docs)]

diesel::table! {
    drafts (id) {
        id -> Text,
        owner_sha256 -> Binary,
        procedure -> Text,
        input -> Text,
        request_id -> Nullable<Text>,
        application -> Nullable<Binary>,
        request_jws -> Nullable<Text>,
        not_after -> Nullable<Timestamp>,
        arrival_number -> Nullable<Text>,
        receipt_json -> Nullable<Text>,
        receipt_jws -> Nullable<Text>,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        holder_sha256 -> Nullable<Binary>,
        version -> BigInt,
        saved_at -> Nullable<Timestamp>,
        removed_at -> Nullable<Timestamp>,
        link_sha256 -> Nullable<Binary>,
        page_saves -> Text,
        other_input -> Nullable<Text>,
    }
}

diesel::table! {
    draft_attachments (draft_id, ordinal) {
        draft_id -> Text,
        ordinal -> Integer,
        name -> Text,
        media_type -> Text,
        size -> BigInt,
        sha256 -> Binary,
        content -> Binary,
    }
}

diesel::table! {
    draft_browsers (owner_sha256, draft_id) {
        owner_sha256 -> Binary,
        draft_id -> Text,
    }
}

diesel::table! {
    draft_uploads (id) {
        id -> Text,
        draft_id -> Text,
        name -> Text,
        size -> BigInt,
        received -> BigInt,
        begun_at -> Timestamp,
    }
}

diesel::table! {
    draft_upload_parts (upload_id, place) {
        upload_id -> Text,
        place -> BigInt,
        content -> Binary,
    }
}

diesel::table! {
    draft_parked (owner_sha256) {
        owner_sha256 -> Binary,
        path -> Text,
        fields -> Text,
        parked_at -> Timestamp,
    }
}

diesel::joinable!(draft_uploads -> drafts (draft_id));
diesel::joinable!(draft_browsers -> drafts (draft_id));
diesel::allow_tables_to_appear_in_same_query!(drafts, draft_browsers, draft_uploads);
