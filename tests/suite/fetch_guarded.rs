//! Fetching from servers that are slow, endless, cunning or broken: each case ends in its own code, and soon.
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use madoguchi::clock::Stopwatch;
use madoguchi::fetch::{Conditions, FetchError, FetchRules, Fetched, Fetcher};
use openssl::ssl::{SslAcceptor, SslMethod};

use crate::support::origin::{Asked, Origin, answer};

fn rules() -> FetchRules {
    FetchRules {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        connect_timeout: Duration::from_secs(2),
        timeout: Duration::from_secs(2),
        max_redirects: 3,
        max_bytes: 1 << 20,
    }
}

fn get(origin: &Origin, path: &str) -> Result<Fetched, FetchError> {
    Fetcher::new(rules()).get(&origin.url(path), &Conditions::default())
}

fn fetched(handler: impl Fn(&Asked, &mut TcpStream) + Send + Sync + 'static) -> Result<Fetched, FetchError> {
    get(&Origin::start(handler), "/list.crl")
}

#[test]
fn a_body_comes_with_its_validators_and_304_without_body() {
    let origin = Origin::start(|asked, stream| {
        if asked.header("if-none-match") == Some("\"one\"") {
            assert_eq!(asked.header("if-modified-since"), Some("Sun, 01 Nov 2026 00:00:00 GMT"));
            return answer(stream, "304 Not Modified", "ETag: \"one\"\r\n", b"");
        }
        let headers =
            "ETag: \"one\"\r\nLast-Modified: Sun, 01 Nov 2026 00:00:00 GMT\r\nCache-Control: public, max-age=60\r\n";
        answer(stream, "200 OK", headers, b"0123");
    });
    let first = get(&origin, "/list.crl").unwrap();
    assert_eq!((first.status, first.body.as_slice(), first.max_age), (200, &b"0123"[..], Some(60)));
    assert_eq!(first.conditions.etag.as_deref(), Some("\"one\""));
    let second = Fetcher::new(rules()).get(&origin.url("/list.crl"), &first.conditions).unwrap();
    assert!(second.is_unchanged() && second.body.is_empty());
    assert_eq!(origin.asked()[0].header("accept-encoding"), Some("identity"));
}

#[test]
fn an_answer_304_that_nobody_asked_for_is_none() {
    let answer = fetched(|_, stream| answer(stream, "304 Not Modified", "", b""));
    assert_eq!(answer, Err(FetchError::Status(304)));
}

#[test]
fn a_post_sends_its_body_and_follows_no_redirect() {
    let origin = Origin::start(|asked, stream| match asked.path() {
        "/ocsp" => answer(stream, "200 OK", "Content-Type: application/ocsp-response\r\n", &asked.body),
        _ => answer(stream, "307 Temporary Redirect", "Location: /ocsp\r\n", b""),
    });
    let fetcher = Fetcher::new(rules());
    let fetched = fetcher.post(&origin.url("/ocsp"), "application/ocsp-request", b"question").unwrap();
    assert_eq!(fetched.body, b"question");
    assert_eq!(fetched.content_type.as_deref(), Some("application/ocsp-response"));
    assert_eq!(origin.asked()[0].header("content-type"), Some("application/ocsp-request"));
    let redirected = fetcher.post(&origin.url("/elsewhere"), "application/ocsp-request", b"question");
    assert_eq!(redirected, Err(FetchError::Status(307)));
}

