DELETE FROM agency_tokens WHERE role <> 'agency';
ALTER TABLE agency_tokens DROP COLUMN role;
