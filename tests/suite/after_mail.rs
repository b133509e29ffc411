//! Notices by mail, through a real SMTP server: an address is confirmed by the link in a mail, written to when something
//! happens, and stopped by the link; nothing of the filing stands in a mail.
use madoguchi::delivery::mails::{MailRound, MailWork};
use madoguchi::store::accounts::Role;

use crate::after_receipt::{file, number_of, opened};
use crate::support::gateway::{TestGateway, Wanted};
use crate::support::smtp::{Mail, SmtpServer};
use crate::support::visitor::{Visitor, account, wait};

fn house(server: &SmtpServer) -> (TestGateway, MailWork) {
    let settings = format!(
        "[mail]\nsmtp = \"{}\"\nfrom = \"madoguchi@city.example\"\nagencies = [\"131016 desk@chiyoda.example\"]\ngather = \"0s\"\n",
        server.url()
    );
    let gateway = TestGateway::start_with(Wanted { settings, ..Wanted::default() });
    let work = MailWork::new(gateway.gateway.clone(), &gateway.settings.mail).unwrap().unwrap();
    (gateway, work)
}

/// The path of the link in a mail.
fn link(mail: &Mail) -> String {
    let at = mail.text.find("/mail/").unwrap_or_else(|| panic!("no link in {}", mail.text));
    mail.text[at..].split_whitespace().next().unwrap().to_owned()
}

#[test]
fn an_address_is_confirmed_told_and_stopped_and_no_mail_says_who_or_what() {
    let server = SmtpServer::start();
    let (gateway, work) = house(&server);
    let round = || wait(work.round()).unwrap();
    let filed = file(&gateway, "A very private title", &[]);
    let number = number_of(&filed);
    let mut me = opened(&gateway, &filed);
    let page = format!("/filings/{number}/mail");
    for wrong in ["", "nobody", "a@b\r\nBcc: c@d.example", "a b@c.example", &format!("{}@x.example", "x".repeat(300))] {
        assert_eq!(me.submit(&page, &page, &[("address", wrong)]).status, 422, "{wrong:?}");
    }
    let asked = me.submit(&page, &page, &[("address", " hanako@example.jp ")]);
    assert_eq!(asked.header("location"), Some(format!("{page}?asked=1").as_str()));
    assert!(me.get(&page).text().contains("To be confirmed"));
    assert_eq!(round(), MailRound { sent: 1, failed: 0 });
    let confirm = server.mails().remove(0);
    assert_eq!(confirm.to, "hanako@example.jp");
    // The link opens for whoever has the mail; looking at it changes nothing, and a forged one is none.
    let mut reader = Visitor::new(&gateway);
    let link = link(&confirm);
    assert!(reader.get(&link).text().contains("May notices about an application be sent"));
    let forged = format!("{}{}", &link[..link.len() - 2], if link.ends_with("00") { "11" } else { "00" });
    assert_eq!(reader.get(&forged).status, 404);
    let token = reader.token(&link);
    assert_eq!(reader.post(&forged, &[("csrf", &token), ("action", "confirm")]).status, 404);
    assert!(me.get(&page).text().contains("To be confirmed"));
    assert_eq!(reader.post(&link, &[("csrf", &token), ("action", "confirm")]).status, 303);
    assert!(me.get(&page).text().contains("Confirmed"));

    account(&gateway, "tanaka", Role::Agency("131016".parse().unwrap()));
    let mut agency = Visitor::signed_in(&gateway, "agency", "tanaka");
    let desk = format!("/agency/filings/{number}/correspondence");
    let path = format!("/agency/filings/{number}/messages");
    assert_eq!(agency.submit(&desk, &path, &[("body", "A private answer")]).status, 303);
    server.refuse(true);
    assert_eq!(round(), MailRound { sent: 0, failed: 1 });
    server.refuse(false);
    assert_eq!(round(), MailRound::default(), "not before its pause is over");
    assert_eq!(server.mails().len(), 1);
    wait(gateway.gateway.store.write(|conn| {
        use diesel::RunQueryDsl as _;
        diesel::sql_query("UPDATE mails SET next_try_at = made_at").execute(conn)?;
        Ok(())
    }))
    .unwrap();
    assert_eq!(round(), MailRound { sent: 1, failed: 0 });
    let notice = server.mails().remove(1);
    let grouped = number.parse::<madoguchi::ids::ArrivalNumber>().unwrap().grouped();
    assert!(notice.text.contains(&grouped) && notice.text.contains("/status"), "{}", notice.text);
    for mail in server.mails() {
        assert!(mail.raw.contains("Auto-Submitted: auto-generated") && mail.raw.contains("List-Unsubscribe: <"));
        for secret in ["private", "山田", "Yamada", filed["access_token"].as_str().unwrap()] {
            assert!(!mail.raw.contains(secret) && !mail.text.contains(secret) && !mail.subject.contains(secret));
        }
    }
    let token = reader.token(&link);
    assert_eq!(reader.post(&link, &[("csrf", &token), ("action", "stop")]).status, 303);
    assert!(reader.get(&link).text().contains("it was erased"));
    assert!(!me.get(&page).text().contains("hanako@example.jp"));
    agency.submit(&desk, &path, &[("body", "More")]);
    assert_eq!(round(), MailRound::default());
}

#[test]
fn mails_are_in_the_language_of_the_page_and_an_agency_hears_of_new_filings_together() {
    let server = SmtpServer::start();
    let (gateway, work) = house(&server);
    let round = || wait(work.round()).unwrap();
    round();
    let filed = file(&gateway, "Lamp", &[]);
    file(&gateway, "Bench", &[]);
    let page = format!("/filings/{}/mail", number_of(&filed));
    let mut me = opened(&gateway, &filed);
    me.get(&format!("{page}?lang=ja"));
    me.submit(&page, &page, &[("address", "hanako@example.jp")]);
    assert_eq!(round(), MailRound { sent: 2, failed: 0 });
    let mails = server.mails();
    let to = |address: &str| mails.iter().find(|mail| mail.to == address).unwrap();
    assert_eq!(to("hanako@example.jp").subject, "メールアドレスの確認");
    assert!(to("hanako@example.jp").text.contains("心当たりがない場合は"));
    assert!(to("desk@chiyoda.example").text.contains("New filings that came in: 2."));
    assert_eq!(round(), MailRound::default());
}

#[test]
fn a_gateway_without_a_mail_server_says_so() {
    let gateway = TestGateway::start();
    assert!(MailWork::new(gateway.gateway.clone(), &gateway.settings.mail).unwrap().is_none());
    let filed = file(&gateway, "Lamp", &[]);
    let page = format!("/filings/{}/mail", number_of(&filed));
    assert!(opened(&gateway, &filed).get(&page).text().contains("This gateway sends no mail."));
    let wrong = madoguchi::settings::MailSettings { agencies: vec!["131016".to_owned()], ..Default::default() };
    let told = MailWork::new(gateway.gateway.clone(), &wrong).err().unwrap();
    assert!(told.contains("mail.agencies") && told.contains("131016"), "{told}");
}
