//! Exit statuses of the commands that read the gateway's settings (public contract section 3): 66 where the file cannot
//! be read, 64 where something in it is wrong, and 66 where a file or folder that it names cannot be used.
use std::path::Path;
use std::process::Command;

/// Every command that takes `--config`, with what else it needs.
const COMMANDS: &[&[&str]] = &[
    &["serve"],
    &["work", "--once"],
    &["migrate"],
    &["migrate", "--check"],
    &["account", "list"],
    &["account", "token", "list"],
    &["crl", "list"],
    &["crl", "status"],
];

fn run(command: &[&str], config: &Path) -> (Option<i32>, String) {
    let done =
        Command::new(env!("CARGO_BIN_EXE_madoguchi")).args(command).arg("--config").arg(config).output().unwrap();
    (done.status.code(), String::from_utf8(done.stderr).unwrap())
}

#[test]
fn settings_that_cannot_be_read_are_66_and_wrong_ones_64() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let cases = [
        (folder.path().join("not-there.toml"), 66, "not-there.toml cannot be read"),
        (folder.path().to_owned(), 66, "cannot be read"),
        (file("unknown.toml", "[server]\nlissten = \"127.0.0.1:0\"\n"), 64, "server.lissten: unknown key"),
        (file("wrong.toml", "[revocation]\non_undecided = \"maybe\"\n"), 64, "revocation.on_undecided = \"maybe\""),
        (file("broken.toml", "[server\n"), 64, "TOML"),
    ];
    for (config, status, words) in &cases {
        for command in COMMANDS {
            let (code, told) = run(command, config);
            assert_eq!(code, Some(*status), "{command:?} {}: {told}", config.display());
            assert!(told.contains(words), "{command:?} {}: {told}", config.display());
            assert!(told.starts_with(&format!("madoguchi {}: ", command[0])), "{told}");
        }
    }
}

#[test]
fn a_value_that_only_the_start_finds_wrong_is_64_and_a_folder_that_is_not_there_66() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("madoguchi.toml");
    for (text, status, words) in [
        ("[documents]\nstore = \"ftp://x\"\n", 64, "documents: "),
        ("[database]\nurl = \"mysql://x\"\n", 64, "database"),
        ("[log]\nlevel = \"madoguchi=loud\"\n", 64, "log level"),
        ("[trust]\nanchors = \"nowhere\"\n", 66, "nowhere"),
    ] {
        std::fs::create_dir_all(folder.path().join("pki/anchors")).unwrap();
        std::fs::create_dir_all(folder.path().join("pki/intermediates")).unwrap();
        std::fs::write(&config, text).unwrap();
        let (code, told) = run(&["serve"], &config);
        assert_eq!(code, Some(status), "{text}: {told}");
        assert!(told.contains(words), "{text}: {told}");
    }
}
