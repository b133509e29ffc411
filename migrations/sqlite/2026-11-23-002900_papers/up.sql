-- Documents that a municipality made out of the register and sealed.
CREATE TABLE registry_papers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- SHA-256 of the verification code, which stands on the paper alone.
    code_sha256 BLOB NOT NULL,
    -- record-copy, household-copy, entry-certificate, code-notification.
    kind TEXT NOT NULL,
    -- Code of the municipality whose seal it is.
    municipality TEXT NOT NULL,
    -- SHA-256 of the document (PDF); its bytes are in documents.
    sha256 BLOB NOT NULL,
    -- Bytes.
    size BIGINT NOT NULL,
    -- The detached signature (CAdES) of the municipality.
    seal BLOB NOT NULL,
    -- Keyed digests of what is printed on it, JSON; the key is the verification code.
    facts TEXT NOT NULL,
    -- The resident record that it tells of.
    record_id TEXT,
    -- When (UTC).
    issued_at TIMESTAMP NOT NULL,
    -- Who had it made: an account, a kiosk, another municipality.
    issued_by TEXT NOT NULL,
    -- When it was withdrawn (UTC).
    voided_at TIMESTAMP,
    -- Why: not-printed, wrong, replaced.
    void_reason TEXT
);
CREATE UNIQUE INDEX registry_papers_code ON registry_papers (code_sha256);
CREATE UNIQUE INDEX registry_papers_document ON registry_papers (sha256);
CREATE INDEX registry_papers_record ON registry_papers (record_id) WHERE record_id IS NOT NULL;
