//! What holds for every request: routes, problems, ids, headers, limits, slow and leaving clients.
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::time::Duration;

use madoguchi::clock::Stopwatch;

use madoguchi::web::routes::{Access, ROUTES};
use serde_json::{Value, json};

use crate::support::gateway::{ORIGIN, TestGateway, Wanted};
use crate::support::http::{BOUNDARY, Part, filing, multipart, read_answer};

fn filled_in(path: &str) -> String {
    let number = madoguchi::ids::ArrivalNumber::random(&ring::rand::SystemRandom::new()).unwrap();
    let segments = path.split('/').map(|segment| match segment {
        "{arrival_number}" => number.as_str(),
        "{code}" => "general-application",
        "{role}" => "attachment",
        "{ordinal}" => "0",
        other if other.starts_with('{') => "x",
        other => other,
    });
    segments.collect::<Vec<_>>().join("/")
}

#[test]
fn no_route_answers_with_a_fault_and_each_is_reached() {
    let gateway = TestGateway::start();
    for route in ROUTES {
        let path = filled_in(route.path);
        let answer = gateway.client.send(route.method, &path, &[], b"");
        assert!(answer.status < 500, "{} {path}: {} {}", route.method, answer.status, answer.text());
        assert_ne!(answer.status, 405, "{} {path}", route.method);
        assert!(answer.header("x-request-id").is_some(), "{path}");
        if answer.status >= 400 && path.starts_with("/api/") {
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{} {path}", route.method);
        }
    }
}

