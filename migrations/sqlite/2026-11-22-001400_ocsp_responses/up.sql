-- Every OCSP response that a verdict rests on, kept so that the verdict can be made again. Rows are never changed and
-- never deleted. A response speaks of a certificate by its serial; of the holder nothing is told here.
CREATE TABLE ocsp_responses (
    -- SHA-256 of the response's DER.
    sha256 BLOB PRIMARY KEY NOT NULL,
    -- The response's DER.
    content BLOB NOT NULL,
    -- When it came first (UTC): what it says of later times is not believed.
    received_at TIMESTAMP NOT NULL,
    -- The nonce that was sent for it; null where none was.
    nonce BLOB
);
