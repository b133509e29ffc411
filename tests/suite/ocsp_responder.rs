//! The gateway as an OCSP responder, asked by `openssl ocsp` and by hand.
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use madoguchi::authority::crl::Reason;
use madoguchi::authority::issuing::Which;
use madoguchi::gateway::ocsp_responder::OcspResponders;
use madoguchi::pki::ocsp::{OcspResponse, ResponseStatus};
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::settings::OcspSettings;

use crate::support::gateway::{TestGateway, Wanted};
use crate::support::ocsp::{bundle, openssl_ocsp};
use crate::support::pki::{TestPki, now};

/// A gateway that answers for two CAs of elliptic curves and one of RSA, out of a PKI of its own.
struct House {
    pki: TestPki,
    gateway: TestGateway,
    ca_file: PathBuf,
}

impl House {
    fn open(prepare: impl FnOnce(&TestPki), more: &str) -> Self {
        let pki = TestPki::copy();
        prepare(&pki);
        let files = |ca: &str| {
            let folder = pki.dir().join("responders");
            (folder.join(format!("{ca}.pem")), folder.join(format!("{ca}.key.pem")))
        };
        let (certificate, key) = files("tt-p256");
        let mut settings = format!("[ocsp]\n{more}\ncertificate = {certificate:?}\nkey = {key:?}\n");
        for ca in ["tt-p384", "tt-rsa2048"] {
            let (certificate, key) = files(ca);
            settings.push_str(&format!("[[ocsp.responders]]\ncertificate = {certificate:?}\nkey = {key:?}\n"));
        }
        let gateway = TestGateway::start_with(Wanted { settings, crls: Some(pki.crls_dir()), ..Wanted::default() });
        let cas = ["tt-ec-root", "tt-p256", "tt-p384", "tt-rsa-root", "tt-rsa2048"];
        let ca_file = bundle(&pki, &cas, gateway.folder());
        Self { pki, gateway, ca_file }
    }

    fn url(&self) -> String {
        format!("http://{}/ocsp", self.gateway.client.address)
    }

    /// What `openssl ocsp` says when it asks about cards of a CA.
    fn ask(&self, ca: &str, cards: &[&str], more: &[&str]) -> String {
        let (issuer, url) = (self.pki.certificate_path(ca), self.url());
        let paths: Vec<PathBuf> = cards.iter().map(|card| self.pki.certificate_path(card)).collect();
        let mut args = vec!["-issuer", issuer.to_str().unwrap(), "-url", &url, "-CAfile"];
        args.push(self.ca_file.to_str().unwrap());
        args.extend_from_slice(more);
        for path in &paths {
            args.extend(["-cert", path.to_str().unwrap()]);
        }
        openssl_ocsp(&args)
    }

    /// The DER of a request for a card.
    fn request(&self, ca: &str, card: &str, more: &[&str]) -> Vec<u8> {
        let out = self.gateway.folder().join("request.der");
        let (issuer, certificate) = (self.pki.certificate_path(ca), self.pki.certificate_path(card));
        let mut args = vec!["-issuer", issuer.to_str().unwrap(), "-reqout", out.to_str().unwrap()];
        args.extend_from_slice(more);
        args.extend(["-cert", certificate.to_str().unwrap()]);
        openssl_ocsp(&args);
        std::fs::read(out).unwrap()
    }

    fn post(&self, request: &[u8]) -> crate::support::http::Answer {
        self.gateway.client.send("POST", "/ocsp", &[("Content-Type", "application/ocsp-request")], request)
    }
}

fn status_of(der: &[u8]) -> ResponseStatus {
    OcspResponse::from_der(der).unwrap().status
}

#[test]
fn openssl_is_told_good_revoked_and_on_hold_with_reason_and_time() {
    let revoked_at = now() - Duration::hours(5);
    let house = House::open(
        |pki| {
            let mut authority = pki.authority();
            authority.revoke(&Which::Id("p256-carol".to_owned()), Reason::AffiliationChanged, revoked_at).unwrap();
            authority.revoke(&Which::Id("rsa2048-alice".to_owned()), Reason::CertificateHold, revoked_at).unwrap();
            authority.sign_lists(now()).unwrap();
        },
        "all_shards = true",
    );
    for more in [&[][..], &["-no_nonce"], &["-sha256"], &["-sha256", "-no_nonce"], &["-sha384"]] {
        let said = house.ask("tt-p384", &["p384-dave"], more);
        assert!(said.contains("Response verify OK"), "{more:?}: {said}");
        assert!(said.contains("p384-dave.pem: good"), "{more:?}: {said}");
        assert!(!said.contains("WARNING"), "{said}");
        let said = house.ask("tt-p256", &["p256-carol"], more);
        assert!(said.contains("Response verify OK") && said.contains("p256-carol.pem: revoked"), "{said}");
        assert!(said.contains("Reason: affiliationChanged"), "{said}");
        let time = revoked_at.format("Revocation Time: %b %e %H:%M:%S %Y GMT").to_string();
        assert!(said.contains(&time), "{time}: {said}");
        let said = house.ask("tt-rsa2048", &["rsa2048-alice"], more);
        assert!(said.contains("Response verify OK") && said.contains("Reason: certificateHold"), "{said}");
    }
}

