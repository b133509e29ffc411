DROP TABLE network_peers;
DROP TABLE network_nonces;
DROP TABLE network_inbox;
DROP TABLE network_outbox;
