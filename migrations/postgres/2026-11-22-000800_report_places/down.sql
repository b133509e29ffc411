ALTER TABLE verdicts DROP COLUMN report_sha256;
ALTER TABLE verdicts DROP COLUMN report_size;
ALTER TABLE verdicts DROP COLUMN report_offset;
ALTER TABLE verdicts DROP COLUMN report_segment;
