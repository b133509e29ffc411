//! The wire between two real gateways: who is let in, what is refused, and that nothing is lost or done twice.
use std::sync::Arc;

use chrono::{Duration, SubsecRound};
use madoguchi::clock::{Clock, FixedClock, SystemClock};
use madoguchi::evidence::keys::signing_key;
use madoguchi::network::answer::{self, Outcome};
use madoguchi::network::client::NetworkClient;
use madoguchi::network::message::Message;
use madoguchi::network::peers::Peer;
use madoguchi::network::refusal::NetworkFault;
use madoguchi::network::tls::TlsIdentity;
use ring::rand::SystemRandom;
use serde_json::json;

use crate::support::desk::run;
use crate::support::network::{CHIYODA, NetworkGateway, SHINJUKU, TwoGateways, authority_dir};

fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::new(SystemClock.now().trunc_subsecs(0)))
}

fn peer_of<'a>(here: &'a NetworkGateway, code: &str) -> &'a Peer {
    here.gateway().network().unwrap().peers.serving(code.parse().unwrap()).unwrap()
}

/// A client that shows a certificate of `dir`.
fn client(dir: &std::path::Path, card: &str) -> NetworkClient {
    let identity = TlsIdentity::load(
        &dir.join(format!("certificates/{card}.pem")),
        &dir.join(format!("private/{card}.key.pem")),
        &authority_dir().join("anchors/network-root.pem"),
    );
    NetworkClient::new(&identity.unwrap(), std::time::Duration::from_secs(5)).unwrap()
}

fn sign(here: &NetworkGateway, message: &Message, at: chrono::DateTime<chrono::Utc>) -> String {
    let key = signing_key(&here.end.folder.join("keys/network.p8")).unwrap();
    message.sign(&key, &SystemRandom::new(), at).unwrap()
}

#[test]
fn a_question_crosses_two_gateways_and_its_answer_is_signed() {
    let clock = clock();
    let two = TwoGateways::start(clock.clone());
    let asked = two.chiyoda.message(SHINJUKU, "ping", json!({}));
    let answer = run(two.chiyoda.gateway().network_ask(asked)).unwrap();
    assert_eq!((answer.outcome, &answer.body), (Outcome::Done, &json!({"now": clock.now().timestamp()})));
    let back = two.shinjuku.message(CHIYODA, "no.such-kind", json!({}));
    let answer = run(two.shinjuku.gateway().network_ask(back)).unwrap();
    assert_eq!((answer.outcome, answer.code.as_str()), (Outcome::Refused, "unknown_kind"));
    let peers = run(two.chiyoda.gateway().store.network_peer_list()).unwrap();
    assert_eq!(peers.len(), 1);
    assert_eq!((peers[0].name.as_str(), peers[0].last_answered), ("gateway.shinjuku.test", Some(clock.now())));
    assert_eq!(peers[0].last_heard, Some(clock.now()));
}

#[test]
fn a_gateway_speaks_to_a_municipality_of_its_own_without_a_wire() {
    let mut two = TwoGateways::start(clock());
    two.chiyoda.go_down();
    let asked = two.chiyoda.message(CHIYODA, "ping", json!({}));
    assert_eq!(run(two.chiyoda.gateway().network_ask(asked)).unwrap().outcome, Outcome::Done);
    let nowhere = two.chiyoda.message("271004", "ping", json!({}));
    assert_eq!(run(two.chiyoda.gateway().network_ask(nowhere)).unwrap_err().fault, NetworkFault::NotHere);
}

