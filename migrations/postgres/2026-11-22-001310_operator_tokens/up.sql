-- Operators have API tokens too, for programs that upload revocation lists: 'agency' or 'operator'; an operator's token has
-- no agency (the empty text).
ALTER TABLE agency_tokens ADD COLUMN role TEXT NOT NULL DEFAULT 'agency';
