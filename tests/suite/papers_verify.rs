//! A sealed document and the page on which anybody checks it: issued, altered, unknown, withdrawn; the seal by another
//! program; nothing of the person on any page.
use bytes::Bytes;
use madoguchi::gateway::papers::check::{PaperAnswer, PaperQuestion};
use madoguchi::gateway::papers::issue::{IssueError, PaperDraft, SealedPaper};
use madoguchi::registry::papers::code::VerificationCode;
use madoguchi::registry::papers::facts::{FactKind, Facts};
use madoguchi::registry::papers::kind::PaperKind;
use madoguchi::web::i18n::Language;
use madoguchi::web::print::paper::PaperContents;

use crate::support::gateway::{ORIGIN, TestGateway, Wanted};
use crate::support::http::Part;
use crate::support::papers::SealPki;
use crate::support::visitor::{Visitor, wait};

const NAME: &str = "山田　花子";

fn house(seals: &SealPki) -> TestGateway {
    TestGateway::start_with(Wanted { settings: seals.settings(false), ..Wanted::default() })
}

fn draft(gateway: &TestGateway) -> (VerificationCode, PaperDraft) {
    let code = gateway.gateway.paper_code().unwrap();
    let birth = "1985年4月12日";
    let contents = PaperContents {
        kind: PaperKind::RecordCopy,
        municipality: ("千代田区".to_owned(), "Chiyoda City".to_owned()),
        issuer: "千代田区長".to_owned(),
        issued_on: "2026-11-23".to_owned(),
        origin: ORIGIN.to_owned(),
        code,
        people: vec![vec![
            ("氏名 / Name".to_owned(), NAME.to_owned()),
            ("生年月日 / Date of birth".to_owned(), birth.to_owned()),
        ]],
    };
    let facts = Facts::of(&code, &[(FactKind::Name, NAME), (FactKind::DateOfBirth, birth)]);
    let draft = PaperDraft {
        kind: PaperKind::RecordCopy,
        municipality: "131016".parse().unwrap(),
        code,
        pdf: contents.to_pdf().unwrap(),
        facts,
        record_id: None,
        by: "clerk suzuki".to_owned(),
    };
    (code, draft)
}

fn issue(gateway: &TestGateway) -> (VerificationCode, SealedPaper) {
    let (code, draft) = draft(gateway);
    (code, wait(gateway.gateway.issue_paper(draft)).unwrap())
}

fn ask(visitor: &mut Visitor, texts: &[(&str, &str)], files: &[(&str, &[u8])]) -> (u16, String) {
    let token = visitor.token("/documents/verify");
    let mut parts = vec![Part { name: "csrf", file_name: None, bytes: token.as_bytes() }];
    parts.extend(texts.iter().map(|(name, value)| Part { name, file_name: None, bytes: value.as_bytes() }));
    parts.extend(files.iter().map(|(name, bytes)| Part { name, file_name: Some("file"), bytes }));
    let answer = visitor.post_parts("/documents/verify", &parts);
    (answer.status, answer.text())
}

#[test]
fn anybody_finds_out_whether_a_document_was_issued_and_nothing_of_whom_it_is_on() {
    let seals = SealPki::new();
    let gateway = house(&seals);
    let (code, paper) = issue(&gateway);
    let mut visitor = Visitor::new(&gateway);
    let issued = "This document was issued here";
    let by_qr = visitor.get(&format!("/documents/verify?code={}", code.as_str()));
    assert_eq!(by_qr.status, 200);
    let text = by_qr.text();
    assert!(text.contains(issued) && text.contains("千代田区長 (Chiyoda City, 131016)"), "{text}");
    assert!(text.contains("Copy of the Resident Record") && !text.contains("花子"), "{text}");
    assert!(ask(&mut visitor, &[("code", &code.grouped().to_lowercase())], &[]).1.contains(issued));
    let (_, text) = ask(&mut visitor, &[], &[("document", &paper.pdf)]);
    assert!(text.contains(issued) && text.contains("The signature is valid"), "{text}");
    let (_, text) = ask(&mut visitor, &[], &[("document", &paper.pdf), ("seal", &paper.seal)]);
    assert!(text.contains("The signature is valid"), "{text}");
    let (_, text) = ask(&mut visitor, &[], &[("document", &paper.pdf), ("seal", b"no seal")]);
    assert!(text.contains("The seal is not valid"), "{text}");
    let mut altered = paper.pdf.to_vec();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    let (_, text) = ask(&mut visitor, &[("code", code.as_str())], &[("document", &altered)]);
    assert!(text.contains("not the document that was issued"), "{text}");
    assert!(ask(&mut visitor, &[], &[("document", &altered)]).1.contains("No such document was issued here"));
    let other = gateway.gateway.paper_code().unwrap();
    assert!(ask(&mut visitor, &[("code", other.as_str())], &[]).1.contains("No such document was issued here"));
}

#[test]
fn a_paper_that_was_altered_is_found_by_what_stands_on_it() {
    let seals = SealPki::new();
    let gateway = house(&seals);
    let (code, _) = issue(&gateway);
    let mut visitor = Visitor::new(&gateway);
    let good = [("code", code.as_str()), ("name", "山田花子"), ("date_of_birth", "1985-04-12")];
    let (_, text) = ask(&mut visitor, &good, &[]);
    assert!(text.contains("This document was issued here") && text.matches("Agrees").count() == 2, "{text}");
    let forged = [("code", code.as_str()), ("name", "山田花子"), ("date_of_birth", "1965-04-12")];
    let (_, text) = ask(&mut visitor, &forged, &[]);
    assert!(text.contains("not what was issued") && text.matches("Agrees").count() == 1, "{text}");
    // The document has no address, so one on the paper was added.
    let (_, text) = ask(&mut visitor, &[("code", code.as_str()), ("address", "東京都")], &[]);
    assert!(text.contains("not what was issued"), "{text}");
}

