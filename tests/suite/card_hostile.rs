//! The loopback agent against hostile pages and programs: nothing is signed, and what the person sees is asserted.
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::Duration;
use madoguchi::card_client::origin::Origin;
use madoguchi::card_client::{pairing, trust};
use madoguchi::jws::{AGENT_TYP, JwkSet};
use serde_json::{Value, json};

use crate::support::card::{Answer, FakeGateway, GATEWAY, TestAgent, send};
use crate::support::pki::now;

const SIGN: &str = "checked=yes&card=0&pin=YAMADA01&action=agree";
const EVIL: &str = "https://evil.example";

/// A JSON call of a page of `origin`.
fn call_from(agent: &TestAgent, origin: &str, token: Option<&str>, path: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {}", token.unwrap_or_default());
    let mut headers = vec![("Origin", origin), ("Content-Type", "application/json")];
    if token.is_some() {
        headers.push(("Authorization", bearer.as_str()));
    }
    agent.send("POST", path, &headers, &body.to_string())
}

/// A second gateway, pinned and paired: its link.
fn second_site(agent: &TestAgent) -> (Origin, pairing::PageLink) {
    let other = Origin::parse("http://127.0.0.1:7777").unwrap();
    trust::pin(&agent.folder, &other, &agent.gateway.keys(), now()).unwrap();
    let link = pairing::pair(&agent.folder, &other).unwrap();
    (other, link)
}

#[test]
fn foreign_hosts_and_origins_get_nothing() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let bearer = format!("Bearer {}", agent.link.token);
    let address = agent.agent.address();
    // A name that was rebound to this machine comes with its own Host.
    for host in [
        "evil.example",
        "localhost",
        &format!("localhost:{}", address.port()),
        &format!("evil.example:{}", address.port()),
    ] {
        let headers = [("Origin", GATEWAY), ("Authorization", bearer.as_str())];
        for path in ["/v1/status", "/v1/hello", "/p/x", "/answer", "/card.css"] {
            assert_eq!(send(address, host, "GET", path, &headers, "").status, 421, "{host} {path}");
        }
    }
    for origin in [
        EVIL,
        "null",
        "http://127.0.0.1:8081",
        "https://127.0.0.1:8080",
        "http://127.0.0.1:8080.evil.example",
        "HTTP://127.0.0.1:8080",
        "",
    ] {
        let headers = [("Origin", origin), ("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        for path in ["/v1/certificate", "/v1/hello", "/v1/pair", "/v1/pair/confirm"] {
            for method in ["POST", "OPTIONS"] {
                let answer = agent.send(method, path, &headers, "{}");
                let told = answer.header("access-control-allow-origin").is_some();
                assert!(answer.status == 403 && !told, "{origin} {path}: {answer:?}");
            }
        }
    }
    assert_eq!(agent.send("GET", "/v1/status", &[("Authorization", &bearer)], "").status, 403, "without an Origin");
    let twice = [("Origin", GATEWAY), ("Origin", EVIL), ("Authorization", bearer.as_str())];
    assert_eq!(agent.send("GET", "/v1/status", &twice, "").status, 403);
    assert!(agent.windows.all().is_empty(), "a window was opened");
}

#[test]
fn a_token_is_bound_to_its_origin_and_ends_with_the_pairing() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (other, link) = second_site(&agent);
    let others = format!("Bearer {}", link.token);
    for authorization in ["", "Bearer ", "Bearer x", &others, &agent.link.token] {
        let headers = [("Origin", GATEWAY), ("Authorization", authorization)];
        let answer = agent.send("GET", "/v1/status", &headers, "");
        let code = answer.json()["error"]["code"].clone();
        assert_eq!((answer.status, code.as_str()), (401, Some("token-invalid")), "{authorization}");
    }
    let headers = [("Origin", other.as_str()), ("Authorization", others.as_str())];
    let answer = agent.send("GET", "/v1/status", &headers, "");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some(other.as_str())));
    assert!(pairing::remove(&agent.folder, &other).unwrap());
    assert_eq!(agent.send("GET", "/v1/status", &headers, "").status, 401, "the pairing was ended");
}

