-- Electronic certificates of residents, each with the record whose particulars it certifies.
CREATE TABLE registry_certificates (
    -- SHA-256 of the certificate.
    certificate_sha256 BLOB PRIMARY KEY NOT NULL,
    -- The resident's record.
    record_id TEXT NOT NULL,
    -- Code of the municipality whose record it is.
    municipality TEXT NOT NULL,
    -- sign or authenticate.
    purpose TEXT NOT NULL,
    -- Serial number, hexadecimal.
    serial TEXT NOT NULL,
    -- When it was issued or taken over (UTC).
    issued_at TIMESTAMP NOT NULL,
    -- Until when it is valid (UTC).
    not_after TIMESTAMP NOT NULL,
    -- Up to which event of the record it was looked whether the certificate still fits.
    revision BIGINT NOT NULL,
    -- valid, suspended, revoked.
    state TEXT NOT NULL,
    -- Why it is not valid: moved, renamed, died, deleted, lost, returned, superseded, asked.
    reason TEXT,
    -- When it came into that state (UTC).
    state_at TIMESTAMP NOT NULL
);
CREATE INDEX registry_certificates_record ON registry_certificates (record_id);
CREATE INDEX registry_certificates_standing ON registry_certificates (purpose, revision) WHERE state <> 'revoked';

-- Documents that were asked for at a kiosk.
CREATE TABLE registry_orders (
    -- A random identifier.
    id TEXT PRIMARY KEY NOT NULL,
    -- The account (authentication certificate) that asked.
    account_id TEXT NOT NULL,
    -- The resident's record.
    record_id TEXT NOT NULL,
    -- Code of the municipality.
    municipality TEXT NOT NULL,
    -- What was asked for.
    kind TEXT NOT NULL,
    -- What it costs, in yen.
    fee BIGINT NOT NULL,
    -- What was put into the till, in yen.
    inserted BIGINT NOT NULL,
    -- What the till gave back, in yen.
    returned BIGINT NOT NULL,
    -- asked, paid, issued, printed, failed, refunded, cancelled.
    state TEXT NOT NULL,
    -- The document, once it was issued.
    paper_id BIGINT REFERENCES registry_papers (id),
    -- Why there is none: not-made, not-printed.
    failure TEXT,
    -- When it was asked for (UTC).
    asked_at TIMESTAMP NOT NULL,
    -- When it came into that state (UTC).
    state_at TIMESTAMP NOT NULL
);
CREATE INDEX registry_orders_open ON registry_orders (state_at) WHERE state IN ('asked', 'paid', 'failed');

-- Every step of an order. Only added to, never changed.
CREATE TABLE registry_order_steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id TEXT NOT NULL REFERENCES registry_orders (id),
    -- The state that it came into.
    state TEXT NOT NULL,
    -- What was put into the till (positive) or given back (negative) at this step, in yen.
    yen BIGINT NOT NULL,
    -- When (UTC).
    at TIMESTAMP NOT NULL
);
CREATE INDEX registry_order_steps_order ON registry_order_steps (order_id, id);
