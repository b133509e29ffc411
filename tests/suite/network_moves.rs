//! Row 7 of the network: moving with one visit. The signed notification of moving out is filed online, the record goes to the
//! new municipality over the wire before the visit, one visit with the card completes it, and the old record ends.
use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveDate, SubsecRound, Utc};
use madoguchi::clock::{Clock, FixedClock, SystemClock};
use madoguchi::gateway::network::moves::{MoveError, MoveInVisit};
use madoguchi::ids::{AgencyCode, ArrivalNumber};
use madoguchi::procedures::definition::japan_day;
use madoguchi::registry::entry::Entry;
use madoguchi::registry::event::Change;
use madoguchi::registry::moving::Timeliness;
use madoguchi::registry::record::{ForeignResident, HouseholdId, PersonName, RecordId, ResidentRecord, Standing};
use madoguchi::store::network::moves::{Direction, StoredMove};
use madoguchi::store::registry::{NewEvent, NewRecord};
use serde_json::{Value, json};

use crate::support::desk::run;
use crate::support::gateway::application;
use crate::support::network::{CHIYODA, NetworkGateway, SHINJUKU, TwoGateways};

/// Yokohama's Naka ward, where the foreign resident's card says that he lives; the first gateway speaks for it too.
const YOKOHAMA: &str = "141003";

fn code(text: &str) -> AgencyCode {
    text.parse().unwrap()
}

struct Towns {
    two: TwoGateways,
    clock: Arc<FixedClock>,
}

impl Towns {
    fn new() -> Self {
        let clock = Arc::new(FixedClock::new(SystemClock.now().trunc_subsecs(0)));
        Self { two: TwoGateways::with_registries(clock.clone()), clock }
    }

    fn today(&self) -> NaiveDate {
        japan_day(self.clock.now())
    }

    fn old(&self) -> &NetworkGateway {
        &self.two.chiyoda
    }

    fn new_town(&self) -> &NetworkGateway {
        &self.two.shinjuku
    }

    /// The record of the holder of `card` in the old municipality.
    fn resident(&self, card: &str, foreign: Option<ForeignResident>) -> ResidentRecord {
        let document = application(card);
        let said = &document["applicant"];
        let municipality = code(if card == "sign-smith" { YOKOHAMA } else { CHIYODA });
        let (gateway, now) = (self.old().gateway(), self.clock.now());
        let vault = gateway.registry().unwrap().vault().clone();
        let since = NaiveDate::from_ymd_opt(2015, 4, 1).unwrap();
        let entry = Entry {
            code: run(gateway.store.registry_free_code(&vault)).unwrap(),
            name: PersonName::new(said["name"].as_str().unwrap()),
            date_of_birth: said["date_of_birth"].as_str().unwrap().parse().unwrap(),
            sex: said["sex"].as_str().unwrap().parse().unwrap(),
            address: said["address"].as_str().unwrap().to_owned(),
            postcode: None,
            household: HouseholdId::made_at(now),
            relation: "世帯主".to_owned(),
            resident_since: since,
            from: None,
            foreign,
        };
        let order = NewRecord {
            id: RecordId::made_at(now),
            municipality,
            on: since,
            noted_at: now,
            noted_by: "import".to_owned(),
            change: Change::Registered { entry: Box::new(entry) },
            code_is_new: true,
        };
        run(gateway.store.registry_enter(&vault, order)).unwrap().unwrap()
    }

    fn record(&self, here: &NetworkGateway, id: RecordId) -> ResidentRecord {
        let gateway = here.gateway();
        run(gateway.store.registry_record(gateway.registry().unwrap().vault(), id)).unwrap().unwrap()
    }

    /// Files the notification of moving out, signed by `card`, and lets the gateway follow it.
    fn notify(&self, card: &str, moves_on: NaiveDate) -> ArrivalNumber {
        let mut document = application(card);
        let from = if card == "sign-smith" { YOKOHAMA } else { CHIYODA };
        document["procedure"] = json!("moving-out");
        document["form_version"] = json!(2);
        document["recipient"] = json!(from);
        document["answers"] = json!({
            "filing_as": "self", "moves_on": moves_on, "destination": "japan", "new_municipality": SHINJUKU,
            "new_address": "西新宿二丁目8番1号", "new_head": "山田　花子", "movers": "self", "telephone": "09012345678",
        });
        let number = file(self.old(), card, &document);
        assert!(run(self.old().gateway().moves_round()).unwrap() > 0);
        number
    }

    /// Both gateways send what is due, until nothing is.
    fn exchange(&self) {
        for _ in 0..4 {
            self.clock.advance(Duration::seconds(2));
            let rounds = [self.old().round(), self.new_town().round()];
            if rounds.iter().all(|round| round.settled == 0) {
                return;
            }
        }
    }

