//! The tables of the conformance run: tab-separated, `#` begins a comment.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The folder of the test vectors.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/pkits")
}

/// One sub-case.
pub struct Case {
    /// `4.8.1.2`.
    pub number: String,
    pub name: String,
    pub valid: bool,
    /// Dotted; empty is any-policy.
    pub initial_policies: Vec<String>,
    /// `explicit`, `no-mapping`, `no-any`.
    pub inputs: Vec<String>,
    /// Dotted; none where the document states nothing.
    pub policies: Option<Vec<String>>,
    /// The intermediates.
    pub certificates: Vec<PathBuf>,
    pub target: PathBuf,
    pub crls: Vec<PathBuf>,
}

/// Rows of `columns` cells.
fn rows(file: &str, columns: usize) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder().join(file)).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let rows: Vec<Vec<String>> = lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect();
    for row in &rows {
        assert_eq!(row.len(), columns, "{file}: {row:?}");
    }
    rows
}

/// `P1,P2` as dotted OIDs, in the order of their octets.
fn policies(text: &str) -> Vec<String> {
    let one = |name: &str| match name {
        "any" => "2.5.29.32.0".to_owned(),
        name => format!("2.16.840.1.101.3.2.1.48.{}", name.strip_prefix('P').unwrap()),
    };
    if text == "none" { Vec::new() } else { text.split(',').map(one).collect() }
}

fn words(text: &str) -> Vec<String> {
    if text == "-" { Vec::new() } else { text.split(' ').map(str::to_owned).collect() }
}

/// Every sub-case.
pub fn cases() -> Vec<Case> {
    let read = |row: Vec<String>| {
        let [number, name, expected, initial, inputs, constrained, certificates, crls] = row.try_into().unwrap();
        let file = |kind: &str, name: &str, end: &str| folder().join(kind).join(format!("{name}.{end}"));
        let mut certificates: Vec<PathBuf> =
            words(&certificates).iter().map(|name| file("certs", name, "crt")).collect();
        Case {
            number,
            name,
            valid: match expected.as_str() {
                "valid" => true,
                "invalid" => false,
                other => panic!("expected {other}"),
            },
            initial_policies: if initial == "any" { Vec::new() } else { policies(&initial) },
            inputs: words(&inputs),
            policies: (constrained != "-").then(|| policies(&constrained)),
            target: certificates.pop().unwrap(),
            certificates,
            crls: words(&crls).iter().map(|name| file("crls", name, "crl")).collect(),
        }
    };
    rows("cases.tsv", 8).into_iter().map(read).collect()
}

/// A table of (sub-case, what is answered, why).
pub fn listed(file: &str) -> BTreeMap<String, (String, String)> {
    let mut found = BTreeMap::new();
    for row in rows(file, 3) {
        let [number, answer, why] = row.try_into().unwrap();
        assert!(why.len() > 20, "{file}: {number} has no explanation");
        assert!(found.insert(number.clone(), (answer, why)).is_none(), "{file}: {number} stands twice");
    }
    found
}

/// What `ask` answers for each item, in order, asked on a few threads.
pub fn each_in_parallel<T: Sync, R: Send>(items: &[T], ask: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let answers = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let (number, Some(item)) = {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    (number, items.get(number))
                } {
                    let answer = ask(item);
                    answers.lock().unwrap().push((number, answer));
                }
            });
        }
    });
    let mut answers = answers.into_inner().unwrap();
    answers.sort_by_key(|(number, _)| *number);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