#[test]
fn several_certificates_are_answered_at_once() {
    let house = House::open(|_| (), "all_shards = true");
    let said = house.ask("tt-rsa2048", &["rsa2048-alice", "rsa2048-revoked"], &[]);
    assert!(said.contains("Response verify OK"), "{said}");
    assert!(said.contains("rsa2048-alice.pem: good") && said.contains("rsa2048-revoked.pem: revoked"), "{said}");
    assert!(said.contains("Reason: keyCompromise"), "{said}");
}

#[test]
fn what_no_fresh_list_covers_is_unknown_and_other_issuers_are_unauthorized() {
    let house = House::open(|pki| std::fs::remove_file(pki.crl_path("tt-p256")).unwrap(), "");
    let said = house.ask("tt-p256", &["p256-carol"], &[]);
    assert!(said.contains("Response verify OK") && said.contains("p256-carol.pem: unknown"), "{said}");
    // The list of a single distribution point does not tell of a serial that it is without.
    let said = house.ask("tt-rsa2048", &["rsa2048-alice", "rsa2048-revoked"], &[]);
    assert!(said.contains("rsa2048-alice.pem: unknown") && said.contains("rsa2048-revoked.pem: revoked"), "{said}");
    let said = house.ask("tt-rsa3072", &["rsa3072-bob"], &[]);
    assert!(said.contains("unauthorized (6)"), "{said}");
}

#[test]
fn a_request_that_cannot_be_read_is_told_so_and_bodies_are_bounded() {
    let house = House::open(|_| (), "");
    let good = house.request("tt-p384", "p384-dave", &["-no_nonce"]);
    for broken in [&b"not a request"[..], &[], &good[..good.len() - 1], &[&good[..], &[0]].concat()] {
        let answer = house.post(broken);
        assert_eq!((answer.status, status_of(&answer.body)), (200, ResponseStatus::MalformedRequest));
        assert_eq!(answer.header("content-type"), Some("application/ocsp-response"));
    }
    assert_eq!(status_of(&house.post(&good).body), ResponseStatus::Successful);
    assert_eq!(house.post(&vec![0x30; 70_000]).status, 413);
    let answer = house.gateway.client.send("POST", "/ocsp", &[("Content-Type", "text/plain")], &good);
    assert_eq!((answer.status, answer.problem_code().as_str()), (415, "unsupported-media-type"));
}

