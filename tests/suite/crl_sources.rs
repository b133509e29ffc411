//! Sources of revocation lists, on SQLite and PostgreSQL: asked when it is time, by one gateway of several, and never in the
//! way of anything else.
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration as Span;

use chrono::Duration;
use madoguchi::clock::Stopwatch;
use madoguchi::delivery::fetching::Fetching;
use madoguchi::store::crl_sources::{SourceFailure, SourceLease, SourceState};

use crate::support::archive::{Place, Running, issued};
use crate::support::der_pki::*;
use crate::support::http::sha256_hex;
use crate::support::origin::{Origin, answer};
use crate::support::visitor::wait;

/// A server of one list that can be exchanged; it knows entity tags.
struct Published {
    origin: Origin,
    list: Arc<Mutex<Vec<u8>>>,
    broken: Arc<AtomicBool>,
}

impl Published {
    fn new(list: Vec<u8>) -> Self {
        let (list, broken) = (Arc::new(Mutex::new(list)), Arc::new(AtomicBool::new(false)));
        let (served, fails) = (list.clone(), broken.clone());
        let origin = Origin::start(move |asked, stream| {
            let list = served.lock().unwrap().clone();
            let tag = format!("\"{}\"", sha256_hex(&list));
            let headers = format!("ETag: {tag}\r\nLast-Modified: Sun, 01 Nov 2026 00:00:00 GMT\r\n");
            if fails.load(Ordering::SeqCst) {
                return answer(stream, "503 Service Unavailable", "", b"");
            }
            match asked.header("if-none-match") == Some(tag.as_str()) {
                true => answer(stream, "304 Not Modified", &headers, b""),
                false => answer(stream, "200 OK", &headers, &list),
            }
        });
        Self { origin, list, broken }
    }

    fn publish(&self, list: Vec<u8>) {
        *self.list.lock().unwrap() = list;
    }

    fn asked(&self) -> usize {
        self.origin.asked().len()
    }

    fn settings(&self) -> String {
        source(&self.origin.url("/ca.crl"))
    }
}

fn source(url: &str) -> String {
    format!("[[revocation.source]]\nurl = \"{url}\"\nname = \"the CA\"\nallow = [\"127.0.0.1/32\"]\ntimeout = \"3s\"\n")
}

/// One round, and what it took in hand to its end.
fn ask(fetching: &mut Fetching) {
    wait(async {
        fetching.round().await.unwrap();
        fetching.settle().await
    })
    .unwrap();
}

fn start(place: &Place, gateway: &str, settings: &str) -> (Running, Fetching) {
    let (running, settings) = place.start_with(gateway, settings);
    let fetching = Fetching::new(running.gateway.clone(), &settings);
    (running, fetching)
}

fn states(running: &Running) -> Vec<SourceState> {
    wait(running.gateway.store.crl_source_list()).unwrap()
}

fn code(running: &Running) -> Option<String> {
    states(running)[0].last_failure.as_ref().map(|(code, _)| code.clone())
}

macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite { $(#[test] fn $name() { super::$name(&super::Place::sqlite()); })* }
        mod postgresql { $(#[test] fn $name() { super::$name(&super::Place::postgresql()); })* }
    };
}

on_both!(
    a_list_is_fetched_and_fetched_again_only_when_it_has_changed,
    back_off_and_recovery,
    of_two_gateways_one_fetches_and_both_use_the_list,
    the_lease_of_a_gateway_that_was_killed_runs_out,
    after_a_restart_a_fetched_list_is_in_use_and_nothing_to_tell,
);

fn a_list_is_fetched_and_fetched_again_only_when_it_has_changed(place: &Place) {
    let first = issued(1, 3).der(&place.ca);
    let published = Published::new(first.clone());
    let (running, mut fetching) = start(place, "one", &published.settings());
    ask(&mut fetching);
    assert_eq!(running.lists(), [(sha256_hex(&first), Some(at()))]);
    let state = states(&running).remove(0);
    assert_eq!((state.name.as_str(), state.failures, state.last_success), ("the CA", 0, Some(at())));
    assert_eq!(state.next_update, Some(at() + Duration::days(1)));
    assert!(state.next_due > at() + Duration::minutes(50) && state.next_due <= at() + Duration::hours(1));
    // Not due: not asked.
    ask(&mut fetching);
    assert_eq!(published.asked(), 1);
    // Due and the same: 304.
    place.clock.advance(Duration::hours(1));
    ask(&mut fetching);
    assert_eq!((published.asked(), states(&running)[0].last_success), (2, Some(at() + Duration::hours(1))));
    assert!(published.origin.asked()[1].header("if-none-match").is_some());
    // The ETag changes: the new list, here in PEM.
    let second = issued(2, 1).der(&place.ca);
    let pem = openssl::x509::X509Crl::from_der(&second).unwrap().to_pem().unwrap();
    published.publish(pem);
    place.clock.advance(Duration::hours(1));
    ask(&mut fetching);
    assert_eq!(running.numbers(), ["2"]);
    assert_eq!(states(&running)[0].lists, [sha256_hex(&second)]);
    assert_eq!(running.gateway.sources.taken_in(), 2);
    // A gateway that does not have the list does not ask whether it has changed.
    drop((running, fetching));
    place.forget_archive();
    place.clock.advance(Duration::hours(1));
    let (running, mut fetching) = start(place, "two", &published.settings());
    ask(&mut fetching);
    assert_eq!(running.numbers(), ["2"]);
}

fn back_off_and_recovery(place: &Place) {
    let published = Published::new(issued(1, 3).der(&place.ca));
    published.broken.store(true, Ordering::SeqCst);
    let (mut running, mut fetching) = start(place, "one", &published.settings());
    let mut pauses = Vec::new();
    for failures in 1..=4 {
        ask(&mut fetching);
        let state = states(&running).remove(0);
        assert_eq!((state.failures, code(&running).as_deref()), (failures, Some("http_status")));
        pauses.push(state.next_due - state.last_tried.unwrap());
        place.clock.set(state.next_due);
    }
    assert!(pauses[0] >= Duration::seconds(30) && pauses[0] <= Duration::seconds(60), "{pauses:?}");
    assert!(pauses[3] >= Duration::seconds(240) && pauses[3] <= Duration::seconds(480), "{pauses:?}");
    // The folder is unaffected meanwhile.
    place.put("one", "by-hand.crl", &issued(1, 2));
    running.look();
    assert_eq!(running.numbers(), ["1"]);
    published.broken.store(false, Ordering::SeqCst);
    published.publish(issued(2, 1).der(&place.ca));
    ask(&mut fetching);
    assert_eq!((running.numbers(), states(&running)[0].failures, code(&running)), (vec!["2".to_owned()], 0, None));
}

fn of_two_gateways_one_fetches_and_both_use_the_list(place: &Place) {
    let published = Published::new(issued(1, 3).der(&place.ca));
    let (one, mut fetching_one) = start(place, "one", &published.settings());
    let (mut two, mut fetching_two) = start(place, "two", &published.settings());
    std::thread::scope(|scope| {
        scope.spawn(|| ask(&mut fetching_one));
        scope.spawn(|| ask(&mut fetching_two));
    });
    assert_eq!(published.asked(), 1, "one gateway asks");
    wait(async {
        two.background.round().await;
        Ok::<(), madoguchi::store::StoreError>(())
    })
    .unwrap();
    let mut one = one;
    wait(async {
        one.background.round().await;
        Ok::<(), madoguchi::store::StoreError>(())
    })
    .unwrap();
    assert_eq!((one.numbers(), two.numbers()), (vec!["1".to_owned()], vec!["1".to_owned()]));
}

fn the_lease_of_a_gateway_that_was_killed_runs_out(place: &Place) {
    let published = Published::new(issued(1, 3).der(&place.ca));
    let (running, mut fetching) = start(place, "one", &published.settings());
    let store = running.gateway.store.clone();
    let source = running.gateway.sources.all().remove(0);
    wait(store.crl_source_ensure(vec![(source.key, source.name.clone())], at())).unwrap();
    let lease = SourceLease {
        by: "killed".to_owned(),
        now: at(),
        until: at() + Duration::minutes(2),
        or_last_tried_before: None,
    };
    assert!(wait(store.crl_source_lease(source.key, lease.clone())).unwrap().is_some());
    assert!(wait(store.crl_source_lease(source.key, lease)).unwrap().is_none());
    ask(&mut fetching);
    assert_eq!(published.asked(), 0, "it is in another's hand");
    place.clock.advance(Duration::minutes(3));
    ask(&mut fetching);
    assert_eq!((published.asked(), running.numbers()), (1, vec!["1".to_owned()]));
    // What the killed one would note now is not noted any more.
    let late = Err(SourceFailure { code: "timed_out", detail: "late".to_owned() });
    let noted = store.crl_source_done(source.key, "killed".to_owned(), late, (at(), at()));
    assert!(!wait(noted).unwrap());
    assert_eq!(code(&running), None);
}

fn after_a_restart_a_fetched_list_is_in_use_and_nothing_to_tell(place: &Place) {
    let published = Published::new(issued(1, 3).der(&place.ca));
    let (running, mut fetching) = start(place, "one", &published.settings());
    ask(&mut fetching);
    drop((running, fetching));
    let (running, _) = start(place, "one", &published.settings());
    assert_eq!((running.numbers(), running.told()), (vec!["1".to_owned()], Vec::new()));
}

#[test]
fn a_source_is_asked_at_once_when_an_operator_wants_it() {
    let place = Place::sqlite();
    let published = Published::new(issued(1, 3).der(&place.ca));
    let (running, mut fetching) = start(&place, "one", &published.settings());
    ask(&mut fetching);
    published.publish(issued(2, 2).der(&place.ca));
    let key = running.gateway.sources.all()[0].key;
    assert!(wait(running.gateway.store.crl_source_make_due(key, at())).unwrap());
    ask(&mut fetching);
    assert_eq!(running.numbers(), ["2"]);
}

#[test]
fn a_slow_source_keeps_neither_the_folder_nor_other_sources_waiting() {
    let place = Place::sqlite();
    let slow = Origin::start(|_, stream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"));
        while stream.write_all(b"0").is_ok() {
            std::thread::sleep(Span::from_millis(100));
        }
    });
    let published = Published::new(issued(2, 2).der(&place.ca));
    let settings = format!("{}{}", source(&slow.url("/")), published.settings());
    let (mut running, mut fetching) = start(&place, "one", &settings);
    // One runtime for all of it: the end of a runtime waits for what it has in hand.
    wait(async {
        let begun = Stopwatch::start();
        fetching.round().await.unwrap();
        place.put("one", "a.crl", &issued(1, 3));
        running.look();
        assert!(begun.elapsed() < Span::from_secs(2), "{:?}", begun.elapsed());
        assert!(!running.numbers().is_empty());
        fetching.settle().await
    })
    .unwrap();
    assert_eq!(running.numbers(), ["2"]);
    let failures: Vec<_> = states(&running).into_iter().filter_map(|state| state.last_failure).collect();
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].0, "timed_out");
}

