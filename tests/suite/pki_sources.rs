//! The watched folder, uploads, and the commands over them.
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use chrono::{DateTime, Duration, Utc};
use madoguchi::pki::crl::CrlStore;
use madoguchi::pki::crl::sources::{WatchedFolder, upload};
use madoguchi::pki::trust_store::TrustStore;

use crate::support::der_pki::*;
use crate::support::pki::{TestPki, now};

fn numbers(store: &CrlStore) -> Vec<String> {
    store.list().into_iter().filter_map(|crl| crl.identity.number.clone()).collect()
}

#[test]
fn what_is_dropped_into_the_folder_is_taken_in_and_what_is_wrong_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let (ca, certificate) = root("CN=Root");
    let trust = TrustStore::new(vec![certificate], Vec::new());
    let (store, mut watched) = (CrlStore::default(), WatchedFolder::new(folder.path()));
    let put = |file: &str, bytes: &[u8]| fs::write(folder.path().join(file), bytes).unwrap();
    // At the start the folder holds an old list beside the present one: the names say nothing of their order.
    put("a.crl", &CrlSpec::new(2).der(&ca));
    put("b.crl", &CrlSpec::new(1).issued(at() - Duration::days(2), at() - Duration::days(1)).der(&ca));
    put(".hidden", b"noise");
    let report = watched.scan(&store, &trust, at());
    assert_eq!((report.taken_in.len(), report.refused.len()), (2, 0));
    assert_eq!(numbers(&store), ["2"]);
    // Nothing new, nothing to tell.
    let report = watched.scan(&store, &trust, at());
    assert_eq!((report.taken_in.len(), report.refused.len()), (0, 0));
    // A refused file is told once, and again when it changes.
    let forged = CrlSpec::new(9).der(&Entity::new("CN=Root"));
    put("c.crl", &forged);
    let report = watched.scan(&store, &trust, at());
    assert_eq!(report.refused[0].0, "c.crl");
    assert_eq!(report.refused[0].1.code, "wrong_signature");
    assert!(watched.scan(&store, &trust, at()).refused.is_empty());
    put("c.crl", b"something else");
    assert_eq!(watched.scan(&store, &trust, at()).refused[0].1.code, "not_a_crl");
    assert_eq!(
        store.refusals().iter().map(|refused| refused.code).collect::<Vec<_>>(),
        ["not_a_crl", "wrong_signature"]
    );
    let later = CrlSpec::new(3).issued(at() - Duration::minutes(1), at() + Duration::days(1));
    put("c.crl", &later.der(&ca));
    assert_eq!(watched.scan(&store, &trust, at()).taken_in[0].number.as_deref(), Some("3"));
    assert!(folder.path().join("b.crl").exists());
}

#[test]
fn an_upload_is_kept_only_when_it_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let (ca, certificate) = root("CN=Root");
    let trust = TrustStore::new(vec![certificate], Vec::new());
    let store = CrlStore::default();
    let files = || fs::read_dir(folder.path()).unwrap().count();
    let stale = CrlSpec::new(1).issued(at() - Duration::days(2), at() - Duration::days(1)).der(&ca);
    let refused = upload(&store, folder.path(), &stale, &trust, at()).unwrap_err();
    assert_eq!((refused.code, files()), ("next_update_passed", 0));
    upload(&store, folder.path(), &CrlSpec::new(5).der(&ca), &trust, at()).unwrap();
    assert_eq!((files(), numbers(&store)), (1, vec!["5".to_owned()]));
    let fallen = CrlSpec::new(4).issued(at(), at() + Duration::days(1)).der(&ca);
    assert_eq!(upload(&store, folder.path(), &fallen, &trust, at()).unwrap_err().code, "number_falls");
    assert_eq!((files(), store.refusals().len()), (1, 2));
    // After a restart the folder gives the same list.
    let again = CrlStore::default();
    WatchedFolder::new(folder.path()).scan(&again, &trust, at());
    assert_eq!(numbers(&again), ["5"]);
}