    fn the_move(&self, here: &NetworkGateway, municipality: &str, direction: Direction) -> StoredMove {
        let list = run(here.gateway().store.network_moves_list(code(municipality), direction, 9)).unwrap();
        assert_eq!(list.len(), 1, "{list:?}");
        list.into_iter().next().unwrap()
    }

    fn out(&self, municipality: &str) -> StoredMove {
        self.the_move(self.old(), municipality, Direction::Out)
    }

    fn coming(&self) -> StoredMove {
        self.the_move(self.new_town(), SHINJUKU, Direction::In)
    }

    /// At the counter: the person signs the notification of moving in with their card.
    fn signs_at_the_counter(&self, card: &str, moved_on: NaiveDate) -> ArrivalNumber {
        let mut document = application(card);
        document["procedure"] = json!("moving-in");
        document["form_version"] = json!(1);
        document["recipient"] = json!(SHINJUKU);
        document["answers"] =
            json!({"moved_on": moved_on, "new_address": "西新宿二丁目8番1号", "telephone": "09012345678"});
        file(self.new_town(), card, &document)
    }

    fn visit(&self, filing: ArrivalNumber, on: NaiveDate) -> MoveInVisit {
        MoveInVisit {
            municipality: code(SHINJUKU),
            id: self.coming().id,
            filing,
            on,
            address: "東京都新宿区西新宿二丁目8番1号".to_owned(),
            postcode: Some("1600023".to_owned()),
            household: None,
            relation: "世帯主".to_owned(),
            by: "clerk 131041 sato".to_owned(),
        }
    }
}

fn file(here: &NetworkGateway, card: &str, document: &Value) -> ArrivalNumber {
    let answer = here.desk.file(card, document.to_string().as_bytes());
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["arrival_number"].as_str().unwrap().parse().unwrap()
}

fn foreign(until: NaiveDate) -> ForeignResident {
    ForeignResident {
        nationality: "USA".to_owned(),
        status_of_residence: "技術・人文知識・国際業務".to_owned(),
        period_until: Some(until),
        residence_card_number: "AB12345678CD".to_owned(),
    }
}

/// From the filing to the end of the old record, for one person.
fn moves(towns: &Towns, card: &str, from: &str, foreign: Option<ForeignResident>) -> ResidentRecord {
    let old = towns.resident(card, foreign);
    towns.notify(card, towns.today());
    assert_eq!(towns.out(from).state, "sending");
    towns.exchange();
    let (out, coming) = (towns.out(from), towns.coming());
    assert_eq!((out.state.as_str(), coming.state.as_str(), out.id), ("told", "expected", coming.id));
    assert!(towns.record(towns.old(), old.id).leaving.is_some() && coming.body.is_some());
    let filing = towns.signs_at_the_counter(card, towns.today());
    let done = run(towns.new_town().gateway().move_in_complete(towns.visit(filing, towns.today()))).unwrap();
    assert_eq!(done.timeliness, Timeliness::InTime);
    assert_eq!((&done.record.code, done.record.name.written.as_str()), (&old.code, old.name.written.as_str()));
    assert_eq!((done.record.municipality, done.record.date_of_birth), (code(SHINJUKU), old.date_of_birth));
    towns.exchange();
    let ended = towns.record(towns.old(), old.id);
    assert_eq!(ended.standing, Standing::MovedOut { to: Some(code(SHINJUKU)), on: towns.today() });
    let (out, coming) = (towns.out(from), towns.coming());
    assert_eq!((out.state.as_str(), coming.state.as_str()), ("completed", "completed"));
    assert!(coming.body.is_none() && coming.record == Some(done.record.id), "what was told is forgotten");
    done.record
}

#[test]
fn row_7_a_japanese_resident_moves_with_one_visit() {
    let towns = Towns::new();
    let record = moves(&towns, "sign-yamada", CHIYODA, None);
    assert!(record.foreign.is_none());
    let looks = run(towns.new_town().gateway().store.registry_accesses_of(record.id, None, 9)).unwrap();
    assert_eq!((looks[0].action.as_str(), looks[0].basis.as_str()), ("move", "bbra-24-2"), "the resident sees it");
}

#[test]
fn row_7_a_foreign_resident_whose_period_ends_tomorrow_moves_with_one_visit() {
    let towns = Towns::new();
    let tomorrow = towns.today() + Duration::days(1);
    let record = moves(&towns, "sign-smith", YOKOHAMA, Some(foreign(tomorrow)));
    assert_eq!(record.foreign.unwrap().period_until, Some(tomorrow), "the status of residence moves along");
}

