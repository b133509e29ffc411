//! The loopback agent: what a paired page gets, what a person sees, and what hostile pages get.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use serde_json::json;

use crate::support::card::{Answer, GATEWAY, TestAgent, send};
use crate::support::pki::TestPki;

impl TestAgent {
    /// Begins an operation; gives its path in the interface and the path of its window.
    fn begin(&self, path: &str, body: &serde_json::Value) -> (String, String) {
        let answer = self.call("POST", path, &body.to_string());
        assert_eq!(answer.status, 202, "{answer:?}");
        let answer = answer.json();
        let window =
            answer["url"].as_str().unwrap().strip_prefix(&self.origin()).expect("an address of the agent").to_owned();
        (format!("/v1/operations/{}", answer["operation"].as_str().unwrap()), window)
    }

    fn begin_sign(&self) -> (String, String) {
        self.begin("/v1/sign", &json!({ "language": "ja", "mgreq": self.gateway.good() }))
    }

    /// Answers the form and gives the page that follows.
    fn answer(&self, page: &Answer, rest: &str) -> Answer {
        let answer = self.submit(&format!("secret={}&{rest}", page.secret()));
        assert_eq!(answer.status, 303, "{answer:?}");
        self.open(answer.header("location").unwrap())
    }
}

#[test]
fn a_certificate_is_read_after_the_pin() {
    let agent = TestAgent::start(&["sign-yamada", "sign-smith"]);
    let (operation, window) = agent.begin("/v1/certificate", &json!({ "language": "en" }));
    assert_eq!(agent.call("GET", &operation, "").json()["status"], "waiting");
    let page = agent.open(&window);
    assert!(page.body.contains("Read your certificate") && page.body.contains(GATEWAY), "{page:?}");
    assert!(page.body.contains("sign-smith") && !page.body.contains("<script"));
    let done = agent.answer(&page, "card=1&pin=SMITH001&action=agree");
    assert!(done.body.contains("Your certificate was read"), "{done:?}");
    let told = agent.call("GET", &operation, "").json();
    assert_eq!((&told["status"], &told["result"]["card"]), (&json!("done"), &json!("sign-smith")));
    let read = STANDARD.decode(told["result"]["certificate"].as_str().unwrap()).unwrap();
    assert_eq!(read, TestPki::shared().certificate("sign-smith"));
    // The card that was opened is chosen in the next window.
    let (_, window) = agent.begin_sign();
    assert!(agent.open(&window).body.contains("value=\"1\" checked"));
}

#[test]
fn an_application_is_shown_and_signed() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (operation, window) = agent.begin_sign();
    let page = agent.open(&window);
    for shown in
        ["山田　花子", "道路の補修", "一行目\n二行目 ⟨U+202E⟩⟨U+001B⟩[31m", "写真.png", "東京都千代田区", "残り回数: 5"]
    {
        assert!(page.body.contains(shown), "{shown} is not in {page:?}");
    }
    let done = agent.answer(&page, "card=0&pin=YAMADA01&action=agree");
    assert!(done.body.contains("署名しました"), "{done:?}");
    let told = agent.call("GET", &operation, "").json();
    let signature = STANDARD.decode(told["result"]["signature"].as_str().unwrap()).unwrap();
    let mut cms = openssl::cms::CmsContentInfo::from_der(&signature).unwrap();
    let mut store = openssl::x509::store::X509StoreBuilder::new().unwrap();
    for anchor in TestPki::shared().anchors() {
        store.add_cert(openssl::x509::X509::from_der(&anchor).unwrap()).unwrap();
    }
    let options = openssl::cms::CMSOptions::BINARY | openssl::cms::CMSOptions::NO_SIGNER_CERT_VERIFY;
    cms.verify(None, Some(&store.build()), Some(&agent.gateway.document()), None, options).unwrap();
}

#[test]
fn every_answer_forbids_frames_scripts_and_keeping() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (_, window) = agent.begin_sign();
    for answer in
        [agent.open(&window), agent.open("/p/none"), agent.call("GET", "/v1/status", ""), agent.open("/nothing")]
    {
        let csp = answer.header("content-security-policy").unwrap();
        assert!(
            csp.contains("frame-ancestors 'none'") && csp.contains("default-src 'none'") && !csp.contains("unsafe"),
            "{csp}"
        );
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{answer:?}");
        }
    }
}