#[test]
fn a_mistyped_code_and_an_empty_form_say_what_to_do() {
    let seals = SealPki::new();
    let gateway = house(&seals);
    let (code, _) = issue(&gateway);
    let mut visitor = Visitor::new(&gateway);
    let first = if code.as_str().starts_with('2') { '3' } else { '2' };
    let mistyped: String = std::iter::once(first).chain(code.as_str().chars().skip(1)).collect();
    for wrong in [mistyped.as_str(), "short", "<script>"] {
        let (status, text) = ask(&mut visitor, &[("code", wrong)], &[]);
        assert!(status == 422 && text.contains("may be mistyped") && !text.contains("<script>"), "{text}");
    }
    let (status, text) = ask(&mut visitor, &[], &[]);
    assert!(status == 422 && text.contains("Type the verification code or choose the document"), "{text}");
    assert_eq!(visitor.get("/documents/verify?code=ABCD").status, 422);
}

#[test]
fn a_document_that_was_withdrawn_says_so() {
    let seals = SealPki::new();
    let gateway = house(&seals);
    let (code, paper) = issue(&gateway);
    let store = &gateway.gateway.store;
    let void = || wait(store.paper_void(paper.id, "wrong", "clerk suzuki".to_owned(), gateway.gateway.clock.now()));
    assert!(void().unwrap() && !void().unwrap(), "once");
    let (_, text) = ask(&mut Visitor::new(&gateway), &[("code", code.as_str())], &[]);
    assert!(text.contains("This document was withdrawn") && text.contains("Withdrawn at"), "{text}");
    let lines = wait(store.audit_list(None, 10)).unwrap();
    let actions: Vec<&str> = lines.iter().map(|line| line.action.as_str()).collect();
    assert_eq!(actions, ["void_paper", "issue_paper"]);
    assert!(lines.iter().all(|line| line.subject.len() == 64), "a digest, and nobody's name: {lines:?}");
}

#[test]
fn nothing_is_issued_under_a_seal_that_nobody_would_find_valid() {
    let seals = SealPki::new();
    let gateway = house(&seals);
    seals.revoke();
    let (code, draft) = draft(&gateway);
    let refused = wait(gateway.gateway.issue_paper(draft));
    assert!(matches!(&refused, Err(IssueError::SealNotValid(_, "REVOKED_NO_POE"))), "{refused:?}");
    let asked = PaperQuestion { code: Some(code), ..PaperQuestion::default() };
    assert!(matches!(wait(gateway.gateway.check_paper(asked)).unwrap(), PaperAnswer::Unknown));
    let elsewhere = PaperDraft { municipality: "271004".parse().unwrap(), ..self::draft(&gateway).1 };
    assert!(matches!(wait(gateway.gateway.issue_paper(elsewhere)), Err(IssueError::NoIssuer(_))));
}

#[test]
fn another_program_finds_the_seal_valid_over_the_very_file() {
    let seals = SealPki::new();
    let gateway = house(&seals);
    let (_, SealedPaper { pdf, seal, .. }) = issue(&gateway);
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &Bytes| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let (pdf, seal) = (write("paper.pdf", &pdf), write("paper.p7s", &seal));
    let verified = std::process::Command::new("openssl")
        .args(["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any", "-in"])
        .arg(&seal)
        .arg("-content")
        .arg(&pdf)
        .arg("-CAfile")
        .arg(seals.dir().join("anchors/agency-root.pem"))
        .args(["-out", "/dev/null"])
        .output()
        .unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[test]
fn the_page_comes_in_seven_languages() {
    let seals = SealPki::new();
    let gateway = house(&seals);
    let (code, _) = issue(&gateway);
    let mut visitor = Visitor::new(&gateway);
    for language in Language::ALL.iter().copied() {
        let page = visitor.get(&format!("/documents/verify?code={}&lang={}", code.as_str(), language.tag())).text();
        for key in ["paper-issued", "paper-text-issued", "paper-kind-record-copy", "paper-compare-title"] {
            assert!(page.contains(&*language.t(key)), "{key} in {}: {page}", language.tag());
        }
        for what in ["unknown", "altered", "voided", "differs", "seal-wrong"] {
            assert!(language.find(&format!("paper-text-{what}")).is_some(), "{what}");
        }
        for kind in PaperKind::ALL {
            assert!(language.find(&format!("paper-kind-{}", kind.as_str())).is_some(), "{kind:?}");
        }
    }
}

#[test]
fn without_a_municipality_there_is_no_such_page_and_a_seal_needs_anchors() {
    let gateway = TestGateway::start();
    assert_eq!(Visitor::new(&gateway).get("/documents/verify").status, 404);
    let text = SealPki::new().settings(false);
    let papers = text.split_once("[[papers").unwrap().1;
    let settings =
        madoguchi::settings::Settings::from_text(&format!("[[papers{papers}"), [], std::path::Path::new("/"));
    assert!(settings.unwrap_err().to_string().contains("together with official.anchors"));
}
