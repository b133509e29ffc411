DROP TABLE registry_questions;
DROP TABLE registry_filing_answers;
