-- The second step of a verdict, and the impact of revocation lists. Nothing here is written on the path of a submission
-- but two columns of its own row: the background reads the agency's feed, which is in the order of commits, and fills
-- the rest.

-- SHA-256 of the name of the CA that issued the signer's certificate, in its normal form; null in rows of earlier versions.
ALTER TABLE submissions ADD COLUMN signer_issuer BLOB;
-- Serial number of the signer's certificate (content octets of the INTEGER).
ALTER TABLE submissions ADD COLUMN signer_serial BLOB;

-- Digest of what decides which revocation list the signer's certificate needs (CA, its key, distribution points): held
-- filings of one scope are decided in order, and wait for no other scope.
ALTER TABLE held ADD COLUMN scope BLOB NOT NULL DEFAULT x'';
CREATE INDEX held_by_scope ON held (scope, held_since, submission_id);

-- A filing is confirmed at most once, and contested at most once.
CREATE UNIQUE INDEX verdicts_steps ON verdicts (submission_id, kind) WHERE kind IN ('confirmed', 'contested');

CREATE TABLE follow_up (
    -- What is followed: feed.
    name TEXT PRIMARY KEY NOT NULL,
    -- How far it was followed: a position in the feed.
    position BIGINT NOT NULL
);
INSERT INTO follow_up (name, position) VALUES ('feed', 0);

CREATE TABLE work_leases (
    -- Which work one gateway has in hand: confirm or held and a scope, impact and a list.
    name TEXT PRIMARY KEY NOT NULL,
    -- Until when; after that another takes it.
    leased_until TIMESTAMP NOT NULL,
    -- Which worker.
    leased_by TEXT NOT NULL
);

CREATE TABLE signer_issuers (
    -- Given by the database.
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- SHA-256 of a CA's name in its normal form.
    name_sha256 BLOB NOT NULL UNIQUE
);

-- The index of signers: which filings were signed with a certificate.
CREATE TABLE signers (
    -- The CA's name.
    issuer_id BIGINT NOT NULL REFERENCES signer_issuers (id),
    -- Serial number of the certificate (content octets of the INTEGER).
    serial BLOB NOT NULL,
    -- The filing (its row is there: the feed spoke of it).
    submission_id BIGINT NOT NULL,
    PRIMARY KEY (issuer_id, serial, submission_id)
) WITHOUT ROWID;

CREATE TABLE awaiting (
    -- The filing whose verdict is provisional; the row goes when it is confirmed or contested.
    submission_id BIGINT PRIMARY KEY NOT NULL REFERENCES submissions (id),
    -- SHA-256 over issuer_key and scope_key (crl_archive) of the list that decided it; 32 zeros where that is not known.
    list_row BLOB NOT NULL,
    -- A list of that row issued later than this (UTC) may confirm it: the receipt and the issuer's grace period, or the
    -- list that was tried last.
    needs_after TIMESTAMP NOT NULL
);
CREATE INDEX awaiting_by_list ON awaiting (list_row, needs_after, submission_id);

CREATE TABLE crl_impacts_due (
    -- An accepted list that was not run against the filings yet.
    list_sha256 BLOB PRIMARY KEY NOT NULL REFERENCES crl_archive (sha256),
    -- When it was accepted: they are run in this order.
    accepted_at TIMESTAMP NOT NULL
);
INSERT INTO crl_impacts_due (list_sha256, accepted_at) SELECT sha256, accepted_at FROM crl_archive;

CREATE TABLE crl_impacts (
    -- The list.
    list_sha256 BLOB PRIMARY KEY NOT NULL REFERENCES crl_archive (sha256),
    -- The list before it; null where there was none, so that all its entries were looked up.
    before_sha256 BLOB,
    -- When it was run.
    ran_at TIMESTAMP NOT NULL,
    -- How many entries are new or changed.
    entries BIGINT NOT NULL,
    -- How many filings were signed with a certificate that one of them names.
    filings BIGINT NOT NULL,
    -- How long it took, in milliseconds.
    took_ms BIGINT NOT NULL
);
CREATE INDEX crl_impacts_by_time ON crl_impacts (ran_at);

CREATE TABLE crl_impact_filings (
    -- The list.
    list_sha256 BLOB NOT NULL REFERENCES crl_impacts (list_sha256),
    -- A filing whose signer is on it now.
    submission_id BIGINT NOT NULL REFERENCES submissions (id),
    -- The CRLReason: affiliationChanged, keyCompromise.
    reason TEXT NOT NULL,
    -- Since when the list says so (UTC).
    revoked_at TIMESTAMP NOT NULL,
    -- Where the filing stood (submission::status::SubmissionStatus).
    status_then TEXT NOT NULL,
    -- How firm its verdict was (submission::status::RevocationState).
    revocation_then TEXT NOT NULL,
    -- What follows (store::impact::Follows); null until it was judged again.
    follows TEXT,
    -- When it is to be judged again, while nothing follows yet (UTC).
    judge_after TIMESTAMP NOT NULL,
    PRIMARY KEY (list_sha256, submission_id)
);
CREATE INDEX crl_impact_filings_by_filing ON crl_impact_filings (submission_id);
CREATE INDEX crl_impact_filings_to_judge ON crl_impact_filings (judge_after) WHERE follows IS NULL;
