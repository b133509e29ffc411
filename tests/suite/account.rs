//! The account of somebody who signed in: links and what they open, for whom, and the list of filings.
use madoguchi::clock::{Clock, SystemClock};

use crate::support::gateway::{TestGateway, application};
use crate::support::pki::TestPki;
use crate::support::resident::{SESSION, answer, api, file, link_id, signed_in};
use crate::support::visitor::{Visitor, wait};
use crate::support::web_eid::AuthenticationCard;

#[test]
fn a_filing_made_while_signed_in_is_linked_when_the_person_says_so_and_until_they_undo_it() {
    let gateway = TestGateway::start();
    let mut mine = signed_in(&gateway, &AuthenticationCard::yamada());
    let (_, before) = file(&mut Visitor::new(&gateway), "sign-yamada");
    let (receipt, number) = file(&mut mine, "sign-yamada");
    assert!(receipt.contains("You are signed in") && receipt.contains("href=\"/account\""), "{receipt}");
    let account = mine.get("/account").text();
    assert!(account.contains("Is this your certificate?") && account.contains("Nothing to show yet"));
    assert_eq!(api(&mut mine, &number), 401, "nothing is opened before the person says yes");
    assert_eq!(mine.get(&format!("/account/filings/{number}")).status, 404);

    assert_eq!(answer(&mut mine, "link"), 303);
    let account = mine.get("/account").text();
    assert!(account.contains(&format!("/account/filings/{number}")) && account.contains("Linked since"), "{account}");
    assert!(!account.contains(&before), "what was filed before stays closed");
    assert_eq!((api(&mut mine, &number), api(&mut mine, &before)), (200, 401));
    assert_eq!(mine.get(&format!("/api/v1/submissions/{number}/receipt")).status, 200);
    let page = mine.get(&format!("/account/filings/{number}"));
    assert!(page.status == 200 && page.text().contains("Back to my filings"), "{}", page.text());
    let (receipt, later) = file(&mut mine, "sign-yamada");
    assert!(!receipt.contains("You are signed in"), "it is linked already");
    assert_eq!(api(&mut mine, &later), 200);

    let bearer = [("Authorization", "Bearer 0123456789abcdefghij")];
    let wrong = mine.send("GET", &format!("/api/v1/submissions/{number}"), &bearer, b"");
    assert_eq!(wrong.status, 401, "a token that is given is what counts");
    let mut nobody = Visitor::new(&gateway);
    assert_eq!((api(&mut nobody, &number), nobody.get(&format!("/account/filings/{number}")).status), (401, 303));

    assert_eq!(answer(&mut mine, "undo"), 303);
    let account = mine.get("/account").text();
    assert!(account.contains("Undone") && !account.contains(&format!("/account/filings/{number}")));
    assert_eq!(api(&mut mine, &number), 401);
    let lines = wait(gateway.gateway.store.audit_list(None, 50)).unwrap();
    let told: Vec<_> = lines
        .iter()
        .filter(|line| line.action.contains("link"))
        .map(|line| (line.action.as_str(), line.subject.as_str()))
        .collect();
    assert_eq!(told, [("undo_link", number.as_str()), ("link_certificate", number.as_str())]);
    assert!(lines.iter().all(|line| !format!("{line:?}").contains("山田")), "no name in the trail");
}

/// A second authentication card, of somebody else, in a PKI of the same CAs.
fn second_card() -> (TestPki, AuthenticationCard) {
    let pki = TestPki::copy();
    let mut declared =
        pki.authority().declarations().cards.iter().find(|card| card.id == "auth-yamada").unwrap().clone();
    declared.id = "auth-other".to_owned();
    pki.authority().issue(&declared, SystemClock.now()).unwrap();
    let card = AuthenticationCard::of(&pki, "auth-other");
    (pki, card)
}

