//! A double of S3 over real HTTP: `moto_server` (PyPI, `moto[server]`), in a process of its own on loopback. It keeps
//! everything in memory, knows no credentials, and ends with its handle, or with this process whatever ends that.
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use super::http::{Answer, Client, read_answer};

/// The bucket of the tests.
pub const BUCKET: &str = "documents-of-tests";

/// A secret that must not be told.
pub const SECRET: &str = "MARKERSECRETKEY";

const UNSIGNED: &str = "Authorization: AWS4-HMAC-SHA256 Credential=tests/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";

/// A double of S3 with the bucket [`BUCKET`].
pub struct Moto {
    client: Client,
    running: Mutex<Option<Running>>,
}

struct Running {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

static SHARED: Mutex<Weak<Moto>> = Mutex::new(Weak::new());

/// The double that tests share while any of them runs; each takes a prefix of its own.
pub fn shared() -> Arc<Moto> {
    let mut shared = SHARED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    shared.upgrade().unwrap_or_else(|| {
        let moto = Arc::new(Moto::start());
        *shared = Arc::downgrade(&moto);
        moto
    })
}

impl Moto {
    pub fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let client = Client { address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)) };
        let moto = Self { client, running: Mutex::new(None) };
        moto.start_again();
        moto
    }

    /// Starts it where it was stopped, with an empty bucket.
    pub fn start_again(&self) {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(program());
        command.args(["-H", "127.0.0.1", "-p", &self.client.address.port().to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let (stop, stopped) = channel::<()>();
        // The kernel ends the child with the thread that started it: so that thread lives as long as the server.
        let thread = std::thread::spawn(move || {
            let mut child = command.spawn().expect("moto_server starts");
            let _ = stopped.recv();
            let _ = child.kill();
            let _ = child.wait();
        });
        *self.running.lock().unwrap() = Some(Running { stop, thread });
        for _ in 0..1200 {
            if TcpStream::connect(self.client.address).is_ok() {
                assert_eq!(self.ask("PUT", &format!("/{BUCKET}"), b"").status, 200);
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("moto_server did not start");
    }

    /// Ends it at once: connections are cut, and nobody listens.
    pub fn stop(&self) {
        if let Some(running) = self.running.lock().unwrap().take() {
            let _ = running.stop.send(());
            running.thread.join().unwrap();
        }
    }

    /// One request of the tests' own. Its signature is none: the double looks only whether there is one.
    pub fn ask(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let mut stream = self.client.connect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{UNSIGNED}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.client.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        read_answer(&mut stream, method == "HEAD")
    }

    /// Changes an object behind the gateway's back.
    pub fn overwrite(&self, name: &str, bytes: &[u8]) {
        assert_eq!(self.ask("PUT", &format!("/{BUCKET}/{name}"), bytes).status, 200);
    }

    /// The names of the objects of a prefix, but for marks.
    pub fn names(&self, prefix: &str) -> Vec<String> {
        let list = self.ask("GET", &format!("/{BUCKET}?list-type=2&prefix={prefix}/"), b"").text();
        list.split("<Key>")
            .skip(1)
            .map(|rest| rest.split_once("</Key>").unwrap().0.to_owned())
            .filter(|name| !name.contains("/.condemned/"))
            .collect()
    }

    /// `[documents]` for a prefix of this bucket.
    pub fn settings(&self, prefix: &str) -> String {
        format!(
            "[documents]\nstore = \"s3://{BUCKET}/{prefix}\"\nendpoint = \"http://{}\"\naccess_key_id = \"key\"\n\
             secret_access_key = \"{SECRET}\"\n",
            self.client.address
        )
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Beside the compiled tests, where tests/run puts it.
fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let program = tests.ancestors().nth(3).unwrap().join("s3-double/venv/bin/moto_server");
    assert!(program.exists(), "{} is not there: tests/run installs it", program.display());
    program
}