#[test]
fn the_same_sending_is_taken_once_and_the_same_message_answered_alike() {
    let clock = clock();
    let two = TwoGateways::start(clock.clone());
    let (client, peer) = (client(authority_dir(), "gateway-chiyoda"), peer_of(&two.chiyoda, SHINJUKU));
    let message = two.chiyoda.message(SHINJUKU, "ping", json!({}));
    let token = sign(&two.chiyoda, &message, clock.now());
    let first = client.post(peer, &token).unwrap();
    assert_eq!(client.post(peer, &token).unwrap_err().fault, NetworkFault::Replayed);
    // Sent again it is signed anew; the answer is the one of before, bound to the new sending.
    clock.advance(Duration::seconds(90));
    let again = sign(&two.chiyoda, &message, clock.now());
    let second = client.post(peer, &again).unwrap();
    let open = |answer: &str, token: &str| {
        answer::open(answer, &peer.keys, (&message, token), clock.now(), Duration::minutes(5))
    };
    assert_eq!(open(&first, &token).unwrap(), open(&second, &again).unwrap());
    assert_eq!(open(&first, &again).unwrap_err().fault, NetworkFault::BadAnswer);
    assert_eq!(run(two.shinjuku.gateway().store.network_inbox_newest(9)).unwrap().len(), 1);
    // The same id with something else to say.
    let changed = Message { body: json!({"more": 1}), ..message };
    let token = sign(&two.chiyoda, &changed, clock.now());
    assert_eq!(client.post(peer, &token).unwrap_err().fault, NetworkFault::IdReused);
}

#[test]
fn each_way_to_be_nobody_has_its_code() {
    let clock = clock();
    let two = TwoGateways::start(clock.clone());
    let (now, peer) = (clock.now(), peer_of(&two.chiyoda, SHINJUKU));
    let ours = client(authority_dir(), "gateway-chiyoda");
    let ping =
        |from: &str, to: &str| Message::new("ping", (from.parse().unwrap(), to.parse().unwrap()), now, json!({}));
    let refused = |token: &str| ours.post(peer, token).unwrap_err().fault;
    let signed = |message: &Message, at| sign(&two.chiyoda, message, at);
    let good = ping(CHIYODA, SHINJUKU);
    assert_eq!(refused("not a token"), NetworkFault::Signature);
    assert_eq!(refused(&sign(&two.shinjuku, &good, now)), NetworkFault::Signature, "signed with another's key");
    assert_eq!(refused(&signed(&good, now - Duration::seconds(301))), NetworkFault::Stale);
    assert_eq!(refused(&signed(&good, now + Duration::seconds(301))), NetworkFault::Stale);
    assert_eq!(refused(&signed(&ping("271004", SHINJUKU), now)), NetworkFault::NotYours, "speaks for another city");
    assert_eq!(refused(&signed(&ping(CHIYODA, "271004"), now)), NetworkFault::NotHere);
    assert_eq!(
        refused(&signed(&Message { kind: "Not A Kind".to_owned(), ..good.clone() }, now)),
        NetworkFault::Malformed
    );
    let long = Message { body: json!({"long": "x".repeat(1 << 20)}), ..good.clone() };
    assert_eq!(refused(&signed(&long, now)), NetworkFault::TooLong);
    // A certificate of the network that is no peer's here: Shinjuku's own.
    let other = client(authority_dir(), "gateway-shinjuku");
    assert_eq!(other.post(peer, &signed(&good, now)).unwrap_err().fault, NetworkFault::UnknownPeer);
    assert!(run(two.shinjuku.gateway().store.network_inbox_newest(9)).unwrap().is_empty(), "none of them was taken");
    assert!(ours.post(peer, &signed(&good, now)).is_ok());
}

#[test]
fn a_certificate_of_another_authority_does_not_connect_on_either_end() {
    let two = TwoGateways::start(clock());
    let strange = tempfile::tempdir().unwrap();
    let sources = [("pki/network.toml".to_owned(), madoguchi::authority::declaration::NETWORK.to_owned())];
    let made = madoguchi::authority::Authority::init(strange.path(), &sources, SystemClock.now(), |_, _| {});
    drop(made.unwrap());
    let peer = peer_of(&two.chiyoda, SHINJUKU);
    let message = two.chiyoda.message(SHINJUKU, "ping", json!({}));
    let token = sign(&two.chiyoda, &message, two.chiyoda.gateway().clock.now());
    let refused = client(strange.path(), "gateway-chiyoda").post(peer, &token).unwrap_err();
    assert!([NetworkFault::Tls, NetworkFault::NotReached].contains(&refused.fault), "{refused}");
    // The other end has a name that it should not have: the address of Chiyoda's own listener under Shinjuku's name.
    let wrong_end = Peer { address: Some(two.chiyoda.end.address), ..peer.clone() };
    let refused = client(authority_dir(), "gateway-chiyoda").post(&wrong_end, &token).unwrap_err();
    assert_eq!(refused.fault, NetworkFault::Tls);
    assert!(run(two.shinjuku.gateway().store.network_inbox_newest(9)).unwrap().is_empty());
}

