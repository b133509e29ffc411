//! Messages between registries: sent in order, taken once, on both databases.
use uuid::Uuid;

use super::{Place, at, on_both, run};
use crate::store::StoreError;
use crate::store::network::inbox::{Incoming, KeptAnswer, Taken};
use crate::store::network::outbox::{NewMessage, Settled};

on_both!(lanes_go_in_order_and_an_answer_settles_once, a_message_is_taken_once_with_its_effect, what_fails_is_put_off);

fn message(lane: &str, second: i64) -> NewMessage {
    NewMessage {
        id: Uuid::now_v7(),
        kind: "ping".to_owned(),
        from: "131016".parse().unwrap(),
        to: "131041".parse().unwrap(),
        lane: lane.to_owned(),
        created_at: at(second),
        sealed: vec![1, 2, 3],
    }
}

fn done() -> Settled {
    Settled { outcome: "done", code: "taken".to_owned() }
}

fn lanes_go_in_order_and_an_answer_settles_once(place: &Place) {
    let store = place.open();
    let to = "131041".parse().unwrap();
    let [first, second, other] = [message("a", 0), message("a", 1), message("b", 2)];
    for one in [&first, &second, &other] {
        run(store.network_outbox_add(one.clone())).unwrap();
    }
    let ids = |second| {
        let due = run(store.network_outbox_due(to, at(second))).unwrap();
        due.into_iter().map(|due| due.message.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(0), [first.id], "only what is written is due");
    assert_eq!(ids(5), [first.id, other.id], "the second of a lane waits for the first");
    let waiting = run(store.network_outbox_waiting()).unwrap();
    assert_eq!((waiting.len(), waiting[0].messages, waiting[0].oldest), (1, 3, at(0)));
    // The consequence fails: nothing is noted, and it is settled the next time.
    let failing = |_: &mut crate::store::connection::AnyConnection| Err(StoreError::Fault("no".to_owned()));
    assert!(run(store.network_outbox_settle(first.id, done(), at(6), failing)).is_err());
    assert_eq!(ids(6), [first.id, other.id]);
    assert!(run(store.network_outbox_settle(first.id, done(), at(6), |_| Ok(()))).unwrap());
    let again = |_: &mut crate::store::connection::AnyConnection| panic!("what follows from an answer happens once");
    assert!(!run(store.network_outbox_settle(first.id, done(), at(7), again)).unwrap());
    assert_eq!(ids(7), [second.id, other.id]);
    assert!(matches!(run(store.network_outbox_add(second)), Err(StoreError::Duplicate)));
}

fn what_fails_is_put_off(place: &Place) {
    let store = place.open();
    let to = "131041".parse().unwrap();
    let [first, other] = [message("a", 0), message("b", 0)];
    run(store.network_outbox_add(first.clone())).unwrap();
    run(store.network_outbox_add(other)).unwrap();
    run(store.network_outbox_failed(first.id, "not_reached", (at(1), at(11)))).unwrap();
    run(store.network_outbox_postpone(to, at(11))).unwrap();
    assert!(run(store.network_outbox_due(to, at(10))).unwrap().is_empty());
    let due = run(store.network_outbox_due(to, at(11))).unwrap();
    assert_eq!(due.iter().map(|due| due.attempts).collect::<Vec<_>>(), [1, 0]);
    assert_eq!(run(store.network_outbox_waiting()).unwrap()[0].last_code.as_deref(), Some("not_reached"));
    run(store.network_outbox_make_due(to, at(2))).unwrap();
    assert_eq!(run(store.network_outbox_due(to, at(2))).unwrap().len(), 2, "it was heard of: at once");
    run(store.network_peer_note("g.test".to_owned(), Err("not_reached"), at(1))).unwrap();
    run(store.network_peer_note("g.test".to_owned(), Err("tls"), at(2))).unwrap();
    let state = run(store.network_peer_list()).unwrap().remove(0);
    assert_eq!((state.failures, state.last_failed), (2, Some((at(2), "tls".to_owned()))));
    run(store.network_peer_note("g.test".to_owned(), Ok(()), at(3))).unwrap();
    let state = run(store.network_peer_list()).unwrap().remove(0);
    assert_eq!((state.failures, state.last_answered), (0, Some(at(3))));
}

fn incoming(id: Uuid, nonce: u8, content: u8) -> Incoming {
    Incoming {
        peer: "g.test".to_owned(),
        from: "131016".parse().unwrap(),
        to: "131041".parse().unwrap(),
        id,
        kind: "ping".to_owned(),
        content_sha256: [content; 32],
        created_at: at(0),
        nonce: vec![nonce; 16],
        expires_at: at(600),
    }
}

fn a_message_is_taken_once_with_its_effect(place: &Place) {
    let store = place.open();
    let id = Uuid::now_v7();
    let answer = KeptAnswer { done: true, code: "taken".to_owned(), body: "{}".to_owned() };
    let take = |incoming: Incoming, second, result: Result<KeptAnswer, StoreError>| {
        run(store.network_inbox_take(incoming, at(second), move |_| result))
    };
    let fault = || Err(StoreError::Unavailable("no".to_owned()));
    assert!(take(incoming(id, 1, 7), 1, fault()).is_err());
    assert_eq!(
        take(incoming(id, 1, 7), 1, Ok(answer.clone())).unwrap(),
        Taken::Now(answer.clone()),
        "nothing was left"
    );
    assert_eq!(take(incoming(id, 1, 7), 2, fault()).unwrap(), Taken::Replayed);
    assert_eq!(take(incoming(id, 2, 7), 2, fault()).unwrap(), Taken::Before(answer.clone()), "the effect does not run");
    assert_eq!(take(incoming(id, 3, 8), 2, fault()).unwrap(), Taken::IdReused);
    // Another gateway's nonces are its own; an old one is forgotten when it would be refused for its age anyway.
    let other = Incoming { peer: "h.test".to_owned(), ..incoming(Uuid::now_v7(), 1, 7) };
    assert!(matches!(take(other, 2, Ok(answer.clone())).unwrap(), Taken::Now(_)));
    assert!(matches!(take(incoming(id, 1, 7), 601, fault()).unwrap(), Taken::Before(_)));
    let lines = run(store.network_inbox_newest(9)).unwrap();
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| line.done && line.created_at == at(0)));
    let heard = run(store.network_peer_list()).unwrap();
    assert_eq!(heard.iter().map(|state| state.last_heard).collect::<Vec<_>>(), [Some(at(601)), Some(at(2))]);
}
