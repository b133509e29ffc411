-- Drafts that are kept: with a person who signed in, or by a private link; saved in versions; discarded and restored.

-- SHA-256 of the authentication certificate of whoever began it or took it over while signed in.
ALTER TABLE drafts ADD COLUMN holder_sha256 BLOB;
-- Counts the saves; who saves says which one was read.
ALTER TABLE drafts ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
-- When it was saved last; empty as long as nothing was typed.
ALTER TABLE drafts ADD COLUMN saved_at TIMESTAMP;
-- When it was discarded; it can be restored for some days.
ALTER TABLE drafts ADD COLUMN removed_at TIMESTAMP;
-- SHA-256 of the secret of its private link.
ALTER TABLE drafts ADD COLUMN link_sha256 BLOB;
-- JSON: for each page of its form the version of the last save, and a random word of the page that was sent.
ALTER TABLE drafts ADD COLUMN page_saves TEXT NOT NULL DEFAULT '{}';
-- What was typed in another window at the same time, as JSON, until the person chooses.
ALTER TABLE drafts ADD COLUMN other_input TEXT;
CREATE INDEX drafts_by_holder ON drafts (holder_sha256) WHERE holder_sha256 IS NOT NULL;
CREATE INDEX drafts_by_removal ON drafts (removed_at) WHERE removed_at IS NOT NULL;
CREATE UNIQUE INDEX drafts_by_link ON drafts (link_sha256) WHERE link_sha256 IS NOT NULL;

-- Further browsers that opened a draft by its private link.
CREATE TABLE draft_browsers (
    -- SHA-256 of the browser's cookie.
    owner_sha256 BLOB NOT NULL,
    -- The draft.
    draft_id TEXT NOT NULL REFERENCES drafts (id),
    PRIMARY KEY (owner_sha256, draft_id)
);
CREATE INDEX draft_browsers_by_draft ON draft_browsers (draft_id);

-- Uploads to a draft that are under way.
CREATE TABLE draft_uploads (
    -- 32 random bytes in base64url.
    id TEXT PRIMARY KEY NOT NULL,
    -- The draft.
    draft_id TEXT NOT NULL REFERENCES drafts (id),
    -- The file's name: a label, never a path.
    name TEXT NOT NULL,
    -- Its length in bytes, as it was told.
    size BIGINT NOT NULL,
    -- How much of it is here.
    received BIGINT NOT NULL,
    -- When it was begun.
    begun_at TIMESTAMP NOT NULL
);
CREATE INDEX draft_uploads_by_draft ON draft_uploads (draft_id);

-- The parts of an upload, in the order of their places.
CREATE TABLE draft_upload_parts (
    -- The upload.
    upload_id TEXT NOT NULL REFERENCES draft_uploads (id),
    -- Where the part begins.
    place BIGINT NOT NULL,
    -- The bytes.
    content BLOB NOT NULL,
    PRIMARY KEY (upload_id, place)
);

-- What somebody sent whose sign-in was over: one form a browser, for an hour.
CREATE TABLE draft_parked (
    -- SHA-256 of the browser's cookie.
    owner_sha256 BLOB PRIMARY KEY NOT NULL,
    -- Where it was sent.
    path TEXT NOT NULL,
    -- Its fields, as JSON.
    fields TEXT NOT NULL,
    -- When.
    parked_at TIMESTAMP NOT NULL
);
