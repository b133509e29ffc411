DROP TABLE second_opinions;
DELETE FROM follow_up WHERE name = 'second_opinion';
