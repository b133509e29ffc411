//! After filing, both sides in their pages: messages, corrections of the three kinds, withdrawal, official documents with
//! their seal, and the export of everything.
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use madoguchi::store::accounts::Role;
use serde_json::Value;

use crate::after_receipt::{CARD, file, number_of, opened};
use crate::support::gateway::{TestGateway, Wanted};
use crate::support::http::{Answer, Part, sha256_hex};
use crate::support::pki::TestPki;
use crate::support::visitor::{Visitor, account, wait};

/// The card that plays the agency's seal, under anchors that residents' certificates are not under.
const SEAL: &str = "p256-carol";

/// A folder of official anchors, intermediates and lists, out of the test PKI.
fn official_pki(folder: &Path) -> String {
    let pki = TestPki::shared();
    let copy = |part: &str, id: &str, from: PathBuf| {
        let into = folder.join(part);
        std::fs::create_dir_all(&into).unwrap();
        std::fs::copy(&from, into.join(format!("{id}.{}", from.extension().unwrap().to_str().unwrap()))).unwrap();
    };
    copy("anchors", "root", pki.certificate_path("tt-ec-root"));
    copy("intermediates", "ca", pki.certificate_path("tt-p256"));
    for entry in std::fs::read_dir(pki.crls_dir()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name.starts_with("tt-") {
            copy("crls", &name, path);
        }
    }
    let at = |part: &str| folder.join(part).display().to_string();
    format!(
        "[official]\nanchors = {:?}\nintermediates = {:?}\ncrls = {:?}\n",
        at("anchors"),
        at("intermediates"),
        at("crls")
    )
}

/// A gateway with an agency's account, and somebody signed in at it.
pub fn house(settings: &str) -> (TestGateway, Visitor) {
    let gateway = TestGateway::start_with(Wanted { settings: settings.to_owned(), ..Wanted::default() });
    account(&gateway, "tanaka", Role::Agency("131016".parse().unwrap()));
    let agency = Visitor::signed_in(&gateway, "agency", "tanaka");
    (gateway, agency)
}

pub fn upload(visitor: &mut Visitor, page: &str, path: &str, files: &[(&str, &str, &[u8])]) -> Answer {
    let token = visitor.token(page);
    let mut parts = vec![Part { name: "csrf", file_name: None, bytes: token.as_bytes() }];
    parts.extend(files.iter().map(|(name, file, bytes)| Part { name, file_name: Some(file), bytes }));
    visitor.post_parts(path, &parts)
}

pub fn status(gateway: &TestGateway, number: &str) -> String {
    let found = wait(gateway.gateway.store.submission_find(number.parse().unwrap())).unwrap().unwrap();
    found.status.as_str().to_owned()
}

