//! Row 9 of the network's promises: certificates at a kiosk, from the card to the printed document that anybody checks; and what
//! happens with the money when something goes wrong.
use chrono::Duration;
use madoguchi::delivery::registry;
use madoguchi::gateway::papers::holder::Holder;
use madoguchi::registry::event::Change;
use madoguchi::registry::papers::till::OrderState;
use madoguchi::store::papers::certificates::CertificatePurpose::{Authenticate, Sign};
use madoguchi::store::papers::certificates::{CertificateMove, CertificateState};
use madoguchi::web::i18n::Language;

use crate::support::gateway::{TestGateway, Wanted};
use crate::support::holders::{day, enter, join, note, smith, yamada};
use crate::support::http::Part;
use crate::support::papers::SealPki;
use crate::support::pki::TestPki;
use crate::support::resident::signed_in;
use crate::support::visitor::{Visitor, wait};
use crate::support::web_eid::AuthenticationCard;

const REGISTRY: &str = "[[registry.municipality]]\ncode = \"131016\"\n";

fn house(seals: &SealPki, kiosk: bool) -> TestGateway {
    let settings = format!("{}{REGISTRY}", seals.settings(kiosk));
    TestGateway::start_with(Wanted { settings, ..Wanted::default() })
}

fn card(id: &str) -> AuthenticationCard {
    AuthenticationCard::of(TestPki::shared(), id)
}

/// Asks for a document; gives the order's address.
fn order(visitor: &mut Visitor, kind: &str) -> String {
    let asked = visitor.submit("/kiosk/documents", "/kiosk/orders", &[("kind", kind)]);
    assert_eq!(asked.status, 303, "{}", asked.text());
    asked.header("location").unwrap().to_owned()
}

