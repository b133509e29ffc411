-- A filing's first report is its largest column by far, and is read seldom: it lies in a segment beside the documents.
-- Where it does, column report is empty; otherwise these are null.

-- Number of the segment.
ALTER TABLE verdicts ADD COLUMN report_segment BIGINT;
-- Position of its first byte in the segment.
ALTER TABLE verdicts ADD COLUMN report_offset BIGINT;
-- Length in bytes.
ALTER TABLE verdicts ADD COLUMN report_size BIGINT;
-- SHA-256 of its bytes.
ALTER TABLE verdicts ADD COLUMN report_sha256 BLOB;