#[test]
fn row_7_a_period_of_residence_that_has_ended_is_not_entered_anew() {
    let towns = Towns::new();
    let old = towns.resident("sign-smith", Some(foreign(towns.today() - Duration::days(1))));
    towns.notify("sign-smith", towns.today());
    towns.exchange();
    let filing = towns.signs_at_the_counter("sign-smith", towns.today());
    let gateway = towns.new_town().gateway();
    let refused = run(gateway.move_in_complete(towns.visit(filing, towns.today()))).unwrap_err();
    assert_eq!(refused.code(), "period-of-residence-ended");
    run(gateway.move_in_refuse(code(SHINJUKU), towns.coming().id, "period_of_residence_ended")).unwrap();
    towns.exchange();
    let out = towns.out(YOKOHAMA);
    assert_eq!((out.state.as_str(), out.reason.as_deref()), ("refused", Some("period_of_residence_ended")));
    assert!(towns.record(towns.old(), old.id).is_current(), "the old record does not end by itself");
}

#[test]
fn row_7_one_of_the_two_gateways_is_down_and_the_move_is_not_lost() {
    let mut towns = Towns::new();
    towns.resident("sign-yamada", None);
    towns.two.shinjuku.go_down();
    towns.notify("sign-yamada", towns.today());
    towns.exchange();
    assert_eq!(towns.out(CHIYODA).state, "sending");
    let waiting = run(towns.old().gateway().store.network_outbox_waiting()).unwrap();
    assert_eq!((waiting[0].messages, waiting[0].last_code.as_deref()), (1, Some("not_reached")));
    towns.clock.advance(Duration::hours(3));
    towns.two.shinjuku.listen();
    towns.exchange();
    assert_eq!((towns.out(CHIYODA).state, towns.coming().state), ("told".to_owned(), "expected".to_owned()));
}

#[test]
fn row_7_a_move_out_is_withdrawn_after_the_data_went() {
    let towns = Towns::new();
    let old = towns.resident("sign-yamada", None);
    towns.notify("sign-yamada", towns.today());
    towns.exchange();
    let (id, gateway) = (towns.out(CHIYODA).id, towns.old().gateway());
    let elsewhere = run(gateway.move_withdraw(code(YOKOHAMA), id, "clerk".to_owned())).unwrap_err();
    assert!(matches!(elsewhere, MoveError::Unknown), "another municipality's clerk knows no such move");
    run(gateway.move_withdraw(code(CHIYODA), id, "clerk 131016 sato".to_owned())).unwrap();
    assert!(towns.record(towns.old(), old.id).leaving.is_some(), "not before the new municipality has answered");
    towns.exchange();
    assert_eq!(towns.out(CHIYODA).state, "withdrawn");
    let coming = towns.coming();
    assert!(coming.state == "withdrawn" && coming.body.is_none(), "what was told is deleted there");
    let record = towns.record(towns.old(), old.id);
    assert!(record.is_current() && record.leaving.is_none());
    let filing = towns.signs_at_the_counter("sign-yamada", towns.today());
    let refused = run(towns.new_town().gateway().move_in_complete(towns.visit(filing, towns.today()))).unwrap_err();
    assert!(matches!(refused, MoveError::State(state) if state == "withdrawn"));
}

#[test]
fn row_7_a_withdrawal_that_comes_after_the_visit_changes_nothing() {
    let towns = Towns::new();
    let old = towns.resident("sign-yamada", None);
    towns.notify("sign-yamada", towns.today());
    towns.exchange();
    let filing = towns.signs_at_the_counter("sign-yamada", towns.today());
    run(towns.new_town().gateway().move_in_complete(towns.visit(filing, towns.today()))).unwrap();
    run(towns.old().gateway().move_withdraw(code(CHIYODA), towns.out(CHIYODA).id, "clerk".to_owned())).unwrap();
    towns.exchange();
    assert_eq!((towns.out(CHIYODA).state, towns.coming().state), ("completed".to_owned(), "completed".to_owned()));
    assert!(!towns.record(towns.old(), old.id).is_current());
}

#[test]
fn row_7_two_notifications_in_a_day_are_one_move_and_one_for_a_clerk() {
    let towns = Towns::new();
    towns.resident("sign-yamada", None);
    towns.notify("sign-yamada", towns.today());
    towns.notify("sign-yamada", towns.today() + Duration::days(1));
    let list = run(towns.old().gateway().store.network_moves_list(code(CHIYODA), Direction::Out, 9)).unwrap();
    let mut states: Vec<(&str, Option<&str>)> =
        list.iter().map(|one| (one.state.as_str(), one.reason.as_deref())).collect();
    states.sort_unstable();
    assert_eq!(states, [("clerk", Some("leaving-already")), ("sending", None)]);
    towns.exchange();
    assert_eq!(towns.coming().state, "expected", "the new municipality hears of one");
}

