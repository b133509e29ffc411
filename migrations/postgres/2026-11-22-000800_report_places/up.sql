-- As with SQLite, whose writer lays reports in segments; here a report stays in its row, and these are null.

-- Number of the segment.
ALTER TABLE verdicts ADD COLUMN report_segment BIGINT;
-- Position of its first byte in the segment.
ALTER TABLE verdicts ADD COLUMN report_offset BIGINT;
-- Length in bytes.
ALTER TABLE verdicts ADD COLUMN report_size BIGINT;
-- SHA-256 of its bytes.
ALTER TABLE verdicts ADD COLUMN report_sha256 BYTEA;
