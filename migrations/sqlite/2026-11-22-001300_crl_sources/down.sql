DROP TABLE crl_sources;
