-- Revocation lists that are good by themselves and contradict what is known: they wait until two operators let them in.
CREATE TABLE crl_quarantine (
    -- SHA-256 of the list's DER.
    sha256 BLOB PRIMARY KEY NOT NULL,
    -- SHA-256 of the SubjectPublicKeyInfo of the CA that signed it.
    issuer_key BLOB NOT NULL,
    -- The CA's name (RFC 4514).
    issuer TEXT NOT NULL,
    -- SHA-256 over the CA's name and the list's scope, as in crl_archive.
    scope_key BLOB NOT NULL,
    -- Which certificates it speaks of, for people.
    scope TEXT NOT NULL,
    -- Whether it only tells what changed since a complete list.
    delta BOOLEAN NOT NULL,
    -- CRL number in decimal; null where it has none.
    number TEXT,
    -- thisUpdate (UTC).
    this_update TIMESTAMP NOT NULL,
    -- nextUpdate (UTC).
    next_update TIMESTAMP NOT NULL,
    -- How many entries it has.
    entries BIGINT NOT NULL,
    -- Octets of its DER.
    size BIGINT NOT NULL,
    -- Where it came from: a file name, upload, an address.
    source TEXT NOT NULL,
    -- When it was quarantined (UTC).
    quarantined_at TIMESTAMP NOT NULL,
    -- What speaks against it: codes of refusals, parted by commas.
    codes TEXT NOT NULL,
    -- The same in sentences.
    detail TEXT NOT NULL,
    -- The difference (JSON): counts, and of each kind at most 1,000 entries.
    diff TEXT NOT NULL,
    -- SHA-256 of the newest list that it was compared with.
    compared_with BLOB,
    -- That list's thisUpdate (UTC).
    compared_update TIMESTAMP,
    -- waiting, released (two operators let it in, and it is on its way), let_in, discarded, overtaken.
    state TEXT NOT NULL,
    -- When it came to that state (UTC).
    state_since TIMESTAMP NOT NULL,
    -- Who brought it there: an operator's account, or the gateway.
    state_by TEXT NOT NULL,
    -- Why, in that operator's words.
    state_reason TEXT NOT NULL,
    -- The bytes, packed as in crl_archive; null: a file named by the digest, beside the documents (folder crls).
    content BLOB
);

-- Those that wait, and those of a row of numbers.
CREATE INDEX crl_quarantine_state ON crl_quarantine (state, quarantined_at);
CREATE INDEX crl_quarantine_row ON crl_quarantine (issuer_key, scope_key, state);

-- Which operators let a quarantined list in; two accounts that are there and not locked count.
CREATE TABLE crl_releases (
    -- The list.
    sha256 BLOB NOT NULL REFERENCES crl_quarantine (sha256),
    -- The operator's account (accounts.id); it may be gone by now.
    account_id TEXT NOT NULL,
    -- Its sign-in name then.
    login TEXT NOT NULL,
    -- Why.
    reason TEXT NOT NULL,
    -- When (UTC).
    released_at TIMESTAMP NOT NULL,
    PRIMARY KEY (sha256, account_id)
);
