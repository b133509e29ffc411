-- What the trust states of recorded verdicts consist of, by content: the states' own texts, policies, lists of certificates and
-- of revocation lists, certificates. Rows are never changed and never deleted. (The revocation lists themselves: crl_archive.)
CREATE TABLE trust_objects (
    -- SHA-256 of the content.
    sha256 BLOB PRIMARY KEY NOT NULL,
    -- The octets.
    content BLOB NOT NULL
) WITHOUT ROWID;
