DROP TABLE crl_archive;