#[test]
fn row_7_nobody_is_moved_by_a_guess() {
    let towns = Towns::new();
    let number = towns.notify("sign-yamada", towns.today());
    let out = towns.out(CHIYODA);
    assert_eq!((out.state.as_str(), out.reason.as_deref()), ("clerk", Some("no_record")), "she is in no register here");
    assert_eq!((out.filing, out.record), (Some(number), None));
    assert!(run(towns.old().gateway().store.network_outbox_waiting()).unwrap().is_empty());
}

#[test]
fn row_7_the_visit_needs_the_card_of_the_person_who_moves() {
    let towns = Towns::new();
    towns.resident("sign-yamada", None);
    towns.notify("sign-yamada", towns.today());
    towns.exchange();
    let gateway = towns.new_town().gateway();
    let of_another = towns.signs_at_the_counter("sign-smith", towns.today());
    let visit = towns.visit(of_another, towns.today());
    assert_eq!(run(gateway.move_in_complete(visit.clone())).unwrap_err().code(), "move-filing");
    let no_filing = MoveInVisit { filing: "1234567890123452".parse().unwrap_or(of_another), ..visit.clone() };
    assert_eq!(run(gateway.move_in_complete(no_filing)).unwrap_err().code(), "move-filing");
    let own = towns.signs_at_the_counter("sign-yamada", towns.today());
    let tomorrow = MoveInVisit { on: towns.today() + Duration::days(1), filing: own, ..visit.clone() };
    assert_eq!(run(gateway.move_in_complete(tomorrow)).unwrap_err().code(), "in-the-future");
    assert_eq!(towns.coming().state, "expected", "what was refused left nothing behind");
    run(gateway.move_in_complete(MoveInVisit { filing: own, ..visit.clone() })).unwrap();
    let again = run(gateway.move_in_complete(MoveInVisit { filing: own, ..visit })).unwrap_err();
    assert_eq!(again.code(), "move-state");
}

#[test]
fn row_7_a_municipality_refuses_and_a_visit_that_nobody_makes_lapses() {
    let towns = Towns::new();
    let old = towns.resident("sign-yamada", None);
    towns.notify("sign-yamada", towns.today());
    towns.exchange();
    let gateway = towns.new_town().gateway();
    let id = towns.coming().id;
    assert_eq!(run(gateway.move_in_refuse(code(SHINJUKU), id, "because")).unwrap_err().code(), "refusal-reason");
    towns.clock.advance(Duration::days(30));
    run(gateway.moves_round()).unwrap();
    assert_eq!(towns.coming().state, "expected", "the last day still counts");
    towns.clock.advance(Duration::days(1));
    run(gateway.moves_round()).unwrap();
    assert_eq!((towns.coming().state.as_str(), towns.coming().body), ("lapsed", None));
    towns.exchange();
    let out = towns.out(CHIYODA);
    assert_eq!((out.state.as_str(), out.reason.as_deref()), ("refused", Some("lapsed")));
    // The resident stays after all: the old municipality withdraws the move, and asks nobody for it.
    run(towns.old().gateway().move_withdraw(code(CHIYODA), out.id, "clerk".to_owned())).unwrap();
    assert!(towns.record(towns.old(), old.id).leaving.is_none());
}

#[test]
fn row_7_a_person_who_died_meanwhile_is_not_moved_out() {
    let towns = Towns::new();
    let old = towns.resident("sign-yamada", None);
    towns.notify("sign-yamada", towns.today());
    towns.exchange();
    let filing = towns.signs_at_the_counter("sign-yamada", towns.today());
    let (gateway, now): (_, DateTime<Utc>) = (towns.old().gateway(), towns.clock.now());
    let death = NewEvent {
        record: old.id,
        seen: None,
        on: towns.today(),
        noted_at: now,
        noted_by: "clerk 131016 sato".to_owned(),
        change: Change::Death,
    };
    run(gateway.store.registry_note(gateway.registry().unwrap().vault(), death)).unwrap().unwrap();
    run(towns.new_town().gateway().move_in_complete(towns.visit(filing, towns.today()))).unwrap();
    towns.exchange();
    let out = towns.out(CHIYODA);
    assert_eq!((out.state.as_str(), out.reason.as_deref()), ("clerk", Some("after-death")), "both clerks see it");
    assert_eq!(towns.coming().reason.as_deref(), Some("record_ended"));
}
