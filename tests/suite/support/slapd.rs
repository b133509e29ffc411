//! Debian's slapd, on loopback and a port of its own, with its database in a temporary folder.
#![allow(dead_code)]
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration as Span;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use madoguchi::clock::Stopwatch;

/// The attribute of a complete list.
pub const LIST: &str = "certificateRevocationList;binary";

/// A directory of `o=Town`, in which `cn=Archived` has lists.
pub struct Directory {
    pub port: u16,
    folder: tempfile::TempDir,
    scheme: &'static str,
    process: Child,
}

impl Directory {
    /// With these attributes of `cn=Archived,o=Town`; `closed`: only who signs in may read.
    pub fn start(attributes: &[(&str, &[u8])], closed: bool) -> Self {
        Self::start_as("ldap", attributes, closed)
    }

    /// The same over TLS, with a certificate for 127.0.0.1 that nobody trusts who is not told to: [`Directory::certificate`].
    pub fn start_with_tls(attributes: &[(&str, &[u8])]) -> Self {
        Self::start_as("ldaps", attributes, false)
    }

    fn start_as(scheme: &'static str, attributes: &[(&str, &[u8])], closed: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tls = if scheme == "ldaps" { tls_files(folder.path()) } else { String::new() };
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        std::fs::create_dir(folder.path().join("db")).unwrap();
        let access = if closed { "access to * by anonymous auth by users read" } else { "access to * by * read" };
        let text = format!(
            "include /etc/ldap/schema/core.schema\npidfile {0}/slapd.pid\n{tls}modulepath /usr/lib/ldap\nmoduleload back_mdb\n\
             sizelimit unlimited\ndatabase mdb\nsuffix \"o=Town\"\nrootdn \"cn=admin,o=Town\"\nrootpw hush\n\
             directory {0}/db\nmaxsize 268435456\n{access}\n",
            folder.path().display()
        );
        std::fs::write(folder.path().join("slapd.conf"), text).unwrap();
        let values: String =
            attributes.iter().map(|(name, value)| format!("{name}:: {}\n", STANDARD.encode(value))).collect();
        let entries = format!(
            "dn: o=Town\nobjectClass: organization\no: Town\n\ndn: cn=Archived,o=Town\nobjectClass: cRLDistributionPoint\n\
             cn: Archived\n{values}\ndn: cn=reader,o=Town\nobjectClass: person\ncn: reader\nsn: reader\nuserPassword: word\n"
        );
        std::fs::write(folder.path().join("entries.ldif"), entries).unwrap();
        let added =
            program("slapadd", folder.path()).arg("-l").arg(folder.path().join("entries.ldif")).output().unwrap();
        assert!(added.status.success(), "slapadd: {}", String::from_utf8_lossy(&added.stderr));
        let process = run(folder.path(), scheme, port);
        Self { port, folder, scheme, process }
    }

    pub fn settings(&self, rest: &str) -> String {
        let url = format!("{}://127.0.0.1:{}/{rest}", self.scheme, self.port);
        format!("[[revocation.source]]\nurl = \"{url}\"\nallow = [\"127.0.0.1/32\"]\ntimeout = \"5s\"\n")
    }

    pub fn stop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }

    pub fn start_again(&mut self) {
        self.process = run(self.folder.path(), self.scheme, self.port);
    }

    /// Puts another value in the place of an attribute's.
    pub fn put(&self, attribute: &str, value: &[u8]) {
        let mut ldap = ldap3::LdapConn::new(&format!("ldap://127.0.0.1:{}", self.port)).unwrap();
        ldap.simple_bind("cn=admin,o=Town", "hush").unwrap().success().unwrap();
        let values = std::collections::HashSet::from([value.to_vec()]);
        let change = ldap3::Mod::Replace(attribute.as_bytes().to_vec(), values);
        ldap.modify("cn=Archived,o=Town", vec![change]).unwrap().success().unwrap();
        ldap.unbind().unwrap();
    }
}

impl Directory {
    /// The file with the certificate of its TLS, PEM.
    pub fn certificate(&self) -> std::path::PathBuf {
        self.folder.path().join("tls.pem")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        self.stop();
    }
}

fn program(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(Path::new("/usr/sbin").join(name));
    command.arg("-f").arg(folder.join("slapd.conf")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// In the foreground, so that it is this process's own; ready when it takes connections.
fn run(folder: &Path, scheme: &str, port: u16) -> Child {
    let log = std::fs::File::create(folder.join("log")).unwrap();
    let url = format!("{scheme}://127.0.0.1:{port}");
    let mut process = program("slapd", folder).args(["-d", "0", "-h", &url]).stderr(log).spawn().unwrap();
    let begun = Stopwatch::start();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        let ended = process.try_wait().unwrap();
        let log = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(ended.is_none() && begun.elapsed() < Span::from_secs(20), "slapd: {ended:?} {}", log());
        std::thread::sleep(Span::from_millis(50));
    }
    process
}

/// Makes a certificate and key, and gives the lines of slapd.conf that name them.
fn tls_files(folder: &Path) -> String {
    let (certificate, key) = super::origin::self_signed("127.0.0.1");
    std::fs::write(folder.join("tls.pem"), certificate.to_pem().unwrap()).unwrap();
    std::fs::write(folder.join("tls.key"), key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    let path = folder.display();
    format!("TLSCertificateFile {path}/tls.pem\nTLSCertificateKeyFile {path}/tls.key\nTLSVerifyClient never\n")
}
