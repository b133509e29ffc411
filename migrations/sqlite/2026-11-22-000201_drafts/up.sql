-- Applications that are being filled in. Nothing here is signed or filed. Rows go when they expire.

CREATE TABLE drafts (
    -- 32 random bytes in base64url: the draft's address, which nobody guesses.
    id TEXT PRIMARY KEY NOT NULL,
    -- SHA-256 of the browser's cookie: who may open it.
    owner_sha256 BLOB NOT NULL,
    -- Code of the procedure.
    procedure TEXT NOT NULL,
    -- What was typed, as JSON; emptied when it is filed.
    input TEXT NOT NULL,
    -- Identifier of the signing request, once the document is made.
    request_id TEXT,
    -- The document's exact bytes, once it is made; forgotten when anything is changed, and when it is filed.
    application BLOB,
    -- The signing request (compact JWS).
    request_jws TEXT,
    -- Until when the document may be filed.
    not_after TIMESTAMP,
    -- The arrival number, once it is filed.
    arrival_number TEXT,
    -- The receipt's exact JSON text.
    receipt_json TEXT,
    -- The receipt as a compact JWS.
    receipt_jws TEXT,
    -- When it was begun.
    created_at TIMESTAMP NOT NULL,
    -- When it is deleted.
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX drafts_by_owner ON drafts (owner_sha256);
CREATE INDEX drafts_by_expiry ON drafts (expires_at);

CREATE TABLE draft_attachments (
    -- The draft.
    draft_id TEXT NOT NULL REFERENCES drafts (id),
    -- Its place, from 0; a gap stays where one was taken away.
    ordinal INTEGER NOT NULL,
    -- The file's name: a label, never a path.
    name TEXT NOT NULL,
    -- The media type, by the file's name.
    media_type TEXT NOT NULL,
    -- Length in bytes.
    size BIGINT NOT NULL,
    -- Digest of the content.
    sha256 BLOB NOT NULL,
    -- The bytes.
    content BLOB NOT NULL,
    PRIMARY KEY (draft_id, ordinal)
);
