//! Signing in: passwords, sessions, the stop after failures, and `madoguchi account`.
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use chrono::Duration;
use madoguchi::clock::{Clock, FixedClock, SystemClock};
use madoguchi::store::accounts::Role;

use crate::support::gateway::{TestGateway, Wanted};
use crate::support::visitor::{PASSWORD, Visitor, account, wait};

const SESSION: &str = "__Host-madoguchi-agency-session";

fn agency() -> Role {
    Role::Agency("131016".parse().unwrap())
}

#[test]
fn one_signs_in_and_out_and_the_cookie_is_worth_nothing_afterwards() {
    let gateway = TestGateway::start();
    account(&gateway, "tanaka", agency());
    let mut visitor = Visitor::new(&gateway);
    assert_eq!(visitor.get("/agency").header("location"), Some("/agency/sign-in?next=/agency"));
    let answer = visitor.sign_in("agency", "Tanaka", PASSWORD);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/agency")));
    let cookie = answer.headers.iter().find(|(_, value)| value.starts_with(SESSION)).unwrap().1.clone();
    for mark in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(mark), "{cookie}");
    }
    let session = visitor.cookie(SESSION).unwrap().to_owned();
    assert_eq!(visitor.get("/agency").status, 200);
    // Signing in again gives another session and ends the one before.
    visitor.set_cookie(SESSION, &session);
    let page = visitor.get("/agency/sign-in");
    assert_eq!((page.status, page.header("location")), (303, Some("/agency")));
    assert_eq!(visitor.submit("/agency", "/agency/sign-out", &[]).status, 303);
    assert_eq!(visitor.cookie(SESSION), None);
    visitor.set_cookie(SESSION, &session);
    assert_eq!(visitor.get("/agency").status, 303);
}

#[test]
fn one_browser_is_signed_in_at_both_desks_and_signing_out_of_one_leaves_the_other() {
    let gateway = TestGateway::start();
    account(&gateway, "tanaka", agency());
    account(&gateway, "chief", Role::Operator);
    let mut visitor = Visitor::signed_in(&gateway, "agency", "tanaka");
    let open_form = visitor.token("/agency/password");
    assert_eq!(visitor.get("/operator").header("location"), Some("/operator/sign-in?next=/operator"));
    assert_eq!(visitor.sign_in("operator", "chief", PASSWORD).header("location"), Some("/operator"));
    assert_eq!((visitor.get("/agency").status, visitor.get("/operator").status), (200, 200));
    let change = [("csrf", open_form.as_str()), ("current", "wrong"), ("new", "x"), ("repeat", "x")];
    assert_eq!(visitor.post("/agency/password", &change).status, 422, "a form that was open stays good");
    // Signing in at a desk ends the session before at that desk alone.
    let session = visitor.cookie(SESSION).unwrap().to_owned();
    visitor.submit("/operator", "/operator/sign-out", &[]);
    assert_eq!((visitor.get("/agency").status, visitor.get("/operator").status), (200, 303));
    visitor.sign_in("operator", "chief", PASSWORD);
    visitor.submit("/agency", "/agency/sign-out", &[]);
    assert_eq!((visitor.get("/agency").status, visitor.get("/operator").status), (303, 200));
    // One desk's session is worth nothing under the other desk's name.
    visitor.set_cookie(SESSION, &session);
    assert_eq!(visitor.get("/agency").status, 303, "it has ended");
    let operators = visitor.cookie(&SESSION.replace("agency", "operator")).unwrap().to_owned();
    visitor.set_cookie(SESSION, &operators);
    assert_eq!(visitor.get("/agency").status, 403);
}