#[test]
fn without_a_token_every_route_that_needs_one_answers_alike() {
    let gateway = TestGateway::start();
    let guarded = ROUTES
        .iter()
        .filter(|route| matches!(route.access, Access::FilingToken | Access::AgencyToken | Access::OperatorToken));
    let mut seen = 0;
    for route in guarded {
        let path = filled_in(route.path);
        let wrong: [&[(&str, &str)]; 3] =
            [&[], &[("Authorization", "Bearer 0123456789abcdefghij")], &[("Authorization", "Basic Og==")]];
        for headers in wrong {
            let answer = gateway.client.send(route.method, &path, headers, b"");
            assert_eq!((answer.status, answer.problem_code().as_str()), (401, "unauthorized"), "{path}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
        seen += 1;
    }
    assert!(seen >= 8, "{seen}");
}

#[test]
fn the_openapi_document_and_the_table_of_routes_name_the_same_calls() {
    let gateway = TestGateway::start();
    let document = gateway.client.get("/api/openapi.json").json();
    assert_eq!(document["servers"][0]["url"], ORIGIN);
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            described.insert((method.to_uppercase(), path.clone()));
        }
    }
    let is_api = |path: &str| {
        path.starts_with("/api/")
            || path.starts_with("/.well-known/")
            || path.starts_with("/problems/")
            || ["/ocsp", "/healthz", "/readyz", "/metrics"].contains(&path)
            || path.starts_with("/ocsp/")
    };
    let served: BTreeSet<_> = ROUTES
        .iter()
        .filter(|route| is_api(route.path))
        // A segment that goes on over slashes is written with what it matches.
        .map(|route| (route.method.to_owned(), route.path.replace(":.+}", "}")))
        .collect();
    assert_eq!(described, served);
    let text = document.to_string();
    let references = text.split("\"#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap());
    for name in references {
        assert!(document["components"]["schemas"].get(name).is_some(), "schema {name} is missing");
    }
}

#[test]
fn what_is_not_there_is_404_and_another_method_405_with_the_methods_that_are_taken() {
    let gateway = TestGateway::start();
    let answer = gateway.client.get("/api/v1/nothing");
    assert_eq!(answer.status, 404);
    assert_eq!(
        answer.json(),
        json!({"type": format!("{ORIGIN}/problems/not-found"), "title": "There is nothing here", "status": 404,
            "detail": "Nothing is to be found under this address.", "code": "not-found"})
    );
    let answer = gateway.client.send("DELETE", "/api/v1/submissions", &[], b"");
    assert_eq!((answer.status, answer.problem_code().as_str()), (405, "method-not-allowed"));
    assert_eq!(answer.header("allow"), Some("POST"));
    let answer = gateway.client.send("POST", "/healthz", &[], b"");
    assert_eq!(answer.header("allow"), Some("GET, HEAD"));
    assert_eq!(gateway.client.send("HEAD", "/healthz", &[], b"").status, 200);
}

#[test]
fn every_problem_has_its_page() {
    let gateway = TestGateway::start();
    for code in madoguchi::submission::rejection::RejectionCode::ALL {
        let answer = gateway.client.get(&format!("/problems/{}", code.as_str()));
        assert_eq!(answer.status, 200, "{}", code.as_str());
        assert!(answer.text().contains(code.as_str()));
    }
    assert_eq!(gateway.client.get("/problems/no-such").status, 404);
}

#[test]
fn a_sane_request_id_comes_back_and_any_other_is_replaced() {
    let gateway = TestGateway::start();
    let id = |given: &str| {
        let answer = gateway.client.send("GET", "/healthz", &[("X-Request-Id", given)], b"");
        answer.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(id("order-66.a_b"), "order-66.a_b");
    assert_eq!(id("no spaces, no \"quotes\"").len(), 32);
}

#[test]
fn answers_carry_the_headers_that_keep_browsers_safe() {
    let gateway = TestGateway::start();
    for path in ["/healthz", "/api/v1/nothing", "/api/v1/procedures"] {
        let answer = gateway.client.get(path);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert!(answer.header("content-security-policy").unwrap().contains("default-src 'none'"), "{path}");
        assert!(answer.header("strict-transport-security").is_some(), "{path}");
        assert_eq!(answer.header("server"), None);
    }
}

#[test]
fn an_upload_that_is_not_as_it_should_be_is_told_what_is_wrong() {
    let gateway = TestGateway::start();
    let part = |name, bytes| Part { name, file_name: None, bytes };
    let post = |body: &[u8]| {
        let answer = gateway.client.post_multipart("/api/v1/submissions", body);
        (answer.status, answer.problem_code())
    };
    let cases: &[(&[Part<'_>], u16, &str)] = &[
        (&[part("application", b"{}")], 400, "part-missing"),
        (&[part("signature", b"x")], 400, "part-missing"),
        (&[], 400, "part-missing"),
        (&[part("application", b"{}"), part("application", b"{}"), part("signature", b"x")], 400, "part-twice"),
        (&[part("application", b"{}"), part("signature", b"x"), part("signature", b"x")], 400, "part-twice"),
        (&[part("application", b"{}"), part("signature", b"x"), part("other", b"x")], 400, "bad-multipart"),
    ];
    for (parts, status, code) in cases {
        assert_eq!(post(&multipart(parts)), (*status, (*code).to_owned()), "{code}");
    }
    let good = filing(b"{}", b"x", &[]);
    assert_eq!(post(&good[..good.len() - 10]).1, "bad-multipart");
    assert_eq!(post(b"no multipart at all").1, "bad-multipart");
    let other = gateway.client.send("POST", "/api/v1/submissions", &[("Content-Type", "application/json")], b"{}");
    assert_eq!((other.status, other.problem_code().as_str()), (415, "unsupported-media-type"));
    let none = gateway.client.send("POST", "/api/v1/submissions", &[], b"");
    assert_eq!(none.status, 415);
    let unbounded =
        gateway.client.send("POST", "/api/v1/submissions", &[("Content-Type", "multipart/form-data")], b"x");
    assert_eq!((unbounded.status, unbounded.problem_code().as_str()), (400, "bad-multipart"));
}

#[test]
fn each_part_and_the_whole_body_have_their_limits() {
    let settings = "[limits]\nrequests_per_minute = 0\napplication = \"10KiB\"\nsignature = \"10KiB\"\n\
        attachments = 2\nattachment = \"10KiB\"\n[server]\nlisten = \"127.0.0.1:0\"\nmax_body = \"40KiB\"\n";
    let gateway = TestGateway::start_with(Wanted { settings: settings.to_owned(), ..Wanted::default() });
    let large = vec![b'x'; 10 * 1024 + 1];
    let cases = [
        filing(&large, b"x", &[]),
        filing(b"{}", &large, &[]),
        filing(b"{}", b"x", &[("a", &large)]),
        filing(&large[1..], &large[1..], &[("a", &large[1..]), ("b", &large[1..])]),
    ];
    for body in cases {
        let answer = gateway.client.post_multipart("/api/v1/submissions", &body);
        assert_eq!((answer.status, answer.problem_code().as_str()), (413, "too-large"));
    }
    let three = filing(b"{}", b"x", &[("a", b"1"), ("b", b"2"), ("c", b"3")]);
    let answer = gateway.client.post_multipart("/api/v1/submissions", &three);
    assert_eq!((answer.status, answer.problem_code().as_str()), (422, "too-many-attachments"));
    let fits = filing(&large[1..], &large[1..], &[]);
    assert_eq!(gateway.client.post_multipart("/api/v1/submissions", &fits).status, 422);
}

#[test]
fn a_body_that_is_announced_too_large_is_refused_before_it_is_sent() {
    let gateway = TestGateway::start();
    let mut stream = gateway.client.connect();
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    write!(
        stream,
        "POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: 60000000\r\n\r\n"
    )
    .unwrap();
    let answer = read_answer(&mut stream, false);
    assert_eq!((answer.status, answer.problem_code().as_str()), (413, "too-large"));
}

#[test]
fn a_slow_client_is_not_waited_for() {
    let gateway = TestGateway::start_with(Wanted {
        web: |web| web.patience.next_bytes = Duration::from_millis(300),
        ..Wanted::default()
    });
    let mut stream = gateway.client.connect();
    let body = filing(b"{}", b"x", &[]);
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let length = body.len();
    write!(
        stream,
        "POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    )
    .unwrap();
    stream.write_all(&body[..20]).unwrap();
    let begun = Stopwatch::start();
    let answer = read_answer(&mut stream, false);
    assert_eq!((answer.status, answer.problem_code().as_str()), (408, "request-timeout"));
    assert!(begun.elapsed() < Duration::from_secs(30), "the time-out was the request's, not the test's");
}

#[test]
fn a_client_that_drips_is_not_waited_for_either() {
    let gateway = TestGateway::start_with(Wanted {
        web: |web| web.patience.body = Duration::from_millis(600),
        ..Wanted::default()
    });
    let mut stream = gateway.client.connect();
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    write!(
        stream,
        "POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: 4000\r\n\r\n"
    )
    .unwrap();
    let begun = Stopwatch::start();
    for byte in filing(b"{}", b"x", &[]) {
        std::thread::sleep(Duration::from_millis(50));
        if stream.write_all(&[byte]).is_err() || begun.elapsed() > Duration::from_secs(2) {
            break;
        }
    }
    let answer = read_answer(&mut stream, false);
    assert_eq!(answer.status, 408);
}

#[test]
fn a_client_that_leaves_in_the_middle_leaves_nothing_and_harms_nobody() {
    let gateway = TestGateway::start();
    let body = filing(b"{}", b"x", &[]);
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    for cut in [0, 10, body.len() / 2, body.len() - 1] {
        let mut stream = gateway.client.connect();
        let length = body.len();
        write!(
            stream,
            "POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        )
        .unwrap();
        stream.write_all(&body[..cut]).unwrap();
        drop(stream);
    }
    for _ in 0..20 {
        assert_eq!(gateway.client.get("/healthz").status, 200);
    }
}

#[test]
fn a_connection_is_kept_for_the_next_request_after_a_refusal() {
    let gateway = TestGateway::start();
    let mut stream = gateway.client.connect();
    let body = multipart(&[Part { name: "application", file_name: None, bytes: b"{}" }]);
    for _ in 0..3 {
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let length = body.len();
        write!(
            stream,
            "POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        )
        .unwrap();
        stream.write_all(&body).unwrap();
        assert_eq!(read_answer(&mut stream, false).problem_code(), "part-missing");
    }
}

#[test]
fn what_is_no_http_does_not_stop_the_server() {
    let gateway = TestGateway::start();
    for noise in [
        &b"\x16\x03\x01\x02\x00\x01\x00"[..],
        b"GET\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        &[0; 20_000],
    ] {
        let mut stream = gateway.client.connect();
        stream.write_all(noise).unwrap();
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(gateway.client.get("/healthz").json(), json!({"status": "alive"}));
}

#[test]
fn too_many_requests_from_one_address_are_told_to_wait() {
    let settings = "[limits]\nrequests_per_minute = 5\n[server]\nlisten = \"127.0.0.1:0\"\n\
        trusted_proxies = [\"127.0.0.1/32\"]\n";
    let gateway = TestGateway::start_with(Wanted { settings: settings.to_owned(), ..Wanted::default() });
    let from = |address: &str| gateway.client.send("GET", "/healthz", &[("X-Forwarded-For", address)], b"");
    for _ in 0..5 {
        assert_eq!(from("203.0.113.1").status, 200);
    }
    let answer = from("203.0.113.1");
    assert_eq!((answer.status, answer.problem_code().as_str()), (429, "too-many-requests"));
    let wait: u32 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=12).contains(&wait), "{wait}");
    assert_eq!(from("203.0.113.2").status, 200);
    assert_eq!(from("198.51.100.1, 203.0.113.1").status, 429, "what the client wrote itself does not count");
}

#[test]
fn a_json_body_is_told_where_it_is_wrong_and_never_what_it_said() {
    let gateway = TestGateway::start();
    let post = |body: &Value| gateway.client.post_json("/api/v1/applications", &[], body);
    let answer = post(&json!({"procedure": "general-application", "sekrit-name": 1}));
    assert_eq!((answer.status, answer.problem_code().as_str()), (400, "bad-request"));
    assert!(!answer.text().contains("sekrit"));
    let broken =
        gateway.client.send("POST", "/api/v1/applications", &[("Content-Type", "application/json")], b"{\"a\":");
    assert_eq!((broken.status, broken.problem_code().as_str()), (400, "bad-request"));
}

#[test]
fn ready_tells_what_it_rests_on_and_keys_and_metrics_are_published() {
    let gateway = TestGateway::start();
    let ready = gateway.client.get("/readyz");
    assert_eq!(ready.status, 200, "{}", ready.text());
    assert_eq!(ready.json()["database"], "writable");
    assert!(ready.json()["anchors"].as_u64().unwrap() >= 2);
    let keys = gateway.client.get("/.well-known/jwks.json");
    assert_eq!(keys.header("content-type"), Some("application/jwk-set+json"));
    assert_eq!(keys.json()["keys"].as_array().unwrap().len(), 2);
    assert!(keys.json()["keys"].as_array().unwrap().iter().all(|key| key["crv"] == "P-256" && key.get("d").is_none()));
    let metrics = gateway.client.get("/metrics");
    assert!(metrics.header("content-type").unwrap().starts_with("text/plain"));
    assert!(
        metrics.text().contains("madoguchi_http_requests_total{route=\"GET /readyz\",status=\"200\"}"),
        "{}",
        metrics.text()
    );
}

#[test]
fn metrics_can_be_kept_from_strangers() {
    let settings = "[server]\nlisten = \"127.0.0.1:0\"\nmetrics_from = [\"192.0.2.0/24\"]\n\
        trusted_proxies = [\"127.0.0.1/32\"]\n";
    let gateway = TestGateway::start_with(Wanted { settings: settings.to_owned(), ..Wanted::default() });
    assert_eq!(gateway.client.get("/metrics").status, 404);
    assert_eq!(gateway.client.send("GET", "/metrics", &[("X-Forwarded-For", "192.0.2.7")], b"").status, 200);
}