#[test]
fn a_preflight_is_answered_for_known_origins_alone() {
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
fn the_agent_proves_its_pairing_key_for_this_origin_address_and_challenge() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let challenge = URL_SAFE_NO_PAD.encode([3u8; 32]);
    let told = call_from(&agent, GATEWAY, None, "/v1/hello", &json!({ "challenge": challenge })).json();
    let proof = told["proof"].as_str().unwrap();
    let key = json!({ "kty": "EC", "crv": "P-256", "x": agent.link.x, "y": agent.link.y });
    let mut set = JwkSet::from_json(json!({ "keys": [key] }).to_string().as_bytes()).unwrap();
    set.keys[0].kid = set.keys[0].thumbprint();
    let claims: Value = serde_json::from_slice(&set.verify(AGENT_TYP, proof).unwrap().payload).unwrap();
    assert_eq!(claims, json!({ "iss": agent.origin(), "aud": GATEWAY, "challenge": challenge }));
    for wrong in [json!({}), json!({ "challenge": "short" }), json!({ "challenge": challenge, "hash": "00" })] {
        assert_eq!(call_from(&agent, GATEWAY, None, "/v1/hello", &wrong).status, 400, "{wrong}");
    }
    // A trusted gateway that is not paired learns that it is not, and nothing else.
    let third = Origin::parse("http://127.0.0.1:7777").unwrap();
    trust::pin(&agent.folder, &third, &agent.gateway.keys(), now()).unwrap();
    let told = call_from(&agent, third.as_str(), None, "/v1/hello", &json!({ "challenge": challenge })).json();
    assert_eq!((&told["paired"], &told["proof"]), (&json!(false), &Value::Null));
}

#[test]
fn forged_requests_open_no_window() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let stranger = FakeGateway::new();
    let document = agent.gateway.document();
    let claims = agent.gateway.claims(&document, now());
    let changed = String::from_utf8(document.clone()).unwrap().replace("道路", "橋梁");
    for (mgreq, code) in [
        (stranger.good(), "request-signature"),
        (agent.gateway.mgreq(&claims, changed.as_bytes()), "request-digest"),
        (
            agent.gateway.mgreq(&agent.gateway.claims(&document, now() - Duration::days(2)), &document),
            "request-expired",
        ),
    ] {
        let answer = agent.call("POST", "/v1/sign", &json!({ "mgreq": mgreq }).to_string());
        assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (422, Some(code)), "{answer:?}");
        // One bad request among good ones spoils them all.
        let several = json!({ "mgreqs": [agent.gateway.good(), mgreq] });
        assert_eq!(agent.call("POST", "/v1/sign", &several.to_string()).status, 422);
    }
    assert_eq!(agent.call("POST", "/v1/sign", "{").json()["error"]["code"], "bad-json");
    let with_hash = json!({ "hash": "00", "mgreq": agent.gateway.good() });
    assert_eq!(agent.call("POST", "/v1/sign", &with_hash.to_string()).status, 400, "a hash is handed in");
    let with_pin = json!({ "pin": "YAMADA01", "mgreq": agent.gateway.good() });
    assert_eq!(agent.call("POST", "/v1/sign", &with_pin.to_string()).status, 400, "no PIN in the interface");
    let bearer = format!("Bearer {}", agent.link.token);
    let simple = [("Origin", GATEWAY), ("Authorization", bearer.as_str()), ("Content-Type", "text/plain")];
    assert_eq!(agent.send("POST", "/v1/certificate", &simple, "{}").status, 415);
    assert!(agent.windows.all().is_empty(), "a window was opened");
}

#[test]
fn another_sites_page_neither_takes_over_nor_ends_an_operation() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (other, link) = second_site(&agent);
    let from_other = |path: &str, body: &Value| call_from(&agent, other.as_str(), Some(&link.token), path, body);
    let answer = from_other("/v1/sign", &json!({ "mgreq": agent.gateway.good() }));
    assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (422, Some("request-issuer")));
    let (operation, window) = agent.begin_sign();
    for path in ["/v1/certificate", "/v1/pair"] {
        let answer = from_other(path, &json!({}));
        assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (409, Some("busy")), "{path}");
    }
    let bearer = format!("Bearer {}", link.token);
    let headers = [("Origin", other.as_str()), ("Authorization", bearer.as_str())];
    assert_eq!(agent.send("GET", &operation, &headers, "").status, 404);
    assert_eq!(agent.send("DELETE", &operation, &headers, "").status, 404);
    assert_eq!(agent.call("GET", &operation, "").json()["status"], "waiting");
    let done = agent.answer(&agent.open(&window), SIGN);
    assert!(done.body.contains("署名しました"), "the first site's operation goes on: {done:?}");
}

