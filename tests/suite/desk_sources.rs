//! Operators see each source with its state, why it failed and what to do, and ask one now.
use madoguchi::delivery::fetching::Fetching;
use madoguchi::store::accounts::Role;

use crate::support::gateway::{TestGateway, Wanted};
use crate::support::origin::{Origin, answer};
use crate::support::pki::TestPki;
use crate::support::visitor::{Visitor, account, wait};

fn ask(fetching: &mut Fetching) {
    wait(async {
        fetching.round().await.unwrap();
        fetching.settle().await.unwrap();
    });
}

#[test]
fn a_source_is_shown_with_its_state_and_asked_at_a_press_of_a_button() {
    let list = TestPki::shared().crl_for("sign-smith");
    let origin = Origin::start(move |asked, stream| match asked.path().starts_with("/good") {
        true => answer(stream, "200 OK", "", &list),
        false => answer(stream, "200 OK", "Content-Type: text/html\r\n", b"<html>log in</html>"),
    });
    let of =
        |path: &str| format!("[[revocation.source]]\nurl = \"{}\"\nallow = [\"127.0.0.1/32\"]\n", origin.url(path));
    let folder = tempfile::tempdir().unwrap();
    let settings = of("/good.crl?token=hush") + &of("/bad.crl");
    let crls = Some(folder.path().to_path_buf());
    let gateway = TestGateway::start_with(Wanted { settings, crls, ..Wanted::default() });
    account(&gateway, "suzuki", Role::Operator);
    let mut visitor = Visitor::signed_in(&gateway, "operator", "suzuki");
    let mut fetching = Fetching::new(gateway.gateway.clone(), &gateway.settings);
    ask(&mut fetching);
    let page = visitor.get("/operator").text();
    assert!(page.contains("/good.crl") && page.contains("/bad.crl") && !page.contains("hush"), "{page}");
    assert!(page.contains("Works") && page.contains("Fails") && page.contains("html"), "{page}");
    assert!(page.contains("Compare the URL in the settings"), "{page}");
    assert_eq!(origin.asked().len(), 2);
    // The list that came is in use.
    assert_eq!(gateway.gateway.crls.list().len(), 1);
    for source in gateway.gateway.sources.all() {
        let path = format!("/operator/sources/{}/fetch", hex::encode(source.key));
        let done = visitor.submit("/operator", &path, &[]);
        assert_eq!((done.status, done.header("location")), (303, Some("/operator?asked=1#sources")));
    }
    assert!(visitor.get("/operator?asked=1").text().contains("asked within a few seconds"));
    ask(&mut fetching);
    assert_eq!(origin.asked().len(), 4);
    let lines = wait(gateway.gateway.store.audit_list(None, 20)).unwrap();
    assert_eq!(lines.iter().filter(|line| line.action == "fetch_crl" && line.outcome == "done").count(), 2);
    let metrics = gateway.client.send("GET", "/metrics", &[], b"").text();
    assert!(!metrics.contains("hush"), "{metrics}");
}
