//! Lists from a directory: Debian's slapd, over TLS too.
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration as Span;

use chrono::Duration;
use madoguchi::clock::{Clock, Stopwatch, SystemClock};
use madoguchi::delivery::fetching::Fetching;
use serde_json::Value;

use crate::support::archive::{Place, Running, issued};
use crate::support::der_pki::*;
use crate::support::slapd::{Directory, LIST};
use crate::support::visitor::wait;

fn start(place: &Place, gateway: &str, settings: &str) -> (Running, Fetching) {
    let (running, settings) = place.start_with(gateway, settings);
    let fetching = Fetching::new(running.gateway.clone(), &settings);
    (running, fetching)
}

fn ask(running: &Running, fetching: &mut Fetching) -> Option<String> {
    wait(async {
        for source in running.gateway.sources.all() {
            running.gateway.store.crl_source_make_due(source.key, running.gateway.clock.now()).await?;
        }
        fetching.round().await?;
        fetching.settle().await
    })
    .unwrap();
    let states = wait(running.gateway.store.crl_source_list()).unwrap();
    states.into_iter().find_map(|state| state.last_failure).map(|(code, _)| code)
}

#[test]
fn base_and_delta_come_from_one_entry_of_slapd() {
    let place = Place::sqlite();
    let (base, delta) = (issued(1, 3), issued(2, 2).with(extension("2.5.29.27", true, &integer(1))));
    let values = [(LIST, base.der(&place.ca)), ("deltaRevocationList;binary", delta.der(&place.ca))];
    let directory = Directory::start(&values.each_ref().map(|(name, value)| (*name, value.as_slice())), false);
    let (running, mut fetching) = start(&place, "one", &directory.settings("cn=Archived,o=Town"));
    assert_eq!(ask(&running, &mut fetching), None);
    assert_eq!(running.numbers().len(), 2);
    // The next list, which the directory gives in the place of the first.
    directory.put(LIST, &issued(3, 1).der(&place.ca));
    assert_eq!(ask(&running, &mut fetching), None);
    assert!(running.numbers().contains(&"3".to_owned()), "{:?}", running.numbers());
}

#[test]
fn a_large_list_comes_whole_from_slapd_and_one_over_the_size_does_not() {
    let place = Place::sqlite();
    let many = (1_u32..60_000).fold(issued(1, 3), |list, serial| {
        list.entry(entry(&[&[1][..], &serial.to_be_bytes()].concat(), at() - Duration::days(3), &[]))
    });
    let list = many.der(&place.ca);
    assert!(list.len() > 1 << 20);
    let directory = Directory::start(&[(LIST, list.as_slice())], false);
    let small = directory.settings("cn=Archived,o=Town") + "max_size = \"512KiB\"\n";
    let (running, mut fetching) = start(&place, "small", &small);
    assert_eq!(ask(&running, &mut fetching).as_deref(), Some("too_large"));
    assert!(running.numbers().is_empty());
    let (running, mut fetching) = start(&place, "large", &directory.settings("cn=Archived,o=Town"));
    assert_eq!(ask(&running, &mut fetching), None);
    assert_eq!(running.numbers(), ["1"]);
}

#[test]
fn slapd_with_a_list_of_another_issuer_with_none_and_without_the_entry() {
    let place = Place::sqlite();
    let stranger = Entity::new("CN=Stranger");
    let directory = Directory::start(&[(LIST, issued(1, 3).der(&stranger).as_slice())], false);
    for (gateway, rest, expected) in [
        ("stranger", "cn=Archived,o=Town", "unknown_issuer"),
        ("none", "cn=reader,o=Town", "no_list"),
        ("absent", "cn=Nobody,o=Town", "no_list"),
        ("elsewhere", "o=Elsewhere", "no_list"),
    ] {
        let (running, mut fetching) = start(&place, gateway, &directory.settings(rest));
        assert_eq!(ask(&running, &mut fetching).as_deref(), Some(expected), "{gateway}");
        assert!(running.numbers().is_empty());
        place.forget_sources();
    }
}

#[test]
fn slapd_gone_and_back_and_the_folder_unaffected_meanwhile() {
    let place = Place::sqlite();
    let mut directory = Directory::start(&[(LIST, issued(2, 2).der(&place.ca).as_slice())], false);
    directory.stop();
    let (mut running, mut fetching) = start(&place, "one", &directory.settings("o=Town??sub?(cn=Archived)"));
    assert_eq!(ask(&running, &mut fetching).as_deref(), Some("not_reached"));
    place.put("one", "a.crl", &issued(1, 3));
    running.look();
    assert_eq!(running.numbers(), ["1"]);
    directory.start_again();
    assert_eq!(ask(&running, &mut fetching), None);
    assert_eq!(running.numbers(), ["2"]);
}

