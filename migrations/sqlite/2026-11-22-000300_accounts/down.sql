DROP TABLE alarms;
DROP TABLE agency_tokens;
DROP TABLE sessions;
DROP TABLE sign_in_failures;
DROP TABLE accounts;
