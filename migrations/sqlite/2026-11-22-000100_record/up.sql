-- The record of filings. Times are UTC. Digests are SHA-256, 32 bytes.

CREATE TABLE submissions (
    -- Given by the database; grows with the order of recording.
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- The maker's identifier (UUIDv7, hyphenated lower case): one recorded filing each, ever.
    application_id TEXT NOT NULL UNIQUE,
    -- The arrival number, 16 digits without hyphens: the filing's public name.
    arrival_number TEXT NOT NULL UNIQUE,
    -- Digest of the application document's exact bytes.
    application_sha256 BLOB NOT NULL,
    -- Digest of the signature file as received.
    signature_sha256 BLOB NOT NULL,
    -- Digest of the signer's certificate (DER): who the filing belongs to.
    signer_sha256 BLOB NOT NULL,
    -- Code of the procedure.
    procedure TEXT NOT NULL,
    -- Version of the procedure's form.
    form_version INTEGER NOT NULL,
    -- Municipality code of the agency it is meant for.
    recipient TEXT NOT NULL,
    -- Where it stands (submission::status::SubmissionStatus); changed only together with a status_history row.
    status TEXT NOT NULL,
    -- When it came to that status.
    status_at TIMESTAMP NOT NULL,
    -- How firm the revocation side of the verdict is (submission::status::RevocationState).
    revocation TEXT NOT NULL,
    -- When its last byte arrived.
    received_at TIMESTAMP NOT NULL,
    -- The receipt's exact JSON text; never changes.
    receipt_json TEXT NOT NULL,
    -- The same receipt as a compact JWS.
    receipt_jws TEXT NOT NULL,
    -- Digest of the access token that the first answer gave out; the token itself is not kept.
    access_token_sha256 BLOB NOT NULL,
    -- The applicant's name as signed, for the agency's queue.
    applicant_name TEXT NOT NULL,
    -- The applicant's date of birth as far as signed, for telling two of one name apart.
    applicant_date_of_birth TEXT,
    -- One line for the agency's queue: the answers' title, or the procedure's code.
    title TEXT NOT NULL,
    -- Arrival number of the filing that this one corrects.
    corrects TEXT
);
CREATE INDEX submissions_by_application_sha256 ON submissions (application_sha256);
CREATE INDEX submissions_by_recipient ON submissions (recipient, id);
CREATE INDEX submissions_by_recipient_and_status ON submissions (recipient, status, id);

CREATE TABLE documents (
    -- Digest of the content: what is the same is kept once.
    sha256 BLOB PRIMARY KEY NOT NULL,
    -- Length of the content in bytes.
    size BIGINT NOT NULL,
    -- Where the bytes are: row (column content), segment (an append-only file) or object (a file named by the digest).
    place TEXT NOT NULL,
    -- Of a segment: its number, which is its file's name.
    segment BIGINT,
    -- Of a segment: the first byte's position in the file.
    segment_offset BIGINT,
    -- Of a row: the bytes.
    content BLOB
) WITHOUT ROWID;

CREATE TABLE submission_documents (
    -- The filing.
    submission_id BIGINT NOT NULL REFERENCES submissions (id),
    -- What the document is in it: application, signature or attachment.
    role TEXT NOT NULL,
    -- Its place among those of its role, from 0, in the order that the application lists them.
    ordinal INTEGER NOT NULL,
    -- The file name as signed: a label, never a path.
    name TEXT NOT NULL,
    -- The media type as signed.
    media_type TEXT NOT NULL,
    -- Length in bytes.
    size BIGINT NOT NULL,
    -- Digest, and key of the content.
    sha256 BLOB NOT NULL REFERENCES documents (sha256),
    PRIMARY KEY (submission_id, role, ordinal)
) WITHOUT ROWID;

CREATE TABLE verdicts (
    -- Given by the database.
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- The filing.
    submission_id BIGINT NOT NULL REFERENCES submissions (id),
    -- first, held_decision, confirmed or contested.
    kind TEXT NOT NULL,
    -- When it was decided.
    decided_at TIMESTAMP NOT NULL,
    -- TOTAL_PASSED, TOTAL_FAILED or INDETERMINATE.
    indication TEXT NOT NULL,
    -- The sub-indication, where it did not pass.
    sub_indication TEXT,
    -- The whole report, compact JSON.
    report TEXT NOT NULL,
    -- The verdict before this one.
    previous_id BIGINT REFERENCES verdicts (id),
    -- A later verdict's signed statement (compact JWS).
    statement_jws TEXT
);
CREATE INDEX verdicts_by_submission ON verdicts (submission_id);

CREATE TABLE status_history (
    -- Given by the database; grows with time.
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- The filing.
    submission_id BIGINT NOT NULL REFERENCES submissions (id),
    -- The status before; null for the first.
    from_status TEXT,
    -- The status after.
    to_status TEXT NOT NULL,
    -- When it changed.
    changed_at TIMESTAMP NOT NULL,
    -- Who changed it: gateway, resident, or agency and the account's name. No personal data.
    changed_by TEXT NOT NULL,
    -- The reason that the resident sees.
    reason TEXT
);
CREATE INDEX status_history_by_submission ON status_history (submission_id);

CREATE TABLE held (
    -- The filing whose revocation is not decided; the row goes when it is.
    submission_id BIGINT PRIMARY KEY NOT NULL REFERENCES submissions (id),
    -- Since when it waits.
    held_since TIMESTAMP NOT NULL,
    -- Until when one worker has it in hand; null when none has.
    leased_until TIMESTAMP,
    -- Which worker.
    leased_by TEXT
);

CREATE TABLE outbox (
    -- Given by the database, before the commit: not an order to deliver by.
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- The filing.
    submission_id BIGINT NOT NULL REFERENCES submissions (id),
    -- The agency, so that its feed needs no join.
    recipient TEXT NOT NULL,
    -- What happened: filed, withdrawn or corrected.
    kind TEXT NOT NULL,
    -- When.
    created_at TIMESTAMP NOT NULL,
    -- Position in the feed, given in commit order; null until it is given.
    position BIGINT UNIQUE,
    -- When the agency acknowledged it.
    acknowledged_at TIMESTAMP
);
CREATE INDEX outbox_feed ON outbox (recipient, position);
CREATE INDEX outbox_unnumbered ON outbox (id) WHERE position IS NULL;

CREATE TABLE signing_requests (
    -- Digest of the application document that the gateway made.
    application_sha256 BLOB PRIMARY KEY NOT NULL,
    -- The identifier in it.
    application_id TEXT NOT NULL,
    -- When it was made: its signature is later than this.
    issued_at TIMESTAMP NOT NULL,
    -- Until when it may be filed.
    expires_at TIMESTAMP NOT NULL
) WITHOUT ROWID;
CREATE INDEX signing_requests_by_expiry ON signing_requests (expires_at);

CREATE TABLE audit (
    -- Given by the database; grows with time.
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- When.
    at TIMESTAMP NOT NULL,
    -- Who: gateway, resident, or agency/operator and the account's name. No personal data.
    actor TEXT NOT NULL,
    -- What was done: a verb and a noun in snake_case.
    action TEXT NOT NULL,
    -- On what: an arrival number, a CRL's digest, an account's name; empty where nothing is named.
    subject TEXT NOT NULL,
    -- What came of it: done, or the code of the refusal.
    outcome TEXT NOT NULL,
    -- The request's identifier, as in the log.
    request_id TEXT
);
CREATE INDEX audit_by_time ON audit (at);
