DROP TABLE registry_code_notices;
DROP TABLE registry_accesses;
DROP TABLE registry_ended_codes;
DROP TABLE registry_events;
DROP TABLE registry_records;