#[test]
fn both_sides_write_to_each_other_and_see_what_is_new() {
    let (gateway, mut agency) = house("");
    let filed = file(&gateway, "Lamp", &[]);
    let number = number_of(&filed);
    let mut me = opened(&gateway, &filed);
    let (mine, desk) = (format!("/filings/{number}"), format!("/agency/filings/{number}/correspondence"));
    let sent = me.submit(&mine, &format!("{mine}/messages"), &[("body", "<b>Hello?</b>\r\nIs it repaired?")]);
    assert_eq!(sent.status, 303);
    assert!(agency.get("/agency").text().contains("Unread message"));
    let page = agency.get(&desk).text();
    assert!(page.contains("&#60;b&#62;Hello?&#60;/b&#62;\nIs it repaired?"), "{page}");
    assert!(!agency.get("/agency").text().contains("Unread message"));
    for (body, words) in [(" \u{0}\n", "Write a message"), ("x".repeat(4001).as_str(), "This is too long")] {
        let refused = me.submit(&mine, &format!("{mine}/messages"), &[("body", body)]);
        assert!(refused.status == 422 && refused.text().contains(words), "{}", refused.text());
        assert!(refused.text().contains(body.trim()), "what was typed stays");
    }
    let path = format!("/agency/filings/{number}/messages");
    assert_eq!(agency.submit(&desk, &path, &[("body", "Tomorrow.")]).status, 303);
    let page = me.get(&mine).text();
    assert!(
        page.contains("Tomorrow.") && page.contains("The agency sent a message") && page.contains(">New<"),
        "{page}"
    );
    let newest = page.split("name=\"notice\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(me.submit(&mine, &format!("{mine}/notices"), &[("notice", &newest)]).status, 303);
    assert!(!me.get(&mine).text().contains(">New<"));
    account(&gateway, "osaka", Role::Agency("271004".parse().unwrap()));
    let mut other = Visitor::signed_in(&gateway, "agency", "osaka");
    assert_eq!((other.get(&desk).status, other.post(&path, &[("csrf", "x")]).status), (404, 403));
    let mut stranger = Visitor::new(&gateway);
    let token = stranger.token("/status");
    let refused = stranger.post(&format!("{mine}/messages"), &[("csrf", &token), ("body", "x")]);
    assert_eq!(refused.status, 401);
}

/// Goes from a correction's form to its receipt with these answers; gives the answer to the signature.
pub fn correct(me: &mut Visitor, draft: &str, answers: &[(&str, &str)]) -> Answer {
    let applicant = format!("{draft}/form/applicant");
    let certificate = std::fs::read(TestPki::shared().certificate_path(CARD)).unwrap();
    let locked = upload(me, &applicant, &format!("{draft}/certificate"), &[("certificate", "cert.pem", &certificate)]);
    assert_eq!(locked.status, 303, "{}", locked.text());
    for (page, fields) in [("applicant", &[][..]), ("recipient", &[("recipient", "131016")]), ("content", answers)] {
        let page = format!("{draft}/form/{page}");
        let kept = me.submit(&page, &page, fields);
        assert_eq!(kept.status, 303, "{}", kept.text());
    }
    let made = me.submit(&format!("{draft}/attachments"), &format!("{draft}/review"), &[]);
    assert_eq!(made.status, 303, "{}", made.text());
    let document = me.get(&format!("{draft}/application.json")).body;
    let signature = TestPki::shared().sign(CARD, &document);
    upload(me, &format!("{draft}/sign"), &format!("{draft}/receipt"), &[("signature", "s.p7s", &signature)])
}

#[test]
fn an_agency_asks_for_marked_fields_and_gets_a_correction_of_those_alone() {
    let (gateway, mut agency) = house("");
    let filed = file(&gateway, "Lamp", &[("plan.txt", b"plan")]);
    let number = number_of(&filed);
    let mut me = opened(&gateway, &filed);
    let (mine, desk) = (format!("/filings/{number}"), format!("/agency/filings/{number}/correspondence"));
    let path = format!("/agency/filings/{number}/correction");
    let refused = agency.submit(&desk, &path, &[("kind", "partial"), ("text", "Which lamp?")]);
    assert!(
        refused.status == 422
            && refused.text().contains("Mark at least one field")
            && refused.text().contains("Which lamp?")
    );
    let asked = agency.submit(&desk, &path, &[("kind", "partial"), ("text", "Which lamp?"), ("field", "body")]);
    assert_eq!(asked.status, 303, "{}", asked.text());
    let page = me.get(&mine).text();
    assert!(
        page.contains("Which lamp?")
            && page.contains("Please correct these fields alone")
            && page.contains("The next step is yours"),
        "{page}"
    );
    let begun = me.submit(&mine, &format!("{mine}/correction"), &[]);
    let form = begun.header("location").unwrap().to_owned();
    let draft = form.strip_suffix("/form").unwrap().to_owned();
    let content = me.get(&format!("{draft}/form/content"));
    assert!(content.text().contains("value=\"Lamp\""), "what was filed is filled in: {}", content.text());
    let done = correct(&mut me, &draft, &[("answers.title", "Lamp"), ("answers.body", "House 7")]);
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!(status(&gateway, &number), "corrected");
    let listed =
        wait(gateway.gateway.store.agency_submissions("131016".parse().unwrap(), Default::default(), None, 10))
            .unwrap();
    let correction = listed.items.iter().find(|filing| filing.corrects.is_some()).unwrap();
    assert_eq!(correction.corrects.unwrap().to_string(), number);
    let record = wait(gateway.gateway.store.submission_record(correction.arrival_number)).unwrap().unwrap();
    assert!(record.documents.iter().any(|document| document.name == "plan.txt"), "the attachment came along");
}

#[test]
fn an_applicant_corrects_by_themselves_and_what_is_decided_stays() {
    let (gateway, mut agency) = house("");
    let filed = file(&gateway, "Lamp", &[]);
    let number = number_of(&filed);
    let mut me = opened(&gateway, &filed);
    let mine = format!("/filings/{number}");
    assert!(me.get(&mine).text().contains("Correct it by myself"));
    let begun = me.submit(&mine, &format!("{mine}/correction"), &[]);
    let draft = begun.header("location").unwrap().strip_suffix("/form").unwrap().to_owned();
    assert_eq!(
        correct(&mut me, &draft, &[("answers.title", "Lamp and bench"), ("answers.body", "House 7")]).status,
        200
    );
    assert_eq!(status(&gateway, &number), "corrected");
    assert!(!me.get(&mine).text().contains("Correct it by myself"));
    let page = format!("/agency/filings/{number}");
    agency.submit(&page, &format!("{page}/decision"), &[("decision", "accept"), ("reason", "")]);
    let token = me.token(&mine);
    let late = me.post(&format!("{mine}/correction"), &[("csrf", &token)]);
    assert_eq!(late.status, 409);
}

#[test]
fn a_withdrawal_is_made_shown_signed_by_the_same_person_and_final() {
    let (gateway, _agency) = house("");
    let filed = file(&gateway, "Lamp", &[]);
    let number = number_of(&filed);
    let mut me = opened(&gateway, &filed);
    let mine = format!("/filings/{number}");
    let path = format!("{mine}/withdrawal");
    assert_eq!(me.get(&format!("{path}/sign")).header("location"), Some(path.as_str()), "first the reason");
    let made = me.submit(&path, &path, &[("reason", "It was repaired.")]);
    assert_eq!(made.header("location"), Some(format!("{path}/sign").as_str()), "{}", made.text());
    let page = me.get(&format!("{path}/sign")).text();
    assert!(page.contains("It was repaired.") && page.contains("madoguchi/withdrawal/1"), "{page}");
    let request = me.get(&format!("{path}.mgreq")).json();
    let document = STANDARD.decode(request["application"].as_str().unwrap()).unwrap();
    assert_eq!(
        (request["sha256"].as_str().unwrap(), me.get(&format!("{path}.json")).body),
        (sha256_hex(&document).as_str(), document.clone())
    );
    let claims =
        gateway.gateway.keys.set().verify(madoguchi::jws::REQUEST_TYP, request["request"].as_str().unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims.payload).unwrap();
    assert_eq!(
        (claims["application_sha256"].as_str(), &claims["display"][1]["pointer"]),
        (Some(sha256_hex(&document).as_str()), &Value::from("/reason"))
    );
    let send = |me: &mut Visitor, signature: &[u8]| {
        upload(me, &format!("{path}/sign"), &format!("{path}/signature"), &[("signature", "s.p7s", signature)])
    };
    let strange = send(&mut me, &TestPki::shared().sign("sign-smith", &document));
    assert!(strange.status == 403 || strange.status == 422, "{}", strange.status);
    assert!(strange.text().contains("The application is not withdrawn"), "{}", strange.text());
    assert_eq!(status(&gateway, &number), "received");
    let done = send(&mut me, &TestPki::shared().sign(CARD, &document));
    assert_eq!((done.status, done.header("location")), (303, Some(mine.as_str())), "{}", done.text());
    assert_eq!(status(&gateway, &number), "withdrawn");
    let page = me.get(&mine).text();
    assert!(page.contains("Nothing more is to be done") && !page.contains("Go on to withdrawing"), "{page}");
    assert_eq!(me.submit(&mine, &path, &[("reason", "")]).status, 409);
}

#[test]
fn an_official_document_comes_with_a_seal_that_was_verified_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let (gateway, mut agency) = house(&official_pki(folder.path()));
    let filed = file(&gateway, "Lamp", &[]);
    let number = number_of(&filed);
    let desk = format!("/agency/filings/{number}/correspondence");
    let path = format!("/agency/filings/{number}/official");
    let document = b"%PDF-1.7 permit".as_slice();
    let good = TestPki::shared().sign(SEAL, document);
    let resident = TestPki::shared().sign(CARD, document);
    let of_another = TestPki::shared().sign(SEAL, b"another document");
    for (what, seal) in
        [("a resident's card", &resident), ("another document", &of_another), ("no signature", &b"x".to_vec())]
    {
        let refused =
            upload(&mut agency, &desk, &path, &[("document", "permit.pdf", document), ("seal", "s.p7s", seal)]);
        assert!(
            refused.status == 422 && refused.text().contains("could not be found valid"),
            "{what}: {}",
            refused.text()
        );
    }
    let half = upload(&mut agency, &desk, &path, &[("document", "permit.pdf", document)]);
    assert!(half.status == 422 && half.text().contains("both the document and its seal"));
    let mut me = opened(&gateway, &filed);
    let mine = format!("/filings/{number}");
    assert!(!me.get(&mine).text().contains("permit.pdf"), "nothing of it was kept");
    let files: [(&str, &str, &[u8]); 2] = [("document", "../許可証.pdf", document), ("seal", "s.p7s", &good)];
    let sent = upload(&mut agency, &desk, &path, &files);
    assert_eq!(sent.status, 303, "{}", sent.text());
    let page = me.get(&mine).text();
    assert!(page.contains("許可証.pdf") && page.contains("seal was verified: it is valid"), "{page}");
    assert!(page.contains("The agency sent an official document") && page.contains("Not fetched yet"));
    assert!(agency.get(&desk).text().contains("Not fetched yet"));
    let href = page.split(&format!("{mine}/official/")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fetched = me.get(&format!("{mine}/official/{href}"));
    assert_eq!((fetched.status, fetched.body.as_slice()), (200, document));
    assert_eq!(fetched.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(me.get(&format!("{mine}/official/{href}/seal")).body, good);
    assert!(agency.get(&desk).text().contains("Fetched first:"));
    assert_eq!(me.get(&format!("{mine}/official/9999")).status, 404);
    let mut stranger = Visitor::new(&gateway);
    assert_eq!(stranger.get(&format!("{mine}/official/{href}")).status, 303);
    let lines = wait(gateway.gateway.store.audit_list(None, 100)).unwrap();
    let outcomes = |outcome: &str| {
        lines.iter().filter(|line| line.action == "send_official_document" && line.outcome == outcome).count()
    };
    assert_eq!((outcomes("refused"), outcomes("done")), (4, 1));
}

#[test]
fn without_anchors_no_official_document_is_taken() {
    let (gateway, mut agency) = house("");
    let number = number_of(&file(&gateway, "Lamp", &[]));
    let desk = format!("/agency/filings/{number}/correspondence");
    assert!(agency.get(&desk).text().contains("No trust anchors"));
    let seal = TestPki::shared().sign(SEAL, b"x");
    let path = format!("/agency/filings/{number}/official");
    let refused = upload(&mut agency, &desk, &path, &[("document", "x", b"x"), ("seal", "s", &seal)]);
    assert!(refused.status == 422 && refused.text().contains("No trust anchors"), "{}", refused.text());
}

/// The files of a ZIP archive, as another program reads them.
fn unpacked(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let count = archive.len();
    let mut read = |index: usize| {
        let mut file = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (file.name().unwrap().into_owned(), bytes)
    };
    (0..count).map(&mut read).collect()
}

#[test]
fn everything_of_a_filing_is_given_out_and_can_be_verified_without_the_gateway() {
    let folder = tempfile::tempdir().unwrap();
    let (gateway, mut agency) = house(&official_pki(folder.path()));
    let filed = file(&gateway, "Lamp", &[("plan.txt", b"plan")]);
    let number = number_of(&filed);
    let (mine, desk) = (format!("/filings/{number}"), format!("/agency/filings/{number}/correspondence"));
    let mut me = opened(&gateway, &filed);
    me.submit(&mine, &format!("{mine}/messages"), &[("body", "Hello?")]);
    let seal = TestPki::shared().sign(SEAL, b"permit");
    let path = format!("/agency/filings/{number}/official");
    upload(&mut agency, &desk, &path, &[("document", "permit.pdf", b"permit"), ("seal", "s.p7s", &seal)]);
    let answer = me.get(&format!("{mine}/everything.zip"));
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/zip")));
    let files = unpacked(&answer.body);
    for name in [
        "receipt.json",
        "receipt.jws",
        "receipt.pdf",
        "evidence.json",
        "history.json",
        "messages.json",
        "application.json",
        "application.p7s",
        "verdicts/1-first.json",
        "official/1-permit.pdf",
        "official/1-permit.pdf.p7s",
        "official/1-permit.pdf.verdict.json",
        "gateway-keys.json",
    ] {
        assert!(files.contains_key(name), "{name} is not among {:?}", files.keys());
    }
    assert_eq!(files["attachments/1-plan.txt"], b"plan");
    assert_eq!(files["receipt.jws"], filed["receipt_jws"].as_str().unwrap().as_bytes());
    assert!(String::from_utf8_lossy(&files["messages.json"]).contains("Hello?"));
    assert!(!String::from_utf8_lossy(&files["history.json"]).contains("tanaka"), "no account of the agency is named");
    let place = tempfile::tempdir().unwrap();
    for (name, bytes) in &files {
        let into = place.path().join(name.replace('/', "_"));
        std::fs::write(into, bytes).unwrap();
    }
    let at = |name: &str| place.path().join(name);
    let verified = std::process::Command::new(env!("CARGO_BIN_EXE_madoguchi"))
        .arg("verify-receipt")
        .arg(at("receipt.jws"))
        .arg("--keys")
        .arg(at("gateway-keys.json"))
        .arg("--application")
        .arg(at("application.json"))
        .output()
        .unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}
