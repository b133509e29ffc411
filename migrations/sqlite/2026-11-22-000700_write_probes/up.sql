-- Rows that /readyz writes to know that rows can be written; each goes soon.

CREATE TABLE write_probes (
    -- A UUID.
    id TEXT PRIMARY KEY NOT NULL,
    -- When.
    written_at TIMESTAMP NOT NULL
);