#[test]
fn a_refusal_that_time_or_trust_may_undo_is_tried_again_and_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let (ca, certificate) = root("CN=Root");
    let trust = TrustStore::new(vec![certificate], Vec::new());
    let (store, mut watched) = (CrlStore::default(), WatchedFolder::new(folder.path()));
    let early = CrlSpec::new(3).issued(at() + Duration::hours(1), at() + Duration::days(2));
    fs::write(folder.path().join("early.crl"), early.der(&ca)).unwrap();
    assert_eq!(watched.scan(&store, &trust, at()).refused[0].1.code, "this_update_in_future");
    assert!(watched.scan(&store, &trust, at()).refused.is_empty());
    assert_eq!(watched.scan(&store, &trust, at() + Duration::hours(1)).taken_in.len(), 1);
    let (other, other_certificate) = root("CN=Other");
    fs::write(folder.path().join("other.crl"), CrlSpec::new(1).der(&other)).unwrap();
    assert_eq!(watched.scan(&store, &trust, at()).refused[0].1.code, "unknown_issuer");
    assert!(watched.scan(&store, &trust, at()).refused.is_empty());
    let both = TrustStore::new([trust.anchors(), &[other_certificate]].concat(), Vec::new());
    assert_eq!(watched.scan(&store, &both, at()).taken_in.len(), 1);
    assert_eq!(watched.scan(&store, &both, at()).taken_in.len(), 0);
}

fn madoguchi(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_madoguchi")).args(args).output().unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

fn configured(pki: &TestPki, folder: &Path) -> String {
    let quoted = |path: &Path| format!("{:?}", path.display().to_string());
    let text = format!(
        "[trust]\nanchors = {}\nintermediates = {}\n[revocation]\ndirectory = {}\nsoon_stale = \"1h\"\n",
        quoted(&pki.anchors_dir()),
        quoted(&pki.intermediates_dir()),
        quoted(folder)
    );
    let file = folder.join(".madoguchi.toml");
    fs::write(&file, text).unwrap();
    file.display().to_string()
}

#[test]
fn crl_commands_import_list_and_tell_the_status() {
    let pki = TestPki::shared();
    let folder = tempfile::tempdir().unwrap();
    let config = configured(pki, folder.path());
    let status = madoguchi(&["crl", "status", "--config", &config]);
    assert_eq!(status.status.code(), Some(1), "no list at all is not a good state");
    let file = pki.crl_path(&pki.crl_id_for("sign-yamada")).display().to_string();
    let imported = madoguchi(&["crl", "import", "--config", &config, "--json", &file]);
    assert_eq!(imported.status.code(), Some(0), "{}", String::from_utf8_lossy(&imported.stdout));
    let noise = folder.path().join(".noise");
    fs::write(&noise, "noise").unwrap();
    let refused = madoguchi(&["crl", "import", "--config", &config, "--json", &noise.display().to_string()]);
    assert_eq!((refused.status.code(), json(&refused)[0]["code"].as_str()), (Some(1), Some("not_a_crl")));
    let status = madoguchi(&["crl", "status", "--config", &config, "--json"]);
    assert_eq!((status.status.code(), json(&status)["ok"].as_bool()), (Some(0), Some(true)));
    let list = json(&madoguchi(&["crl", "list", "--config", &config, "--json"]));
    assert!(list["crls"][0]["issuer"].as_str().unwrap().contains("OU=JPKI for digital signature"), "{list}");
    // A stale list beside it turns the status.
    let stale = pki.crl(&pki.crl_id_for("sign-ito"));
    fs::write(folder.path().join("stale.crl"), stale).unwrap();
    let status = madoguchi(&["crl", "status", "--config", &config]);
    assert_eq!(status.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&status.stdout).contains("1 stale"));
    assert_eq!(madoguchi(&["crl", "status", "--config", "/nowhere.toml"]).status.code(), Some(66));
    assert_eq!(madoguchi(&["crl", "status"]).status.code(), Some(64));
}

#[test]
fn crl_inspect_and_diff_say_what_is_in_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let ca = Entity::new("CN=Inspected");
    let write = |file: &str, bytes: Vec<u8>| {
        let path = folder.path().join(file);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let date = at() - Duration::days(3);
    let old = CrlSpec::new(1).entry(entry(&[1], date, &[])).entry(entry(&[2], date, &[]));
    let mut new = CrlSpec::new(2).entry(entry(&[2], date, &[reason(1)])).entry(entry(&[0xff], date, &[]));
    new.key_id = false;
    let (old, new) = (write("old.crl", old.der(&ca)), write("new.crl", new.der(&ca)));
    let inspected = json(&madoguchi(&["crl", "inspect", "--json", &old, &new]));
    assert_eq!(inspected[0]["issuer"], "CN=Inspected");
    assert_eq!((&inspected[0]["number"], &inspected[0]["entries"]), (&"1".into(), &2.into()));
    assert_eq!(inspected[0]["lints"].as_array().unwrap().len(), 0);
    let lints: Vec<_> = inspected[1]["lints"].as_array().unwrap().iter().map(|lint| lint["name"].clone()).collect();
    assert_eq!(lints, ["crl_has_authority_key_identifier", "serials_are_positive"]);
    let diff = json(&madoguchi(&["crl", "diff", "--json", &old, &new]));
    assert_eq!((&diff["added"], &diff["removed"], &diff["changed"]), (&1.into(), &1.into(), &1.into()));
    assert_eq!(madoguchi(&["crl", "inspect", &write("noise", b"noise".to_vec())]).status.code(), Some(66));
}

