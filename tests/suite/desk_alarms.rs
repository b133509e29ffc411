//! Alarms over real sockets: mail to a double of an SMTP server, a POST to a double of a webhook's receiver.
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use chrono::{DateTime, Duration, Utc};
use madoguchi::clock::{Clock, SystemClock};
use madoguchi::delivery::alarms::mail::MailChannel;
use madoguchi::delivery::alarms::webhook::WebhookChannel;
use madoguchi::delivery::alarms::{Alarms, Freshness, WatchedList};

use crate::support::gateway::TestGateway;
use crate::support::visitor::wait;

/// A double of an SMTP server (RFC 5321): takes every mail and hands its text on.
fn smtp_double() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for peer in listener.incoming() {
            let peer = peer.unwrap();
            let (mut answer, mut lines) = (peer.try_clone().unwrap(), BufReader::new(peer).lines());
            answer.write_all(b"220 double\r\n").unwrap();
            let mut mail = String::new();
            while let Some(Ok(line)) = lines.next() {
                let verb = line.split(' ').next().unwrap().to_ascii_uppercase();
                let reply: &[u8] = match verb.as_str() {
                    "EHLO" => b"250 double\r\n",
                    "DATA" => {
                        answer.write_all(b"354 go on\r\n").unwrap();
                        for text in lines.by_ref().map(Result::unwrap).take_while(|text| text != ".") {
                            mail.push_str(&format!("{text}\n"));
                        }
                        tell.send(std::mem::take(&mut mail)).unwrap();
                        b"250 taken\r\n"
                    }
                    "QUIT" => b"221 bye\r\n",
                    _ => {
                        mail.push_str(&format!("{line}\n"));
                        b"250 ok\r\n"
                    }
                };
                answer.write_all(reply).unwrap();
            }
        }
    });
    (format!("smtp://{address}"), told)
}

/// A double of a receiver: answers with these statuses, one a request, and hands the bodies on.
fn receiver_double(statuses: &'static [u16]) -> (String, Receiver<serde_json::Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for (peer, status) in listener.incoming().zip(statuses) {
            let mut peer = BufReader::new(peer.unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                peer.read_line(&mut line).unwrap();
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line == "\r\n" {
                    break;
                }
            }
            let mut body = vec![0; length];
            peer.read_exact(&mut body).unwrap();
            let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            peer.get_mut().write_all(answer.as_bytes()).unwrap();
            tell.send(serde_json::from_slice(&body).unwrap()).unwrap();
        }
    });
    (format!("http://{address}/hook"), told)
}

fn list(scope: &str, next_update: DateTime<Utc>, now: DateTime<Utc>) -> WatchedList {
    WatchedList {
        issuer: "C=JP,O=JPKI,OU=JPKI for digital signature".to_owned(),
        scope: scope.to_owned(),
        number: Some("7".to_owned()),
        next_update: Some(next_update),
        state: Freshness::of(Some(next_update), Duration::hours(6), now),
    }
}

#[test]
fn each_change_is_told_once_by_mail_and_webhook_and_again_after_a_while() {
    let gateway = TestGateway::start();
    let store = &gateway.gateway.store;
    let (smtp, mails) = smtp_double();
    let (hook, posts) = receiver_double(&[204, 204, 204]);
    let alarms = Alarms {
        mail: Some(MailChannel::new(&smtp, "madoguchi@example.org", &["ops@example.org".to_owned()]).unwrap()),
        webhook: Some(WebhookChannel::new(&hook).unwrap()),
        gateway: "https://madoguchi.example".to_owned(),
        repeat: Some(Duration::hours(24)),
    };
    let next = SystemClock.now() + Duration::hours(12);
    let round = |now: DateTime<Utc>| {
        let lists = vec![list("one", next, now), list("two", next, now)];
        wait(alarms.round(store, lists, now)).unwrap()
    };
    assert_eq!(round(next - Duration::hours(10)), 0, "fresh at first sight is no news");
    assert_eq!(round(next - Duration::hours(5)), 2, "soon stale");
    assert_eq!(round(next - Duration::hours(4)), 0, "told already");
    assert_eq!(round(next + Duration::hours(1)), 2, "stale");
    assert_eq!(round(next + Duration::hours(24)), 0);
    assert_eq!(round(next + Duration::hours(26)), 2, "still stale");
    let posted: Vec<_> = (0..3).map(|_| posts.recv().unwrap()).collect();
    assert_eq!(posted[0]["event"], "crl_state");
    let states: Vec<_> = posted.iter().map(|post| post["lists"][0]["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["soon_stale", "stale", "stale"]);
    assert_eq!(posted[1]["lists"].as_array().unwrap().len(), 2, "what changes together is told together");
    let mail: Vec<_> = (0..3).map(|_| mails.recv().unwrap()).collect();
    assert!(mail[0].contains("RCPT TO:<ops@example.org>") && mail[0].contains("0 stale, 2 soon stale"), "{}", mail[0]);
    assert!(mail[1].contains("2 stale, 0 soon stale"));
}

#[test]
fn what_could_not_be_told_is_told_in_the_next_round() {
    let gateway = TestGateway::start();
    let (hook, posts) = receiver_double(&[500, 200, 200]);
    let webhook = Some(WebhookChannel::new(&hook).unwrap());
    let alarms = Alarms { webhook, gateway: "x".to_owned(), ..Alarms::default() };
    let now = SystemClock.now();
    let round = |now, next| wait(alarms.round(&gateway.gateway.store, vec![list("one", next, now)], now)).unwrap();
    assert_eq!(round(now, now - Duration::hours(1)), 0, "the receiver failed");
    assert_eq!(round(now, now - Duration::hours(1)), 1);
    assert_eq!(round(now, now - Duration::hours(1)), 0);
    assert_eq!(round(now, now + Duration::hours(48)), 1, "fresh again is told once");
    let states: Vec<_> =
        (0..3).map(|_| posts.recv().unwrap()["lists"][0]["state"].as_str().unwrap().to_owned()).collect();
    assert_eq!(states, ["stale", "stale", "fresh"]);
}

#[test]
fn two_gateways_tell_it_once() {
    let gateway = TestGateway::start();
    let now = SystemClock.now();
    let alarms = Alarms::default();
    let round = || alarms.round(&gateway.gateway.store, vec![list("one", now - Duration::hours(1), now)], now);
    let (one, other) = wait(async { tokio::join!(round(), round()) });
    assert_eq!(one.unwrap() + other.unwrap(), 1);
}