#[test]
fn what_a_source_gives_is_judged_as_any_other_list() {
    let place = Place::sqlite();
    let stranger = Entity::new("CN=Stranger");
    let mut forged = issued(5, 1).der(&place.ca);
    let last = forged.len() - 1;
    forged[last] ^= 1;
    for (body, expected) in [
        (issued(1, 3).der(&stranger), "unknown_issuer"),
        (forged, "wrong_signature"),
        (b"hello".to_vec(), "not_a_crl"),
        (b"<html>Log in</html>".to_vec(), "html"),
    ] {
        let published = Published::new(body);
        let (running, mut fetching) = start(&place, expected, &published.settings());
        ask(&mut fetching);
        let state = states(&running).into_iter().find(|state| state.last_tried.is_some() && state.failures > 0);
        let all: Vec<_> =
            states(&running).into_iter().filter_map(|state| state.last_failure).map(|(code, _)| code).collect();
        assert!(state.is_some() && all.contains(&expected.to_owned()), "{expected}: {all:?}");
        assert!(running.numbers().is_empty());
    }
}

/// freshestCRL with one URL.
fn freshest(url: &str) -> Vec<u8> {
    let point = seq(&[tlv(0xa0, &tlv(0xa0, &uri(url)))]);
    extension("2.5.29.46", false, &seq(&[point]))
}

#[test]
fn deltas_are_followed_from_a_list_where_its_host_is_a_source() {
    for (gateway, follow, sources) in [("never", "never", 1), ("listed", "listed", 2)] {
        let place = Place::sqlite();
        let delta = issued(2, 2).with(extension("2.5.29.27", true, &integer(1))).der(&place.ca);
        let serves = Origin::start(move |_, stream| answer(stream, "200 OK", "", &delta));
        let published = Published::new(issued(1, 3).with(freshest(&serves.url("/delta.crl"))).der(&place.ca));
        let keys = format!("follow_freshest = \"{follow}\"\nallow = [\"127.0.0.1/32\"]\n");
        let (running, mut fetching) = start(&place, gateway, &(keys + &published.settings()));
        ask(&mut fetching);
        ask(&mut fetching);
        assert_eq!((running.gateway.sources.all().len(), running.numbers().len()), (sources, sources), "{follow}");
    }
}

