//! `madoguchi-card` on the command line: signs what OpenSSL verifies, and refuses with its statuses.
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use madoguchi::card_client::folder::DataFolder;
use madoguchi::card_client::origin::Origin;
use madoguchi::card_client::trust;
use serde_json::json;

use crate::support::card::{FakeGateway, GATEWAY};
use crate::support::pki::{TestPki, now};

/// Runs `madoguchi-card` with the PIN on standard input; gives its status, standard output and standard error.
fn card(data: &Path, arguments: &[&str], stdin: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_madoguchi-card"))
        .arg("--data")
        .arg(data)
        .args(arguments)
        .env("LANG", "ja_JP.UTF-8")
        .env_remove("LC_ALL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end before it reads.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

struct Desk {
    dir: tempfile::TempDir,
    gateway: FakeGateway,
}

impl Desk {
    /// A folder with a good request and a client that trusts the gateway.
    fn new() -> Self {
        let desk = Self { dir: tempfile::tempdir().unwrap(), gateway: FakeGateway::new() };
        let folder = DataFolder::new(Some(desk.data())).unwrap();
        trust::pin(&folder, &Origin::parse(GATEWAY).unwrap(), &desk.gateway.keys(), now()).unwrap();
        fs::write(desk.path("a.mgreq"), desk.gateway.good().to_string()).unwrap();
        fs::write(desk.path("photo"), "photo").unwrap();
        desk
    }

    fn data(&self) -> std::path::PathBuf {
        self.dir.path().join("data")
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }
}

fn p12(name: &str) -> String {
    TestPki::shared().p12_path(name).to_str().unwrap().to_owned()
}

#[test]
fn a_request_is_signed_so_that_openssl_verifies_it() {
    let (pki, desk) = (TestPki::shared(), Desk::new());
    for name in ["sign-yamada", "p384-dave"] {
        fs::write(desk.path("a.mgreq"), desk.gateway.good().to_string()).unwrap();
        let arguments =
            ["sign", &desk.path("a.mgreq"), "--p12", &p12(name), "--attachment", &desk.path("photo"), "--pin-stdin"];
        let (status, out, said) = card(&desk.data(), &arguments, &format!("{}\n", pki.pin(name)));
        assert_eq!((status, out.as_str()), (Some(0), ""), "{said}");
        assert!(said.contains("氏名\n    山田　花子") && said.contains("手元のファイルと一致"), "{said}");
        assert!(!said.contains(&pki.pin(name)), "the PIN was shown");
        fs::write(desk.path("content"), desk.gateway.document()).unwrap();
        let mut anchors = Vec::new();
        for certificate in pki.anchors().iter().chain(&pki.intermediates()) {
            anchors.extend(openssl::x509::X509::from_der(certificate).unwrap().to_pem().unwrap());
        }
        fs::write(desk.path("anchors"), anchors).unwrap();
        let verified = Command::new("openssl")
            .args(["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", &desk.path("a.p7s")])
            .args([
                "-content",
                &desk.path("content"),
                "-CAfile",
                &desk.path("anchors"),
                "-purpose",
                "any",
                "-out",
                "/dev/null",
            ])
            .output()
            .unwrap();
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    }
}

#[test]
fn refusals_have_statuses_and_codes_and_write_nothing() {
    let desk = Desk::new();
    let expired = {
        let document = desk.gateway.document();
        let claims = desk.gateway.claims(&document, now() - chrono::Duration::days(1));
        desk.gateway.mgreq(&claims, &document)
    };
    fs::write(desk.path("expired.mgreq"), expired.to_string()).unwrap();
    fs::write(desk.path("broken.mgreq"), "{").unwrap();
    fs::write(desk.path("other"), "other").unwrap();
    let (good, card_file) = (desk.path("a.mgreq"), p12("sign-yamada"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken_at = taken.local_addr().unwrap().to_string();
    for (arguments, pin, status, code) in [
        (
            vec!["sign", &desk.path("expired.mgreq"), "--p12", &card_file, "--pin-stdin"],
            "YAMADA01",
            1,
            "request-expired",
        ),
        (
            vec!["sign", &desk.path("broken.mgreq"), "--p12", &card_file, "--pin-stdin"],
            "YAMADA01",
            1,
            "request-malformed",
        ),
        (vec!["sign", &good, "--p12", &card_file, "--pin-stdin"], "YAMADA02", 1, "pin-wrong"),
        (vec!["sign", &good, "--p12", &card_file, "--pin-stdin"], "", 1, "pin-form"),
        (
            vec!["sign", &good, "--p12", &card_file, "--pin-stdin", "--attachment", &desk.path("other")],
            "YAMADA01",
            1,
            "attachment-mismatch",
        ),
        (vec!["sign", &good, "--p12", "/nonexistent.p12", "--pin-stdin"], "YAMADA01", 66, "/nonexistent.p12"),
        (vec!["sign", &good, "--p12", &good, "--pin-stdin"], "YAMADA01", 66, "not a PKCS#12 file"),
        (vec!["sign", "/nonexistent.mgreq", "--p12", &card_file, "--pin-stdin"], "", 66, "/nonexistent.mgreq"),
        (vec!["sign", &good, "--p12", &card_file], "YAMADA01", 64, "端末"),
        (vec!["sign", &good], "", 64, "--p12"),
        (vec!["trust", "http://madoguchi.example"], "", 64, "https:// で始まる窓口のアドレス"),
        (vec!["trust", "http://127.0.0.1:1"], "", 1, "http://127.0.0.1:1/.well-known/jwks.json"),
        (vec!["agent", "--p12", &card_file, "--listen", &taken_at], "", 1, "port-taken"),
        (vec!["agent", "--p12", &card_file, "--listen", "0.0.0.0:0"], "", 64, "このパソコンのアドレスではありません"),
    ] {
        let (code_, _, said) = card(&desk.data(), &arguments, &format!("{pin}\n"));
        assert!(code_ == Some(status) && said.contains(code), "{arguments:?}: {code_:?} {said}");
        assert!(!desk.dir.path().join("a.p7s").exists());
    }
}

#[test]
fn an_untrusted_gateway_is_refused_until_its_keys_are_given() {
    let desk = Desk::new();
    let stranger = FakeGateway::new();
    fs::write(desk.path("s.mgreq"), stranger.good().to_string()).unwrap();
    let empty = desk.dir.path().join("empty");
    let arguments = ["sign", &desk.path("s.mgreq"), "--p12", &p12("sign-yamada"), "--pin-stdin"];
    let (status, _, said) = card(&empty, &arguments, "YAMADA01\n");
    assert!(
        status == Some(1) && said.contains("gateway-not-trusted") && said.contains("madoguchi-card trust"),
        "{said}"
    );
    fs::write(desk.path("jwks"), json!({ "keys": [stranger.key.jwk()] }).to_string()).unwrap();
    let (jwks, out) = (desk.path("jwks"), desk.path("out.p7s"));
    let given = [&arguments[..], &["--gateway-keys", &jwks, "--out", &out]].concat();
    let (status, _, said) = card(&empty, &given, "YAMADA01\n");
    assert!(status == Some(0) && desk.dir.path().join("out.p7s").exists(), "{said}");
}

#[test]
fn a_certificate_is_read_behind_its_pin_and_the_status_told() {
    let (pki, desk) = (TestPki::shared(), Desk::new());
    let (status, out, said) =
        card(&desk.data(), &["read-certificate", "--p12", &p12("sign-smith"), "--pin-stdin"], "SMITH001\n");
    assert_eq!(status, Some(0), "{said}");
    let read = openssl::x509::X509::from_pem(out.as_bytes()).unwrap().to_der().unwrap();
    assert_eq!(read, pki.certificate("sign-smith"));
    let (status, line, _) = card(&desk.data(), &["pair", "https://madoguchi.example", "--line"], "");
    let token = line.split('.').next().unwrap();
    assert_eq!((status, token.len(), line.trim().len()), (Some(0), 43, 3 * 43 + 2));
    let (_, out, _) = card(&desk.data(), &["status", "--json"], "");
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&told["paired"][0], &told["trusted"][0]["origin"]),
        (&json!("https://madoguchi.example"), &json!(GATEWAY))
    );
    assert!(!out.contains(token), "the token was shown");
    let (_, listed, _) = card(&desk.data(), &["pair", "--list"], "");
    assert_eq!(listed, "https://madoguchi.example\n");
    assert_eq!(card(&desk.data(), &["pair", "https://madoguchi.example", "--remove"], "").0, Some(0));
    let (status, _, said) = card(&desk.data(), &["pair", "https://madoguchi.example", "--remove"], "");
    assert!(status == Some(1) && said.contains("origin-not-paired"), "{said}");
    // A code is shown for a trusted gateway alone, after the phrase was chosen.
    let (status, _, said) = card(&desk.data(), &["pair", "https://madoguchi.example"], "");
    assert!(status == Some(1) && said.contains("gateway-not-trusted"), "{said}");
    let (status, _, said) = card(&desk.data(), &["pair", GATEWAY], "abc\n");
    assert!(status == Some(1) && said.contains("phrase-form"), "{said}");
    let (status, code, _) = card(&desk.data(), &["pair", GATEWAY], "blue lighthouse\n");
    assert_eq!((status, code.trim().len()), (Some(0), 11));
    assert_eq!(card(&desk.data(), &["phrase", "--show"], "").1, "blue lighthouse\n");
}

#[test]
fn a_refusal_of_the_gateway_is_explained_in_the_persons_language() {
    let desk = Desk::new();
    let refusal = json!({ "code": "signature-refused", "sub_indication": "REVOKED_NO_POE", "status": 422 });
    fs::write(desk.path("refusal.json"), refusal.to_string()).unwrap();
    for (what, told) in [
        (desk.path("refusal.json").as_str(), "引越し"),
        ("REVOKED", "市区町村の窓口"),
        ("OUT_OF_BOUNDS_NOT_REVOKED", "更新"),
        ("pin-locked", "初期化"),
    ] {
        let (status, out, said) = card(&desk.data(), &["explain", what], "");
        assert!(status == Some(0) && out.contains(told), "{what}: {out} {said}");
    }
    let (status, _, said) = card(&desk.data(), &["explain", "nothing"], "");
    assert!(status == Some(64) && said.contains("/problems/"), "{said}");
    let (status, out, _) = card(&desk.data(), &["--help"], "");
    assert!(status == Some(0) && out.contains("使い方:") && out.contains("署名要求"), "{out}");
}
