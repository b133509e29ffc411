-- Filings of which the second opinion (OpenSSL, and a second search of the revocation lists) says otherwise than the
-- verdict, or could not be had. Where the two agree nothing is written.
CREATE TABLE second_opinions (
    -- The filing.
    submission_id BIGINT PRIMARY KEY NOT NULL REFERENCES submissions (id),
    -- disagrees or failed.
    kind TEXT NOT NULL,
    -- What about: signature, revocation.
    subject TEXT NOT NULL,
    -- In words; no personal data.
    detail TEXT NOT NULL,
    -- When (UTC).
    formed_at TIMESTAMP NOT NULL
);
CREATE INDEX second_opinions_kind ON second_opinions (kind, formed_at);

-- From here on: filings from before are not looked at.
INSERT INTO follow_up (name, position) SELECT 'second_opinion', coalesce(max(position), 0) FROM outbox;
