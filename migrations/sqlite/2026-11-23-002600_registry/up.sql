-- The resident registry: records as they stand, the events that they follow from, who looked at them and why, and the letters
-- that tell new holders of a Resident Record Code. Times are UTC. What identifies a person's code stands here only sealed
-- (AES-256-GCM under keys/registry.key) or as a keyed hash.

CREATE TABLE registry_records (
    -- A UUID.
    id TEXT PRIMARY KEY NOT NULL,
    -- Whose register: a municipality code.
    municipality TEXT NOT NULL,
    -- Keyed hash (HMAC-SHA-256) of the Resident Record Code.
    code_hmac BLOB NOT NULL,
    -- current, moved_out, dead, deleted.
    standing TEXT NOT NULL,
    -- The written name in the spelling of searches.
    name_key TEXT NOT NULL,
    -- The same of the reading.
    kana_key TEXT,
    -- The same of the name in alphabet.
    alphabet_key TEXT,
    -- The same of the alias.
    alias_key TEXT,
    -- Date of birth, as far as it is known: 1950, 1950-02, 1950-02-01.
    date_of_birth TEXT NOT NULL,
    -- male, female, unknown.
    sex TEXT NOT NULL,
    -- The household, a UUID.
    household TEXT NOT NULL,
    -- The number of the last event.
    revision BIGINT NOT NULL,
    -- When that was noted.
    noted_at TIMESTAMP NOT NULL,
    -- The record, sealed.
    body BLOB NOT NULL
);
-- A code belongs to one person: one current record has it.
CREATE UNIQUE INDEX registry_records_by_code ON registry_records (code_hmac) WHERE standing = 'current';
CREATE INDEX registry_records_by_former_code ON registry_records (code_hmac) WHERE standing <> 'current';
CREATE INDEX registry_records_by_name ON registry_records (municipality, name_key);
CREATE INDEX registry_records_by_kana ON registry_records (municipality, kana_key) WHERE kana_key IS NOT NULL;
CREATE INDEX registry_records_by_alphabet ON registry_records (municipality, alphabet_key) WHERE alphabet_key IS NOT NULL;
CREATE INDEX registry_records_by_alias ON registry_records (municipality, alias_key) WHERE alias_key IS NOT NULL;
CREATE INDEX registry_records_by_birth ON registry_records (date_of_birth, municipality);
CREATE INDEX registry_records_by_household ON registry_records (household);

-- What happened, in the order in which it was noted. Rows are only ever added.
CREATE TABLE registry_events (
    -- Grows with time.
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- The record.
    record_id TEXT NOT NULL REFERENCES registry_records (id),
    -- From 1 within the record.
    number BIGINT NOT NULL,
    -- birth, move_in, moved_within ...
    kind TEXT NOT NULL,
    -- When it was noted.
    noted_at TIMESTAMP NOT NULL,
    -- Who noted it.
    noted_by TEXT NOT NULL,
    -- SHA-256 of the history up to this event.
    digest BLOB NOT NULL,
    -- The event, sealed.
    body BLOB NOT NULL,
    UNIQUE (record_id, number)
);
CREATE TRIGGER registry_events_stay BEFORE UPDATE ON registry_events
BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END;
CREATE TRIGGER registry_events_are_kept BEFORE DELETE ON registry_events
BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END;

-- Codes that were changed: never given to anybody again.
CREATE TABLE registry_ended_codes (
    -- Keyed hash of the code.
    code_hmac BLOB PRIMARY KEY NOT NULL,
    -- When it ended.
    ended_at TIMESTAMP NOT NULL
);

-- Who looked at what, for what and on which clause. Residents see the lines of their own record.
CREATE TABLE registry_accesses (
    -- Grows with time.
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- When.
    at TIMESTAMP NOT NULL,
    -- The record; null where none was found.
    record_id TEXT REFERENCES registry_records (id),
    -- Whose register.
    municipality TEXT NOT NULL,
    -- Who: an account or a program, as audit lines name them.
    viewer TEXT NOT NULL,
    -- search, view, history, event, identity, copy ...
    action TEXT NOT NULL,
    -- For what: a word of the table of purposes.
    purpose TEXT NOT NULL,
    -- The clause: a word of the table of purposes.
    basis TEXT NOT NULL,
    -- What came of it: shown, match, no_match, refused ...
    outcome TEXT NOT NULL,
    -- Until when the line is kept.
    kept_until TIMESTAMP NOT NULL
);
CREATE INDEX registry_accesses_by_record ON registry_accesses (record_id, id);
CREATE INDEX registry_accesses_by_municipality ON registry_accesses (municipality, id);
CREATE INDEX registry_accesses_by_viewer ON registry_accesses (viewer, at);
CREATE INDEX registry_accesses_by_end ON registry_accesses (kept_until);

-- Letters that tell a person of their new Resident Record Code (article 30-3). The code is in the record, not here.
CREATE TABLE registry_code_notices (
    -- A UUID.
    id TEXT PRIMARY KEY NOT NULL,
    -- The record.
    record_id TEXT NOT NULL REFERENCES registry_records (id),
    -- Whose register.
    municipality TEXT NOT NULL,
    -- new or changed.
    reason TEXT NOT NULL,
    -- When the code was entered.
    made_at TIMESTAMP NOT NULL,
    -- When the letter was printed; null: it waits.
    printed_at TIMESTAMP,
    -- Who printed it.
    printed_by TEXT
);
CREATE INDEX registry_code_notices_waiting ON registry_code_notices (municipality, made_at) WHERE printed_at IS NULL;
CREATE INDEX registry_code_notices_by_record ON registry_code_notices (record_id);
