DROP TABLE trust_objects;
