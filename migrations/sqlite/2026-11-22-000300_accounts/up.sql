-- People who work with the gateway, their sign-ins, the agencies' API tokens, and what alarms have told. Times are UTC.

CREATE TABLE accounts (
    -- A UUID, which audit lines carry.
    id TEXT PRIMARY KEY NOT NULL,
    -- The name to sign in by, lower case.
    login TEXT NOT NULL UNIQUE,
    -- argon2id in PHC form, salt and parameters within.
    password_hash TEXT NOT NULL,
    -- agency or operator.
    role TEXT NOT NULL,
    -- Of an agency's account: its municipality code.
    agency TEXT,
    -- Whether the password was given by somebody else and must be changed at the next sign-in.
    must_change BOOLEAN NOT NULL,
    -- Whether somebody locked the account by hand.
    locked BOOLEAN NOT NULL,
    -- When it was made.
    created_at TIMESTAMP NOT NULL,
    -- When its password was last set.
    password_set_at TIMESTAMP NOT NULL
);

CREATE TABLE sign_in_failures (
    -- Digest of the name that was tried, known or not: unknown names stop as known ones do.
    login_sha256 BLOB PRIMARY KEY NOT NULL,
    -- Failures since the last sign-in, or since the last stop.
    failures INTEGER NOT NULL,
    -- When the last one was.
    last_at TIMESTAMP NOT NULL,
    -- Until when nobody signs in under this name.
    stopped_until TIMESTAMP
);

CREATE TABLE sessions (
    -- Digest of the session cookie's value; the value itself is not kept.
    id_sha256 BLOB PRIMARY KEY NOT NULL,
    -- Who signed in.
    account_id TEXT NOT NULL REFERENCES accounts (id),
    -- When.
    signed_in_at TIMESTAMP NOT NULL,
    -- When it was last used, to the minute.
    used_at TIMESTAMP NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX sessions_by_use ON sessions (used_at);

CREATE TABLE agency_tokens (
    -- A UUID, which audit lines carry.
    id TEXT PRIMARY KEY NOT NULL,
    -- Whose filings it sees: a municipality code.
    agency TEXT NOT NULL,
    -- What it is for, in its maker's words.
    label TEXT NOT NULL,
    -- Digest of the token; the token itself is shown once and not kept.
    token_sha256 BLOB NOT NULL UNIQUE,
    -- When it was made.
    created_at TIMESTAMP NOT NULL,
    -- Since when it is not taken any more.
    revoked_at TIMESTAMP
);

CREATE TABLE alarms (
    -- What is watched: a digest of a revocation list's issuer and scope.
    subject TEXT PRIMARY KEY NOT NULL,
    -- fresh, soon_stale, stale or missing: what was last seen.
    state TEXT NOT NULL,
    -- Since when it is in that state.
    since TIMESTAMP NOT NULL,
    -- When that state was last told; null when it has not been yet.
    told_at TIMESTAMP
);