#[test]
fn a_card_that_is_open_for_one_site_is_not_open_for_another() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (other, link) = second_site(&agent);
    let (_, window) = agent.begin("/v1/certificate", &json!({}));
    agent.answer(&agent.open(&window), "card=0&pin=YAMADA01&keep=yes&action=agree");
    let document = String::from_utf8(agent.gateway.document()).unwrap().replace(GATEWAY, other.as_str());
    let mut claims = agent.gateway.claims(document.as_bytes(), now());
    claims["iss"] = json!(other.as_str());
    let mgreq = agent.gateway.mgreq(&claims, document.as_bytes());
    let answer = call_from(&agent, other.as_str(), Some(&link.token), "/v1/sign", &json!({ "mgreq": mgreq }));
    assert_eq!(answer.status, 202, "{answer:?}");
    let page = agent.open(&agent.window());
    assert!(page.body.contains("id=\"pin\"") && page.body.contains(other.as_str()), "{page:?}");
    agent.answer(&page, "action=refuse");
}

#[test]
fn a_flood_ends_with_a_code_and_not_with_windows() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let mut last = 0;
    for _ in 0..40 {
        let answer = agent.call("POST", "/v1/certificate", "{}");
        last = answer.status;
    }
    assert_eq!(last, 429);
    assert_eq!(agent.windows.all().len(), 5);
    let answer = agent.call("POST", "/v1/certificate", "{}").json();
    assert_eq!(answer["error"]["code"], "too-many");
    // The window that is open still works, and agreeing to it begins anew.
    let done = agent.answer(&agent.open(&agent.window()), "card=0&pin=YAMADA01&action=agree");
    assert!(done.body.contains("電子証明書を読み取りました"), "{done:?}");
    assert_eq!(agent.call("POST", "/v1/certificate", "{}").status, 202);
}

#[test]
fn two_agents_of_one_person_ask_one_thing_at_a_time() {
    let first = TestAgent::start(&["sign-yamada"]);
    let (_operation, _window) = first.begin_sign();
    let held = first.folder.clone();
    let config = madoguchi::card_client::loopback::AgentConfig {
        listen: std::net::SocketAddr::from(([127, 0, 0, 1], 0)),
        folder: held,
        cards: std::sync::Arc::new(madoguchi::card_client::token::pkcs12::Pkcs12Source::new(&[]).unwrap()),
        opener: first.windows.clone(),
        answers_pages: true,
        clock: first.clock.clone(),
    };
    let second = madoguchi::card_client::loopback::RunningAgent::start(config).unwrap();
    let bearer = format!("Bearer {}", first.link.token);
    let headers = [("Origin", GATEWAY), ("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let host = second.address().to_string();
    let ask = || send(second.address(), &host, "POST", "/v1/certificate", &headers, "{}");
    assert_eq!(ask().status, 409);
    first.clock.advance(Duration::seconds(301));
    first.call("GET", "/v1/status", "");
    assert_eq!(ask().status, 202, "its time is over");
}

#[test]
fn a_window_opens_once_for_its_own_browser_and_its_form_answers_once() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (operation, window) = agent.begin_sign();
    for (name, value) in [
        ("Sec-Fetch-Dest", "iframe"),
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Dest", "empty"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ] {
        assert_eq!(agent.send("GET", &window, &[(name, value)], "").status, 410, "{name}: {value}");
    }
    let page = agent.open(&window);
    assert_eq!(page.status, 200);
    assert_eq!(agent.open(&window).status, 410, "the same address again");
    let good = format!("secret={}&{SIGN}", page.secret());
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
    assert_eq!(agent.submit(&format!("secret=guess&{SIGN}")).status, 410);
    assert_eq!(agent.call("GET", &operation, "").json()["status"], "waiting", "something was signed");
    assert_eq!(agent.submit(&good).status, 303);
    assert_eq!(agent.submit(&good).status, 410, "the same form again");
}

#[test]
fn a_page_asks_to_pair_and_the_person_sees_who() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let third = Origin::parse("http://127.0.0.1:7777").unwrap();
    let ask = || call_from(&agent, third.as_str(), None, "/v1/pair", &json!({ "language": "en" }));
    assert_eq!(ask().status, 403, "a site whose keys are not pinned opens nothing");
    assert!(agent.windows.all().is_empty());
    trust::pin(&agent.folder, &third, &agent.gateway.keys(), now()).unwrap();
    assert_eq!(ask().status, 202);
    let page = agent.open(&agent.window());
    assert!(page.body.contains("Connect with a site") && page.body.contains(third.as_str()), "{page:?}");
    let page = agent.answer(&page, "phrase=abc&action=agree");
    assert!(page.body.contains("4 to 60"), "{page:?}");
    let page = agent.answer(&page, "phrase=blue+lighthouse&action=agree");
    let code = page.body.split("id=\"code\">").nth(1).unwrap().split('<').next().unwrap();
    assert_eq!((code.len(), page.body.contains(third.as_str())), (11, true), "{page:?}");
    // A page that does not know the code is not paired, and another site's page is not even with it.
    let guess = json!({ "nonce": URL_SAFE_NO_PAD.encode([1u8; 32]), "proof": STANDARD.encode([1u8; 32]) });
    let answer = call_from(&agent, third.as_str(), None, "/v1/pair/confirm", &guess);
    assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (403, Some("pairing-code")));
    let answer = call_from(&agent, GATEWAY, None, "/v1/pair/confirm", &guess);
    assert_eq!(answer.json()["error"]["code"], "pairing-not-offered");
    assert_eq!(pairing::pairings(&agent.folder).unwrap().len(), 1);
    // The phrase that was chosen stands above the PIN from now on.
    let (_, window) = agent.begin_sign();
    assert!(agent.open(&window).body.contains("blue lighthouse"));
}

