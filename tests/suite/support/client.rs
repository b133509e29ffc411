//! `madoguchi-card` as a person starts it, with a gateway whose requests it trusts.
#![allow(dead_code)]
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use madoguchi::card_client::folder::DataFolder;
use madoguchi::card_client::origin::Origin;
use madoguchi::card_client::trust;
use serde_json::Value;

use super::card::{FakeGateway, GATEWAY};
use super::pki::{TestPki, now};

/// How a run ended.
#[derive(Debug)]
pub struct Said {
    /// Its exit status.
    pub status: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// That it was refused with this code.
    pub fn refused(&self, code: &str) -> &Self {
        let last = self.err.lines().last();
        assert!(self.status == Some(1) && self.err.contains(&format!("({code})")), "{code}: {last:?} {self:?}");
        self
    }

    /// That it worked.
    pub fn worked(&self) -> &Self {
        assert_eq!(self.status, Some(0), "{:?} {self:?}", self.err.lines().last());
        self
    }

    /// That it told this.
    pub fn told(&self, what: &str) -> &Self {
        assert!(self.err.contains(what) || self.out.contains(what), "{what} is not in {self:?}");
        self
    }
}

/// A person's desk: the client's folder, requests, and what the client finds in its surroundings.
pub struct Client {
    dir: tempfile::TempDir,
    /// The gateway.
    pub gateway: FakeGateway,
    environment: Vec<(String, PathBuf)>,
}

impl Client {
    /// A client that trusts its gateway.
    pub fn new() -> Self {
        let client = Self { dir: tempfile::tempdir().unwrap(), gateway: FakeGateway::new(), environment: Vec::new() };
        let folder = DataFolder::new(Some(client.dir.path().join("data"))).unwrap();
        trust::pin(&folder, &Origin::parse(GATEWAY).unwrap(), &client.gateway.keys(), now()).unwrap();
        client
    }

    /// The same with a variable of the environment.
    pub fn with(mut self, name: &str, value: impl Into<PathBuf>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// A path on the desk.
    pub fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    /// A good request of one's own in the file `name`.
    pub fn request(&self, name: &str) -> String {
        fs::write(self.path(name), self.gateway.good().to_string()).unwrap();
        self.path(name)
    }

    /// The command that starts it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi-card"));
        command.arg("--data").arg(self.dir.path().join("data")).args(arguments);
        command.env("LANG", "en_GB.UTF-8").env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("LANGUAGE");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts it with `stdin`.
    pub fn start(&self, arguments: &[&str], stdin: &str) -> Child {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // It may end before it reads.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        child
    }

    /// Runs it.
    pub fn run(&self, arguments: &[&str], stdin: &str) -> Said {
        finish(self.start(arguments, stdin))
    }

    /// Signs the request in the file with this PIN.
    pub fn sign(&self, request: &str, source: &[&str], pin: &str) -> Said {
        self.run(&[&["sign", request, "--pin-stdin"], source].concat(), &format!("{pin}\n"))
    }

    /// That the gateway's `verify` and OpenSSL both take the signature of `request`.
    pub fn accepted(&self, request: &str, policy: &str) {
        let signature = Path::new(request).with_extension("p7s");
        fs::write(self.path("content"), self.gateway.document()).unwrap();
        let pki = TestPki::shared();
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        command.args(["verify", "--policy", policy, "--json", "--content", &self.path("content"), "--signature"]);
        command.arg(&signature).arg("--anchor").args(files(&pki.anchors_dir()));
        command.arg("--certificate").args(files(&pki.intermediates_dir()));
        command.arg("--crl").args(files(&pki.crls_dir()));
        let output = command.output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["indication"], "TOTAL_PASSED", "{report:#}");
        let mut anchors = Vec::new();
        for certificate in pki.anchors().iter().chain(&pki.intermediates()) {
            anchors.extend(openssl::x509::X509::from_der(certificate).unwrap().to_pem().unwrap());
        }
        fs::write(self.path("anchors"), anchors).unwrap();
        let verified = Command::new("openssl")
            .args(["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any", "-out", "/dev/null"])
            .args(["-content", &self.path("content"), "-CAfile", &self.path("anchors"), "-in"])
            .arg(&signature)
            .output()
            .unwrap();
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    }

    /// That nothing was signed for `request`.
    pub fn not_signed(&self, request: &str) {
        assert!(!Path::new(request).with_extension("p7s").exists(), "a signature was written");
    }
}

/// Waits for the end.
pub fn finish(child: Child) -> Said {
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}
