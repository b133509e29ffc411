//! The residents' pages: the mix of pages that a filing takes, next to a static page of actix-web of the same mean size in
//! the same process; the account of somebody with 100 filings; and filing with 10,000 open drafts beside it and without.
//!
//! `cargo bench --bench pages [-- DRAFTS]` (default 10,000 open drafts)

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;
#[allow(dead_code)]
#[path = "../tests/suite/support/mod.rs"]
mod support;

use std::net::SocketAddr;

use actix_web::{App, HttpResponse, HttpServer, web};
use common::load::{self, Measured};
use support::gateway::{TestGateway, Wanted, application};
use support::http::filing;
use support::pki::TestPki;
use support::resident::{answer, file, fill_in, signed_in};
use support::visitor::Visitor;
use support::web_eid::AuthenticationCard;

/// Rounds, of which the middle one counts; ours and theirs take turns within each.
const ROUNDS: usize = 7;
/// Requests a round.
const REQUESTS: usize = 8_000;
const CONNECTIONS: usize = 16;
/// Filings of the account that is looked at.
const FILINGS: usize = 100;
/// Filings a round, with and without open drafts.
const FILED: usize = 400;
const PROCEDURE: &str = "/procedures/general-application";

fn main() {
    let drafts = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(10_000);
    let gateway = gateway();
    let mut person = signed_in(&gateway, &AuthenticationCard::yamada());
    let number = file_and_link(&gateway, &mut person);
    account(&gateway, &person);
    mix(&gateway, &mut person, &number);
    drop(gateway);
    beside_drafts(drafts);
}

fn gateway() -> TestGateway {
    TestGateway::start_with(Wanted { settings: "[log]\nlevel = \"warn\"\n".to_owned(), ..Wanted::default() })
}

/// A hundred filings of one person, who linked them; gives the newest.
fn file_and_link(gateway: &TestGateway, person: &mut Visitor) -> String {
    let (_, number) = file(person, "sign-yamada");
    assert_eq!(answer(person, "link"), 303);
    for _ in 1..FILINGS {
        assert_eq!(gateway.file("sign-yamada", application("sign-yamada").to_string().as_bytes()).status, 201);
    }
    number
}

/// A GET request of a person's browser over a connection that is kept.
fn get(path: &str, person: Option<&Visitor>) -> Vec<u8> {
    let cookies = person.map(|person| format!("Cookie: {}\r\n", person.cookies())).unwrap_or_default();
    let head = "Host: 127.0.0.1\r\nAccept: text/html\r\nAccept-Language: ja\r\n";
    format!("GET {path} HTTP/1.1\r\n{head}{cookies}\r\n").into_bytes()
}

fn repeat(requests: &[Vec<u8>], count: usize) -> Vec<Vec<u8>> {
    requests.iter().cycle().take(count).cloned().collect()
}

/// Median and p99 of the account's page, one request at a time, the asking and the way over loopback included.
fn account(gateway: &TestGateway, person: &Visitor) {
    let requests = repeat(&[get("/account", Some(person))], 2_000);
    load::run(gateway.client.address, requests[..200].to_vec(), 1);
    let measured = load::run(gateway.client.address, requests, 1);
    assert!(measured.all_were(200), "{:?}", measured.others);
    println!("the account of somebody with {FILINGS} filings, asked one after another");
    println!("  p50 / p99              {:>8.2} ms / {:.2} ms", measured.quantile(0.5), measured.quantile(0.99));
}

/// What a resident opens from the first page to the receipt, each as often as a filing opens it.
fn paths(person: &mut Visitor, number: &str) -> Vec<String> {
    let draft = fill_in(person, "sign-yamada");
    let ours = ["applicant", "recipient", "content"].map(|page| format!("{draft}/form/{page}"));
    let mut paths =
        ["/", "/procedures", PROCEDURE, "/drafts", "/status", "/help", "/account"].map(str::to_owned).to_vec();
    paths.extend(ours);
    paths.extend(["attachments", "review", "sign"].map(|page| format!("{draft}/{page}")));
    paths.push(format!("/account/filings/{number}"));
    paths
}