#[test]
fn a_person_who_refuses_pairs_nobody() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let third = Origin::parse("http://127.0.0.1:7777").unwrap();
    trust::pin(&agent.folder, &third, &agent.gateway.keys(), now()).unwrap();
    call_from(&agent, third.as_str(), None, "/v1/pair", &json!({}));
    agent.answer(&agent.open(&agent.window()), "phrase=abcdef&action=refuse");
    let proof = json!({ "nonce": URL_SAFE_NO_PAD.encode([1u8; 32]), "proof": "AA" });
    let answer = call_from(&agent, third.as_str(), None, "/v1/pair/confirm", &proof);
    assert_eq!(answer.json()["error"]["code"], "pairing-not-offered");
}

/// What the agent answers to a program of another user of this machine, who read the window's address.
fn asked_by_nobody(agent: &TestAgent, path: &str) -> String {
    use std::os::unix::process::CommandExt;
    let address = agent.agent.address();
    let head = format!("GET {path} HTTP/1.1\\r\\nHost: {address}\\r\\nConnection: close\\r\\n\\r\\n");
    let script = format!("exec 3<>/dev/tcp/127.0.0.1/{}; printf '{head}' >&3; cat <&3", address.port());
    let mut command = if rustix::process::getuid().is_root() {
        let mut command = std::process::Command::new("bash");
        command.uid(65534).gid(65534);
        command
    } else {
        let mut command = std::process::Command::new("sudo");
        command.args(["-n", "-u", "nobody", "bash"]);
        command
    };
    let output = command.current_dir("/").arg("-c").arg(script).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn another_users_program_neither_sees_nor_uses_up_a_window() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (_, window) = agent.begin_sign();
    let told = asked_by_nobody(&agent, &window);
    assert!(told.starts_with("HTTP/1.1 403") && told.contains("user-not-allowed"), "{told}");
    assert!(!told.contains("山田") && !told.contains(crate::support::card::PHRASE), "{told}");
    assert!(agent.open(&window).body.contains("道路の補修"), "the person's own browser still opens it");
}

#[test]
fn a_native_messaging_hosts_windows_answer_no_page() {
    let agent = TestAgent::start_as(&["sign-yamada"], false);
    for path in ["/v1/hello", "/v1/status", "/v1/certificate", "/v1/pair"] {
        let answer = agent.call("POST", path, "{}");
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (404, None), "{path}");
    }
}
