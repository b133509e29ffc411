//! Signing with the software JPKI card in a virtual reader: through OpenSC's stock module, and by PC/SC where this was built
//! with it (`--features pcsc`, as `tests/run` does). Each test has a pcscd of its own.
use std::process::Child;

use crate::support::client::{Client, Said, finish};
use crate::support::pki::TestPki;
use crate::support::reader::{AUTHENTICATION_PIN, Card, PIN, Readers, YAMADA, opensc, wait_until};

/// The ways to the card that this was built with.
fn ways() -> Vec<Vec<String>> {
    let mut ways = vec![vec!["--pkcs11".to_owned(), opensc().to_str().unwrap().to_owned()]];
    if cfg!(feature = "pcsc") {
        ways.push(vec!["--pcsc".to_owned()]);
    }
    ways
}

fn each_way(test: impl Fn(&Readers, &Client, &[&str])) {
    for way in ways() {
        let readers = Readers::start();
        let client = Client::new().with("PCSCLITE_CSOCK_NAME", readers.socket());
        test(&readers, &client, &way.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn an_application_is_signed_and_accepted() {
    each_way(|readers, client, way| {
        let card = readers.insert(0, &YAMADA);
        let request = client.request("a.mgreq");
        let said = client.sign(&request, way, PIN);
        said.worked().told("道路の補修").told("Test PCD 00 00");
        assert!(!format!("{said:?}").contains(PIN), "the PIN was shown");
        client.accepted(&request, "jpki");
        assert_eq!(card.signatures(), 1);
    });
}

#[test]
fn several_applications_take_one_pin_entry() {
    each_way(|readers, client, way| {
        let card = readers.insert(0, &YAMADA);
        let requests = ["a.mgreq", "b.mgreq", "c.mgreq"].map(|name| client.request(name));
        let arguments = [&["sign", &requests[0], &requests[1], &requests[2], "--pin-stdin"], way].concat();
        let said = client.run(&arguments, &format!("{PIN}\n"));
        assert_eq!(said.worked().err.matches("道路の補修").count(), 3, "each is shown: {said:?}");
        for request in &requests {
            client.accepted(request, "jpki");
        }
        assert_eq!(card.signatures(), 3);
    });
}

#[test]
fn a_wrong_pin_tells_the_tries_before_and_after_and_five_lock_it() {
    each_way(|readers, client, way| {
        let card = readers.insert(0, &YAMADA);
        let request = client.request("a.mgreq");
        let told = |before: &str, after: &str| {
            // PKCS#11 tells flags alone, PC/SC numbers.
            let said = client.sign(&request, way, "WRONG001");
            match way {
                ["--pcsc"] => said.refused("pin-wrong").told(&format!("Tries left: {before} → {after}")).err.len(),
                _ => said.refused("pin-wrong").told("Tries left").err.len(),
            }
        };
        told("5", "4");
        assert_eq!(card.tries(), 4, "one wrong PIN costs one try");
        client.sign(&request, way, PIN).worked();
        assert_eq!(card.tries(), 5, "the right PIN restores them");
        let request = client.request("b.mgreq");
        let wrong = |left: &str| client.sign(&request, way, "WRONG001").refused("pin-wrong").told(left).err.len();
        for (left, pcsc) in
            [("fewer than all", "5 → 4"), ("", "4 → 3"), ("", "3 → 2"), ("1 (the next wrong one", "2 → 1")]
        {
            wrong(if way == ["--pcsc"] { pcsc } else { left });
        }
        client.sign(&request, way, "WRONG001").refused("pin-locked").told("counter of your municipality");
        assert_eq!(card.tries(), 0);
        client.sign(&request, way, PIN).refused("pin-locked");
        client.not_signed(&request);
    });
}

#[test]
fn what_cannot_be_the_pin_costs_no_try_and_small_letters_do() {
    each_way(|readers, client, way| {
        let card = readers.insert(0, &YAMADA);
        let request = client.request("a.mgreq");
        for wrong in ["YAMA1", "YAMADA-1", "YAMADA01YAMADA01X"] {
            client.sign(&request, way, wrong).refused("pin-form");
        }
        assert_eq!(card.tries(), 5);
        client.sign(&request, way, "ｙamada０1").worked();
        client.accepted(&request, "jpki");
    });
}

#[test]
fn a_card_pulled_in_the_middle_signs_nothing_and_the_request_stays_good() {
    each_way(|readers, client, way| {
        let card = readers.insert(0, &Card { signer: "sign-yamada", options: &["--delay-ms", "40"] });
        let request = client.request("a.mgreq");
        let arguments = [&["sign", &request, "--pin-stdin"], way].concat();
        let child = client.start(&arguments, &format!("{PIN}\n"));
        wait_until("the PIN at the card", || card.log().contains("VERIFY sign PIN: 9000"));
        card.toggle();
        finish(child).refused("card-removed").told("put the card back");
        client.not_signed(&request);
        assert_eq!(card.signatures(), 0);
        drop(card);
        let _again = readers.insert(1, &YAMADA);
        client.sign(&request, way, PIN).worked();
        client.accepted(&request, "jpki");
    });
}

#[test]
fn a_card_that_refuses_leaves_the_request_unused() {
    each_way(|readers, client, way| {
        let request = client.request("a.mgreq");
        let failing = readers.insert(0, &Card { signer: "sign-yamada", options: &["--fail-sign", "6F00"] });
        client.sign(&request, way, PIN).refused("card-unusable");
        client.not_signed(&request);
        drop(failing);
        readers.wait_for_card(0, false);
        let _card = readers.insert(0, &YAMADA);
        client.sign(&request, way, PIN).worked();
    });
}

#[test]
fn of_two_cards_one_is_chosen() {
    each_way(|readers, client, way| {
        let cards = [readers.insert(0, &YAMADA), readers.insert(1, &Card { signer: "sign-smith", options: &[] })];
        let request = client.request("a.mgreq");
        client.sign(&request, way, PIN).refused("several-cards").told("Test PCD 00 00").told("Test PCD 00 01");
        client.sign(&request, &[way, &["--card", "no such"]].concat(), PIN).refused("card-not-found");
        assert_eq!((cards[0].tries(), cards[1].tries()), (5, 5), "no card was given a PIN");
        client.sign(&request, &[way, &["--card", "00 01"]].concat(), PIN).worked();
        client.accepted(&request, "jpki");
        assert_eq!((cards[0].signatures(), cards[1].signatures()), (0, 1));
    });
}

#[test]
fn what_is_missing_is_named() {
    each_way(|readers, client, way| {
        let request = client.request("a.mgreq");
        client.sign(&request, way, PIN).refused("no-card").told("Test PCD 00 00").told("put your card");
        let stranger = readers.insert(0, &Card { signer: "sign-yamada", options: &["--stranger"] });
        client.sign(&request, way, PIN).refused("wrong-card").told("Test PCD 00 00");
        // A card of another kind beside the right one is no hindrance.
        let _card = readers.insert(1, &YAMADA);
        client.sign(&request, way, PIN).worked();
        drop(stranger);
    });
    let readers = Readers::start_without_readers();
    for way in ways() {
        let way: Vec<&str> = way.iter().map(String::as_str).collect();
        let client = Client::new().with("PCSCLITE_CSOCK_NAME", readers.socket());
        client.sign(&client.request("a.mgreq"), &way, PIN).refused("no-reader");
        let client = Client::new().with("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm");
        client.sign(&client.request("a.mgreq"), &way, PIN).refused("reader-service-stopped").told("pcscd");
    }
}

#[test]
fn a_module_that_cannot_be_loaded_is_named() {
    let client = Client::new();
    let request = client.request("a.mgreq");
    for module in ["/nonexistent/opensc.so", "/etc/passwd", "/lib/x86_64-linux-gnu/libc.so.6"] {
        client.sign(&request, &["--pkcs11", module], PIN).refused("module-unusable").told(module);
    }
}

#[test]
fn ten_signers_at_once_sign_one_after_the_other() {
    each_way(|readers, client, way| {
        let card = readers.insert(0, &YAMADA);
        let requests: Vec<String> = (0..10).map(|number| client.request(&format!("{number}.mgreq"))).collect();
        let start = |request: &String, out: &str| {
            let arguments = [&["sign", request.as_str(), "--pin-stdin", "--out", out], way].concat();
            client.start(&arguments, &format!("{PIN}\n"))
        };
        let outs: Vec<String> = (0..10).map(|number| client.path(&format!("{number}.p7s"))).collect();
        let children: Vec<Child> = requests.iter().zip(&outs).map(|(request, out)| start(request, out)).collect();
        for (child, request) in children.into_iter().zip(&requests) {
            finish(child).worked();
            client.accepted(request, "jpki");
        }
        assert_eq!((card.signatures(), card.tries()), (10, 5));
        // The same request ten times at once is signed once.
        let request = client.request("same.mgreq");
        let outs: Vec<String> = (0..10).map(|number| client.path(&format!("same-{number}.p7s"))).collect();
        let children: Vec<Child> = outs.iter().map(|out| start(&request, out)).collect();
        let said: Vec<Said> = children.into_iter().map(finish).collect();
        let (worked, refused): (Vec<&Said>, Vec<&Said>) = said.iter().partition(|said| said.status == Some(0));
        assert_eq!(worked.len(), 1, "{said:?}");
        assert!(refused.iter().all(|said| said.err.contains("(request-used)")), "{said:?}");
        assert_eq!(outs.iter().filter(|out| std::path::Path::new(out).exists()).count(), 1);
    });
}

#[test]
fn a_used_request_costs_no_pin() {
    each_way(|readers, client, way| {
        let card = readers.insert(0, &YAMADA);
        let request = client.request("a.mgreq");
        client.sign(&request, way, PIN).worked();
        client.sign(&request, way, "WRONG001").refused("request-used");
        assert_eq!((card.tries(), card.signatures()), (5, 1));
    });
}

#[test]
fn an_ended_certificate_is_told_before_it_signs() {
    each_way(|readers, client, way| {
        let card = readers.insert(0, &Card { signer: "sign-sato", options: &[] });
        let request = client.request("a.mgreq");
        client.sign(&request, way, PIN).refused("certificate-expired").told("renew it at the counter");
        client.not_signed(&request);
        assert_eq!(card.signatures(), 0);
    });
}

#[test]
fn both_certificates_are_read_each_behind_its_pin() {
    each_way(|readers, client, way| {
        let _card = readers.insert(0, &YAMADA);
        for (purpose, pin, expected) in
            [("signature", PIN, "sign-yamada"), ("authentication", AUTHENTICATION_PIN, "auth-yamada")]
        {
            let arguments = [&["read-certificate", "--purpose", purpose, "--pin-stdin"], way].concat();
            let said = client.run(&arguments, &format!("{pin}\n"));
            let read = openssl::x509::X509::from_pem(said.worked().out.as_bytes()).unwrap().to_der().unwrap();
            assert_eq!(read, TestPki::shared().certificate(expected));
        }
        let arguments = [&["read-certificate", "--purpose", "authentication", "--pin-stdin"], way].concat();
        client.run(&arguments, "12345\n").refused("pin-form").told("4 digits");
    });
}

#[test]
fn status_tells_a_help_desk_what_is_wrong() {
    let readers = Readers::start();
    let client = Client::new().with("PCSCLITE_CSOCK_NAME", readers.socket());
    let findings = |client: &Client| {
        let said = client.run(&["status", "--json", "--offline"], "");
        let told: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        (said.status, told["findings"].as_array().unwrap().clone())
    };
    let named = |findings: &[serde_json::Value], name: &str| {
        findings.iter().find(|finding| finding["name"] == name).cloned().unwrap_or_default()
    };
    let (status, found) = findings(&client);
    assert_eq!((status, &named(&found, "card")["code"]), (Some(1), &serde_json::json!("no-card")));
    let card = readers.insert(0, &YAMADA);
    let (status, found) = findings(&client);
    assert_eq!((status, &named(&found, "card")["state"]), (Some(0), &serde_json::json!("ok")), "{found:?}");
    assert_eq!(named(&found, "certificate")["state"], "ok");
    assert_eq!(named(&found, "gateway")["state"], "ok");
    assert!(!format!("{found:?}").contains("山田"), "personal data");
    let request = client.request("a.mgreq");
    for _ in 0..5 {
        client.sign(&request, &["--pkcs11", opensc().to_str().unwrap()], "WRONG001");
    }
    assert_eq!(card.tries(), 0);
    let (status, found) = findings(&client);
    assert_eq!((status, &named(&found, "card")["code"]), (Some(1), &serde_json::json!("pin-locked")), "{found:?}");
    let client = Client::new().with("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm").with("LC_ALL", "ja_JP.UTF-8");
    client.run(&["status", "--offline"], "").refused("status-problems").told("サービスが動いていません");
}
