//! Index files of revocation lists: whatever bytes stand there, none is used that the gateway's key did not seal.
#![no_main]
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use madoguchi::pki::crl::{CrlStore, ListShelf};
use madoguchi::pki::trust_store::TrustStore;

static STORE: LazyLock<(CrlStore, PathBuf)> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("madoguchi-fuzz-{}", std::process::id()));
    let shelf = ListShelf::open(&folder, &[7; 64]).expect("a folder");
    (CrlStore::default().on_shelf(shelf), folder.join("0"))
});

fuzz_target!(|bytes: &[u8]| {
    let (store, folder) = &*STORE;
    // The digest that the bytes name, where there is one: what is wrong is found further on.
    let mut digest = [0; 32];
    digest.copy_from_slice(bytes.get(16..48).unwrap_or(&[0; 32]));
    let name: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
    let file = folder.join(format!("{name}.idx"));
    fs::write(&file, bytes).expect("the folder can be written");
    let trust = TrustStore::new(Vec::new(), Vec::new());
    assert!(store.restore(digest, &trust, DateTime::UNIX_EPOCH).is_none());
    fs::remove_file(file).expect("it was written");
});