#[test]
fn nobody_sees_another_persons_filings_and_filing_for_others_links_nothing_unasked() {
    let gateway = TestGateway::start();
    let (_pki, other_card) = second_card();
    let mut mine = signed_in(&gateway, &AuthenticationCard::yamada());
    let mut other = signed_in(&gateway, &other_card);
    let (_, number) = file(&mut mine, "sign-yamada");
    assert_eq!(answer(&mut mine, "link"), 303);
    let id = link_id(&mine.get("/account").text());
    assert_eq!((api(&mut other, &number), other.get(&format!("/account/filings/{number}")).status), (401, 404));
    for said in ["link", "undo", "refuse"] {
        let strange = other.submit("/account", "/account/links", &[("link", &id), ("answer", said)]);
        assert_eq!(strange.status, 404, "{said}: another account's link");
    }
    assert_eq!(mine.submit("/account", "/account/links", &[("link", &id), ("answer", "give")]).status, 400);

    let (_, for_smith) = file(&mut mine, "sign-smith");
    assert_eq!(answer(&mut mine, "link"), 409, "an account is for one person");
    assert_eq!(api(&mut mine, &for_smith), 401);
    assert_eq!(answer(&mut mine, "refuse"), 303);
    assert!(mine.get("/account").text().contains("Not linked"));

    let (_, taken) = file(&mut other, "sign-yamada");
    assert_eq!(answer(&mut other, "link"), 303);
    assert_eq!((api(&mut other, &taken), api(&mut other, &number)), (200, 401), "from its own filing on");
    assert_eq!(api(&mut mine, &number), 401);
    assert!(mine.get("/account").text().contains("Linked to another account"), "and who lost it is told");
    let forged = other.post("/account/links", &[("csrf", "x"), ("link", &id), ("answer", "undo")]);
    assert_eq!(forged.status, 403);
    let mut stranger = Visitor::new(&gateway);
    let token = stranger.token("/status");
    stranger.set_cookie(SESSION, other.cookie(SESSION).unwrap());
    let planted = stranger.post("/account/sign-out", &[("csrf", &token)]);
    assert_eq!(planted.status, 403, "a token of before the sign-in is none of the account's");
}

#[test]
fn a_long_list_is_paged_and_says_which_of_how_many() {
    let gateway = TestGateway::start();
    let mut mine = signed_in(&gateway, &AuthenticationCard::yamada());
    let (_, first) = file(&mut mine, "sign-yamada");
    assert_eq!(answer(&mut mine, "link"), 303);
    assert!(!mine.get("/account").text().contains("newest first"), "one page needs no counting");
    for _ in 0..52 {
        assert_eq!(gateway.file("sign-yamada", application("sign-yamada").to_string().as_bytes()).status, 201);
    }
    let listed = |page: &str| page.matches("href=\"/account/filings/").count();
    let newest = mine.get("/account").text();
    assert!(newest.contains("1 to 50 of 53, the newest first") && !newest.contains("Newest filings"), "{newest}");
    assert_eq!((listed(&newest), newest.contains(&format!("/account/filings/{first}"))), (50, false));
    let older = newest.split("href=\"/account?after=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = mine.get(&format!("/account?after={older}")).text();
    assert!(page.contains("51 to 53 of 53") && page.contains("Newest filings") && !page.contains("Older filings"));
    assert_eq!((listed(&page), page.contains(&format!("/account/filings/{first}"))), (3, true));
    let behind = mine.get(&format!("/account?after={first}")).text();
    assert!(behind.contains("There are no older filings") && behind.contains("href=\"/account\""), "{behind}");

    let (_, strangers) = file(&mut Visitor::new(&gateway), "sign-smith");
    for after in [strangers.as_str(), "0000000000000000", "nonsense", ""] {
        assert_eq!(mine.get(&format!("/account?after={after}")).status, 404, "{after}");
    }
}

#[test]
fn what_is_new_about_a_filing_is_told_on_the_account_until_it_was_read() {
    use madoguchi::store::messages::NewMessage;
    let gateway = TestGateway::start();
    let mut mine = signed_in(&gateway, &AuthenticationCard::yamada());
    let (_, number) = file(&mut mine, "sign-yamada");
    assert_eq!(answer(&mut mine, "link"), 303);
    let (_, quiet) = file(&mut mine, "sign-yamada");
    assert!(!mine.get("/account").text().contains(">New: "));
    for body in ["Which lamp?", "And since when?"] {
        let new = NewMessage {
            arrival_number: number.parse().unwrap(),
            agency: Some("131016".parse().unwrap()),
            actor: "agency 131016 tanaka".to_owned(),
            body: body.to_owned(),
            at: SystemClock.now(),
        };
        wait(gateway.gateway.store.message_send(new)).unwrap();
    }
    let account = mine.get("/account").text();
    let line = |number: &str| {
        let after = account.split(&format!("/account/filings/{number}")).nth(1).unwrap();
        after.split("</li>").next().unwrap().to_owned()
    };
    assert!(line(&number).contains(">New: 2<") && !line(&quiet).contains(">New: "), "{account}");
    let page = format!("/filings/{number}");
    let text = mine.get(&page).text();
    let newest = text.split("name=\"notice\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(mine.submit(&page, &format!("{page}/notices"), &[("notice", &newest)]).status, 303);
    assert!(!mine.get("/account").text().contains(">New: "), "read");
}
