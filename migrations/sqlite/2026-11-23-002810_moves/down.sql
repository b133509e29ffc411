DROP TABLE network_moves;
