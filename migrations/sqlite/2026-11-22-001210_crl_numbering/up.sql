-- A CA may begin its CRL numbers anew, when two operators let such a list in: lists of a higher numbering are newer than all
-- of a lower one, and numbers are compared within one numbering.
ALTER TABLE crl_archive ADD COLUMN numbering INTEGER NOT NULL DEFAULT 0;

-- The newest of a row of numbers.
DROP INDEX crl_archive_row;
CREATE INDEX crl_archive_row ON crl_archive (issuer_key, scope_key, delta, numbering, number_order, this_update);
