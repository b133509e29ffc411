//! `madoguchi registry import`: what is taken, what is refused and why, and that a dry run writes nothing.
use std::path::Path;
use std::process::{Command, Output};

const HEADER: &str = "code,name,kana,date_of_birth,sex,address,household,relation,resident_since,nationality,status_of_residence,period_until,residence_card_number";
const ADDRESS: &str = "東京都千代田区千代田１丁目１番１号";

fn run(folder: &Path, lines: &[String], more: &[&str]) -> Output {
    std::fs::write(folder.join("residents.csv"), format!("{HEADER}\n{}\n", lines.join("\n"))).unwrap();
    let settings = "[[registry.municipality]]\ncode = \"131016\"\n[keys]\ndirectory = \"keys\"\n";
    std::fs::create_dir_all(folder.join("keys")).unwrap();
    std::fs::write(folder.join("madoguchi.toml"), settings).unwrap();
    Command::new(env!("CARGO_BIN_EXE_madoguchi"))
        .args(["registry", "import", "residents.csv", "--config", "madoguchi.toml"])
        .args(more)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn report(output: &Output) -> Vec<String> {
    String::from_utf8(output.stdout.clone()).unwrap().lines().skip(1).map(str::to_owned).collect()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn people() -> Vec<String> {
    vec![
        format!("12345678903,山田　花子,ヤマダ　ハナコ,1985-04-12,female,{ADDRESS},a,世帯主,2010-04-01,,,,"),
        format!(",山田　太郎,,1984-01,male,{ADDRESS},a,夫,2010-04-01,,,,"),
        format!(",SMITH JOHN WILLIAM,,1978-11-03,male,{ADDRESS},b,世帯主,2020-04-01,GBR,永住者,,AB12345678CD"),
        // Wrong: a check digit, a code of ten digits, a code twice, a day, a card's number, somebody of tomorrow's century.
        format!("12345678904,鈴木　次郎,,1990-08-25,male,{ADDRESS},c,世帯主,2010-04-01,,,,"),
        format!("1234567890,鈴木　次郎,,1990-08-25,male,{ADDRESS},c,世帯主,2010-04-01,,,,"),
        format!("12345678903,鈴木　次郎,,1990-08-25,male,{ADDRESS},c,世帯主,2010-04-01,,,,"),
        format!(",鈴木　次郎,,1990-08-32,male,{ADDRESS},c,世帯主,2010-04-01,,,,"),
        format!(",LEE ANN,,1990-08-25,female,{ADDRESS},d,世帯主,2010-04-01,KOR,永住者,,12345678"),
        format!(",鈴木　次郎,,1990-08-25,male,{ADDRESS},c,世帯主,2110-04-01,,,,"),
    ]
}

#[test]
fn a_dry_run_tells_what_the_import_will_refuse_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let wanted = [
        "5,code,code-check-digit",
        "6,code,code-length",
        "8,date_of_birth,form",
        "9,residence_card_number,form",
        "7,,code-in-use",
        "10,,in-the-future",
    ];
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    let wanted = sorted(wanted.map(str::to_owned).to_vec());
    for _ in 0..2 {
        let dry = run(folder.path(), &people(), &["--dry-run"]);
        assert_eq!(dry.status.code(), Some(1), "{}", told(&dry));
        assert_eq!(sorted(report(&dry)), wanted);
        assert!(told(&dry).contains("9 lines: 3 would be taken, 6 refused."), "{}", told(&dry));
    }
    let real = run(folder.path(), &people(), &[]);
    assert_eq!(sorted(report(&real)), wanted);
    assert!(told(&real).contains("9 lines: 3 taken, 6 refused."), "{}", told(&real));
    assert!(!told(&real).contains("鈴木") && !report(&real).concat().contains("鈴木"));
    // The one who brought a code is there now; the two others cannot be told from namesakes.
    let again = run(folder.path(), &people()[..1], &[]);
    assert_eq!(report(&again), ["2,,code-in-use"]);
    let nothing = run(folder.path(), &[], &[]);
    assert_eq!(nothing.status.code(), Some(0), "{}", told(&nothing));
}

#[test]
fn what_is_no_table_of_residents_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let other = run(folder.path(), &[], &["--municipality", "271004"]);
    assert_eq!(other.status.code(), Some(64), "{}", told(&other));
    std::fs::write(folder.path().join("x.csv"), "name,colour\n").unwrap();
    let import = |file: &str| {
        Command::new(env!("CARGO_BIN_EXE_madoguchi"))
            .args(["registry", "import", file])
            .current_dir(folder.path())
            .output()
            .unwrap()
    };
    let wrong = import("x.csv");
    assert_eq!(wrong.status.code(), Some(66));
    assert!(told(&wrong).contains("column 2 has a name that is not known"), "{}", told(&wrong));
    assert_eq!(import("none.csv").status.code(), Some(66));
    std::fs::write(folder.path().join("y.csv"), [HEADER.as_bytes(), b"\n\xff\xfe,x\n"].concat()).unwrap();
    assert_eq!(import("y.csv").status.code(), Some(66));
}
