//! SoftHSM2: tokens in software, with keys and certificates of the test PKI.
#![allow(dead_code)]
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::pki::TestPki;

/// The PIN of its tokens.
pub const PIN: &str = "softhsm-1234";

/// Its module.
pub fn module() -> &'static str {
    let found = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"];
    found.into_iter().find(|path| Path::new(path).exists()).expect("softhsm2 is not installed: tests/run installs it")
}

/// A token with the key and certificate of a card of the test PKI.
pub struct Token {
    dir: tempfile::TempDir,
}

impl Token {
    /// Makes one, with a folder of its own.
    pub fn with(card: &str) -> Self {
        let token = Self { dir: tempfile::tempdir().unwrap() };
        fs::create_dir(token.path("tokens")).unwrap();
        let config = format!("directories.tokendir = {}\nobjectstore.backend = file\n", token.path("tokens").display());
        fs::write(token.config(), config).unwrap();
        let pki = TestPki::shared();
        fs::write(token.path("key.pem"), pki.key(card).private_key_to_pem_pkcs8().unwrap()).unwrap();
        fs::write(token.path("certificate.der"), pki.certificate(card)).unwrap();
        token.run(
            Command::new("softhsm2-util")
                .args(["--init-token", "--free", "--label", "demo"])
                .args(["--pin", PIN, "--so-pin", "12345678"]),
        );
        let key = token.path("key.pem");
        token.run(
            Command::new("softhsm2-util")
                .arg("--import")
                .arg(key)
                .args(["--token", "demo", "--label", "key", "--id", "01", "--pin", PIN]),
        );
        let certificate = token.path("certificate.der");
        token.run(
            Command::new("pkcs11-tool")
                .args(["--module", module(), "--token-label", "demo", "--login", "--pin", PIN, "--type", "cert"])
                .args(["--id", "01", "--label", "certificate", "--write-object"])
                .arg(certificate),
        );
        token
    }

    /// A path in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// What SOFTHSM2_CONF is to name.
    pub fn config(&self) -> PathBuf {
        self.path("softhsm2.conf")
    }

    fn run(&self, command: &mut Command) {
        let output = command.env("SOFTHSM2_CONF", self.config()).output().expect("softhsm2 and opensc are installed");
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
