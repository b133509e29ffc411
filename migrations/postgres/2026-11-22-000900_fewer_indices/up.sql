-- A recorded document is found by the application_id that it states, which is unique already; an index of random keys costs
-- each filing a page.
DROP INDEX submissions_by_application_sha256;