fn at_till(visitor: &mut Visitor, order: &str, field: (&str, &str)) -> String {
    let answer = visitor.submit(order, &format!("{order}/till"), &[field]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    visitor.get(order).text()
}

fn printed(visitor: &mut Visitor, order: &str, outcome: &str) -> String {
    let answer = visitor.submit(order, &format!("{order}/printed"), &[("outcome", outcome)]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    visitor.get(order).text()
}

fn check(gateway: &TestGateway, pdf: &[u8], seal: &[u8]) -> String {
    let mut anybody = Visitor::new(gateway);
    let token = anybody.token("/documents/verify");
    let part = |name: &'static str, bytes| Part { name, file_name: Some("x"), bytes };
    let csrf = Part { name: "csrf", file_name: None, bytes: token.as_bytes() };
    anybody.post_parts("/documents/verify", &[csrf, part("document", pdf), part("seal", seal)]).text()
}

fn steps(gateway: &TestGateway, order: &str) -> Vec<(String, i64)> {
    wait(gateway.gateway.store.order_steps(order.rsplit('/').next().unwrap())).unwrap()
}

#[test]
fn row_9_certificates_at_the_kiosk() {
    let seals = SealPki::new();
    let gateway = house(&seals, true);
    let tomorrow = madoguchi::registry::history::day_in_japan(gateway.gateway.clock.now()) + Duration::days(1);
    let people = [("auth-yamada", yamada(), "record-copy"), ("auth-smith", smith(Some(tomorrow)), "household-copy")];
    for (id, person, kind) in people {
        let record = enter(&gateway.gateway, &person);
        join(&gateway.gateway, &record, id, Authenticate);
        let mut visitor = signed_in(&gateway, &card(id));
        assert!(visitor.get("/kiosk").text().contains("千代田区 (Chiyoda City)"));
        let offers = visitor.get("/kiosk/documents").text();
        assert!(offers.contains("Copy of the Resident Record") && offers.contains("¥300"), "{offers}");
        let order = order(&mut visitor, kind);
        assert!(visitor.get(&order).text().contains("Still to be paid"));
        assert_eq!(visitor.get(&format!("{order}/document.pdf")).status, 404, "nothing before it is paid for");
        let page = at_till(&mut visitor, &order, ("inserted", "100"));
        assert!(page.contains("¥200"), "{page}");
        let page = at_till(&mut visitor, &order, ("inserted", "500"));
        assert!(page.contains("Your certificate is ready") && page.contains("Given back"), "{page}");
        let pdf = visitor.get(&format!("{order}/document.pdf"));
        let seal = visitor.get(&format!("{order}/document.p7s")).body;
        assert!(pdf.body.starts_with(b"%PDF-") && pdf.header("content-type") == Some("application/pdf"));
        let text = check(&gateway, &pdf.body, &seal);
        assert!(text.contains("This document was issued here") && text.contains("The signature is valid"), "{text}");
        assert!(!text.contains("花子") && !text.contains("SMITH"), "{text}");
        assert!(printed(&mut visitor, &order, "printed").contains("Take your certificate"));
        let states: Vec<(String, i64)> = steps(&gateway, &order);
        let told: Vec<(&str, i64)> = states.iter().map(|(state, yen)| (state.as_str(), *yen)).collect();
        assert_eq!(told, [("asked", 0), ("asked", 100), ("paid", 200), ("issued", 0), ("printed", 0)]);
        // Somebody else's order is not there.
        let stranger = if id == "auth-yamada" { "auth-smith" } else { "auth-yamada" };
        assert_eq!(signed_in(&gateway, &card(stranger)).get(&order).status, 404);
        // The resident reads who looked, and why.
        let looks = wait(gateway.gateway.store.registry_accesses_of(record.id, None, 10)).unwrap();
        assert!(looks.iter().any(|look| look.viewer == "kiosk" && look.basis == "bbra-12"), "{looks:?}");
    }
}

#[test]
fn what_cannot_be_printed_is_withdrawn_and_the_money_comes_back() {
    let seals = SealPki::new();
    let gateway = house(&seals, true);
    let record = enter(&gateway.gateway, &yamada());
    join(&gateway.gateway, &record, "auth-yamada", Authenticate);
    let mut visitor = signed_in(&gateway, &card("auth-yamada"));
    let jammed = order(&mut visitor, "entry-certificate");
    at_till(&mut visitor, &jammed, ("inserted", "1000"));
    let pdf = visitor.get(&format!("{jammed}/document.pdf")).body;
    let seal = visitor.get(&format!("{jammed}/document.p7s")).body;
    let page = printed(&mut visitor, &jammed, "failed");
    assert!(page.contains("Your money was given back") && page.contains("¥1000"), "{page}");
    assert!(printed(&mut visitor, &jammed, "printed").contains("Your money was given back"), "an end is an end");
    assert_eq!(visitor.get(&format!("{jammed}/document.pdf")).status, 404);
    assert!(check(&gateway, &pdf, &seal).contains("This document was withdrawn"));
    assert_eq!(steps(&gateway, &jammed).iter().map(|(_, yen)| yen).sum::<i64>(), 0);
    let given_up = order(&mut visitor, "record-copy");
    at_till(&mut visitor, &given_up, ("inserted", "100"));
    assert!(at_till(&mut visitor, &given_up, ("act", "cancel")).contains("You gave it up"));
    assert_eq!(steps(&gateway, &given_up).iter().map(|(_, yen)| yen).sum::<i64>(), 0);
    assert!(
        at_till(&mut visitor, &given_up, ("inserted", "500")).contains("You gave it up"),
        "nothing is taken any more"
    );
    let no_coin = order(&mut visitor, "record-copy");
    assert!(at_till(&mut visitor, &no_coin, ("inserted", "7")).contains("Please pay"));
    assert_eq!(visitor.submit("/kiosk/documents", "/kiosk/orders", &[("kind", "code-notification")]).status, 404);
}

#[test]
fn a_seal_that_ends_while_somebody_pays_gives_the_money_back() {
    let seals = SealPki::new();
    let gateway = house(&seals, true);
    let record = enter(&gateway.gateway, &yamada());
    join(&gateway.gateway, &record, "auth-yamada", Authenticate);
    let mut visitor = signed_in(&gateway, &card("auth-yamada"));
    let order = order(&mut visitor, "record-copy");
    seals.revoke();
    let page = at_till(&mut visitor, &order, ("inserted", "500"));
    assert!(page.contains("Your money was given back") && page.contains("¥500"), "{page}");
}

#[test]
fn an_order_that_somebody_left_is_given_up() {
    let seals = SealPki::new();
    let gateway = house(&seals, true);
    let record = enter(&gateway.gateway, &yamada());
    join(&gateway.gateway, &record, "auth-yamada", Authenticate);
    let mut visitor = signed_in(&gateway, &card("auth-yamada"));
    let order = order(&mut visitor, "record-copy");
    at_till(&mut visitor, &order, ("inserted", "100"));
    wait(registry::round(&gateway.gateway)).unwrap();
    assert!(visitor.get(&order).text().contains("Please pay"), "it has ten minutes");
    let store = &gateway.gateway.store;
    let later = gateway.gateway.clock.now() + Duration::minutes(11);
    assert_eq!(wait(store.orders_left(later - Duration::minutes(10), later)).unwrap(), 1);
    assert!(visitor.get(&order).text().contains("You gave it up"));
    let last = steps(&gateway, &order).pop().unwrap();
    assert_eq!(last, (OrderState::Cancelled.as_str().to_owned(), -100));
}

#[test]
fn who_gets_nothing_hears_why() {
    let seals = SealPki::new();
    let gateway = house(&seals, true);
    let says = |id: &str, words: &str| {
        let answer = signed_in(&gateway, &card(id)).get("/kiosk/documents");
        assert!(answer.status == 403 && answer.text().contains(words), "{words}: {}", answer.text());
    };
    says("auth-yamada", "not entered in a resident");
    let record = enter(&gateway.gateway, &yamada());
    let certificate = join(&gateway.gateway, &record, "auth-yamada", Authenticate);
    let step = |from: &'static [CertificateState], to, reason| CertificateMove {
        sha256: certificate,
        from,
        to,
        reason,
        by: "clerk".to_owned(),
        at: gateway.gateway.clock.now(),
    };
    let hold = step(&[CertificateState::Valid], CertificateState::Suspended, Some("lost"));
    assert!(wait(gateway.gateway.store.certificate_move(hold)).unwrap());
    says("auth-yamada", "not entered in a resident");
    let lift = step(&[CertificateState::Suspended], CertificateState::Valid, None);
    assert!(wait(gateway.gateway.store.certificate_move(lift)).unwrap());
    note(&gateway.gateway, record.id, "2026-01-05", Change::Death);
    says("auth-yamada", "do not live in this municipality any more");
    let yesterday = madoguchi::registry::history::day_in_japan(gateway.gateway.clock.now()) - Duration::days(1);
    let record = enter(&gateway.gateway, &smith(Some(yesterday.min(day("2026-01-01")))));
    join(&gateway.gateway, &record, "auth-smith", Authenticate);
    says("auth-smith", "Your period of residence has ended");
    // A certificate for signing is none for signing in, whatever the record says of it.
    let for_signing = join(&gateway.gateway, &record, "sign-smith", Sign);
    assert!(matches!(wait(gateway.gateway.kiosk_holder(for_signing)).unwrap(), Holder::Unknown));
}

#[test]
fn each_municipality_switches_its_kiosk_on_or_off() {
    let seals = SealPki::new();
    let gateway = house(&seals, false);
    assert_eq!(Visitor::new(&gateway).get("/kiosk").status, 404);
    let record = enter(&gateway.gateway, &yamada());
    join(&gateway.gateway, &record, "auth-yamada", Authenticate);
    assert_eq!(signed_in(&gateway, &card("auth-yamada")).get("/kiosk/documents").status, 404);
}

#[test]
fn the_kiosk_speaks_seven_languages() {
    let seals = SealPki::new();
    let gateway = house(&seals, true);
    let record = enter(&gateway.gateway, &yamada());
    join(&gateway.gateway, &record, "auth-yamada", Authenticate);
    let mut visitor = signed_in(&gateway, &card("auth-yamada"));
    let order = order(&mut visitor, "record-copy");
    for language in Language::ALL.iter().copied() {
        for (path, key) in
            [("/kiosk", "kiosk-lead"), ("/kiosk/documents", "kiosk-choose-lead"), (order.as_str(), "kiosk-till-text")]
        {
            let page = visitor.get(&format!("{path}?lang={}", language.tag())).text();
            assert!(page.contains(&*language.t(key)), "{key} in {}: {page}", language.tag());
        }
        for state in OrderState::ALL {
            for part in ["state", "text"] {
                let key = format!("kiosk-{part}-{}", state.as_str());
                assert!(language.find(&key).is_some(), "{key} in {}", language.tag());
            }
        }
    }
}
