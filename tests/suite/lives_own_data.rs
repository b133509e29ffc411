//! One's own data: the notice tells the settings in force; a person who signed in sees all that is held, saves it, and deletes what
//! is no filing.
use crate::support::browser::Browser;
use crate::support::gateway::{TestGateway, Wanted};
use crate::support::resident;
use crate::support::web_eid::AuthenticationCard;

#[test]
fn the_notice_tells_the_settings_in_force() {
    let settings = "[limits]\nrequests_per_minute = 0\ndraft_life = \"36h\"\ndraft_kept = \"45d\"\nrefusals_kept = \"10d\"\n\
                    [sign_in]\nidle = \"7m\"\nat_most = \"3h\"\n";
    let gateway = TestGateway::start_with(Wanted { settings: settings.to_owned(), ..Wanted::default() });
    let page = Browser::new(gateway.client, "en").get("/privacy").text().replace(['\u{2068}', '\u{2069}'], "");
    for words in
        ["36 hours", "45 days", "7 days", "10 days", "7 minutes", "3 hours", "Article 61", "Articles 76, 90 and 98"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    for link in ["/drafts", "/account/data", "/status"] {
        assert!(page.contains(&format!("href=\"{link}\"")), "{link}");
    }
    let ja = Browser::new(gateway.client, "ja").get("/privacy").text().replace(['\u{2068}', '\u{2069}'], "");
    assert!(ja.contains("45日") && ja.contains("36時間"), "{ja}");
}

#[test]
fn a_person_sees_all_that_is_held_and_deletes_what_is_no_filing() {
    let gateway = TestGateway::start();
    let mut me = resident::signed_in(&gateway, &AuthenticationCard::yamada());
    let (_, number) = resident::file(&mut me, "sign-yamada");
    assert_eq!(resident::answer(&mut me, "link"), 303);
    let start = "/procedures/general-application";
    me.submit(start, &format!("{start}/start"), &[("anew", "yes")]);
    let mail = format!("/filings/{number}/mail");
    me.submit(&mail, &mail, &[("address", "me@example.org")]);

    let page = me.get("/account/data").text();
    for words in ["What is held about you", "General application", "One application opens with this account"] {
        assert!(page.replace(['\u{2068}', '\u{2069}'], "").contains(words), "{words}: {page}");
    }
    let file = me.get("/account/data.json");
    let data = file.json();
    assert_eq!(
        (data["filings"][0].as_str(), data["links"][0]["state"].as_str()),
        (Some(number.as_str()), Some("linked"))
    );
    assert_eq!(data["drafts"][0]["procedure"], "general-application");
    assert_eq!(data["sessions"].as_array().unwrap().len(), 1);
    assert!(data["account"]["certificate_sha256"].as_str().is_some_and(|digest| digest.len() == 64), "{data}");
    assert!(file.header("content-disposition").is_some_and(|how| how.starts_with("attachment")), "{file:?}");

    // Nothing is deleted without the question.
    let asked = me.submit("/account/data", "/account/data", &[("what", "drafts")]);
    assert!(asked.status == 200 && asked.text().contains("Do you really want to delete this?"), "{}", asked.text());
    assert_eq!(me.get("/account/data.json").json()["drafts"].as_array().unwrap().len(), 1);
    let sure = |what: &'static str| [("what", what), ("sure", "yes")];
    assert_eq!(me.submit("/account/data", "/account/data", &sure("everything")).status, 400);
    let done = me.submit("/account/data", "/account/data", &sure("drafts"));
    assert_eq!(done.header("location"), Some("/account/data?done=drafts"));
    assert_eq!(me.get("/account/data.json").json()["drafts"].as_array().unwrap().len(), 0);
    assert!(me.get("/drafts").text().contains("/restore"), "and it can be undone");
    me.submit("/account/data", "/account/data", &sure("links"));
    assert_eq!(me.get("/account/data.json").json()["links"][0]["state"], "undone");
    me.submit("/account/data", "/account/data", &sure("mail"));
    assert_eq!(me.get("/account/data.json").json()["mail_addresses"].as_array().unwrap().len(), 0);

    let mut elsewhere = resident::signed_in(&gateway, &AuthenticationCard::yamada());
    let gone = me.submit("/account/data", "/account/data", &sure("account"));
    assert_eq!((gone.status, gone.header("location")), (303, Some("/finished")));
    assert_eq!(elsewhere.get("/account").status, 303, "every sign-in ended");
    let anew = resident::signed_in(&gateway, &AuthenticationCard::yamada()).get("/account/data.json").json();
    assert_eq!(anew["links"].as_array().unwrap().len(), 0);
}
