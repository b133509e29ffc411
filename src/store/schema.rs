//! The tables as diesel sees them: the part that both dialects share. The columns are described in the migrations.
#![allow(missing_docs)]

diesel::table! {
    submissions (id) {
        id -> BigInt,
        application_id -> Text,
        arrival_number -> Text,
        application_sha256 -> Binary,
        signature_sha256 -> Binary,
        signer_sha256 -> Binary,
        procedure -> Text,
        form_version -> Integer,
        recipient -> Text,
        status -> Text,
        status_at -> Timestamp,
        revocation -> Text,
        received_at -> Timestamp,
        receipt_json -> Text,
        receipt_jws -> Text,
        access_token_sha256 -> Binary,
        applicant_name -> Text,
        applicant_date_of_birth -> Nullable<Text>,
        title -> Text,
        corrects -> Nullable<Text>,
        signer_issuer -> Nullable<Binary>,
        signer_serial -> Nullable<Binary>,
    }
}

diesel::table! {
    documents (sha256) {
        sha256 -> Binary,
        size -> BigInt,
        place -> Text,
        segment -> Nullable<BigInt>,
        segment_offset -> Nullable<BigInt>,
        content -> Nullable<Binary>,
    }
}

diesel::table! {
    submission_documents (submission_id, role, ordinal) {
        submission_id -> BigInt,
        role -> Text,
        ordinal -> Integer,
        name -> Text,
        media_type -> Text,
        size -> BigInt,
        sha256 -> Binary,
    }
}

diesel::table! {
    verdicts (id) {
        id -> BigInt,
        submission_id -> BigInt,
        kind -> Text,
        decided_at -> Timestamp,
        indication -> Text,
        sub_indication -> Nullable<Text>,
        report -> Text,
        previous_id -> Nullable<BigInt>,
        statement_jws -> Nullable<Text>,
        report_segment -> Nullable<BigInt>,
        report_offset -> Nullable<BigInt>,
        report_size -> Nullable<BigInt>,
        report_sha256 -> Nullable<Binary>,
    }
}

diesel::table! {
    status_history (id) {
        id -> BigInt,
        submission_id -> BigInt,
        from_status -> Nullable<Text>,
        to_status -> Text,
        changed_at -> Timestamp,
        changed_by -> Text,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    held (submission_id) {
        submission_id -> BigInt,
        held_since -> Timestamp,
        leased_until -> Nullable<Timestamp>,
        leased_by -> Nullable<Text>,
        scope -> Binary,
    }
}

diesel::table! {
    outbox (id) {
        id -> BigInt,
        submission_id -> BigInt,
        recipient -> Text,
        kind -> Text,
        created_at -> Timestamp,
        position -> Nullable<BigInt>,
        acknowledged_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    signing_requests (application_sha256) {
        application_sha256 -> Binary,
        application_id -> Text,
        issued_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    audit (id) {
        id -> BigInt,
        at -> Timestamp,
        actor -> Text,
        action -> Text,
        subject -> Text,
        outcome -> Text,
        request_id -> Nullable<Text>,
    }
}

diesel::table! {
    withdrawals (withdrawal_id) {
        withdrawal_id -> Text,
        submission_id -> BigInt,
        withdrawal_sha256 -> Binary,
        signature_sha256 -> Binary,
        signer_sha256 -> Binary,
        document -> Binary,
        signature -> Binary,
        received_at -> Timestamp,
        report -> Text,
        receipt_json -> Text,
        receipt_jws -> Text,
    }
}

diesel::joinable!(withdrawals -> submissions (submission_id));
diesel::joinable!(submission_documents -> submissions (submission_id));
diesel::joinable!(submission_documents -> documents (sha256));
diesel::joinable!(verdicts -> submissions (submission_id));
diesel::joinable!(status_history -> submissions (submission_id));
diesel::joinable!(held -> submissions (submission_id));
diesel::joinable!(outbox -> submissions (submission_id));
diesel::allow_tables_to_appear_in_same_query!(
    submissions,
    documents,
    submission_documents,
    verdicts,
    status_history,
    held,
    outbox,
    withdrawals
);

diesel::table! {
    corrections (request_id) {
        request_id -> BigInt,
        application_id -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(corrections, status_history);
diesel::allow_tables_to_appear_in_same_query!(corrections, submissions);

diesel::table! {
    write_probes (id) {
        id -> Text,
        written_at -> Timestamp,
    }
}

diesel::table! {
    crl_archive (sha256) {
        sha256 -> Binary,
        issuer_key -> Binary,
        issuer -> Text,
        scope_key -> Binary,
        scope -> Text,
        delta -> Bool,
        number -> Nullable<Text>,
        number_order -> Binary,
        base -> Nullable<Text>,
        this_update -> Timestamp,
        next_update -> Timestamp,
        accepted_at -> Timestamp,
        entries -> BigInt,
        size -> BigInt,
        content -> Nullable<Binary>,
        numbering -> Integer,
    }
}

diesel::table! {
    crl_quarantine (sha256) {
        sha256 -> Binary,
        issuer_key -> Binary,
        issuer -> Text,
        scope_key -> Binary,
        scope -> Text,
        delta -> Bool,
        number -> Nullable<Text>,
        this_update -> Timestamp,
        next_update -> Timestamp,
        entries -> BigInt,
        size -> BigInt,
        source -> Text,
        quarantined_at -> Timestamp,
        codes -> Text,
        detail -> Text,
        diff -> Text,
        compared_with -> Nullable<Binary>,
        compared_update -> Nullable<Timestamp>,
        state -> Text,
        state_since -> Timestamp,
        state_by -> Text,
        state_reason -> Text,
        content -> Nullable<Binary>,
    }
}

diesel::table! {
    crl_releases (sha256, account_id) {
        sha256 -> Binary,
        account_id -> Text,
        login -> Text,
        reason -> Text,
        released_at -> Timestamp,
    }
}

diesel::table! {
    trust_objects (sha256) {
        sha256 -> Binary,
        content -> Binary,
    }
}

diesel::table! {
    ocsp_responses (sha256) {
        sha256 -> Binary,
        content -> Binary,
        received_at -> Timestamp,
        nonce -> Nullable<Binary>,
    }
}

diesel::table! {
    crl_sources (url_sha256) {
        url_sha256 -> Binary,
        name -> Text,
        etag -> Nullable<Text>,
        last_modified -> Nullable<Text>,
        lists -> Text,
        next_update -> Nullable<Timestamp>,
        look_from -> Nullable<Timestamp>,
        last_tried -> Nullable<Timestamp>,
        last_success -> Nullable<Timestamp>,
        failures -> Integer,
        last_code -> Nullable<Text>,
        last_detail -> Nullable<Text>,
        next_due -> Timestamp,
        leased_until -> Nullable<Timestamp>,
        leased_by -> Nullable<Text>,
    }
}
