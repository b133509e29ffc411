//! The operators' desk: lists with their state in words, taking one in, reading why one was refused, anchors, audit.
use std::sync::Arc;

use chrono::Duration;
use madoguchi::clock::{Clock, FixedClock, SystemClock};
use madoguchi::store::accounts::Role;

use crate::support::gateway::{TestGateway, Wanted};
use crate::support::http::Part;
use crate::support::pki::TestPki;
use crate::support::visitor::{Visitor, account};

fn staffed(wanted: Wanted) -> (TestGateway, Visitor) {
    let gateway = TestGateway::start_with(wanted);
    account(&gateway, "suzuki", Role::Operator);
    let visitor = Visitor::signed_in(&gateway, "operator", "suzuki");
    (gateway, visitor)
}

fn upload(visitor: &mut Visitor, bytes: &[u8]) -> crate::support::http::Answer {
    let token = visitor.token("/operator");
    visitor.post_parts(
        "/operator/crls",
        &[
            Part { name: "csrf", file_name: None, bytes: token.as_bytes() },
            Part { name: "crl", file_name: Some("list.crl"), bytes },
        ],
    )
}

#[test]
fn every_list_is_shown_and_its_age_is_told_in_words() {
    let clock = Arc::new(FixedClock::new(SystemClock.now()));
    let (gateway, mut visitor) = staffed(Wanted { clock: clock.clone(), ..Wanted::default() });
    let lists = gateway.gateway.crls.list();
    assert!(!lists.is_empty());
    let page = visitor.get("/operator").text();
    for list in &lists {
        assert!(page.contains(&list.identity.sha256));
    }
    assert_eq!(page.matches("Archived since 2").count(), lists.len(), "{page}");
    let last = lists.iter().filter_map(|list| list.identity.next_update).max().unwrap();
    clock.set(last - Duration::hours(1));
    let mut visitor = Visitor::signed_in(&gateway, "operator", "suzuki");
    assert!(visitor.get("/operator").text().contains("Soon stale"));
    clock.set(last + Duration::minutes(5));
    let mut visitor = Visitor::signed_in(&gateway, "operator", "suzuki");
    let page = visitor.get("/operator").text();
    let count = lists.len();
    assert!(page.contains(&format!("{count} lists are stale")) && page.contains("5 min ago"), "{page}");
}

#[test]
fn a_list_is_taken_in_and_kept_or_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let crls = folder.path().join("crls");
    std::fs::create_dir(&crls).unwrap();
    let (gateway, mut visitor) = staffed(Wanted { crls: Some(crls.clone()), ..Wanted::default() });
    assert!(visitor.get("/operator").text().contains("There is no revocation list"));
    let good = TestPki::shared().crl_for("sign-yamada");
    let taken = upload(&mut visitor, &good);
    assert_eq!(taken.status, 200, "{}", taken.text());
    assert!(taken.text().contains("The list is taken in"));
    assert_eq!(gateway.gateway.crls.list().len(), 1);
    let kept: Vec<_> = std::fs::read_dir(&crls).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(std::fs::read(&kept[0]).unwrap(), good);
    let mut forged = good.clone();
    *forged.last_mut().unwrap() ^= 1;
    let refused = upload(&mut visitor, &forged);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("The list was refused"));
    assert_eq!(upload(&mut visitor, b"not a list").status, 422);
    assert_eq!(gateway.gateway.crls.list().len(), 1);
    let codes: Vec<_> = gateway.gateway.crls.refusals().iter().map(|refused| refused.code).collect();
    let page = visitor.get("/operator").text();
    assert_eq!(codes.len(), 2);
    assert!(codes.iter().all(|code| page.contains(code)), "{codes:?}");
    let audit = visitor.get("/operator/audit").text();
    assert!(audit.contains("upload_crl") && codes.iter().all(|code| audit.contains(code)));
}

#[test]
fn the_anchors_are_listed() {
    let (gateway, mut visitor) = staffed(Wanted::default());
    let page = visitor.get("/operator/anchors").text();
    for anchor in gateway.gateway.verifier().trust().anchors() {
        assert!(page.contains(&*anchor.sha256_hex()));
    }
}
