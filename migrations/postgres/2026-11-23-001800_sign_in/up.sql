-- Challenges that browsers were given to sign in with a card: one a browser session, taken out by whoever answers it, good
-- or bad. In the database because another gateway may get the answer.
CREATE TABLE sign_in_challenges (
    -- SHA-256 of the browser's pre-sign-in cookie.
    browser_sha256 BYTEA PRIMARY KEY NOT NULL,
    -- 256 random bits in base64, as the browser was given them: the text is what the card signs.
    nonce TEXT NOT NULL,
    -- When it was given out (UTC).
    issued_at TIMESTAMP NOT NULL
);
CREATE INDEX sign_in_challenges_issued ON sign_in_challenges (issued_at);
