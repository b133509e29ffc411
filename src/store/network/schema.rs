//! The tables of the network between gateways, as diesel sees them. The columns are described in the migrations.
#![allow(missing_docs)]

diesel::table! {
    network_outbox (seq) {
        seq -> BigInt,
        message_id -> Text,
        kind -> Text,
        from_code -> Text,
        to_code -> Text,
        lane -> Text,
        created_at -> Timestamp,
        body -> Nullable<Binary>,
        attempts -> Integer,
        next_due -> Timestamp,
        last_tried -> Nullable<Timestamp>,
        last_code -> Nullable<Text>,
        answered_at -> Nullable<Timestamp>,
        outcome -> Nullable<Text>,
        answer_code -> Nullable<Text>,
    }
}

diesel::table! {
    network_inbox (seq) {
        seq -> BigInt,
        from_code -> Text,
        message_id -> Text,
        kind -> Text,
        to_code -> Text,
        content_sha256 -> Binary,
        created_at -> Timestamp,
        received_at -> Timestamp,
        outcome -> Text,
        answer_code -> Text,
        answer_body -> Text,
    }
}

diesel::table! {
    network_nonces (peer, nonce) {
        peer -> Text,
        nonce -> Binary,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    network_peers (name) {
        name -> Text,
        last_answered -> Nullable<Timestamp>,
        last_heard -> Nullable<Timestamp>,
        last_failed -> Nullable<Timestamp>,
        last_code -> Nullable<Text>,
        failures -> Integer,
    }
}

diesel::table! {
    network_moves (id, direction) {
        id -> Text,
        direction -> Text,
        municipality -> Text,
        other -> Text,
        record_id -> Nullable<Text>,
        filing -> Nullable<Text>,
        state -> Text,
        reason -> Nullable<Text>,
        intended -> Text,
        body -> Nullable<Binary>,
        noted_at -> Timestamp,
        changed_at -> Timestamp,
    }
}