#[test]
fn a_source_that_is_slow_is_given_up() {
    let begun = Stopwatch::start();
    let answer = fetched(|_, stream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"));
        while stream.write_all(b"0").is_ok() {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    assert_eq!(answer, Err(FetchError::TimedOut("in all")));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn a_source_that_drips_its_headers_is_given_up() {
    let begun = Stopwatch::start();
    let answer = fetched(|_, stream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nX-Long: "));
        while stream.write_all(b"0").is_ok() {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    assert_eq!(answer, Err(FetchError::TimedOut("in all")));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn a_source_that_is_endless_is_cut_off_at_the_size() {
    let answer = fetched(|_, stream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
        let chunk = [b"1000\r\n".as_slice(), &[b'0'; 4096], b"\r\n"].concat();
        while stream.write_all(&chunk).is_ok() {}
    });
    assert_eq!(answer, Err(FetchError::TooLarge(1 << 20)));
}

#[test]
fn endless_headers_are_cut_off() {
    let answer = fetched(|_, stream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\n"));
        while stream.write_all(b"X-Long: 0123456789012345678901234567890123456789\r\n").is_ok() {}
    });
    assert!(matches!(answer, Err(FetchError::Protocol(_))), "{answer:?}");
}

#[test]
fn a_length_that_is_announced_takes_no_memory_and_is_refused() {
    let answer = fetched(|_, stream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4294967296\r\n\r\n0"));
    });
    assert_eq!(answer, Err(FetchError::TooLarge(1 << 20)));
}

#[test]
fn a_wrong_length_is_a_body_cut_short() {
    let answer = fetched(|_, stream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n01234"));
    });
    assert_eq!(answer, Err(FetchError::CutShort));
}

#[test]
fn a_gzip_bomb_in_content_encoding_is_not_unpacked() {
    let answer = fetched(|_, stream| answer(stream, "200 OK", "Content-Encoding: gzip\r\n", b"\x1f\x8b\x08"));
    assert_eq!(answer, Err(FetchError::Packed("gzip".to_owned())));
}

#[test]
fn a_source_serving_html_is_told_apart() {
    let page = b"\n <!DOCTYPE html><html><title>Log in</title></html>";
    assert_eq!(fetched(move |_, stream| answer(stream, "200 OK", "", page)), Err(FetchError::Html));
    let typed = fetched(|_, stream| answer(stream, "200 OK", "Content-Type: text/html; charset=utf-8\r\n", b"hello"));
    assert_eq!(typed, Err(FetchError::Html));
    let mislabelled =
        fetched(|_, stream| answer(stream, "200 OK", "Content-Type: text/html\r\n", b"0\x03\x02\x01\x05"));
    assert!(mislabelled.is_ok(), "a list stays one whatever the server calls it");
}

#[test]
fn a_redirect_is_followed_and_each_is_checked_again() {
    let origin = Origin::start(|asked, stream| match asked.path() {
        "/a" => answer(stream, "302 Found", "Location: /b\r\n", b""),
        "/b" => answer(stream, "200 OK", "", b"0"),
        "/file" => answer(stream, "302 Found", "Location: file:///etc/passwd\r\n", b""),
        "/user" => answer(stream, "302 Found", "Location: http://user:secret@127.0.0.1/\r\n", b""),
        "/nowhere" => answer(stream, "302 Found", "", b""),
        _ => answer(stream, "302 Found", "Location: http://10.0.0.1/\r\n", b""),
    });
    assert_eq!(get(&origin, "/a").unwrap().body, b"0");
    for path in ["/file", "/user", "/nowhere"] {
        let refused = get(&origin, path).unwrap_err();
        assert_eq!(refused.code(), "url_refused", "{path}: {refused}");
        assert!(!refused.to_string().contains("secret"));
    }
    assert_eq!(get(&origin, "/private"), Err(FetchError::AddressRefused("10.0.0.1".to_owned())));
}

/// The first address is allowed, the one that it redirects to is not.
#[test]
fn a_source_redirecting_to_127_0_0_1_is_refused() {
    let victim = Origin::start(|_, stream| answer(stream, "200 OK", "", b"inside"));
    let target = victim.url("/");
    let origin = Origin::at(TcpListener::bind("127.0.0.2:0").unwrap(), move |_, stream| {
        answer(stream, "301 Moved Permanently", &format!("Location: {target}\r\n"), b"");
    });
    let rules = FetchRules { allow: vec!["127.0.0.2/32".parse().unwrap()], ..rules() };
    let answer = Fetcher::new(rules).get(&origin.url("/"), &Conditions::default());
    assert_eq!(answer, Err(FetchError::AddressRefused("127.0.0.1".to_owned())));
    assert!(victim.asked().is_empty());
}

#[test]
fn a_redirect_loop_ends() {
    let origin = Origin::start(|_, stream| answer(stream, "302 Found", "Location: /again\r\n", b""));
    assert_eq!(get(&origin, "/"), Err(FetchError::TooManyRedirects(3)));
    assert_eq!(origin.asked().len(), 4);
}

#[test]
fn dns_answering_a_private_address_is_refused() {
    let origin = Origin::start(|_, stream| answer(stream, "200 OK", "", b"inside"));
    let port = origin.address().port();
    let strict = Fetcher::new(FetchRules { allow: Vec::new(), ..rules() });
    for host in ["localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433"] {
        let answer = strict.get(&format!("http://{host}:{port}/"), &Conditions::default());
        assert_eq!(answer.unwrap_err().code(), "address_refused", "{host}");
    }
    assert!(origin.asked().is_empty());
}

#[test]
fn https_with_an_untrusted_certificate_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || {
        let (certificate, key) = crate::support::origin::self_signed("localhost");
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
        acceptor.set_certificate(&certificate).unwrap();
        acceptor.set_private_key(&key).unwrap();
        let (stream, _) = listener.accept().unwrap();
        acceptor.build().accept(stream).is_ok()
    });
    let answer = Fetcher::new(rules()).get(&format!("https://localhost:{port}/"), &Conditions::default());
    assert_eq!(answer.as_ref().unwrap_err().code(), "tls_failed", "{answer:?}");
    assert!(!thread.join().unwrap(), "the handshake is broken off before anything is asked");
}

#[test]
fn statuses_and_servers_that_are_gone_have_their_codes() {
    assert_eq!(fetched(|_, stream| answer(stream, "404 Not Found", "", b"")), Err(FetchError::NotFound(404)));
    let late = fetched(|_, stream| answer(stream, "503 Service Unavailable", "", b""));
    assert_eq!(late, Err(FetchError::Status(503)));
    assert_eq!(fetched(|_, _| {}).unwrap_err().code(), "cut_short");
    assert_eq!(fetched(|_, stream| drop(stream.write_all(b"SSH-2.0-x\r\n\r\n"))).unwrap_err().code(), "protocol");
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let answer = Fetcher::new(rules()).get(&format!("http://{gone}/"), &Conditions::default());
    assert_eq!(answer.unwrap_err().code(), "not_reached");
    let long = format!("http://a.example/{}", "x".repeat(3000));
    for url in ["ftp://a.example/", "a.example", "http://u:p@a.example/", "file:///etc/passwd", &long] {
        let answer = Fetcher::new(rules()).get(url, &Conditions::default());
        assert_eq!(answer.unwrap_err().code(), "url_refused", "{url}");
    }
}
