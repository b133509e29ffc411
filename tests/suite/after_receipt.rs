//! One's own filing after it was filed: opened with number and access key in one browser, closed again; and its receipt on
//! paper, whose text, QR code and embedded file are read back by other programs.
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::gateway::{TestGateway, application};
use crate::support::http::{filing, sha256_hex};
use crate::support::pki::TestPki;
use crate::support::visitor::{Visitor, wait};

/// Who signs.
pub const CARD: &str = "sign-yamada";

/// Files an application with these attachments; gives the first answer: number, access token, receipt.
pub fn file(gateway: &TestGateway, title: &str, attachments: &[(&str, &[u8])]) -> Value {
    let mut document = application(CARD);
    document["answers"]["title"] = title.into();
    let listed = attachments.iter().map(|(name, bytes)| {
        serde_json::json!({"name": name, "media_type": "text/plain", "size": bytes.len(), "sha256": sha256_hex(bytes)})
    });
    document["attachments"] = listed.collect();
    let bytes = document.to_string().into_bytes();
    let signature = TestPki::shared().sign(CARD, &bytes);
    let answer = gateway.client.post_multipart("/api/v1/submissions", &filing(&bytes, &signature, attachments));
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

/// The arrival number of an answer.
pub fn number_of(filed: &Value) -> String {
    filed["arrival_number"].as_str().unwrap().to_owned()
}

/// A browser in which the filing was opened with its access key.
pub fn opened(gateway: &TestGateway, filed: &Value) -> Visitor {
    let mut visitor = Visitor::new(gateway);
    let (number, key) = (number_of(filed), filed["access_token"].as_str().unwrap());
    let answer = visitor.submit("/status", "/status", &[("arrival_number", &number), ("access_key", key)]);
    assert_eq!((answer.status, answer.header("location")), (303, Some(format!("/filings/{number}").as_str())));
    visitor
}

fn run(program: &str, arguments: &[&str], folder: &Path) -> Vec<u8> {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn a_filing_is_open_in_the_browser_that_has_its_key_and_in_no_other() {
    let gateway = TestGateway::start();
    let (mine, other) = (file(&gateway, "Lamp", &[]), file(&gateway, "Bench", &[]));
    let (my_page, other_page) = (format!("/filings/{}", number_of(&mine)), format!("/filings/{}", number_of(&other)));
    let mut visitor = opened(&gateway, &mine);
    let page = visitor.get(&my_page);
    assert_eq!(page.status, 200);
    assert!(page.text().contains("The next step is the agency") && page.text().contains("(Reiwa "), "{}", page.text());
    assert_eq!(
        visitor.get(&other_page).header("location"),
        Some(format!("/status?closed=1&next={other_page}").as_str())
    );
    assert!(visitor.get("/status?closed=1").text().contains("not open here"));
    let stranger = Visitor::new(&gateway).get(&my_page);
    assert_eq!(
        (stranger.status, stranger.header("location")),
        (303, Some(format!("/status?closed=1&next={my_page}").as_str()))
    );
    let cookie = visitor.cookie("__Host-madoguchi-filing-session").unwrap().to_owned();
    let closed = visitor.submit(&my_page, &format!("{my_page}/close"), &[]);
    assert_eq!((closed.status, closed.header("location")), (303, Some("/status")));
    assert_eq!(closed.header("clear-site-data"), Some("\"cache\""));
    visitor.set_cookie("__Host-madoguchi-filing-session", &cookie);
    assert_eq!(visitor.get(&my_page).status, 303, "the session is over, whoever kept its cookie");
    let mut again = opened(&gateway, &other);
    let first = again.cookie("__Host-madoguchi-filing-session").unwrap().to_owned();
    let key = mine["access_token"].as_str().unwrap();
    again.submit("/status", "/status", &[("arrival_number", &number_of(&mine)), ("access_key", key)]);
    assert_eq!((again.get(&my_page).status, again.get(&other_page).status), (200, 303), "one filing at a time");
    again.set_cookie("__Host-madoguchi-filing-session", &first);
    assert_eq!(again.get(&other_page).status, 303, "opening another one ends the session before");
}

#[test]
fn a_session_ends_when_it_is_not_used() {
    let gateway = TestGateway::start();
    let filed = file(&gateway, "Lamp", &[]);
    let number: madoguchi::ids::ArrivalNumber = number_of(&filed).parse().unwrap();
    let (store, start) = (&gateway.gateway.store, gateway.gateway.clock.now());
    let opens = |minutes: i64| {
        wait(store.filing_session_opens([7; 32], number, start + chrono::Duration::minutes(minutes))).unwrap()
    };
    wait(store.filing_session_open(number, [7; 32], None, start)).unwrap();
    assert_eq!([opens(0), opens(29), opens(58), opens(89)], [true, true, true, false]);
    wait(store.filing_session_open(number, [7; 32], Some([7; 32]), start)).unwrap();
    let half_hours: Vec<bool> = (1..=20).map(|count| opens(count * 25)).collect();
    assert_eq!(half_hours.iter().filter(|opens| **opens).count(), 19, "eight hours at most: {half_hours:?}");
}

#[test]
fn the_receipt_on_paper_says_what_the_receipt_says() {
    let gateway = TestGateway::start();
    let names = ["見取図と髙橋﨑の𠮷.txt", "Nguyễn São.txt", "hidden\u{202e}txt.가"];
    let attachments: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, b"plan".as_slice())).collect();
    let filed = file(&gateway, "Lamp", &attachments[..2]);
    let number = number_of(&filed);
    let mut visitor = opened(&gateway, &filed);
    let page = visitor.get(&format!("/filings/{number}/receipt")).text();
    assert!(page.contains(filed["receipt"]["application_sha256"].as_str().unwrap()));
    for (language, heading, label) in [("ja", "受領書", "到達日時"), ("en", "Receipt", "Received at")] {
        let answer = visitor.get(&format!("/filings/{number}/receipt.pdf?lang={language}"));
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/pdf")));
        let disposition = format!("attachment; filename=\"receipt-{number}.pdf\"");
        assert_eq!(answer.header("content-disposition"), Some(disposition.as_str()));
        assert!(answer.body.len() < 400_000, "the font is a subset: {} bytes", answer.body.len());
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("receipt.pdf"), &answer.body).unwrap();
        let text = String::from_utf8(run("pdftotext", &["-layout", "receipt.pdf", "-"], folder.path())).unwrap();
        let grouped = madoguchi::ids::ArrivalNumber::grouped(&number.parse().unwrap());
        let receipt = &filed["receipt"];
        let digest = |name: &str| receipt[name].as_str().unwrap();
        let (application, signature) = (digest("application_sha256"), digest("signature_sha256"));
        for part in [heading, label, &grouped, application, signature, names[0], names[1]] {
            assert!(text.contains(part), "{language}: {part} is not in\n{text}");
        }
        run("pdftoppm", &["-r", "150", "-png", "-f", "1", "-l", "1", "receipt.pdf", "page"], folder.path());
        let image =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let image = image.into_iter().find(|name| name.ends_with(".png")).unwrap();
        let read = String::from_utf8(run("zbarimg", &["--quiet", "--raw", &image], folder.path())).unwrap();
        assert_eq!(read.trim(), number, "what a camera reads");
        run("pdfdetach", &["-saveall", "receipt.pdf"], folder.path());
        let embedded = std::fs::read_to_string(folder.path().join("receipt.jws")).unwrap();
        assert_eq!(embedded, filed["receipt_jws"].as_str().unwrap());
    }
}

#[test]
fn what_has_no_glyph_or_hides_is_printed_as_its_code_point() {
    let sheet = madoguchi::web::print::sheet::Sheet {
        language: "en",
        title: "Receipt".to_owned(),
        code: ("1".to_owned(), "code".to_owned()),
        number: ("Number".to_owned(), "1".to_owned()),
        rows: (0..80).map(|row| (format!("row {row}"), "a\u{202e}b가c🙂".to_owned())).collect(),
        ..Default::default()
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("x.pdf"), sheet.to_pdf().unwrap()).unwrap();
    let text = String::from_utf8(run("pdftotext", &["-layout", "x.pdf", "-"], folder.path())).unwrap();
    assert_eq!(text.matches("a[U+202E]b[U+AC00]c[U+1F642]").count(), 80, "{text}");
    let pages = String::from_utf8(run("pdfinfo", &["x.pdf"], folder.path())).unwrap();
    assert!(pages.contains("Tagged:          yes") && !pages.contains("Pages:           1\n"), "{pages}");
}
