//! The test PKI that tests share: made by the authority from `pki/*.toml`, once a machine, and kept under cargo's target
//! folder.
#![allow(dead_code)]
use std::path::PathBuf;

use openssl::pkey::{PKey, Private};

/// A made test PKI: folders as `[trust]` and `[revocation]` expect them, and what is needed to sign with its cards.
///
/// Cards of `pki/jpki.toml`: `sign-yamada` (good), `sign-smith` (a foreign resident, good), `sign-suzuki` (of the old CA
/// generation), `sign-tanaka` (revoked), `sign-sato` (expired), `sign-ito` (its CRL shard is stale), `auth-yamada` (the
/// authentication certificate of the same person). Cards of `pki/three-tier.toml`: `rsa2048-alice`, `rsa3072-bob`,
/// `p256-carol`, `p384-dave` (good), `rsa2048-revoked`, `rsa2048-expired`.
pub struct TestPki {
    dir: PathBuf,
}

impl TestPki {
    /// The one that all tests share; read only.
    pub fn shared() -> &'static TestPki {
        unimplemented!()
    }

    /// A copy of one's own in a temporary folder, to revoke in and issue from.
    pub fn copy() -> TestPki {
        unimplemented!()
    }

    /// The folder.
    pub fn dir(&self) -> &std::path::Path {
        &self.dir
    }

    /// Folder of trust anchors (PEM).
    pub fn anchors_dir(&self) -> PathBuf {
        self.dir.join("anchors")
    }

    /// Folder of intermediates (PEM).
    pub fn intermediates_dir(&self) -> PathBuf {
        self.dir.join("intermediates")
    }

    /// Folder of CRLs (DER).
    pub fn crls_dir(&self) -> PathBuf {
        self.dir.join("crls")
    }

    /// The certificate of a card or CA, DER.
    pub fn certificate(&self, _id: &str) -> Vec<u8> {
        unimplemented!()
    }

    /// The file with the certificate of a card or CA, PEM.
    pub fn certificate_path(&self, _id: &str) -> PathBuf {
        unimplemented!()
    }

    /// The file with the private key of a card or CA, PEM.
    pub fn key_path(&self, _id: &str) -> PathBuf {
        unimplemented!()
    }

    /// The private key of a card or CA.
    pub fn key(&self, _id: &str) -> PKey<Private> {
        unimplemented!()
    }

    /// A card's PKCS#12 file.
    pub fn p12_path(&self, _card: &str) -> PathBuf {
        unimplemented!()
    }

    /// A card's PIN, the passphrase of its PKCS#12 file.
    pub fn pin(&self, _card: &str) -> String {
        unimplemented!()
    }

    /// A card as something that signs, for `madoguchi::signature::cms::build`.
    pub fn signer(&self, _card: &str) -> madoguchi::signature::cms::software_key::SoftwareKey {
        unimplemented!()
    }

    /// A detached CAdES-B-B signature over `content`, now, DER.
    pub fn sign(&self, _card: &str, _content: &[u8]) -> Vec<u8> {
        unimplemented!()
    }

    /// The CRL that covers a card's certificate, DER.
    pub fn crl_for(&self, _card: &str) -> Vec<u8> {
        unimplemented!()
    }

    /// A CRL by its id (the file `crls/<id>.crl`), DER.
    pub fn crl(&self, _id: &str) -> Vec<u8> {
        unimplemented!()
    }

    /// Every CRL, DER.
    pub fn crls(&self) -> Vec<Vec<u8>> {
        unimplemented!()
    }
}
