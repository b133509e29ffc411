//! A real SMTP server on loopback (`support/smtp.py`, Debian's python3-aiosmtpd), in a process that ends with its handle.
#![allow(dead_code)]
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The server and the folder of what it took.
pub struct SmtpServer {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
}

/// A mail as it arrived.
#[derive(Debug, Clone)]
pub struct Mail {
    /// To whom the envelope was addressed.
    pub to: String,
    /// The whole as it was sent.
    pub raw: String,
    /// Its text, decoded.
    pub text: String,
    /// Its subject, decoded.
    pub subject: String,
}

impl SmtpServer {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/support/smtp.py");
        let mut child = Command::new("/usr/bin/python3")
            .arg(script)
            .arg(folder.path())
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line.trim(), "ready", "the SMTP server did not start: is python3-aiosmtpd installed?");
        Self { child, folder, port }
    }

    /// Its address, as `[mail] smtp` takes it.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Takes nothing for now, or takes mails again.
    pub fn refuse(&self, refuses: bool) {
        let file = self.folder.path().join("refuse");
        if refuses { std::fs::write(file, "").unwrap() } else { std::fs::remove_file(file).unwrap() }
    }

    /// What it took so far, in order.
    pub fn mails(&self) -> Vec<Mail> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|ending| ending == "eml")).collect();
        files.sort();
        files.iter().map(|file| read(file)).collect()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Another reader's word on what a mail says: Python's.
fn read(file: &Path) -> Mail {
    const SCRIPT: &str = "import email, email.policy, json, sys\n\
        m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)\n\
        print(json.dumps([m['X-Envelope-To'], m['Subject'], m.get_body().get_content()]))";
    let output = Command::new("/usr/bin/python3").args(["-c", SCRIPT]).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let [to, subject, text]: [String; 3] = serde_json::from_slice(&output.stdout).unwrap();
    Mail { to, subject, text, raw: std::fs::read_to_string(file).unwrap() }
}