#[test]
fn a_wrong_pin_tells_the_tries_left_and_then_locks() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (operation, window) = agent.begin_sign();
    let mut page = agent.open(&window);
    for left in [4, 3, 2, 1] {
        page = agent.answer(&page, "card=0&pin=WRONG&action=agree");
        let body = &page.body;
        assert!(body.contains("暗証番号が違います") && body.contains(&format!("残り回数: {left}")), "{body}");
        assert!(!body.contains("WRONG"), "the PIN came back");
        assert_eq!(agent.call("GET", &operation, "").json()["status"], "waiting");
    }
    page = agent.answer(&page, "card=0&pin=WRONG&action=agree");
    assert!(page.body.contains("ロックされました"), "{page:?}");
    assert_eq!(agent.call("GET", &operation, "").json()["error"]["code"], "pin-locked");
    let (operation, window) = agent.begin_sign();
    agent.answer(&agent.open(&window), "card=0&pin=YAMADA01&action=agree");
    assert_eq!(
        agent.call("GET", &operation, "").json()["error"]["code"],
        "pin-locked",
        "the right PIN opened a locked card"
    );
}

#[test]
fn a_right_pin_restores_the_tries() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (_, window) = agent.begin_sign();
    let page = agent.answer(&agent.open(&window), "card=0&pin=WRONG&action=agree");
    agent.answer(&page, "card=0&pin=YAMADA01&action=agree");
    let (_, window) = agent.begin_sign();
    assert!(agent.open(&window).body.contains("残り回数: 5"));
}

#[test]
fn what_the_person_leaves_out_is_said() {
    let agent = TestAgent::start(&["sign-yamada", "sign-smith"]);
    let (_, window) = agent.begin_sign();
    let page = agent.answer(&agent.open(&window), "pin=YAMADA01&action=agree");
    assert!(page.body.contains("カードを選んでください") && page.body.contains("role=\"alert\""), "{page:?}");
    let page = agent.answer(&page, "card=0&pin=&action=agree");
    assert!(page.body.contains("暗証番号を入力してください") && page.body.contains("残り回数: 5"), "{page:?}");
}

#[test]
fn a_person_who_refuses_signs_nothing() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (operation, window) = agent.begin_sign();
    let page = agent.answer(&agent.open(&window), "card=0&pin=YAMADA01&action=refuse");
    assert!(page.body.contains("署名も読み取りも行っていません"), "{page:?}");
    let told = agent.call("GET", &operation, "").json();
    assert_eq!((&told["status"], &told["error"]["code"]), (&json!("ended"), &json!("user-cancelled")));
    assert!(told.get("result").is_none());
}

#[test]
fn foreign_hosts_and_origins_get_nothing() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let bearer = format!("Bearer {}", agent.token);
    let address = agent.agent.address();
    for host in [
        "evil.example",
        "localhost",
        &format!("localhost:{}", address.port()),
        &format!("evil.example:{}", address.port()),
    ] {
        let headers = [("Origin", GATEWAY), ("Authorization", bearer.as_str())];
        for path in ["/v1/status", "/p/x", "/card.css"] {
            assert_eq!(send(address, host, "GET", path, &headers, "").status, 421, "{host} {path}");
        }
    }
    for origin in [
        "http://evil.example",
        "null",
        "http://127.0.0.1:8081",
        "https://127.0.0.1:8080",
        "http://127.0.0.1:8080.evil.example",
        "HTTP://127.0.0.1:8080",
        "",
    ] {
        let headers = [("Origin", origin), ("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        for method in ["POST", "OPTIONS"] {
            let answer = agent.send(method, "/v1/certificate", &headers, "{}");
            assert!(
                answer.status == 403 && answer.header("access-control-allow-origin").is_none(),
                "{origin}: {answer:?}"
            );
        }
    }
    assert_eq!(agent.send("GET", "/v1/status", &[("Authorization", &bearer)], "").status, 403, "without an Origin");
    let twice = [("Origin", GATEWAY), ("Origin", "http://evil.example"), ("Authorization", bearer.as_str())];
    assert_eq!(agent.send("GET", "/v1/status", &twice, "").status, 403);
}

#[test]
fn a_token_is_bound_to_its_origin() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let other = madoguchi::card_client::origin::Origin::parse("http://127.0.0.1:7777").unwrap();
    let others = format!("Bearer {}", madoguchi::card_client::pairing::pair(&agent.folder, &other).unwrap());
    for authorization in ["", "Bearer ", "Bearer x", &others, &agent.token] {
        let headers = [("Origin", GATEWAY), ("Authorization", authorization)];
        let answer = agent.send("GET", "/v1/status", &headers, "");
        assert_eq!(
            (answer.status, answer.json()["error"]["code"].as_str()),
            (401, Some("token-invalid")),
            "{authorization}"
        );
    }
    let headers = [("Origin", "http://127.0.0.1:7777"), ("Authorization", others.as_str())];
    let answer = agent.send("GET", "/v1/status", &headers, "");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some("http://127.0.0.1:7777")));
}

