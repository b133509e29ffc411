-- Every revocation list that was ever accepted, kept so that any verdict can be made again. Rows are never changed and
-- never deleted. A CA's name is no personal data; of an entry nothing is told here.
CREATE TABLE crl_archive (
    -- SHA-256 of the list's DER.
    sha256 BYTEA PRIMARY KEY NOT NULL,
    -- SHA-256 of the SubjectPublicKeyInfo of the CA that signed it.
    issuer_key BYTEA NOT NULL,
    -- The CA's name (RFC 4514).
    issuer TEXT NOT NULL,
    -- SHA-256 over the CA's name and the list's scope: with issuer_key, the row of numbers that the list counts in.
    scope_key BYTEA NOT NULL,
    -- Which certificates it speaks of, for people.
    scope TEXT NOT NULL,
    -- Whether it only tells what changed since a complete list.
    delta BOOLEAN NOT NULL,
    -- CRL number in decimal; null where it has none.
    number TEXT,
    -- The CRL number so that octets compare as numbers do: two octets of length, then the number's; empty without one.
    number_order BYTEA NOT NULL,
    -- Of a delta, BaseCRLNumber in decimal.
    base TEXT,
    -- thisUpdate (UTC).
    this_update TIMESTAMP NOT NULL,
    -- nextUpdate (UTC).
    next_update TIMESTAMP NOT NULL,
    -- When it was accepted first, by any gateway (UTC).
    accepted_at TIMESTAMP NOT NULL,
    -- How many entries it has.
    entries BIGINT NOT NULL,
    -- Octets of its DER.
    size BIGINT NOT NULL,
    -- The list's DER, packed with gzip: in the row, so that every gateway has it.
    content BYTEA
);

-- The newest of a row of numbers.
CREATE INDEX crl_archive_row ON crl_archive (issuer_key, scope_key, delta, number_order, this_update);
-- Those that are fresh, at a start.
CREATE INDEX crl_archive_next_update ON crl_archive (next_update);
