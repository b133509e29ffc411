DROP INDEX crl_archive_row;
ALTER TABLE crl_archive DROP COLUMN numbering;
CREATE INDEX crl_archive_row ON crl_archive (issuer_key, scope_key, delta, number_order, this_update);
