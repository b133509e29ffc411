DROP TABLE draft_attachments;
DROP TABLE drafts;
