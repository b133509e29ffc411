-- What the resident registry answered about signers, kept with their filings as evidence; and questions that no rule decides,
-- which a clerk decides. Times are UTC. What was claimed of a person stands here only sealed (keys/registry.key) or as a keyed hash.

-- Answers about the signers of filings: the first was given at receipt, a later one by a clerk. Rows are only ever added.
CREATE TABLE registry_filing_answers (
    -- Grows with time.
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- The filing.
    submission_id BIGINT NOT NULL REFERENCES submissions (id),
    -- match, no_match, moved, dead, undecided.
    answer TEXT NOT NULL,
    -- Why: words parted by spaces, such as address:notation.
    reasons TEXT NOT NULL,
    -- Whose register the record is in.
    municipality TEXT,
    -- The record.
    record_id TEXT REFERENCES registry_records (id),
    -- Hex digest of the record's history at that moment.
    record_digest TEXT,
    -- Whether a clerk decided it.
    by_clerk BOOLEAN NOT NULL,
    -- When the registry was asked.
    asked_at TIMESTAMP NOT NULL,
    -- For what: a word of the table of purposes.
    purpose TEXT NOT NULL,
    -- On which clause: a word of the table of purposes.
    basis TEXT NOT NULL,
    -- Keyed hash of what was claimed.
    claim_hmac BLOB NOT NULL,
    -- The same as a signed statement (compact JWS).
    statement_jws TEXT NOT NULL
);
CREATE INDEX registry_filing_answers_by_filing ON registry_filing_answers (submission_id, id);
CREATE INDEX registry_filing_answers_open ON registry_filing_answers (claim_hmac) WHERE answer = 'undecided';
CREATE INDEX registry_filing_answers_by_record ON registry_filing_answers (record_id) WHERE record_id IS NOT NULL;

-- Questions that no rule decides.
CREATE TABLE registry_questions (
    -- A UUID.
    id TEXT PRIMARY KEY NOT NULL,
    -- Whose clerks decide it.
    municipality TEXT NOT NULL,
    -- Keyed hash of what was claimed: asked again, it is the same question.
    claim_hmac BLOB NOT NULL,
    -- Who asked first, as audit lines name them.
    asked_by TEXT NOT NULL,
    -- For what.
    purpose TEXT NOT NULL,
    -- On which clause.
    basis TEXT NOT NULL,
    -- When.
    opened_at TIMESTAMP NOT NULL,
    -- What was claimed and which records may be meant, sealed.
    body BLOB NOT NULL,
    -- When it was decided; null: it waits.
    decided_at TIMESTAMP,
    -- Who decided it.
    decided_by TEXT,
    -- The record; null with a time of decision: nobody's.
    decided_record TEXT REFERENCES registry_records (id),
    -- The digest of that record's history as the clerk saw it.
    decided_digest BLOB
);
CREATE UNIQUE INDEX registry_questions_open ON registry_questions (claim_hmac) WHERE decided_at IS NULL;
CREATE INDEX registry_questions_waiting ON registry_questions (municipality, opened_at) WHERE decided_at IS NULL;
CREATE INDEX registry_questions_decided ON registry_questions (claim_hmac, decided_at) WHERE decided_at IS NOT NULL;
