//! A real PostgreSQL from Debian's package, in a temporary folder, on loopback, as a user that is not root, with fsync
//! on. It ends with its handle, and with this process whatever ends that.
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

/// Debian's "nobody": the server refuses to run as root.
const NOBODY: u32 = 65534;

/// A server.
pub struct Postgres {
    folder: tempfile::TempDir,
    port: u16,
    running: Mutex<Option<Running>>,
}

struct Running {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

static SHARED: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The server that tests share while any of them runs.
pub fn shared() -> Arc<Postgres> {
    let mut shared = SHARED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    shared.upgrade().unwrap_or_else(|| {
        let server = Arc::new(Postgres::start());
        *shared = Arc::downgrade(&server);
        server
    })
}

impl Postgres {
    /// A server of one's own.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        if is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let made = as_nobody(&bin().join("initdb"))
            .args(["--username=madoguchi", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
            .arg(folder.path().join("data"))
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { folder, port, running: Mutex::new(None) };
        server.start_again();
        server
    }

    /// Starts the server where it was stopped.
    pub fn start_again(&self) {
        let mut command = as_nobody(&bin().join("postgres"));
        command.arg("-D").arg(self.folder.path().join("data")).args(["-p", &self.port.to_string()]);
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=on",
            "max_connections=200",
            "shared_buffers=64MB",
            "log_min_messages=fatal",
        ] {
            command.args(["-c", setting]);
        }
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(std::fs::File::create(self.folder.path().join("log")).unwrap());
        let (stop, stopped) = channel::<()>();
        // The kernel ends the child with the thread that started it: so that thread lives as long as the server.
        let thread = std::thread::spawn(move || {
            let mut child = command.spawn().expect("postgres starts");
            let _ = stopped.recv();
            stop_immediately(&mut child);
        });
        *self.running.lock().unwrap() = Some(Running { stop, thread });
        self.wait_until_ready();
    }

    fn wait_until_ready(&self) {
        for _ in 0..600 {
            if self.psql("postgres", "SELECT 1").is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("PostgreSQL did not start: {:?}", std::fs::read_to_string(self.folder.path().join("log")));
    }

    /// Stops the server as a power cut would: no checkpoint, connections cut.
    pub fn stop(&self) {
        if let Some(running) = self.running.lock().unwrap().take() {
            let _ = running.stop.send(());
            running.thread.join().unwrap();
        }
    }

    /// A new, empty database: its address.
    pub fn new_database(&self) -> String {
        let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        self.psql("postgres", &format!("CREATE DATABASE {name}")).unwrap();
        self.url(&name)
    }

    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://madoguchi@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs one statement and gives what it prints, unaligned.
    pub fn psql(&self, database: &str, statement: &str) -> Result<String, String> {
        let output = Command::new(bin().join("psql"))
            .args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", &self.url(database), "-c", statement])
            .output()
            .unwrap();
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

/// SIGQUIT: PostgreSQL's "immediate shutdown". Its own children end with it.
fn stop_immediately(child: &mut Child) {
    let _ = Command::new("kill").args(["-QUIT", &child.id().to_string()]).status();
    let _ = child.wait();
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// The program as a user that is not root, ended by the kernel when its parent ends.
fn as_nobody(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "QUIT"]);
    if is_root() {
        command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
    }
    command.arg("--").arg(program);
    command
}

/// The newest server that Debian's packages installed.
fn bin() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()).max();
    let version = newest.expect("PostgreSQL is not installed: apt-get install postgresql (tests/run does it)");
    PathBuf::from(format!("/usr/lib/postgresql/{version}/bin"))
}
