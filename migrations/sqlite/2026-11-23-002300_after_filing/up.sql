-- Browsers in which a filing was opened with its arrival number and access key.
CREATE TABLE filing_sessions (
    -- SHA-256 of the session cookie.
    id_sha256 BLOB PRIMARY KEY NOT NULL,
    -- The filing that it opens, and no other.
    submission_id BIGINT NOT NULL REFERENCES submissions (id),
    -- When the access key was given (UTC).
    opened_at TIMESTAMP NOT NULL,
    -- When it was used last, to the minute (UTC).
    used_at TIMESTAMP NOT NULL
);

-- What resident and agency write to each other about a filing. Only added to, never changed.
CREATE TABLE filing_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    submission_id BIGINT NOT NULL REFERENCES submissions (id),
    -- resident or agency.
    author TEXT NOT NULL,
    -- resident, or the agency's account.
    actor TEXT NOT NULL,
    -- When (UTC).
    sent_at TIMESTAMP NOT NULL,
    -- Plain text.
    body TEXT NOT NULL
);
CREATE INDEX filing_messages_filing ON filing_messages (submission_id, id);

-- Up to which message an agency has read.
CREATE TABLE filing_messages_read (
    submission_id BIGINT PRIMARY KEY NOT NULL REFERENCES submissions (id),
    -- The newest message that was shown.
    message_id BIGINT NOT NULL
);

-- What a resident is to hear of their filing.
CREATE TABLE filing_notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    submission_id BIGINT NOT NULL REFERENCES submissions (id),
    -- status:<status>, message, document, contested.
    kind TEXT NOT NULL,
    -- When it happened (UTC).
    made_at TIMESTAMP NOT NULL,
    -- When the person saw it (UTC).
    read_at TIMESTAMP
);
CREATE INDEX filing_notices_filing ON filing_notices (submission_id, id);

-- How an agency wants a filing to be corrected.
CREATE TABLE correction_requests (
    -- The row of status_history by which it asked.
    request_id BIGINT PRIMARY KEY NOT NULL REFERENCES status_history (id),
    -- again (the whole application) or partial (the marked fields alone).
    kind TEXT NOT NULL,
    -- The marked fields: names of answers, and "attachments"; a JSON array.
    fields TEXT NOT NULL
);

-- Drafts that correct a filing.
CREATE TABLE draft_corrections (
    -- The draft.
    draft_id TEXT PRIMARY KEY NOT NULL,
    -- What it corrects.
    submission_id BIGINT NOT NULL REFERENCES submissions (id)
);

-- Withdrawals that wait for a signature: one a filing.
CREATE TABLE withdrawal_requests (
    submission_id BIGINT PRIMARY KEY NOT NULL REFERENCES submissions (id),
    -- Identifier of the signing request.
    request_id TEXT NOT NULL,
    -- The document's exact bytes.
    document BLOB NOT NULL,
    -- The signing request, a compact JWS.
    request_jws TEXT NOT NULL,
    -- Until when it may be filed (UTC).
    not_after TIMESTAMP NOT NULL
);

-- Where notices of a filing are mailed to.
CREATE TABLE mail_addresses (
    -- A random identifier.
    id TEXT PRIMARY KEY NOT NULL,
    submission_id BIGINT NOT NULL REFERENCES submissions (id),
    -- The address; empty when it was stopped or never confirmed.
    address TEXT NOT NULL,
    -- Tag of the language to write in.
    language TEXT NOT NULL,
    -- asked, confirmed, stopped.
    state TEXT NOT NULL,
    -- When it was given (UTC).
    asked_at TIMESTAMP NOT NULL,
    -- When it was confirmed or stopped (UTC).
    decided_at TIMESTAMP
);
CREATE INDEX mail_addresses_filing ON mail_addresses (submission_id);

-- Mails to be sent, and what became of them.
CREATE TABLE mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- To a resident's address; none where it goes to an agency.
    address_id TEXT REFERENCES mail_addresses (id),
    -- To an agency's address, which stands in the settings.
    agency TEXT,
    -- What it tells: confirm, notice, filings.
    kind TEXT NOT NULL,
    -- How many filings it tells of; 0 elsewhere.
    filings BIGINT NOT NULL,
    -- When it was to be sent (UTC).
    made_at TIMESTAMP NOT NULL,
    -- When it is tried next (UTC).
    next_try_at TIMESTAMP NOT NULL,
    -- How often it was tried.
    tries INTEGER NOT NULL,
    -- waiting, sent, given_up, dropped (the address is not to be written to any more).
    state TEXT NOT NULL,
    -- When it came into that state (UTC).
    state_at TIMESTAMP NOT NULL
);
CREATE INDEX mails_waiting ON mails (next_try_at) WHERE state = 'waiting';

-- Finished documents of agencies, each with its seal.
CREATE TABLE official_documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    submission_id BIGINT NOT NULL REFERENCES submissions (id),
    -- File name: a label, never a path.
    name TEXT NOT NULL,
    -- Media type, by its content.
    media_type TEXT NOT NULL,
    -- Bytes.
    size BIGINT NOT NULL,
    -- SHA-256 of the document; its bytes are in documents.
    sha256 BLOB NOT NULL,
    -- The detached signature (CAdES), as it was uploaded.
    seal BLOB NOT NULL,
    -- When it was uploaded (UTC): as of then the seal was verified.
    uploaded_at TIMESTAMP NOT NULL,
    -- By which account.
    uploaded_by TEXT NOT NULL,
    -- The verification report, JSON.
    report TEXT NOT NULL,
    -- When the person fetched it first (UTC).
    fetched_at TIMESTAMP
);
CREATE UNIQUE INDEX official_documents_once ON official_documents (submission_id, sha256);
