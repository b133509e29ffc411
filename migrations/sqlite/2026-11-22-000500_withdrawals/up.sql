-- Withdrawals: the signed document by which an applicant took a filing back, recorded with the change of its status.

CREATE TABLE withdrawals (
    -- The maker's identifier (UUID, hyphenated lower case): one recorded withdrawal each, ever.
    withdrawal_id TEXT PRIMARY KEY NOT NULL,
    -- The filing that was taken back; it can be taken back once.
    submission_id BIGINT NOT NULL UNIQUE REFERENCES submissions (id),
    -- Digest of the withdrawal document's exact bytes.
    withdrawal_sha256 BLOB NOT NULL,
    -- Digest of the signature file as received.
    signature_sha256 BLOB NOT NULL,
    -- Digest of the signer's certificate (DER).
    signer_sha256 BLOB NOT NULL,
    -- The document's exact bytes.
    document BLOB NOT NULL,
    -- The signature file as received.
    signature BLOB NOT NULL,
    -- When its last byte arrived.
    received_at TIMESTAMP NOT NULL,
    -- The verification report, JSON.
    report TEXT NOT NULL,
    -- The receipt's exact JSON text; never changes.
    receipt_json TEXT NOT NULL,
    -- The same receipt as a compact JWS.
    receipt_jws TEXT NOT NULL
) WITHOUT ROWID;
