-- Where revocation lists are fetched from, and how the last look ended: shared by all gateways, so that one asks for all.
-- No user and no password stands here.
CREATE TABLE crl_sources (
    -- SHA-256 of its URL.
    url_sha256 BLOB PRIMARY KEY NOT NULL,
    -- What operators call it; without query, user and password.
    name TEXT NOT NULL,
    -- ETag of the answer that the lists came with.
    etag TEXT,
    -- Last-Modified of that answer.
    last_modified TEXT,
    -- Hex SHA-256 of the lists that it gave last, with blanks between them.
    lists TEXT NOT NULL,
    -- nextUpdate of the first of them to end (UTC).
    next_update TIMESTAMP,
    -- From when on its failing is told: the lead before nextUpdate (UTC).
    look_from TIMESTAMP,
    -- When it was asked last (UTC).
    last_tried TIMESTAMP,
    -- When it last gave lists, or said that they are still the same (UTC).
    last_success TIMESTAMP,
    -- How often in a row it has failed.
    failures INTEGER NOT NULL,
    -- Stable code of the last failure; null where the last look succeeded.
    last_code TEXT,
    -- And its sentence.
    last_detail TEXT,
    -- When it is asked next (UTC).
    next_due TIMESTAMP NOT NULL,
    -- Until when a gateway has it in hand (UTC).
    leased_until TIMESTAMP,
    -- Which one.
    leased_by TEXT
);
