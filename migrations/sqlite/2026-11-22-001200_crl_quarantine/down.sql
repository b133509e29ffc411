DROP TABLE crl_releases;
DROP TABLE crl_quarantine;
