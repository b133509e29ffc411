//! Card readers in software: a pcscd of one's own with vsmartcard's virtual readers, and the JPKI card of
//! `tests/card/jpki_card.py` put into them. Debian's packages; `tests/run` installs them.
//!
//! One pcscd a machine would do for the machine's readers; tests start their own each, in a mount namespace of its own, so
//! that none meets another's or the machine's.
#![allow(dead_code)]
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use super::pki::TestPki;

/// OpenSC's module, as Debian installs it.
pub fn opensc() -> PathBuf {
    madoguchi::card_client::token::pkcs11::usual_module()
        .expect("opensc-pkcs11 is not installed: tests/run installs it")
}

/// Waits until `done`, up to a minute.
pub fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..1200 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("waited for 60 s: {what}");
}

/// A pcscd with two empty readers, or with none.
pub struct Readers {
    pcscd: Child,
    dir: tempfile::TempDir,
    port: u16,
}

static NEXT_PORT: AtomicU16 = AtomicU16::new(0);

/// Two free ports, one after the other; tests of one process never get the same.
fn two_ports() -> u16 {
    let base = 21_000 + u16::try_from(std::process::id() % 20_000).unwrap();
    for _ in 0..500 {
        let port = base + 2 * NEXT_PORT.fetch_add(1, Ordering::Relaxed);
        let free = |port: u16| TcpListener::bind(("0.0.0.0", port)).is_ok();
        if free(port) && free(port + 1) {
            return port;
        }
    }
    panic!("there are no two free ports");
}

impl Readers {
    /// Two readers, `Test PCD 00 00` and `Test PCD 00 01`.
    pub fn start() -> Self {
        Self::start_with(true)
    }

    /// The service without any reader.
    pub fn start_without_readers() -> Self {
        Self::start_with(false)
    }

    fn start_with(readers: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let port = two_ports();
        let driver = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
        assert!(Path::new(driver).exists(), "vsmartcard-vpcd is not installed: tests/run installs it");
        let config = format!(
            "FRIENDLYNAME \"Test PCD\"\nDEVICENAME /dev/null:0x{port:X}\nLIBPATH {driver}\nCHANNELID 0x{port:X}\n"
        );
        fs::write(dir.path().join("reader.conf"), if readers { config.as_str() } else { "" }).unwrap();
        let log = fs::File::create(dir.path().join("pcscd.log")).unwrap();
        // Its socket's place is compiled in: a /run of its own keeps it apart from every other.
        let script = "mount -t tmpfs tmpfs /run && exec pcscd --foreground --config \"$0\"";
        let pcscd = Command::new("unshare")
            .args(["--mount", "sh", "-c", script])
            .arg(dir.path().join("reader.conf"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("unshare and pcscd are installed by tests/run");
        let started = Self { pcscd, dir, port };
        wait_until("pcscd's socket", || started.socket().exists());
        if readers {
            wait_until("the virtual readers", || started.listing().matches("Test PCD").count() == 2);
        }
        started
    }

    /// Where PC/SC's library finds it (PCSCLITE_CSOCK_NAME).
    pub fn socket(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root/run/pcscd/pcscd.comm", self.pcscd.id()))
    }

    /// What OpenSC lists; it exits with 0 whatever there is.
    fn listing(&self) -> String {
        let output = Command::new("opensc-tool").arg("-l").env("PCSCLITE_CSOCK_NAME", self.socket()).output();
        String::from_utf8_lossy(&output.expect("opensc is installed by tests/run").stdout).into_owned()
    }

    /// Whether there is a card in reader 0 or 1.
    fn has_card(&self, reader: u16) -> bool {
        let listing = self.listing();
        listing.lines().any(|line| line.starts_with(&reader.to_string()) && line.contains("Yes"))
    }

    /// Puts a card of the test PKI into reader 0 or 1 and waits until the reader sees it.
    pub fn insert(&self, reader: u16, card: &Card<'_>) -> SoftCard {
        let pki = TestPki::shared();
        let name = format!("card-{reader}-{}", NEXT_PORT.fetch_add(1, Ordering::Relaxed));
        let (state, log) = (self.dir.path().join(format!("{name}.json")), self.dir.path().join(format!("{name}.log")));
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/card/jpki_card.py");
        let auth = "auth-yamada";
        let child = Command::new("python3")
            .arg(script)
            .arg("--sign-key")
            .arg(pki.key_path(card.signer))
            .arg("--sign-cert")
            .arg(pki.certificate_path(card.signer))
            .arg("--sign-ca")
            .arg(pki.certificate_path("jpki-sign-2023"))
            .arg("--auth-key")
            .arg(pki.key_path(auth))
            .arg("--auth-cert")
            .arg(pki.certificate_path(auth))
            .arg("--auth-ca")
            .arg(pki.certificate_path("jpki-auth-2023"))
            .args([
                "--sign-pin",
                PIN,
                "--auth-pin",
                AUTHENTICATION_PIN,
                "--port",
                &(self.port + reader).to_string(),
                "-v",
            ])
            .arg("--state")
            .arg(&state)
            .args(card.options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let card = SoftCard { child, state, log };
        wait_until("the card in its reader", || self.has_card(reader));
        card
    }

    /// Waits until the reader is empty, or not.
    pub fn wait_for_card(&self, reader: u16, there: bool) {
        wait_until("the card", || self.has_card(reader) == there);
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        end(&mut self.pcscd);
    }
}

/// The signature PIN of every card here.
pub const PIN: &str = "YAMADA01";
/// The authentication PIN.
pub const AUTHENTICATION_PIN: &str = "1234";

/// Which card.
pub struct Card<'a> {
    /// Whose signature certificate of the test PKI.
    pub signer: &'a str,
    /// More arguments of `jpki_card.py`.
    pub options: &'a [&'a str],
}

/// Yamada's good card.
pub const YAMADA: Card<'static> = Card { signer: "sign-yamada", options: &[] };

/// A card in a reader; taken out with its handle.
pub struct SoftCard {
    child: Child,
    state: PathBuf,
    log: PathBuf,
}

impl SoftCard {
    /// What it did, a line each.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Tries left of the signature PIN, as the card itself counts them.
    pub fn tries(&self) -> u64 {
        let Ok(state) = fs::read(&self.state) else { return 5 };
        serde_json::from_slice::<serde_json::Value>(&state).unwrap()["sign"].as_u64().unwrap()
    }

    /// How many signatures it made.
    pub fn signatures(&self) -> usize {
        self.log().matches("SIGN with the").count()
    }

    /// Pulls it out of its reader, or puts it back.
    pub fn toggle(&self) {
        let signalled = Command::new("kill").args(["-USR1", &self.child.id().to_string()]).status().unwrap();
        assert!(signalled.success());
    }
}

impl Drop for SoftCard {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}