#[test]
fn get_answers_what_caches_may_keep() {
    let house = House::open(|_| (), "");
    let request = house.request("tt-p384", "p384-dave", &["-no_nonce"]);
    let text = STANDARD.encode(&request);
    let encoded = text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let answer = house.gateway.client.get(&format!("/ocsp/{encoded}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/ocsp-response"));
    let control = answer.header("cache-control").unwrap();
    let age: i64 = control.strip_prefix("max-age=").unwrap().split(',').next().unwrap().parse().unwrap();
    assert!(control.contains("public, no-transform, must-revalidate"), "{control}");
    let response = OcspResponse::from_der(&answer.body).unwrap();
    let single = &response.basic.as_ref().unwrap().singles[0];
    let left = (single.next_update.unwrap() - now()).num_seconds();
    assert!((left - age).abs() < 60, "{left} {age}");
    assert!(answer.header("expires").is_some() && answer.header("last-modified").is_some());
    // The same answer is given again, and need not be sent twice.
    let etag = answer.header("etag").unwrap().to_owned();
    let path = format!("/ocsp/{text}");
    let again = house.gateway.client.send("GET", &path, &[("If-None-Match", &etag)], b"");
    assert_eq!((again.status, again.body.len()), (304, 0));
    // By openssl's own judgement.
    let file = house.gateway.folder().join("response.der");
    std::fs::write(&file, &answer.body).unwrap();
    let (issuer, card) = (house.pki.certificate_path("tt-p384"), house.pki.certificate_path("p384-dave"));
    let said = openssl_ocsp(&[
        "-respin",
        file.to_str().unwrap(),
        "-issuer",
        issuer.to_str().unwrap(),
        "-cert",
        card.to_str().unwrap(),
        "-CAfile",
        house.ca_file.to_str().unwrap(),
        "-no_nonce",
    ]);
    assert!(said.contains("Response verify OK") && said.contains("p384-dave.pem: good"), "{said}");
    // An answer for one asker alone is nobody else's.
    let with_nonce = STANDARD.encode(house.request("tt-p384", "p384-dave", &[])).replace('/', "%2F");
    let answer = house.gateway.client.get(&format!("/ocsp/{with_nonce}"));
    assert_eq!((answer.header("cache-control"), answer.header("etag")), (Some("no-store"), None));
    assert!(OcspResponse::from_der(&answer.body).unwrap().basic.unwrap().nonce.is_some());
    for wrong in ["/ocsp/no-base64!", "/ocsp/MAA="] {
        let answer = house.gateway.client.get(wrong);
        assert_eq!((answer.status, status_of(&answer.body)), (200, ResponseStatus::MalformedRequest));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[test]
fn a_new_list_is_answered_from_at_once() {
    let house = House::open(|_| (), "");
    let request = house.request("tt-p384", "p384-dave", &["-no_nonce"]);
    let before = house.post(&request);
    assert_eq!(house.post(&request).body, before.body, "a signed answer is given again");
    let mut authority = house.pki.authority();
    authority.revoke(&Which::Id("p384-dave".to_owned()), Reason::KeyCompromise, now()).unwrap();
    authority.sign_lists(now()).unwrap();
    drop(authority);
    let list = house.pki.crl("tt-p384");
    let gateway = &house.gateway.gateway;
    gateway.crls.offer(&list, gateway.verifier().trust(), now() + Duration::seconds(2)).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let said = house.ask("tt-p384", &["p384-dave"], &["-no_nonce"]);
    assert!(said.contains("p384-dave.pem: revoked") && said.contains("Reason: keyCompromise"), "{said}");
    assert_ne!(house.post(&request).body, before.body);
}

#[test]
fn a_gateway_without_a_responder_answers_404() {
    let gateway = TestGateway::start();
    let answer = gateway.client.send("POST", "/ocsp", &[("Content-Type", "application/ocsp-request")], b"x");
    assert_eq!((answer.status, answer.problem_code().as_str()), (404, "not-found"));
    assert_eq!(gateway.client.get("/ocsp/MAA=").status, 404);
}

#[test]
fn a_certificate_that_may_not_answer_stops_the_start() {
    let pki = TestPki::shared();
    let certificates = |ders: Vec<Vec<u8>>| {
        let parse = |der| madoguchi::pki::certificate::Certificate::from_der(der).unwrap().into();
        ders.into_iter().map(parse).collect::<Vec<_>>()
    };
    let trust = TrustStore::new(certificates(pki.anchors()), certificates(pki.intermediates()));
    let responders = pki.dir().join("responders");
    let open = |certificate: PathBuf, key: PathBuf, trust: &TrustStore| {
        let settings = OcspSettings { certificate: Some(certificate), key: Some(key), ..OcspSettings::default() };
        OcspResponders::open(&settings, trust).map(|found| found.is_some())
    };
    let (good, key) = (responders.join("tt-p256.pem"), responders.join("tt-p256.key.pem"));
    assert_eq!(open(good.clone(), key.clone(), &trust), Ok(true));
    assert_eq!(OcspResponders::open(&OcspSettings::default(), &trust).map(|found| found.is_some()), Ok(false));
    let why = open(pki.certificate_path("p256-carol"), pki.key_path("p256-carol"), &trust).unwrap_err();
    assert!(why.contains("id-kp-OCSPSigning"), "{why}");
    let why = open(good.clone(), responders.join("tt-p384.key.pem"), &trust).unwrap_err();
    assert!(why.contains("not the key of"), "{why}");
    let why = open(good.clone(), key.clone(), &TrustStore::new(certificates(pki.anchors()), vec![])).unwrap_err();
    assert!(why.contains("no CA of [trust] issued"), "{why}");
    let why = open(responders.join("none.pem"), key, &trust).unwrap_err();
    assert!(why.contains("none.pem"), "{why}");
    let alone = OcspSettings { certificate: Some(good), ..OcspSettings::default() };
    assert!(OcspResponders::open(&alone, &trust).unwrap_err().contains("go together"));
}

#[test]
fn what_pki_issue_makes_for_a_responder_answers() {
    let before = TestPki::shared().dir().join("responders/tt-p256.pem");
    let house = House::open(
        |pki| {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_madoguchi"));
            command.args(["pki", "issue", "--dir", pki.dir().to_str().unwrap()]);
            let output = command.args(["--profile", "ocsp-responder", "--ca", "tt-p256"]).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        },
        "",
    );
    let file = house.pki.dir().join("responders/tt-p256.pem");
    assert_ne!(std::fs::read(&file).unwrap(), std::fs::read(before).unwrap(), "a new one");
    let said = house.ask("tt-p256", &["p256-carol"], &[]);
    assert!(said.contains("Response verify OK") && said.contains("p256-carol.pem: good"), "{said}");
    let output = std::process::Command::new("openssl").args(["x509", "-noout", "-text", "-in"]).arg(&file).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(text.contains("OCSP Signing") && text.contains("OCSP No Check"), "{text}");
    let key = house.pki.dir().join("responders/tt-p256.key.pem");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(key).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn pki_issue_refuses_a_responder_without_its_ca_or_of_one_that_is_not_there() {
    let pki = TestPki::copy();
    for (more, part) in [(&["--ca", "nobody"][..], "nobody"), (&[], "--ca")] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        command.args(["pki", "issue", "--dir", pki.dir().to_str().unwrap(), "--profile", "ocsp-responder"]);
        let output = command.args(more).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(64) && said.contains(part), "{:?} {said}", output.status);
    }
}