#[test]
fn an_unknown_name_and_a_wrong_password_answer_alike_and_stop_alike() {
    let gateway = TestGateway::start();
    account(&gateway, "tanaka", agency());
    let mut seen = Vec::new();
    for login in ["tanaka", "nobody"] {
        let mut visitor = Visitor::new(&gateway);
        let answers: Vec<_> = (0..5).map(|_| visitor.sign_in("agency", login, "not the password")).collect();
        assert!(answers.iter().all(|answer| answer.status == 422));
        assert!(answers[3].text().contains("The sign-in name or the password is wrong"));
        assert!(answers[4].text().contains("Too many failures"));
        // The right password is not taken either while it is stopped.
        assert_eq!(visitor.sign_in("agency", login, PASSWORD).status, 422);
        seen.push(answers[3].text().replace(login, "NAME"));
    }
    let without_token = |page: &str| {
        let (before, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
        format!("{before}{}", rest.split_once('"').unwrap().1)
    };
    assert_eq!(without_token(&seen[0]), without_token(&seen[1]));
    wait(gateway.gateway.store.account_set_locked("tanaka", false)).unwrap();
    Visitor::signed_in(&gateway, "agency", "tanaka");
}

#[test]
fn a_session_ends_when_idle_and_in_any_case_after_a_day_s_work() {
    let clock = Arc::new(FixedClock::new(SystemClock.now()));
    let gateway = TestGateway::start_with(Wanted { clock: clock.clone(), ..Wanted::default() });
    account(&gateway, "tanaka", agency());
    let mut visitor = Visitor::signed_in(&gateway, "agency", "tanaka");
    for _ in 0..28 {
        clock.advance(Duration::minutes(25));
        assert_eq!(visitor.get("/agency").status, 200);
    }
    clock.advance(Duration::minutes(25));
    assert_eq!(visitor.get("/agency").status, 303, "twelve hours are over");
    let mut visitor = Visitor::signed_in(&gateway, "agency", "tanaka");
    clock.advance(Duration::minutes(31));
    assert_eq!(visitor.get("/agency").status, 303, "idle for too long");
}

#[test]
fn a_new_password_ends_the_other_sessions_and_a_weak_one_is_not_taken() {
    let gateway = TestGateway::start();
    account(&gateway, "tanaka", agency());
    let (mut one, mut other) =
        (Visitor::signed_in(&gateway, "agency", "tanaka"), Visitor::signed_in(&gateway, "agency", "tanaka"));
    let page = "/agency/password";
    let change = |visitor: &mut Visitor, current: &str, new: &str, repeat: &str| {
        visitor.submit(page, page, &[("current", current), ("new", new), ("repeat", repeat)])
    };
    let new = "another long password";
    assert!(change(&mut one, "wrong", new, new).text().contains("The present password is not right"));
    assert!(change(&mut one, PASSWORD, "short", "short").text().contains("at least 12 characters"));
    assert!(change(&mut one, PASSWORD, new, "x").text().contains("are not the same"));
    let answer = change(&mut one, PASSWORD, new, new);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/agency/password?done=1")));
    assert_eq!(one.get("/agency").status, 200);
    assert_eq!(other.get("/agency").status, 303);
    assert_eq!(other.sign_in("agency", "tanaka", PASSWORD).status, 422);
    assert_eq!(other.sign_in("agency", "tanaka", new).status, 303);
}

/// `madoguchi account ...` with `input` on its standard input.
fn command(gateway: &TestGateway, arguments: &[&str], input: &str) -> Output {
    let file = gateway.folder().join("madoguchi.toml");
    std::fs::write(&file, "[limits]\nrequests_per_minute = 0\n").unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
        .args(["account", "--config"])
        .arg(&file)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn the_command_makes_accounts_and_tokens_and_never_takes_a_password_as_an_argument() {
    let gateway = TestGateway::start();
    let run = |arguments: &[&str], input: &str| {
        let output = command(&gateway, arguments, input);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    };
    let added = run(&["add", "sato", "--agency", "131016", "--password-stdin"], &format!("{PASSWORD}\n"));
    assert_eq!((added.0, added.1.as_str()), (0, ""), "{}", added.2);
    Visitor::signed_in(&gateway, "agency", "sato");
    assert_eq!(run(&["add", "sato", "--operator", "--password-stdin"], &format!("{PASSWORD}\n")).0, 1);
    assert_eq!(run(&["add", "x", "--operator", "--password-stdin"], "a\n").0, 64);
    assert_eq!(run(&["add", "ito", "--operator"], "").0, 64, "no terminal to ask on");
    assert_eq!(run(&["add", "ito", "--operator", "--password", PASSWORD], "").0, 64);
    // A generated password is shown once and must be changed.
    let (status, shown, _) = run(&["add", "ito", "--operator", "--generate"], "");
    assert_eq!(status, 0);
    let mut visitor = Visitor::new(&gateway);
    assert_eq!(visitor.sign_in("operator", "ito", shown.trim()).status, 303);
    assert_eq!(visitor.get("/operator").header("location"), Some("/operator/password"));
    let (_, list, _) = run(&["list"], "");
    assert!(list.contains("ito\toperator\tpassword to be changed") && list.contains("sato\tagency 131016\tactive"));
    assert!(!list.contains("argon2"));
    // Locked: signed out, and the right password is refused.
    let mut sato = Visitor::signed_in(&gateway, "agency", "sato");
    assert_eq!(run(&["lock", "sato"], "").0, 0);
    assert_eq!(sato.get("/agency").status, 303);
    assert_eq!(sato.sign_in("agency", "sato", PASSWORD).status, 422);
    assert_eq!(run(&["unlock", "sato"], "").0, 0);
    assert_eq!(sato.sign_in("agency", "sato", PASSWORD).status, 303);
    // A token opens the feed until it is taken back.
    let (_, token, told) = run(&["token", "add", "--agency", "131016", "--label", "case system"], "");
    let feed = || gateway.client.get_with("/api/v1/agency/submissions", token.trim()).status;
    assert_eq!(feed(), 200);
    let id = told.split_whitespace().nth(1).unwrap();
    assert_eq!(run(&["token", "revoke", id], "").0, 0);
    assert_eq!(feed(), 401);
}
