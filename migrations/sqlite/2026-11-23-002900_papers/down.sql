DROP TABLE registry_papers;