#[test]
fn a_preflight_is_answered_for_the_paired_origin() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let headers = [
        ("Origin", GATEWAY),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Private-Network", "true"),
    ];
    let answer = agent.send("OPTIONS", "/v1/sign", &headers, "");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, Some(GATEWAY)));
    assert_eq!(answer.header("access-control-allow-private-network"), Some("true"));
    assert!(answer.header("access-control-allow-headers").unwrap().contains("authorization"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
}

#[test]
fn forged_requests_open_no_window() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let stranger = crate::support::card::FakeGateway::new();
    let document = agent.gateway.document();
    let claims = agent.gateway.claims(&document, crate::support::pki::now());
    let changed = String::from_utf8(document.clone()).unwrap().replace("道路", "橋梁");
    for (mgreq, code) in [
        (stranger.good(), "request-signature"),
        (agent.gateway.mgreq(&claims, changed.as_bytes()), "request-digest"),
        (
            agent
                .gateway
                .mgreq(&agent.gateway.claims(&document, crate::support::pki::now() - Duration::days(2)), &document),
            "request-expired",
        ),
    ] {
        let answer = agent.call("POST", "/v1/sign", &json!({ "mgreq": mgreq }).to_string());
        assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (422, Some(code)), "{answer:?}");
    }
    assert_eq!(agent.call("POST", "/v1/sign", "{").json()["error"]["code"], "bad-json");
    assert_eq!(
        agent.call("POST", "/v1/sign", &json!({ "hash": "00", "mgreq": agent.gateway.good() }).to_string()).status,
        400
    );
    let bearer = format!("Bearer {}", agent.token);
    let simple = [("Origin", GATEWAY), ("Authorization", bearer.as_str()), ("Content-Type", "text/plain")];
    assert_eq!(agent.send("POST", "/v1/certificate", &simple, "{}").status, 415);
}

#[test]
fn another_gateways_request_is_refused_to_this_page() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let other = madoguchi::card_client::origin::Origin::parse("http://127.0.0.1:7777").unwrap();
    let token = madoguchi::card_client::pairing::pair(&agent.folder, &other).unwrap();
    let bearer = format!("Bearer {token}");
    let headers =
        [("Origin", other.as_str()), ("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let answer = agent.send("POST", "/v1/sign", &headers, &json!({ "mgreq": agent.gateway.good() }).to_string());
    assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (422, Some("request-issuer")));
    // One at a time: while this gateway's window is open, the other's page waits, and cannot look into it.
    let (operation, _) = agent.begin_sign();
    let answer = agent.send("POST", "/v1/certificate", &headers, "{}");
    assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (409, Some("busy")));
    assert_eq!(agent.send("GET", &operation, &headers, "").status, 404);
    assert_eq!(agent.send("DELETE", &operation, &headers, "").status, 404);
    assert_eq!(agent.call("GET", &operation, "").json()["status"], "waiting");
}

#[test]
fn a_window_opens_once_and_its_form_answers_once() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (operation, window) = agent.begin_sign();
    for (name, value) in [("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")] {
        assert_eq!(agent.send("GET", &window, &[(name, value)], "").status, 410, "{name}: {value}");
    }
    let page = agent.open(&window);
    assert_eq!(page.status, 200);
    assert_eq!(agent.open(&window).status, 410, "the same address again");
    let good = format!("secret={}&card=0&pin=YAMADA01&action=agree", page.secret());
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    for headers in [
        vec![form, ("Origin", GATEWAY), ("Sec-Fetch-Site", "same-site")],
        vec![form, ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")],
        vec![form, ("Origin", "null")],
        vec![form],
        vec![form, ("Origin", GATEWAY)],
        vec![("Content-Type", "text/plain"), ("Origin", "null"), ("Sec-Fetch-Site", "same-origin")],
    ] {
        assert_eq!(agent.send("POST", "/answer", &headers, &good).status, 403, "{headers:?}");
    }
    assert_eq!(agent.submit("secret=guess&card=0&pin=YAMADA01&action=agree").status, 410);
    assert_eq!(agent.call("GET", &operation, "").json()["status"], "waiting", "something was signed");
    assert_eq!(agent.submit(&good).status, 303);
    assert_eq!(agent.submit(&good).status, 410, "the same form again");
}

#[test]
fn time_cancelling_and_newer_requests_end_an_operation() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (first, window) = agent.begin_sign();
    let page = agent.open(&window);
    let (second, _) = agent.begin_sign();
    assert_eq!(agent.call("GET", &first, "").json()["error"]["code"], "replaced");
    assert_eq!(agent.submit(&format!("secret={}&card=0&pin=YAMADA01&action=agree", page.secret())).status, 410);
    assert_eq!(agent.call("DELETE", &second, "").status, 204);
    assert_eq!(agent.call("GET", &second, "").json()["error"]["code"], "cancelled");
    let (third, window) = agent.begin_sign();
    let page = agent.open(&window);
    agent.clock.advance(Duration::seconds(301));
    assert_eq!(agent.submit(&format!("secret={}&card=0&pin=YAMADA01&action=agree", page.secret())).status, 410);
    assert_eq!(agent.call("GET", &third, "").json()["error"]["code"], "expired");
}
