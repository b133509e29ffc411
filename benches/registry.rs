//! The resident registry: taking people over, and finding one among them, as the pages and the matching of certificates do.
//!
//! `cargo bench --bench registry [-- PEOPLE]` (default 100,000; the promise is made for 1,000,000)

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::time::{Duration, Instant};

use chrono::{DateTime, Days, NaiveDate, Utc};
use madoguchi::ids::AgencyCode;
use madoguchi::registry::code::{CheckDigitRule, ResidentRecordCode};
use madoguchi::registry::entry::Entry;
use madoguchi::registry::event::Change;
use madoguchi::registry::record::{HouseholdId, PersonName, RecordId, Sex};
use madoguchi::store::registry::import::ImportLine;
use madoguchi::store::registry::records::RecordSearch;
use madoguchi::store::registry::{NewRecord, Vault};
use madoguchi::store::{Store, StoreOptions};

/// People in one transaction, as the command takes them.
const BATCH: u64 = 1000;
/// Look-ups of a kind; the median and the 99th percentile are told.
const LOOKS: u64 = 2000;

fn main() {
    let people = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("registry.db").display());
    let store = Store::open(&StoreOptions::new(url.parse().unwrap(), folder.path().join("documents"))).unwrap();
    let vault = Vault::new(&[7; 64], CheckDigitRule::Unchecked).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        import(&store, &vault, people).await;
        look(&store, &vault, people).await;
    });
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn chiyoda() -> AgencyCode {
    "131016".parse().unwrap()
}

fn code(number: u64) -> ResidentRecordCode {
    // Scattered, as random ones are, and each once: the factor has no divisor in common with the modulus.
    let digits = number.wrapping_mul(7_777_777_777) % 100_000_000_000;
    ResidentRecordCode::parse(&format!("{digits:011}"), CheckDigitRule::Unchecked).unwrap()
}

fn born(number: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(1930, 1, 1).unwrap() + Days::new(number * 13 % 33_000)
}

fn name(number: u64) -> String {
    const FAMILY: [&str; 10] = ["佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤"];
    let given = char::from_u32(0x4e00 + (number * 31 % 20_000) as u32).unwrap();
    format!("{}　{given}", FAMILY[(number % 10) as usize])
}

fn line(number: u64) -> ImportLine {
    let since = born(number).max(NaiveDate::from_ymd_opt(2000, 1, 1).unwrap());
    let entry = Entry {
        code: code(number),
        name: PersonName { kana: Some("サトウ　イチロウ".to_owned()), ..PersonName::new(name(number)) },
        date_of_birth: born(number).into(),
        sex: if number.is_multiple_of(2) { Sex::Male } else { Sex::Female },
        address: format!("東京都千代田区千代田１丁目{}番{}号", number % 90 + 1, number % 30 + 1),
        postcode: Some("1000001".to_owned()),
        household: HouseholdId::made_at(now()),
        relation: "世帯主".to_owned(),
        resident_since: since,
        from: None,
        foreign: None,
    };
    let order = NewRecord {
        id: RecordId::made_at(now()),
        municipality: chiyoda(),
        on: since,
        noted_at: now(),
        noted_by: "import".to_owned(),
        change: Change::Registered { entry: Box::new(entry) },
        code_is_new: false,
    };
    ImportLine { line: number, order }
}

async fn import(store: &Store, vault: &Vault, people: u64) {
    let begun = Instant::now();
    for first in (0..people).step_by(BATCH as usize) {
        let batch = (first..people.min(first + BATCH)).map(line).collect();
        let refused = store.registry_import(vault, batch).await.unwrap();
        assert!(refused.is_empty(), "{refused:?}");
    }
    let took = begun.elapsed();
    let rate = people as f64 / took.as_secs_f64();
    println!("import: {people} people in {:.1} s, {rate:.0}/s; 1,000,000 take {:.0} s", took.as_secs_f64(), 1e6 / rate);
}

/// The numbers of people who are looked for: spread over all.
fn sought(people: u64) -> impl Iterator<Item = u64> {
    (0..LOOKS).map(move |look| look.wrapping_mul(2_654_435_761) % people)
}

fn tell(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e6;
    println!("{what}: median {:.0} us, 99% {:.0} us", at(0.5), at(0.99));
}

async fn look(store: &Store, vault: &Vault, people: u64) {
    let (mut by_code, mut by_id, mut candidates, mut by_name) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for number in sought(people) {
        let begun = Instant::now();
        let found = store.registry_by_code(vault, code(number)).await.unwrap();
        by_code.push(begun.elapsed());
        assert_eq!(found.len(), 1);
        let begun = Instant::now();
        assert!(store.registry_record(vault, found[0].id).await.unwrap().is_some());
        by_id.push(begun.elapsed());
        let begun = Instant::now();
        let sex = found[0].sex;
        let near = store.registry_candidates(vault, Some(chiyoda()), born(number).into(), sex, 200).await.unwrap();
        candidates.push(begun.elapsed());
        assert!(near.iter().any(|record| record.id == found[0].id));
        let wanted = RecordSearch { name: Some(name(number)), date_of_birth: Some(born(number).into()), all: false };
        let begun = Instant::now();
        let named = store.registry_search(vault, chiyoda(), wanted, 21).await.unwrap();
        by_name.push(begun.elapsed());
        assert!(named.iter().any(|record| record.id == found[0].id));
    }
    tell("a record by its code", by_code);
    tell("a record by its identifier", by_id);
    tell("records that a certificate's date of birth and sex may belong to, all opened", candidates);
    tell("a clerk's search by name and date of birth", by_name);
}
