//! The end of a draft is told by mail before it comes, where an address was given and confirmed; once for each end; and nothing
//! of it is left when the draft is filed or deleted.
use std::sync::Arc;

use chrono::Duration;
use diesel::prelude::*;
use madoguchi::clock::{Clock, FixedClock, SystemClock};
use madoguchi::delivery::mails::MailWork;
use madoguchi::store::after_schema::draft_addresses;

use crate::support::gateway::{TestGateway, Wanted};
use crate::support::smtp::{Mail, SmtpServer};
use crate::support::visitor::{Visitor, wait};

const PROCEDURE: &str = "/procedures/child-allowance";

struct House {
    server: SmtpServer,
    clock: Arc<FixedClock>,
    gateway: TestGateway,
    work: MailWork,
}

impl House {
    fn new() -> Self {
        let (server, clock) = (SmtpServer::start(), Arc::new(FixedClock::new(SystemClock.now())));
        let settings = format!("[mail]\nsmtp = \"{}\"\nfrom = \"madoguchi@city.example\"\n", server.url());
        let gateway = TestGateway::start_with(Wanted { settings, clock: clock.clone(), ..Wanted::default() });
        let work = MailWork::new(gateway.gateway.clone(), &gateway.settings.mail).unwrap().unwrap();
        Self { server, clock, gateway, work }
    }

    /// How many mails a round sent.
    fn round(&self) -> usize {
        wait(self.work.round()).unwrap().sent
    }

    fn addresses(&self) -> i64 {
        wait(self.gateway.gateway.store.read(|conn| Ok(draft_addresses::table.count().get_result(conn)?))).unwrap()
    }
}

fn begin(visitor: &mut Visitor) -> String {
    let begun = visitor.submit(PROCEDURE, &format!("{PROCEDURE}/start"), &[("anew", "yes")]);
    begun.header("location").unwrap().strip_suffix("/form").unwrap().to_owned()
}

fn link(mail: &Mail) -> String {
    let at = mail.text.find("/mail/").unwrap_or_else(|| panic!("no link in {}", mail.text));
    mail.text[at..].split_whitespace().next().unwrap().to_owned()
}

/// Gives an address and confirms it.
fn told(house: &House, me: &mut Visitor, draft: &str, address: &str) {
    let keep = format!("{draft}/keep");
    let asked = me.submit(&keep, &keep, &[("how", "mail"), ("address", address)]);
    assert_eq!(asked.header("location"), Some(format!("{keep}#mail").as_str()), "{}", asked.text());
    assert!(me.get(&keep).text().contains("To be confirmed"));
    assert_eq!(house.round(), 1);
    let path = link(house.server.mails().last().unwrap());
    assert_eq!(me.submit(&path, &path, &[("action", "confirm")]).status, 303);
    assert!(me.get(&keep).text().contains("Confirmed"));
}

#[test]
fn the_end_of_a_draft_is_told_once_before_it_comes_and_again_after_it_was_gone_on_with() {
    let house = House::new();
    let mut me = Visitor::new(&house.gateway);
    let draft = begin(&mut me);
    let keep = format!("{draft}/keep");
    for wrong in ["", "nobody", "a@b\r\nBcc: c@d.example"] {
        let refused = me.submit(&keep, &keep, &[("how", "mail"), ("address", wrong)]);
        assert!(refused.status == 422 && refused.text().contains("This is not a mail address"), "{wrong:?}");
    }
    told(&house, &mut me, &draft, "hanako@example.jp");
    house.clock.advance(Duration::hours(12));
    assert_eq!(house.round(), 0, "half its day is left");
    house.clock.advance(Duration::hours(7));
    assert_eq!((house.round(), house.round()), (1, 0), "once");
    let mail = house.server.mails().pop().unwrap();
    assert_eq!(mail.to, "hanako@example.jp");
    assert!(mail.text.contains("ends within a day") && mail.text.contains("/drafts?lang=en"), "{}", mail.text);
    assert!(!mail.raw.to_lowercase().contains("allowance"), "nothing of what is applied for: {}", mail.raw);
    let page = format!("{draft}/form/applicant");
    me.submit(&page, &page, &[("name", "山田　花子")]);
    assert_eq!(house.round(), 0, "it lives on for a day");
    house.clock.advance(Duration::hours(20));
    assert_eq!(house.round(), 1, "the new end is told too");
    let stop = link(&house.server.mails().pop().unwrap());
    assert_eq!(me.submit(&stop, &stop, &[("action", "stop")]).status, 303);
    assert!(!me.get(&keep).text().contains("hanako@example.jp"), "it was erased");
    house.clock.advance(Duration::days(60));
    wait(house.gateway.gateway.store.drafts_expire(Duration::days(7), house.clock.now())).unwrap();
    assert_eq!(house.addresses(), 0, "it goes with its draft");
}

#[test]
fn nobody_is_plagued_through_drafts_and_what_is_not_confirmed_is_not_told() {
    let house = House::new();
    let (mut me, mut stranger) = (Visitor::new(&house.gateway), Visitor::new(&house.gateway));
    let draft = begin(&mut me);
    let keep = format!("{draft}/keep");
    let token = stranger.token("/status");
    let forged = stranger.post(&keep, &[("csrf", &token), ("how", "mail"), ("address", "a@example.jp")]);
    assert_eq!((forged.status, house.addresses()), (404, 0), "somebody else's draft is none");
    for (count, status) in [(1, 303), (2, 303), (3, 303), (4, 422)] {
        let address = format!("victim{count}@example.jp");
        assert_eq!(me.submit(&keep, &keep, &[("how", "mail"), ("address", &address)]).status, status, "{count}");
    }
    assert_eq!((house.addresses(), house.round()), (1, 1), "one address, and its mail alone");
    house.clock.advance(Duration::hours(23));
    assert_eq!(house.round(), 0);
    house.clock.advance(Duration::days(2));
    house.round();
    let state = |conn: &mut _| Ok(draft_addresses::table.select(draft_addresses::address).load::<String>(conn)?);
    assert_eq!(wait(house.gateway.gateway.store.read(state)).unwrap(), [""], "forgotten after two days");
}

#[test]
fn a_gateway_without_a_mail_server_offers_no_mail_about_drafts() {
    let gateway = TestGateway::start();
    let mut me = Visitor::new(&gateway);
    let keep = format!("{}/keep", begin(&mut me));
    assert!(!me.get(&keep).text().contains("Be told by mail"));
    let refused = me.submit(&keep, &keep, &[("how", "mail"), ("address", "a@example.jp")]);
    assert!([200, 422].contains(&refused.status), "{}", refused.status);
}