#[test]
fn distribution_points_of_trusted_cas_are_followed_where_that_is_set() {
    let place = Place::sqlite();
    let published = Published::new(issued(1, 3).der(&place.ca));
    let points = distribution_points(&[vec![
        uri(&published.origin.url("/ca.crl")),
        crate::support::der_pki::directory("CN=Archived"),
    ]]);
    let spec = CertSpec::ca(1).with(points).valid(at() - Duration::days(365), at() + Duration::days(36_500));
    let certificate = spec.certificate(&place.ca, &place.ca);
    std::fs::write(place.folder.path().join("anchors/root.cer"), certificate.der()).unwrap();
    let (running, mut fetching) = start(&place, "never", "allow = [\"127.0.0.1/32\"]\n");
    ask(&mut fetching);
    assert_eq!(published.asked(), 0, "nothing is followed unless that is set");
    drop((running, fetching));
    let keys = "follow_distribution_points = \"cas\"\nallow = [\"127.0.0.1/32\"]\n";
    let (running, mut fetching) = start(&place, "cas", keys);
    ask(&mut fetching);
    assert_eq!((published.asked(), running.numbers()), (1, vec!["1".to_owned()]));
    drop((running, fetching));
    // Without `allow` the address is refused, whoever names it.
    let (running, mut fetching) = start(&place, "strict", "follow_distribution_points = \"cas\"\n");
    let key = {
        // In one go: what a round began ends with the runtime that it ran on.
        wait(async {
            fetching.round().await?;
            fetching.settle().await
        })
        .unwrap();
        running.gateway.sources.all()[0].key
    };
    wait(running.gateway.store.crl_source_make_due(key, at())).unwrap();
    ask(&mut fetching);
    assert_eq!((published.asked(), code(&running).as_deref()), (1, Some("address_refused")));
}

/// A directory of a few octets: answers every request with `answer`, then keeps the connection open.
fn false_directory(answer: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, asked) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let count = asked.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 1024];
            if stream.read(&mut request).is_ok_and(|read| read > 0) {
                count.fetch_add(1, Ordering::SeqCst);
                answer(&mut stream);
                std::thread::sleep(Span::from_secs(5));
            }
        }
    });
    (port, asked)
}

/// What no directory sends ends in a code of its own, soon, and with the process alive.
#[test]
fn a_directory_that_is_none_is_told_apart() {
    let place = Place::sqlite();
    let nested = (0..100_000).fold(Vec::new(), |inner: Vec<u8>, depth: u32| {
        // From the inside out only the outermost lengths matter; they say more than what is there.
        if depth < 20_000 { [vec![0x30, 0x84, 0, 1, 0, 0], inner].concat() } else { inner }
    });
    let cases: Vec<(&str, &str, Box<dyn Fn(&mut TcpStream) + Send + Sync>)> = vec![
        ("text", "protocol", Box::new(|stream| drop(stream.write_all(b"220 mail ready\r\n")))),
        ("empty", "protocol", Box::new(|stream| drop(stream.write_all(&[0x30, 0])))),
        ("huge", "too_large", Box::new(|stream| drop(stream.write_all(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff])))),
        ("indefinite", "protocol", Box::new(|stream| drop(stream.write_all(&[0x30, 0x80])))),
        (
            "nested",
            "too_large",
            Box::new(move |stream| drop(stream.write_all(&[&[0x30, 0x84, 0x7f, 0, 0, 0], nested.as_slice()].concat()))),
        ),
        ("silent", "timed_out", Box::new(|_| {})),
        ("other", "protocol", Box::new(|stream| drop(stream.write_all(&[0x30, 5, 2, 1, 1, 0x42, 0])))),
    ];
    for (name, expected, answer) in cases {
        let (port, asked) = false_directory(answer);
        let (running, mut fetching) = start(&place, name, &source(&format!("ldap://127.0.0.1:{port}/CN=x")));
        let begun = Stopwatch::start();
        ask(&mut fetching);
        let found: Vec<_> =
            states(&running).into_iter().filter_map(|state| state.last_failure).map(|(code, _)| code).collect();
        assert!(found.last().is_some() && found.contains(&expected.to_owned()), "{name}: {found:?}");
        assert!(begun.elapsed() < Span::from_secs(6), "{name}: {:?}", begun.elapsed());
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        drop((running, fetching));
        place.forget_sources();
    }
}
