//! Files at hand, chosen in the card client's own window and compared with what the application lists.
use serde_json::json;

use crate::support::card::{Answer, TestAgent, send};

/// Sends files as a browser does from the agent's own page.
fn send_files(agent: &TestAgent, secret: &str, files: &[(&str, &str)], origin: &str, site: &str) -> Answer {
    let mut body = format!("--b\r\nContent-Disposition: form-data; name=\"secret\"\r\n\r\n{secret}\r\n");
    for (name, content) in files {
        body.push_str(&format!(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n{content}\r\n"
        ));
    }
    body.push_str("--b--\r\n");
    let headers = [
        ("Origin", origin),
        ("Sec-Fetch-Site", site),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Dest", "document"),
        ("Content-Type", "multipart/form-data; boundary=b"),
    ];
    let address = agent.agent.address();
    send(address, &address.to_string(), "POST", "/files", &headers, &body)
}

/// Compares files in the window; gives the page that follows.
fn compare(agent: &TestAgent, page: &Answer, files: &[(&str, &str)]) -> Answer {
    let answer = send_files(agent, &page.secret(), files, "null", "same-origin");
    assert_eq!(answer.status, 303, "{answer:?}");
    let headers = [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
    agent.send("GET", answer.header("location").unwrap(), &headers, "")
}

#[test]
fn a_file_that_is_the_attachment_is_told_and_another_one_too() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (operation, window) = agent.begin("/v1/sign", &json!({ "language": "en", "mgreq": agent.gateway.good() }));
    let page = agent.open(&window);
    assert!(page.body.contains("写真.png") && page.body.contains("not compared with a file"), "{page:?}");
    let page = compare(&agent, &page, &[("other<b>.png", "photO")]);
    assert!(
        page.body.contains("Not an attachment of this application") && page.body.contains("other&#60;b&#62;.png"),
        "{page:?}"
    );
    assert!(page.body.contains("not compared with a file"), "{page:?}");
    let page = compare(&agent, &page, &[("renamed.png", "photo")]);
    assert!(page.body.contains("matches the file given") && !page.body.contains("not compared"), "{page:?}");
    assert!(!page.body.contains("renamed.png") && !page.body.contains("role=\"alert\""), "{page:?}");
    // What was found stays while the person types a wrong PIN, and the application is signed as ever.
    let page = agent.answer(&page, "checked=yes&card=0&pin=WRONG999&action=agree");
    assert!(page.body.contains("matches the file given"), "{page:?}");
    agent.answer(&page, "checked=yes&card=0&pin=YAMADA01&action=agree");
    assert_eq!(agent.call("GET", &operation, "").json()["status"], "done");
    // The next window knows nothing of it.
    let (_, window) = agent.begin("/v1/sign", &json!({ "language": "en", "mgreq": agent.gateway.good() }));
    assert!(agent.open(&window).body.contains("not compared with a file"));
}

#[test]
fn files_come_from_the_window_alone() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (operation, window) = agent.begin_sign();
    let page = agent.open(&window);
    let (secret, own) = (page.secret(), agent.origin());
    for (origin, site) in
        [("https://evil.example", "cross-site"), ("null", "cross-site"), ("null", "none"), (own.as_str(), "same-site")]
    {
        assert_eq!(send_files(&agent, &secret, &[("a", "photo")], origin, site).status, 403, "{origin} {site}");
    }
    assert_eq!(send_files(&agent, "x", &[("a", "photo")], "null", "same-origin").status, 410);
    assert_eq!(
        send_files(&agent, &secret, &[("a", "photo")], &own, "same-origin").status,
        303,
        "the secret is still good"
    );
    assert_eq!(send_files(&agent, &secret, &[("a", "photo")], &own, "same-origin").status, 410, "good once");
    assert_eq!(agent.call("GET", &operation, "").json()["status"], "waiting");
}
