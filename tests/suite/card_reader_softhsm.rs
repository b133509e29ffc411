//! Any PKCS#11 module: SoftHSM2 with RSA and elliptic keys.
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::client::Client;
use crate::support::pki::TestPki;

const PIN: &str = "softhsm-1234";

fn module() -> &'static str {
    let found = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"];
    found.into_iter().find(|path| Path::new(path).exists()).expect("softhsm2 is not installed: tests/run installs it")
}

/// A token with the key and certificate of a card of the test PKI.
struct Token {
    dir: tempfile::TempDir,
}

impl Token {
    fn with(card: &str) -> Self {
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

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn config(&self) -> PathBuf {
        self.path("softhsm2.conf")
    }

    fn run(&self, command: &mut Command) {
        let output = command.env("SOFTHSM2_CONF", self.config()).output().expect("softhsm2 and opensc are installed");
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn keys_of_each_kind_sign_what_is_accepted() {
    for (card, policy) in
        [("sign-yamada", "jpki"), ("rsa3072-bob", "generic"), ("p256-carol", "generic"), ("p384-dave", "generic")]
    {
        let token = Token::with(card);
        let client = Client::new().with("SOFTHSM2_CONF", token.config());
        let request = client.request("a.mgreq");
        client.sign(&request, &["--pkcs11", module()], PIN).worked().told("demo");
        client.accepted(&request, policy);
    }
}

#[test]
fn a_wrong_pin_and_a_key_for_signing_in_are_refused() {
    let token = Token::with("sign-yamada");
    let client = Client::new().with("SOFTHSM2_CONF", token.config());
    let request = client.request("a.mgreq");
    client.sign(&request, &["--pkcs11", module()], "wrong").refused("pin-wrong").told("fewer than all");
    client.not_signed(&request);
    // The authentication certificate must not sign applications, nor the signature certificate sign in.
    let arguments = ["read-certificate", "--purpose", "authentication", "--pin-stdin", "--pkcs11", module()];
    client.run(&arguments, &format!("{PIN}\n")).refused("no-certificate");
    let token = Token::with("auth-yamada");
    let client = Client::new().with("SOFTHSM2_CONF", token.config());
    client.sign(&client.request("a.mgreq"), &["--pkcs11", module()], PIN).refused("no-certificate");
}