#[test]
fn slapd_that_asks_who_reads_gets_user_and_password() {
    let place = Place::sqlite();
    let directory = Directory::start(&[(LIST, issued(1, 3).der(&place.ca).as_slice())], true);
    let settings = directory.settings("cn=Archived,o=Town");
    let (running, mut fetching) = start(&place, "nobody", &settings);
    assert_eq!(ask(&running, &mut fetching).as_deref(), Some("ldap_result"));
    for (gateway, password, expected) in [("wrong", "guess", Some("ldap_sign_in")), ("right", "word", None)] {
        let keys = format!("{settings}user = \"cn=reader,o=Town\"\npassword = \"{password}\"\n");
        let (running, mut fetching) = start(&place, gateway, &keys);
        assert_eq!(ask(&running, &mut fetching).as_deref(), expected);
    }
}

/// A distribution point that is a name is looked up in the directory that the settings name.
#[test]
fn a_directory_name_is_looked_up_in_slapd() {
    let place = Place::sqlite();
    let directory = Directory::start(&[(LIST, issued(1, 3).der(&place.ca).as_slice())], false);
    let points = distribution_points(&[vec![crate::support::der_pki::directory("O=Town,CN=Archived")]]);
    let spec = CertSpec::ca(1).with(points).valid(at() - Duration::days(365), at() + Duration::days(36_500));
    let certificate = spec.certificate(&place.ca, &place.ca);
    std::fs::write(place.folder.path().join("anchors/root.cer"), certificate.der()).unwrap();
    let keys = format!(
        "follow_distribution_points = \"cas\"\nldap_directory = \"ldap://127.0.0.1:{}\"\nallow = [\"127.0.0.1/32\"]\n",
        directory.port
    );
    let (running, mut fetching) = start(&place, "one", &keys);
    // In one go: what a round began ends with the runtime that it ran on.
    wait(async {
        fetching.round().await?;
        fetching.settle().await
    })
    .unwrap();
    assert_eq!(ask(&running, &mut fetching), None);
    assert_eq!(running.numbers(), ["1"]);
}

/// Runs the gateway until it has asked its source, with these certificates as the machine's trusted ones; gives what
/// `madoguchi crl status` says then, and its exit status.
fn served(place: &Place, settings: &str, trusted: Option<&std::path::Path>) -> (Value, i32) {
    let config = place.folder.path().join("madoguchi.toml");
    let text = format!("[server]\nlisten = \"127.0.0.1:0\"\nworkers = 1\n{}{settings}", place.settings("one"));
    std::fs::write(&config, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    trusted.map(|file| command.env("SSL_CERT_FILE", file));
    let serve = command.args(["serve", "--config"]).arg(&config).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut gateway = serve.spawn().unwrap();
    let lines = BufReader::new(gateway.stderr.take().unwrap()).lines();
    let log = std::thread::spawn(move || lines.map_while(Result::ok).collect::<Vec<_>>());
    let begun = Stopwatch::start();
    let status = loop {
        let mut status = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        let output = status.args(["crl", "status", "--json", "--config"]).arg(&config).output().unwrap();
        let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        if said["sources"][0]["last_tried"].is_string() || begun.elapsed() > Span::from_secs(30) {
            break (said, output.status.code().unwrap());
        }
        std::thread::sleep(Span::from_millis(100));
    };
    gateway.kill().unwrap();
    gateway.wait().unwrap();
    let log = log.join().unwrap();
    assert!(status.0["sources"][0]["last_tried"].is_string(), "{status:?} {log:?}");
    status
}

#[test]
fn slapd_over_tls_gives_its_list_where_its_certificate_is_trusted_and_status_says_so() {
    let place = Place::sqlite();
    place.clock.set(SystemClock.now());
    let now = place.clock.now();
    let list = CrlSpec::new(1).issued(now - Duration::hours(1), now + Duration::days(1));
    let directory = Directory::start_with_tls(&[(LIST, list.der(&place.ca).as_slice())]);
    let settings = directory.settings("cn=Archived,o=Town");
    let (said, _) = served(&place, &settings, None);
    let source = &said["sources"][0];
    assert_eq!((&source["code"], &source["failures"]), (&"tls_failed".into(), &1.into()), "{said}");
    assert!(source["last_success"].is_null() && said["crls"].as_array().unwrap().is_empty(), "{said}");
    place.forget_sources();
    let (said, exit) = served(&place, &settings, Some(&directory.certificate()));
    let source = &said["sources"][0];
    assert_eq!((&source["code"], &source["failures"]), (&Value::Null, &0.into()), "{said}");
    assert!(source["last_success"].is_string() && source["next_due"].is_string(), "{said}");
    assert_eq!((&said["crls"][0]["number"], exit), (&"1".into(), 0), "{said}");
    // For people, a line each.
    let config = place.folder.path().join("madoguchi.toml");
    let mut status = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    let text =
        String::from_utf8(status.args(["crl", "status", "--config"]).arg(config).output().unwrap().stdout).unwrap();
    let line =
        text.lines().find(|line| line.starts_with("source ldaps://127.0.0.1:")).unwrap_or_else(|| panic!("{text}"));
    assert!(line.contains(": works; last fetched 20") && line.contains("; next 20"), "{line}");
}