fn mix(gateway: &TestGateway, person: &mut Visitor, number: &str) {
    let paths = paths(person, number);
    let sizes: Vec<usize> = paths.iter().map(|path| size(person, path)).collect();
    let mean = sizes.iter().sum::<usize>() / sizes.len();
    let of_ours: Vec<Vec<u8>> = paths.iter().map(|path| get(path, Some(person))).collect();
    let theirs = static_page(mean);
    println!("\na mix of {} pages, {mean} octets in the mean, {CONNECTIONS} connections", paths.len());
    for ((path, size), request) in paths.iter().zip(&sizes).zip(&of_ours) {
        let shown = path.split('/').map(|part| if part.len() > 24 { "…" } else { part }).collect::<Vec<_>>().join("/");
        let alone = rate(gateway.client.address, std::slice::from_ref(request));
        println!("  {shown:<40} {size:>7} octets {alone:>9.0} a second by itself");
    }
    let mut rounds: Vec<(f64, f64)> = (0..ROUNDS)
        .map(|_| {
            let ours = rate(gateway.client.address, &of_ours);
            (ours, rate(theirs, &[get("/", None)]))
        })
        .collect();
    rounds.sort_by(|one, other| (one.0 / one.1).total_cmp(&(other.0 / other.1)));
    let (ours, theirs) = rounds[ROUNDS / 2];
    println!("  pages of the mix       {ours:>8.0} a second");
    println!("  a static page          {theirs:>8.0} a second");
    println!("  the mix has            {:>8.2} of its rate (the middle of {ROUNDS} rounds)", ours / theirs);
}

fn size(person: &mut Visitor, path: &str) -> usize {
    let page = person.get(path);
    assert_eq!(page.status, 200, "{path}: {}", page.text());
    page.body.len()
}

fn rate(address: SocketAddr, requests: &[Vec<u8>]) -> f64 {
    let measured = load::run(address, repeat(requests, REQUESTS), CONNECTIONS);
    assert!(measured.all_were(200), "{:?}", measured.others);
    measured.answered_rate()
}

/// actix-web with one handler that gives the same octets again and again, on as many threads as ours.
fn static_page(size: usize) -> SocketAddr {
    let page = web::Bytes::from("<!doctype html><p>x".repeat(size / 19 + 1).into_bytes()).slice(..size);
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app = move || {
                let page = page.clone();
                let handler = move || {
                    let page = page.clone();
                    async move { HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page) }
                };
                App::new().route("/", web::get().to(handler))
            };
            let server = HttpServer::new(app).workers(2).disable_signals().bind("127.0.0.1:0").expect("a port");
            tell.send(server.addrs()[0]).expect("somebody waits");
            server.run().await.expect("it runs");
        });
    });
    told.recv().expect("an address")
}

/// Filings a second at a gateway with that many open drafts of other people, and at one without.
fn beside_drafts(drafts: usize) {
    let (without, with) = (gateway(), gateway());
    (0..drafts).for_each(|_| begin(&with));
    let mut rounds: Vec<(f64, f64)> = (0..ROUNDS).map(|_| (filings(&with), filings(&without))).collect();
    rounds.sort_by(|one, other| (one.0 / one.1).total_cmp(&(other.0 / other.1)));
    let (with, without) = rounds[ROUNDS / 2];
    println!("\nfiling over {CONNECTIONS} connections, {FILED} filings a round");
    println!("  with {drafts:>6} open drafts {with:>7.0} a second");
    println!("  without                 {without:>7.0} a second; the ratio is {:.2}", with / without);
}

/// A draft of a browser of its own, with one page filled in.
fn begin(gateway: &TestGateway) {
    let mut somebody = Visitor::new(gateway);
    let begun = somebody.submit(PROCEDURE, &format!("{PROCEDURE}/start"), &[]);
    let page = format!("{}/content", begun.header("location").expect("a draft"));
    let answers = [("answers.title", "A lamp is out"), ("answers.body", "The lamp before house 3 is out.")];
    assert_eq!(somebody.submit(&page, &page, &answers).status, 303);
}

fn filings(gateway: &TestGateway) -> f64 {
    let requests: Vec<Vec<u8>> = (0..FILED)
        .map(|_| {
            let application = application("sign-yamada").to_string();
            let signature = TestPki::shared().sign("sign-yamada", application.as_bytes());
            posted(&filing(application.as_bytes(), &signature, &[]))
        })
        .collect();
    let measured: Measured = load::run(gateway.client.address, requests, CONNECTIONS);
    assert!(measured.all_were(201), "{:?}", measured.others);
    measured.answered_rate()
}

fn posted(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /api/v1/submissions HTTP/1.1\r\nHost: 127.0.0.1\r\n\
         Content-Type: multipart/form-data; boundary={}\r\nContent-Length: {}\r\n\r\n",
        support::http::BOUNDARY,
        body.len()
    );
    [head.as_bytes(), body].concat()
}
