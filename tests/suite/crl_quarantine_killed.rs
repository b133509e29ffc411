//! `kill -9` of the real gateway while it takes in a list that two operators let in: whatever it had synced by then, the
//! next start ends with the list in use, archived, and noted once.
use std::process::{Child, Command, Stdio};
use std::time::Duration as Span;

use chrono::Duration;
use madoguchi::clock::{Clock, Stopwatch, SystemClock};
use madoguchi::gateway::open::store_options;
use madoguchi::settings::Settings;
use madoguchi::store::Store;
use madoguchi::store::crl_quarantine::{Act, QuarantineState};

use crate::crl_quarantine::{act_on, operator};
use crate::support::archive::Place;
use crate::support::der_pki::*;
use crate::support::visitor::wait;

/// A list in use, and one without its entry that two operators have let in; no gateway has made a round since.
fn released(place: &Place) -> [u8; 32] {
    let now = SystemClock.now();
    place.clock.set(now);
    let revoked = entry(&[7], now - Duration::days(3), &[]);
    place.put(
        "one",
        "a.crl",
        &CrlSpec::new(1).issued(now - Duration::hours(3), now + Duration::days(2)).entry(revoked),
    );
    let mut running = place.start("one");
    let next = CrlSpec::new(2).issued(now - Duration::hours(1), now + Duration::days(2));
    let mut sha256 = [0; 32];
    hex::decode_to_slice(place.put("one", "b.crl", &next), &mut sha256).unwrap();
    running.look();
    assert_eq!(running.numbers(), ["1"]);
    for login in ["suzuki", "tanaka"] {
        let by = operator(&running.gateway, login);
        act_on(&running.gateway, &by, sha256, Act::Release).unwrap();
    }
    sha256
}

/// A place with a gateway's settings, and what its record says.
struct House {
    place: Place,
    sha256: [u8; 32],
}

impl House {
    fn with_a_released_list() -> Self {
        let place = Place::sqlite();
        let sha256 = released(&place);
        let text = place.settings("one");
        let text = format!("[server]\nlisten = \"127.0.0.1:0\"\nworkers = 1\n{text}poll = \"1s\"\n");
        std::fs::write(place.folder.path().join("madoguchi.toml"), text).unwrap();
        Self { place, sha256 }
    }

    fn store(&self) -> Store {
        let text = std::fs::read_to_string(self.place.folder.path().join("madoguchi.toml")).unwrap();
        let settings = Settings::from_text(&text, [], self.place.folder.path()).unwrap();
        Store::open(&store_options(&settings).unwrap()).unwrap()
    }

    fn state(&self, store: &Store) -> QuarantineState {
        wait(store.crl_quarantine_find(self.sha256)).unwrap().unwrap().list.state
    }

    /// Starts the gateway under `command` and ends it `after` the list is released, or when the list is in; gives where the
    /// list stood at the end.
    fn run(&self, mut command: Command, after: Option<Span>) -> QuarantineState {
        let store = self.store();
        command.args(["serve", "--config"]).arg(self.place.folder.path().join("madoguchi.toml"));
        let mut gateway: Child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let begun = Stopwatch::start();
        loop {
            let state = self.state(&store);
            let is_time = after.is_some() && state != QuarantineState::Waiting;
            if is_time || state == QuarantineState::LetIn {
                std::thread::sleep(after.unwrap_or_default());
                gateway.kill().unwrap();
                gateway.wait().unwrap();
                return self.state(&store);
            }
            assert!(gateway.try_wait().unwrap().is_none(), "the gateway ended by itself");
            assert!(begun.elapsed() < Span::from_secs(60), "it does not take the list in");
            std::thread::sleep(Span::from_millis(2));
        }
    }

    fn is_archived(&self) -> bool {
        wait(self.store().crl_archive_read(self.sha256)).is_ok()
    }

    /// What has to be so after any crash.
    fn check_whole(&self) -> QuarantineState {
        let store = self.store();
        let state = self.state(&store);
        match state {
            QuarantineState::LetIn => assert!(self.is_archived(), "noted as in use, and not archived"),
            QuarantineState::Waiting | QuarantineState::Released => {}
            other => panic!("{other:?}"),
        }
        let found = wait(store.crl_quarantine_find(self.sha256)).unwrap().unwrap();
        assert_eq!(found.releases.len(), 2, "nobody's word is lost");
        state
    }
}

#[test]
fn killed_between_released_and_archived_the_list_comes_in_once_with_the_next_start() {
    let mut seen = Vec::new();
    for pause in [0, 60, 150, 300, 450, 800] {
        let house = House::with_a_released_list();
        // Every sync takes a twentieth of a second, so that there is a time between any two commits.
        let mut slowly = Command::new("strace");
        slowly.args(["-D", "-f", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"]);
        slowly.args(["-e", "inject=fsync,fdatasync:delay_enter=50000"]).arg(env!("CARGO_BIN_EXE_madoguchi"));
        let killed_at = house.run(slowly, Some(Span::from_millis(pause)));
        seen.push((house.check_whole(), house.is_archived()));
        if killed_at != QuarantineState::LetIn {
            let plain = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
            assert_eq!(house.run(plain, None), QuarantineState::LetIn, "the next start takes it in");
        }
        assert_eq!(house.check_whole(), QuarantineState::LetIn);
        let lines = wait(house.store().audit_list(None, 50)).unwrap();
        assert_eq!(lines.iter().filter(|line| line.action == "let_in_crl").count(), 1, "noted once: {pause} ms");
    }
    assert!(seen.contains(&(QuarantineState::Released, false)), "not killed before it was archived: {seen:?}");
    assert!(seen.iter().any(|(state, _)| *state == QuarantineState::LetIn), "nor afterwards: {seen:?}");
}
