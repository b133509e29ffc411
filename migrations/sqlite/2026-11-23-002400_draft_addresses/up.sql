-- Where somebody is told by mail that their draft ends soon: one address a draft, deleted with it.
CREATE TABLE draft_addresses (
    -- A random identifier.
    id TEXT PRIMARY KEY NOT NULL,
    draft_id TEXT NOT NULL REFERENCES drafts (id),
    -- The address; empty when it was stopped or never confirmed.
    address TEXT NOT NULL,
    -- Tag of the language to write in.
    language TEXT NOT NULL,
    -- asked, confirmed, stopped.
    state TEXT NOT NULL,
    -- How many mails to confirm this draft has sent.
    asked INTEGER NOT NULL,
    -- When it was given (UTC).
    asked_at TIMESTAMP NOT NULL,
    -- Which end of the draft was told (UTC).
    told_for TIMESTAMP
);
CREATE UNIQUE INDEX draft_addresses_draft ON draft_addresses (draft_id);

-- A mail goes to one of three: a filing's address, an agency, a draft's address.
ALTER TABLE mails ADD COLUMN draft_address_id TEXT REFERENCES draft_addresses (id);
CREATE INDEX mails_draft_address ON mails (draft_address_id) WHERE draft_address_id IS NOT NULL;
