//! A load generator over keep-alive connections: one thread, requests laid out beforehand, answers read no further than
//! needed, so that as little as possible of the two cores goes into asking. It sends to loopback only, a bounded number
//! of requests, and stops.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use madoguchi::clock::Stopwatch;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::filings::Filing;

const BOUNDARY: &str = "bench-boundary-7MA4YWxkTrZu0gW";

/// What a run measured.
pub struct Measured {
    /// Answers that were 201.
    pub created: usize,
    /// Other answers: status and how many.
    pub others: Vec<(u16, usize)>,
    /// From the first request to the last answer.
    pub took: Duration,
    /// One a request, sorted.
    pub latencies: Vec<Duration>,
}

impl Measured {
    /// 201 answers a second.
    pub fn rate(&self) -> f64 {
        self.created as f64 / self.took.as_secs_f64()
    }

    /// Answers of any status a second.
    pub fn answered_rate(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }

    /// Whether every answer had that status.
    pub fn all_were(&self, status: u16) -> bool {
        let of_it = |(found, _): &(u16, usize)| *found == status;
        self.created == 0 && self.others.iter().all(of_it) || status == 201 && self.others.is_empty()
    }

    /// A quantile of the latencies, in milliseconds.
    pub fn quantile(&self, q: f64) -> f64 {
        let index = ((self.latencies.len() - 1) as f64 * q).round() as usize;
        self.latencies[index].as_secs_f64() * 1_000.0
    }
}

/// The whole HTTP request that posts `filing`.
pub fn request(filing: &Filing, host: &SocketAddr) -> Vec<u8> {
    let mut body = Vec::with_capacity(filing.application.len() + filing.signature.len() + 512);
    for (name, file, content) in
        [("application", "application.json", &filing.application), ("signature", "signature.p7s", &filing.signature)]
    {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    let mut request = format!(
        "POST /api/v1/submissions HTTP/1.1\r\nHost: {host}\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.append(&mut body);
    request
}

/// Posts every request once over `connections` connections to `address`.
pub fn run(address: SocketAddr, requests: Vec<Vec<u8>>, connections: usize) -> Measured {
    assert!(address.ip().is_loopback(), "a load test runs against loopback only");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().expect("a runtime");
    let requests = Arc::new(requests);
    let next = Arc::new(AtomicUsize::new(0));
    runtime.block_on(async move {
        let watch = Stopwatch::start();
        let tasks: Vec<_> = (0..connections)
            .map(|_| tokio::spawn(connection(address, Arc::clone(&requests), Arc::clone(&next))))
            .collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.append(&mut task.await.expect("a connection that ends"));
        }
        measured(answers, watch.elapsed())
    })
}

fn measured(answers: Vec<(u16, Duration)>, took: Duration) -> Measured {
    let created = answers.iter().filter(|(status, _)| *status == 201).count();
    let mut others: Vec<(u16, usize)> = Vec::new();
    for (status, _) in answers.iter().filter(|(status, _)| *status != 201) {
        match others.iter_mut().find(|(known, _)| known == status) {
            Some((_, count)) => *count += 1,
            None => others.push((*status, 1)),
        }
    }
    let mut latencies: Vec<_> = answers.into_iter().map(|(_, latency)| latency).collect();
    latencies.sort_unstable();
    Measured { created, others, took, latencies }
}

async fn connection(address: SocketAddr, requests: Arc<Vec<Vec<u8>>>, next: Arc<AtomicUsize>) -> Vec<(u16, Duration)> {
    let mut stream = TcpStream::connect(address).await.expect("the gateway listens");
    stream.set_nodelay(true).expect("a TCP option");
    let mut answers = Vec::new();
    let mut buffer = vec![0_u8; 16 << 10];
    while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
        let watch = Stopwatch::start();
        stream.write_all(request).await.expect("the gateway reads");
        let status = read_answer(&mut stream, &mut buffer).await;
        answers.push((status, watch.elapsed()));
    }
    answers
}

/// Reads one answer whole and gives its status.
async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> u16 {
    let mut filled = 0;
    loop {
        let count = stream.read(&mut buffer[filled..]).await.expect("the gateway answers");
        assert!(count > 0, "the gateway closed the connection in the middle of an answer");
        filled += count;
        let Some(head) = find(&buffer[..filled], b"\r\n\r\n") else { continue };
        let text = std::str::from_utf8(&buffer[..head]).expect("a head is ASCII");
        let length: usize = text
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(|v| v.trim().to_owned()))
            .and_then(|length| length.parse().ok())
            .expect("answers have a length");
        let status = text[9..12].parse().expect("a status");
        let whole = head + 4 + length;
        if filled >= whole {
            return status;
        }
        if buffer.len() < whole {
            buffer.resize(whole, 0);
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
