//! Conformance with NIST PKITS: `validate-path` answers every sub-case as the standard says, and as `openssl verify`
//! does, but for what two tables list and explain. See README.md beside this file.
mod openssl;
mod pkits;
mod table;
