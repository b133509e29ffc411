-- Residents who sign in with their card. An authentication certificate carries no name, and neither does the account: it
-- is the certificate.
CREATE TABLE resident_accounts (
    -- A random identifier.
    id TEXT PRIMARY KEY NOT NULL,
    -- SHA-256 of the authentication certificate.
    certificate_sha256 BLOB NOT NULL UNIQUE,
    -- SHA-256 of its issuer's name in its normal form.
    issuer_sha256 BLOB NOT NULL,
    -- Content octets of its serial number.
    serial BLOB NOT NULL,
    -- When the certificate ends (UTC): no session of it lasts longer.
    not_after TIMESTAMP NOT NULL,
    -- The first sign-in (UTC).
    created_at TIMESTAMP NOT NULL
);

-- Sessions of residents who signed in.
CREATE TABLE resident_sessions (
    -- SHA-256 of the session cookie.
    id_sha256 BLOB PRIMARY KEY NOT NULL,
    -- Whose.
    account_id TEXT NOT NULL REFERENCES resident_accounts (id),
    -- When they signed in (UTC).
    signed_in_at TIMESTAMP NOT NULL,
    -- When it was used last, to the minute (UTC).
    used_at TIMESTAMP NOT NULL
);
CREATE INDEX resident_sessions_account ON resident_sessions (account_id);

-- What an account has to do with a signature certificate. Nothing in the two certificates says that they lie on one card:
-- the person says so, about a filing that was made while they were signed in. Rows are kept: they are the history.
CREATE TABLE resident_links (
    -- A random identifier, for forms.
    id TEXT PRIMARY KEY NOT NULL,
    -- The account.
    account_id TEXT NOT NULL REFERENCES resident_accounts (id),
    -- SHA-256 of the signature certificate.
    signer_sha256 BLOB NOT NULL,
    -- The filing that was made while signed in: the link opens it and later ones.
    submission_id BIGINT NOT NULL REFERENCES submissions (id),
    -- offered, linked, refused, undone, moved.
    state TEXT NOT NULL,
    -- When the filing was made (UTC).
    offered_at TIMESTAMP NOT NULL,
    -- When the present state came about (UTC).
    decided_at TIMESTAMP
);
CREATE INDEX resident_links_account ON resident_links (account_id);
-- A signature certificate is linked to one account at most.
CREATE UNIQUE INDEX resident_links_linked ON resident_links (signer_sha256) WHERE state = 'linked';
-- One question at a time about one certificate.
CREATE UNIQUE INDEX resident_links_offered ON resident_links (account_id, signer_sha256) WHERE state = 'offered';
