CREATE INDEX submissions_by_application_sha256 ON submissions (application_sha256);