#[test]
fn one_gateway_down_loses_nothing_and_both_say_so() {
    let clock = clock();
    let mut two = TwoGateways::start(clock.clone());
    two.shinjuku.go_down();
    let messages: Vec<Message> =
        (0..3).map(|number| two.chiyoda.message(SHINJUKU, "ping", json!({"number": number}))).collect();
    for message in &messages {
        two.chiyoda.keep(message, "one lane");
    }
    assert_eq!(two.chiyoda.round().failed, 1, "the others of the way are not tried for nothing");
    let waiting = run(two.chiyoda.gateway().store.network_outbox_waiting()).unwrap();
    assert_eq!((waiting[0].messages, waiting[0].last_code.as_deref()), (3, Some("not_reached")));
    assert_eq!(waiting[0].oldest, messages[0].created_at);
    assert_eq!(two.chiyoda.round().failed, 0, "it is not due yet");
    clock.advance(Duration::hours(1));
    two.shinjuku.listen();
    let round = two.chiyoda.round();
    assert_eq!((round.settled, round.failed), (3, 0));
    assert!(run(two.chiyoda.gateway().store.network_outbox_waiting()).unwrap().is_empty());
    // The side that was down sees how late it heard, and in which order things were said.
    let mut lines = run(two.shinjuku.gateway().store.network_inbox_newest(9)).unwrap();
    lines.reverse();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| line.done && line.received_at - line.created_at == Duration::hours(1)));
    let peers = run(two.chiyoda.gateway().store.network_peer_list()).unwrap();
    assert_eq!((peers[0].failures, peers[0].last_answered), (0, Some(clock.now())));
    assert_eq!(peers[0].last_failed.as_ref().map(|(_, code)| code.as_str()), Some("not_reached"));
}

#[test]
fn an_answer_that_got_lost_is_given_again_and_nothing_is_done_twice() {
    let clock = clock();
    let two = TwoGateways::start(clock.clone());
    let message = two.chiyoda.message(SHINJUKU, "ping", json!({}));
    two.chiyoda.keep(&message, "lane");
    // The other side took it and the answer never came: as if this gateway had been killed while it waited.
    let token = sign(&two.chiyoda, &message, clock.now());
    client(authority_dir(), "gateway-chiyoda").post(peer_of(&two.chiyoda, SHINJUKU), &token).unwrap();
    clock.advance(Duration::seconds(30));
    assert_eq!(two.chiyoda.round().settled, 1);
    let lines = run(two.shinjuku.gateway().store.network_inbox_newest(9)).unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].received_at, clock.now() - Duration::seconds(30), "it was taken the first time");
}

#[test]
fn a_peer_that_went_wild_is_slowed_down() {
    let clock = clock();
    let two = TwoGateways::start_with(clock.clone(), "");
    let store = &two.chiyoda.gateway().store;
    let many: Vec<Message> = (0..620).map(|_| two.chiyoda.message(SHINJUKU, "ping", json!({}))).collect();
    let network = two.chiyoda.gateway().network().unwrap().clone();
    for (number, message) in many.iter().enumerate() {
        run(store.network_outbox_add(network.keep(message, &number.to_string()).unwrap())).unwrap();
    }
    let first = two.chiyoda.round();
    let second = two.chiyoda.round();
    assert_eq!(first.settled + second.settled, 600, "{first:?} {second:?}");
    assert_eq!(run(store.network_outbox_waiting()).unwrap()[0].last_code.as_deref(), Some("too_many"));
    clock.advance(Duration::seconds(61));
    assert_eq!(two.chiyoda.round().settled, 20, "nothing is lost for it");
}
