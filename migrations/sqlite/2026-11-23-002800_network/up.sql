-- Messages to registries of other municipalities: a row first, sent again until a signed answer settles it.
CREATE TABLE network_outbox (
    -- The order in which they were written.
    seq INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- The message's identifier (UUIDv7): the same however often it is sent.
    message_id TEXT NOT NULL UNIQUE,
    -- What it is about.
    kind TEXT NOT NULL,
    -- The municipality that speaks.
    from_code TEXT NOT NULL,
    -- The municipality that is spoken to.
    to_code TEXT NOT NULL,
    -- Messages of one lane to one municipality go one after the other.
    lane TEXT NOT NULL,
    -- When it was written (UTC).
    created_at TIMESTAMP NOT NULL,
    -- What it says, sealed; gone once it is answered.
    body BLOB,
    -- How often it was tried.
    attempts INTEGER NOT NULL,
    -- When it is tried next (UTC).
    next_due TIMESTAMP NOT NULL,
    -- When it was tried last (UTC).
    last_tried TIMESTAMP,
    -- Why it was not taken, where the last try failed.
    last_code TEXT,
    -- When it was answered (UTC); null as long as it waits.
    answered_at TIMESTAMP,
    -- done or refused.
    outcome TEXT,
    -- The answer's code.
    answer_code TEXT
);
CREATE INDEX network_outbox_waiting ON network_outbox (to_code, seq) WHERE answered_at IS NULL;

-- Messages that were taken from registries of other municipalities, each once, with the answer that is given again.
CREATE TABLE network_inbox (
    -- In the order of their arrival.
    seq INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- The municipality that spoke.
    from_code TEXT NOT NULL,
    -- The message's identifier.
    message_id TEXT NOT NULL,
    -- What it is about.
    kind TEXT NOT NULL,
    -- The municipality that was spoken to.
    to_code TEXT NOT NULL,
    -- SHA-256 over what it said, which is not kept here.
    content_sha256 BLOB NOT NULL,
    -- When it was written at the other side (UTC).
    created_at TIMESTAMP NOT NULL,
    -- When it was taken (UTC).
    received_at TIMESTAMP NOT NULL,
    -- done or refused.
    outcome TEXT NOT NULL,
    -- The answer's code.
    answer_code TEXT NOT NULL,
    -- What the answer says (JSON); no personal data.
    answer_body TEXT NOT NULL,
    UNIQUE (from_code, message_id)
);
CREATE INDEX network_inbox_received ON network_inbox (received_at);

-- Sendings that were seen, for as long as they are not refused for their age alone.
CREATE TABLE network_nonces (
    -- The gateway that sent it, by its name.
    peer TEXT NOT NULL,
    -- The sending's nonce.
    nonce BLOB NOT NULL,
    -- From when on it is refused for its age (UTC).
    expires_at TIMESTAMP NOT NULL,
    PRIMARY KEY (peer, nonce)
);
CREATE INDEX network_nonces_expires ON network_nonces (expires_at);

-- How it stands with each of the other gateways, for operators and clerks.
CREATE TABLE network_peers (
    -- Its name.
    name TEXT PRIMARY KEY NOT NULL,
    -- When it last answered a message (UTC).
    last_answered TIMESTAMP,
    -- When it last sent one (UTC).
    last_heard TIMESTAMP,
    -- When it last failed to answer (UTC).
    last_failed TIMESTAMP,
    -- Why.
    last_code TEXT,
    -- How often in a row.
    failures INTEGER NOT NULL
);
