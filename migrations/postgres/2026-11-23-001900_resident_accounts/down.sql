DROP TABLE resident_links;
DROP TABLE resident_sessions;
DROP TABLE resident_accounts;
