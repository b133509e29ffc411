DROP INDEX mails_draft_address;
ALTER TABLE mails DROP COLUMN draft_address_id;
DROP TABLE draft_addresses;
