//! Verifies the signatures in a folder with OpenSSL's `CMS_verify`, on one thread, as often as standard input asks.
//!
//! `openssl-reference FOLDER`: FOLDER holds `anchor.der`, `intermediate.der`, `root.crl`, `issuing-<entries>.crl` and
//! `<n>.p7s` with `<n>.bin`. The first line of output is OpenSSL's version. Each input line is `<entries> <count>`; the answer is the nanoseconds of
//! processor time that `count` verifications took with the issuing CA's list of that many entries.
use std::collections::HashMap;
use std::ffi::c_int;
use std::io::BufRead;
use std::path::Path;
use std::ptr;

use foreign_types::ForeignType;
use openssl::stack::Stack;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::{X509, X509Crl};

const CMS_BINARY: u32 = 0x80;
const CMS_CADES: u32 = 0x10_0000;
const X509_PURPOSE_ANY: c_int = 7;

unsafe extern "C" {
    fn X509_STORE_add_crl(store: *mut openssl_sys::X509_STORE, crl: *mut openssl_sys::X509_CRL) -> c_int;
    fn X509_STORE_set_purpose(store: *mut openssl_sys::X509_STORE, purpose: c_int) -> c_int;
}

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let folder = Path::new(&folder);
    println!("{}", openssl::version::version());
    let read = |name: &str| std::fs::read(folder.join(name)).expect("the bench wrote it");
    let mut certificates = Stack::new().expect("memory");
    certificates.push(X509::from_der(&read("intermediate.der")).expect("DER")).expect("memory");
    let items: Vec<(Vec<u8>, Vec<u8>)> = (0..)
        .map_while(|number| std::fs::read(folder.join(format!("{number}.p7s"))).ok().map(|p7s| (number, p7s)))
        .map(|(number, p7s)| (p7s, read(&format!("{number}.bin"))))
        .collect();
    let mut stores: HashMap<String, X509Store> = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("text");
        let (entries, count) = line.split_once(' ').expect("two words");
        let store = stores.entry(entries.to_owned()).or_insert_with(|| {
            let lists = [read("root.crl"), read(&format!("issuing-{entries}.crl"))];
            store([&read("anchor.der"), &read("intermediate.der")], &lists)
        });
        let count: usize = count.parse().expect("a number");
        verify(&items[0], &certificates, store);
        let start = processor_time();
        for item in items.iter().cycle().take(count) {
            verify(item, &certificates, store);
        }
        println!("{}", processor_time() - start);
    }
}

/// Nanoseconds that this thread has run (proc(5), schedstat): waiting for a busy machine does not count.
fn processor_time() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    stat.split(' ').next().and_then(|run| run.parse().ok()).expect("nanoseconds")
}

/// The intermediate stands in the store too, because OpenSSL 3.0 passes over the certificates that `CMS_verify` is given.
fn store(certificates: [&[u8]; 2], lists: &[Vec<u8>]) -> X509Store {
    let mut builder = X509StoreBuilder::new().expect("memory");
    for certificate in certificates {
        builder.add_cert(X509::from_der(certificate).expect("DER")).expect("memory");
    }
    let store = builder.build();
    for list in lists {
        let list = X509Crl::from_der(list).expect("DER");
        // SAFETY: both are live objects of this process; the store takes a reference of its own.
        assert_eq!(unsafe { X509_STORE_add_crl(store.as_ptr(), list.as_ptr()) }, 1);
    }
    // SAFETY: the store is live and nobody else holds it.
    unsafe {
        let flags = openssl_sys::X509_V_FLAG_CRL_CHECK | openssl_sys::X509_V_FLAG_CRL_CHECK_ALL;
        assert_eq!(openssl_sys::X509_STORE_set_flags(store.as_ptr(), flags), 1);
        assert_eq!(X509_STORE_set_purpose(store.as_ptr(), X509_PURPOSE_ANY), 1);
    }
    store
}

/// Parses the message and verifies it whole: digest, value, signing certificate, path and revocation.
fn verify((signature, content): &(Vec<u8>, Vec<u8>), certificates: &Stack<X509>, store: &X509Store) {
    // SAFETY: the buffers outlive the call; what is made here is freed here.
    let verified = unsafe {
        let mut from = signature.as_ptr();
        let cms = openssl_sys::d2i_CMS_ContentInfo(ptr::null_mut(), &mut from, signature.len() as _);
        assert!(!cms.is_null());
        let bio = openssl_sys::BIO_new_mem_buf(content.as_ptr().cast(), content.len() as c_int);
        let flags = CMS_BINARY | CMS_CADES;
        let verified = openssl_sys::CMS_verify(cms, certificates.as_ptr(), store.as_ptr(), bio, ptr::null_mut(), flags);
        openssl_sys::BIO_free_all(bio);
        openssl_sys::CMS_ContentInfo_free(cms);
        verified
    };
    assert_eq!(verified, 1, "{}", openssl::error::ErrorStack::get());
}
