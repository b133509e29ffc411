//! The hook for a malware scanner: a clamd reached over TCP (its INSTREAM command), or a program that reads the file from
//! its standard input. Every attachment passes it before it is served; without an answer nothing is served.
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::process::{Command, Stdio};
use std::time::Duration;

use bytes::Bytes;

use crate::clock::Stopwatch;
use crate::settings::ScannerSettings;

/// What a scanner says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// No scanner is set up.
    NotScanned,
    /// Nothing was found.
    Clean,
    /// Something harmful was found.
    Harmful,
}

/// The scanner did not answer, or not in its own language. The cause is for the log.
#[derive(Debug, thiserror::Error)]
#[error("the malware scanner: {0}")]
pub struct ScannerFault(String);

fn fault(error: impl std::fmt::Display) -> ScannerFault {
    ScannerFault(error.to_string())
}

/// Scans `file` on a thread that may block.
///
/// # Errors
/// [`ScannerFault`]: nothing may be served then.
pub async fn scan(settings: &ScannerSettings, file: Bytes) -> Result<Finding, ScannerFault> {
    let settings = settings.clone();
    let scanned = tokio::task::spawn_blocking(move || scan_now(&settings, &file)).await;
    scanned.map_err(fault)?
}

fn scan_now(settings: &ScannerSettings, file: &[u8]) -> Result<Finding, ScannerFault> {
    let patience = settings.patience.duration();
    match (&settings.clamd, settings.command.split_first()) {
        (Some(address), _) => by_clamd(address, file, patience),
        (None, Some((program, arguments))) => by_program(program, arguments, file, patience),
        (None, None) => Ok(Finding::NotScanned),
    }
}

/// clamd(8), INSTREAM: chunks with their length in four bytes, big-endian, ended by a length of 0.
fn by_clamd(address: &str, file: &[u8], patience: Duration) -> Result<Finding, ScannerFault> {
    let address = address.to_socket_addrs().map_err(fault)?.next().ok_or_else(|| fault("no such address"))?;
    let mut stream = TcpStream::connect_timeout(&address, patience).map_err(fault)?;
    stream.set_read_timeout(Some(patience)).map_err(fault)?;
    stream.set_write_timeout(Some(patience)).map_err(fault)?;
    stream.write_all(b"zINSTREAM\0").map_err(fault)?;
    for chunk in file.chunks(64 * 1024) {
        let length = u32::try_from(chunk.len()).map_err(fault)?;
        stream.write_all(&length.to_be_bytes()).map_err(fault)?;
        stream.write_all(chunk).map_err(fault)?;
    }
    stream.write_all(&0_u32.to_be_bytes()).map_err(fault)?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer).map_err(fault)?;
    let answer = String::from_utf8_lossy(&answer);
    match answer.trim_end_matches(['\0', '\n']) {
        "stream: OK" => Ok(Finding::Clean),
        found if found.ends_with(" FOUND") => Ok(Finding::Harmful),
        _ => Err(fault("an answer that is neither OK nor FOUND")),
    }
}

/// Exit status 0: clean; 1: harmful (as clamscan(1) says it); anything else, or no end in time: a fault.
fn by_program(program: &str, arguments: &[String], file: &[u8], patience: Duration) -> Result<Finding, ScannerFault> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(fault)?;
    let (input, file) = (child.stdin.take(), file.to_vec());
    // Written aside: a program that does not read would hold this thread for ever. One that stops reading early has
    // seen enough, so that a broken pipe is no fault.
    std::thread::spawn(move || input.map(|mut input| input.write_all(&file)));
    let since = Stopwatch::start();
    loop {
        match child.try_wait().map_err(fault)? {
            Some(status) if status.code() == Some(0) => return Ok(Finding::Clean),
            Some(status) if status.code() == Some(1) => return Ok(Finding::Harmful),
            Some(status) => return Err(fault(status)),
            None if since.elapsed() > patience => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(fault("took too long"));
            }
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn settings() -> ScannerSettings {
        ScannerSettings { patience: "2s".parse().unwrap(), ..ScannerSettings::default() }
    }

    fn program(script: &str) -> ScannerSettings {
        ScannerSettings { command: ["sh", "-c", script].map(str::to_owned).to_vec(), ..settings() }
    }

    /// A double of clamd: reads one INSTREAM wholly, and answers what it is told to where the content is `content`.
    fn clamd_double(content: &'static [u8], answer: &'static [u8]) -> ScannerSettings {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            let (mut peer, _) = listener.accept().unwrap();
            let mut command = [0_u8; 10];
            peer.read_exact(&mut command).unwrap();
            assert_eq!(&command, b"zINSTREAM\0");
            let mut seen = Vec::new();
            loop {
                let mut length = [0_u8; 4];
                peer.read_exact(&mut length).unwrap();
                let mut chunk = vec![0_u8; u32::from_be_bytes(length) as usize];
                if chunk.is_empty() {
                    break;
                }
                peer.read_exact(&mut chunk).unwrap();
                seen.extend(chunk);
            }
            peer.write_all(if seen == content { answer } else { b"another content" }).unwrap();
        });
        ScannerSettings { clamd: Some(address), ..settings() }
    }

    #[test]
    fn clamd_is_asked_and_believed() {
        assert_eq!(scan_now(&clamd_double(b"file", b"stream: OK\0"), b"file").unwrap(), Finding::Clean);
        let found = clamd_double(b"file", b"stream: Eicar-Test-Signature FOUND\0");
        assert_eq!(scan_now(&found, b"file").unwrap(), Finding::Harmful);
        assert!(scan_now(&clamd_double(b"file", b"INSTREAM size limit exceeded. ERROR\0"), b"file").is_err());
    }

    #[test]
    fn a_program_reads_the_file_and_says_by_its_status() {
        assert_eq!(scan_now(&program("grep -q harm && exit 1; exit 0"), b"no harm").unwrap(), Finding::Harmful);
        assert_eq!(scan_now(&program("grep -q harm && exit 1; exit 0"), b"fine").unwrap(), Finding::Clean);
        assert!(scan_now(&program("exit 2"), b"fine").is_err());
        assert!(scan_now(&program("sleep 30"), b"fine").is_err());
    }

    #[test]
    fn no_scanner_is_said_and_one_that_is_gone_is_a_fault() {
        assert_eq!(scan_now(&settings(), b"file").unwrap(), Finding::NotScanned);
        let gone = ScannerSettings { clamd: Some("127.0.0.1:1".to_owned()), ..settings() };
        assert!(scan_now(&gone, b"file").is_err());
    }
}