fn validate(pki: &TestPki, card: &str, at: Option<DateTime<Utc>>, more: &[&str]) -> Output {
    let target = pki.certificate_path(card).display().to_string();
    let mut args: Vec<String> = vec!["validate-path".to_owned(), "--json".to_owned()];
    let folders =
        [("--anchor", pki.anchors_dir()), ("--certificate", pki.intermediates_dir()), ("--crl", pki.crls_dir())];
    for (flag, folder) in folders {
        let without_revocation = more.contains(&"--no-revocation");
        for file in fs::read_dir(folder).unwrap().filter(|_| flag != "--crl" || !without_revocation) {
            args.extend([flag.to_owned(), file.unwrap().path().display().to_string()]);
        }
    }
    args.extend(at.map(|at| format!("--at={}", at.to_rfc3339())));
    args.extend(more.iter().map(|arg| (*arg).to_owned()));
    args.push(target);
    madoguchi(&args.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn validate_path_answers_as_the_contract_says() {
    let pki = TestPki::shared();
    let cases = [
        ("sign-yamada", None, 0),
        ("sign-suzuki", None, 0),
        ("rsa2048-alice", None, 0),
        ("p384-dave", None, 0),
        ("sign-tanaka", Some("REVOKED_NO_POE"), 1),
        ("rsa2048-revoked", Some("REVOKED_NO_POE"), 1),
        ("sign-ito", Some("TRY_LATER"), 1),
    ];
    for (card, sub_indication, status) in cases {
        let output = validate(pki, card, None, &[]);
        let report = json(&output);
        assert_eq!(output.status.code(), Some(status), "{card}: {report}");
        assert_eq!(report["sub_indication"].as_str(), sub_indication, "{card}: {report}");
        assert_eq!(report["result"], if status == 0 { "valid" } else { "invalid" });
    }
    let report = json(&validate(pki, "sign-yamada", None, &["--purpose", "sign"]));
    assert_eq!(report["valid_policies"].as_array().unwrap().len(), 1, "{report}");
    assert_eq!(report["path"].as_array().unwrap().len(), 2);
    let authentication = json(&validate(pki, "auth-yamada", None, &["--purpose", "sign"]));
    assert_eq!(authentication["sub_indication"], "CHAIN_CONSTRAINTS_FAILURE");
    let early = json(&validate(pki, "sign-yamada", Some(now() - Duration::days(20 * 365)), &["--no-revocation"]));
    let subs = early["checks"].as_array().unwrap().iter().filter(|check| check["status"] == "failed").count();
    assert_eq!((early["sub_indication"].as_str(), subs), (Some("NOT_YET_VALID"), 2), "{early}");
    let expired = json(&validate(pki, "sign-sato", None, &["--no-revocation"]));
    assert_eq!(expired["sub_indication"], "OUT_OF_BOUNDS_NO_POE");
}

#[test]
fn validate_path_tells_wrong_usage_and_unreadable_inputs_apart() {
    let pki = TestPki::shared();
    let target = pki.certificate_path("sign-yamada").display().to_string();
    let noise = tempfile::NamedTempFile::new().unwrap();
    fs::write(noise.path(), [0x30u8; 100_000]).unwrap();
    let noise = noise.path().display().to_string();
    let code = |args: &[&str]| madoguchi(args).status.code();
    assert_eq!(code(&["validate-path", &target]), Some(64));
    assert_eq!(code(&["validate-path", "--anchor", &target, "--at", "yesterday", &target]), Some(64));
    assert_eq!(code(&["validate-path", "--anchor", &target, "--initial-policy", "1.x", &target]), Some(64));
    assert_eq!(code(&["validate-path", "--anchor", "/nowhere", &target]), Some(66));
    assert_eq!(code(&["validate-path", "--anchor", &target, "/nowhere"]), Some(66));
    let output = madoguchi(&["validate-path", "--anchor", &target, "--json", &noise]);
    assert_eq!((output.status.code(), &json(&output)["sub_indication"]), (Some(1), &"FORMAT_FAILURE".into()));
    // Of certificates that only help, one that cannot be read is told and does no more harm.
    let helped =
        madoguchi(&["validate-path", "--anchor", &target, "--certificate", &noise, "--no-revocation", &target]);
    assert_eq!(helped.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&helped.stdout).contains("warn helping_certificates_are_readable"));
}
