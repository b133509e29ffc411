//! A source that fails, seen from end to end: in the record, on the operators' page, in the figures; the gateway stays
//! ready. What it serves, and where it leads, is no way past the guard.
use std::io::Write;
use std::net::{TcpListener, TcpStream};

use madoguchi::delivery::fetching::Fetching;
use madoguchi::store::accounts::Role;
use serde_json::Value;

use crate::support::gateway::{TestGateway, Wanted};
use crate::support::ocsp::free_address;
use crate::support::origin::{Origin, answer};
use crate::support::visitor::{Visitor, account, wait};

/// A gateway with one source and no list, which has asked it once.
struct Asked {
    gateway: TestGateway,
    _crls: tempfile::TempDir,
}

impl Asked {
    fn source(name: &str, keys: &str) -> Self {
        // From here on it is counted.
        madoguchi::telemetry::metrics_handle().unwrap();
        let crls = tempfile::tempdir().unwrap();
        let settings = format!("[[revocation.source]]\nname = \"{name}\"\ntimeout = \"2s\"\n{keys}\n");
        let wanted = Wanted { settings, crls: Some(crls.path().to_path_buf()), ..Wanted::default() };
        let asked = Self { gateway: TestGateway::start_with(wanted), _crls: crls };
        asked.ask();
        asked
    }

    fn ask(&self) {
        let mut fetching = Fetching::new(self.gateway.gateway.clone(), &self.gateway.settings);
        wait(async {
            fetching.round().await.unwrap();
            fetching.settle().await.unwrap();
        });
    }

    fn code(&self) -> Option<String> {
        let states = wait(self.gateway.gateway.store.crl_source_list()).unwrap();
        states[0].last_failure.as_ref().map(|(code, _)| code.clone())
    }

    fn page(&self) -> String {
        account(&self.gateway, "suzuki", Role::Operator);
        Visitor::signed_in(&self.gateway, "operator", "suzuki").get("/operator").text()
    }

    fn metrics(&self) -> String {
        self.gateway.client.send("GET", "/metrics", &[], b"").text()
    }
}

/// Its keys: where it is, on this machine.
fn at(url: &str) -> String {
    format!("url = \"{url}\"\nallow = [\"127.0.0.1/32\"]")
}

#[test]
fn a_source_that_is_away_is_told_on_the_page_and_in_the_figures_and_the_gateway_stays_ready() {
    let asked = Asked::source("the CA that is away", &at(&format!("http://{}/ca.crl", free_address())));
    assert_eq!(asked.code().as_deref(), Some("not_reached"));
    let page = asked.page();
    for words in ["the CA that is away", "Fails", "not_reached"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let figures = asked.metrics();
    let line = "madoguchi_crl_source_failures_total{source=\"the CA that is away\",code=\"not_reached\"} 1";
    assert!(figures.contains(line), "{figures}");
    assert!(figures.contains("madoguchi_crl_source_looks_total{source=\"the CA that is away\"} 1"), "{figures}");
    let ready = asked.gateway.client.get("/readyz");
    assert_eq!((ready.status, &ready.json()["status"]), (200, &Value::from("ready")), "{}", ready.text());
}

#[test]
fn a_source_that_is_endless_is_cut_off_at_its_size() {
    let endless = Origin::start(|_, stream: &mut TcpStream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));
        while stream.write_all(&[0x30; 65_536]).is_ok() {}
    });
    let asked = Asked::source("endless", &(at(&endless.url("/ca.crl")) + "\nmax_size = \"1MiB\""));
    assert_eq!(asked.code().as_deref(), Some("too_large"));
}

#[test]
fn a_source_that_is_slow_is_given_up_after_its_time() {
    let slow = Origin::start(|_, stream: &mut TcpStream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"));
        while stream.write_all(b"0").is_ok() {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    });
    assert_eq!(Asked::source("slow", &at(&slow.url("/ca.crl"))).code().as_deref(), Some("timed_out"));
}

#[test]
fn a_source_that_redirects_to_127_0_0_1_reaches_nothing_there() {
    let inside = Origin::start(|_, stream| answer(stream, "200 OK", "", b"inside"));
    let target = inside.url("/ca.crl");
    let redirects = Origin::at(TcpListener::bind("127.0.0.2:0").unwrap(), move |_, stream| {
        answer(stream, "302 Found", &format!("Location: {target}\r\n"), b"");
    });
    // The source's own address is allowed, and no other.
    let keys = format!("url = \"{}\"\nallow = [\"127.0.0.2/32\"]", redirects.url("/ca.crl"));
    assert_eq!(Asked::source("redirects", &keys).code().as_deref(), Some("address_refused"));
    assert_eq!((redirects.asked().len(), inside.asked().len()), (1, 0));
}

#[test]
fn a_source_that_serves_html_is_told_apart_and_works_again_later() {
    let list = crate::support::pki::TestPki::shared().crl_for("sign-smith");
    let is_back = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let back = is_back.clone();
    let origin = Origin::start(move |_, stream| match back.load(std::sync::atomic::Ordering::SeqCst) {
        false => answer(stream, "200 OK", "Content-Type: text/html\r\n", b"<!doctype html><title>Maintenance</title>"),
        true => answer(stream, "200 OK", "", &list),
    });
    let asked = Asked::source("maintained", &at(&origin.url("/ca.crl")));
    assert_eq!(asked.code().as_deref(), Some("html"));
    is_back.store(true, std::sync::atomic::Ordering::SeqCst);
    let key = asked.gateway.gateway.sources.all()[0].key;
    wait(asked.gateway.gateway.store.crl_source_make_due(key, asked.gateway.gateway.clock.now())).unwrap();
    asked.ask();
    assert_eq!(asked.code(), None);
    assert_eq!(asked.gateway.gateway.crls.list().len(), 1);
    assert!(asked.page().contains("Works"));
}
