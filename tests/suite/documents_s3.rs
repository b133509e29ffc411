//! Large documents in a bucket. The other side is a double of S3 over real HTTP, `moto_server`.
use std::collections::HashSet;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use madoguchi::clock::{Clock, Stopwatch, SystemClock};
use madoguchi::settings::Settings;
use madoguchi::store::documents::bucket::BucketObjects;
use madoguchi::store::documents::bucket::options::BucketOptions;
use madoguchi::store::documents::objects::Swept;
use madoguchi::store::{DocumentRole, StoreError};
use serde_json::{Value, json};

use crate::support::gateway::{TestGateway, Wanted, application};
use crate::support::http::{Answer, filing, sha256_hex};
use crate::support::moto::{BUCKET, Moto, SECRET, shared};
use crate::support::pki::TestPki;
use crate::support::visitor::wait;

const GRACE: Duration = Duration::from_secs(4);

/// Objects of a prefix, without a gateway.
fn objects(moto: &Moto, prefix: &str) -> BucketObjects {
    let settings = Settings::from_text(&moto.settings(prefix), [], std::path::Path::new("/")).unwrap();
    BucketObjects::new(&BucketOptions::from_settings(&settings.documents).unwrap())
}

fn gateway(moto: &Moto, prefix: &str) -> TestGateway {
    let settings = format!("[limits]\nrequests_per_minute = 0\n{}", moto.settings(prefix));
    TestGateway::start_with(Wanted { settings, ..Wanted::default() })
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    hex::decode(sha256_hex(bytes)).unwrap().try_into().unwrap()
}

fn name(prefix: &str, bytes: &[u8]) -> String {
    let digest = sha256_hex(bytes);
    format!("{prefix}/{}/{digest}", &digest[..2])
}

/// Files an application with one attachment.
fn file(gateway: &TestGateway, document: &mut Value, attachment: &[u8]) -> Answer {
    document["attachments"] = json!([{"name": "plan.pdf", "media_type": "application/pdf",
        "size": attachment.len(), "sha256": sha256_hex(attachment)}]);
    let bytes = document.to_string().into_bytes();
    let signature = TestPki::shared().sign("sign-yamada", &bytes);
    gateway.client.post_multipart("/api/v1/submissions", &filing(&bytes, &signature, &[("plan.pdf", attachment)]))
}

fn attachment_of(gateway: &TestGateway, filed: &Answer) -> Result<Vec<u8>, StoreError> {
    let number = filed.json()["arrival_number"].as_str().unwrap().parse().unwrap();
    let found = wait(gateway.gateway.store.submission_document(number, DocumentRole::Attachment, 0))?;
    Ok(found.unwrap().1.to_vec())
}

#[test]
fn a_filing_with_a_mebibyte_goes_to_the_bucket_and_comes_back_and_damage_is_told() {
    let moto = shared();
    let gateway = gateway(&moto, "filings/of-one");
    let ready = gateway.client.get("/readyz");
    assert_eq!((ready.status, &ready.json()["documents"]), (200, &json!("writable")));
    let large: Vec<u8> = (0..1_u32 << 20).map(|at| (at % 251) as u8).collect();
    let mut document = application("sign-yamada");
    let filed = file(&gateway, &mut document, &large);
    assert_eq!(filed.status, 201, "{}", filed.text());
    assert_eq!(moto.names("filings/of-one"), [name("filings/of-one", &large)], "the attachment, and no small document");
    assert!(!gateway.folder().join("documents/objects").exists());
    assert!(gateway.folder().join("documents/segments").exists());
    // Through the agency's API, byte for byte.
    let store = gateway.gateway.store.clone();
    let token = wait(store.agency_token_add("131016".parse().unwrap(), "test", SystemClock.now())).unwrap();
    let number = filed.json()["arrival_number"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/agency/submissions/{number}/documents/attachment/0");
    let read = gateway.client.get_with(&path, &token.secret);
    assert_eq!((read.status, read.body == large), (200, true));
    // The same content in another filing is one object.
    assert_eq!(file(&gateway, &mut application("sign-yamada"), &large).status, 201);
    assert_eq!(moto.names("filings/of-one").len(), 1);

    let mut damaged = large.clone();
    damaged[1000] ^= 1;
    for bytes in [&damaged[..], &large[1..], &[&large[..], b"x"].concat()] {
        moto.overwrite(&name("filings/of-one", &large), bytes);
        let told = attachment_of(&gateway, &filed);
        assert!(matches!(told, Err(StoreError::Damaged(_))), "{told:?}");
        assert_eq!(gateway.client.get_with(&path, &token.secret).status, 500);
    }
    let path_of_it = format!("/{BUCKET}/{}", name("filings/of-one", &large));
    assert_eq!(moto.ask("DELETE", &path_of_it, b"").status, 204);
    let gone = attachment_of(&gateway, &filed);
    assert!(matches!(&gone, Err(StoreError::Damaged(what)) if what.contains("gone")), "{gone:?}");
    moto.overwrite(&name("filings/of-one", &large), &large);
    assert_eq!(attachment_of(&gateway, &filed).unwrap(), large);
}

#[test]
fn the_sweep_takes_what_a_409_left_and_nothing_else() {
    let moto = shared();
    let gateway = gateway(&moto, "swept");
    let (kept, left) = (vec![1; 100_000], vec![2; 100_000]);
    let mut document = application("sign-yamada");
    let filed = file(&gateway, &mut document, &kept);
    assert_eq!(filed.status, 201);
    assert_eq!(file(&gateway, &mut document, &left).status, 409);
    moto.overwrite("swept/.probe/left", b"x");
    moto.overwrite("swept/00/notes.txt", b"not ours");
    let store = &gateway.gateway.store;
    let young = wait(store.documents_sweep(Duration::from_secs(3600))).unwrap();
    assert_eq!(young, Swept::default(), "all are young");
    std::thread::sleep(GRACE + Duration::from_secs(2));
    assert_eq!(wait(store.documents_sweep(GRACE)).unwrap(), Swept { objects: 1, parts: 1 });
    assert_eq!(wait(store.documents_sweep(GRACE)).unwrap(), Swept::default());
    let names: HashSet<String> = moto.names("swept").into_iter().collect();
    assert_eq!(names, HashSet::from([name("swept", &kept), "swept/00/notes.txt".to_owned()]));
    assert_eq!(attachment_of(&gateway, &filed).unwrap(), kept);
    // What was swept can be filed again.
    let again = file(&gateway, &mut application("sign-yamada"), &left);
    assert_eq!(again.status, 201, "{}", again.text());
    assert_eq!(attachment_of(&gateway, &again).unwrap(), left);
}

#[test]
fn more_than_one_page_is_swept() {
    let moto = shared();
    let bucket = objects(&moto, "pages");
    // The names of a page and a half, which are of no filing.
    for number in 0..1500_u32 {
        let digest = hex::encode(ring::digest::digest(&ring::digest::SHA256, &number.to_be_bytes()));
        moto.overwrite(&format!("pages/{}/{digest}", &digest[..2]), b"x");
    }
    std::thread::sleep(GRACE);
    let mut asked = HashSet::new();
    let swept = bucket.sweep(GRACE / 4, &mut |digests| {
        asked.extend(digests.iter().copied());
        Ok(digests.iter().copied().collect())
    });
    assert_eq!(swept.unwrap(), Swept::default(), "all of them are kept");
    assert_eq!(asked.len(), 1500);
}

#[test]
fn a_writer_that_meets_a_sweeper_at_its_last_look_writes_again() {
    let moto = shared();
    let bucket = objects(&moto, "race");
    let bytes = Arc::new(vec![3; 70_000]);
    bucket.put(&digest(&bytes), &bytes).unwrap();
    std::thread::sleep(GRACE + Duration::from_secs(2));
    let (mut looks, mut writer) = (0, None);
    let swept = bucket.sweep(GRACE, &mut |_| {
        looks += 1;
        if looks == 2 {
            // The sweeper has seen that the object is old. A filing of the same content comes, and is not recorded yet.
            let (bucket, bytes) = (bucket.clone(), bytes.clone());
            writer = Some(std::thread::spawn(move || bucket.put(&digest(&bytes), &bytes)));
            std::thread::sleep(Duration::from_millis(1500));
        }
        Ok(HashSet::new())
    });
    assert_eq!(swept.unwrap().objects, 1, "the sweeper removes what the writer has just put");
    writer.unwrap().join().unwrap().unwrap();
    assert_eq!(bucket.read(&digest(&bytes), 70_000).unwrap(), *bytes, "and it is there all the same");
}

#[test]
fn what_was_written_since_the_first_look_stays() {
    let moto = shared();
    let bucket = objects(&moto, "young");
    let bytes = vec![4; 70_000];
    bucket.put(&digest(&bytes), &bytes).unwrap();
    std::thread::sleep(GRACE + Duration::from_secs(2));
    let swept = bucket.sweep(GRACE, &mut |_| {
        bucket.put(&digest(&bytes), &bytes)?;
        Ok(HashSet::new())
    });
    assert_eq!(swept.unwrap(), Swept::default());
    assert_eq!(bucket.read(&digest(&bytes), 70_000).unwrap(), bytes);
}

/// A mark that a sweeper left when it died keeps writers of that content away: what they write might go yet.
#[test]
fn a_writer_does_not_trust_the_mark_of_a_sweeper_that_may_be_at_work() {
    let moto = shared();
    let bucket = objects(&moto, "marked");
    let bytes = vec![5; 70_000];
    moto.overwrite(&format!("marked/.condemned/{}/somebody", sha256_hex(&bytes)), b"");
    let refused = bucket.put(&digest(&bytes), &bytes);
    assert!(matches!(&refused, Err(StoreError::Unavailable(why)) if why.contains("swept")), "{refused:?}");
    moto.overwrite(&format!("marked/.condemned/{}/somebody", sha256_hex(&bytes)), b"done");
    bucket.put(&digest(&bytes), &bytes).unwrap();
}

#[test]
fn a_store_that_goes_away_is_503_and_the_same_filing_goes_through_when_it_is_back() {
    let moto = Moto::start();
    let gateway = gateway(&moto, "away");
    let large = vec![6; 1 << 20];
    let mut document = application("sign-yamada");
    moto.stop();
    let refused = file(&gateway, &mut document, &large);
    assert_eq!((refused.status, refused.problem_code().as_str()), (503, "storage-unavailable"), "{}", refused.text());
    assert!(refused.header("retry-after").is_some());
    assert!(!refused.text().contains("bucket"), "internals do not leak: {}", refused.text());
    let begun = Stopwatch::start();
    let ready = gateway.client.get("/readyz");
    assert!(begun.elapsed() < Duration::from_secs(10), "who asks is not kept waiting");
    assert_eq!((ready.status, &ready.json()["documents"]), (503, &json!("unavailable")));
    assert_eq!(ready.json()["database"], "writable");
    // What needs no bucket goes on.
    assert_eq!(gateway.file("sign-yamada", application("sign-yamada").to_string().as_bytes()).status, 201);
    assert!(wait(gateway.gateway.store.documents_sweep(GRACE)).is_err());

    moto.start_again();
    let filed = file(&gateway, &mut document, &large);
    assert_eq!(filed.status, 201, "the same filing goes through: {}", filed.text());
    assert_eq!(attachment_of(&gateway, &filed).unwrap(), large);
    assert_eq!(gateway.client.get("/readyz").status, 200);
    moto.stop();
    let unread = attachment_of(&gateway, &filed);
    assert!(matches!(unread, Err(StoreError::Unavailable(_))), "away is not damaged: {unread:?}");
}

#[test]
fn a_wrong_bucket_missing_credentials_and_a_store_out_of_reach_stop_the_start() {
    let moto = shared();
    let folder = tempfile::tempdir().unwrap();
    let serve = |documents: &str| {
        let file = folder.path().join("madoguchi.toml");
        let pki = TestPki::shared();
        let trust = format!("[trust]\nanchors = {:?}\n", pki.dir().join("anchors"));
        let intermediates = format!("intermediates = {:?}\n", pki.dir().join("intermediates"));
        std::fs::write(
            &file,
            format!("[log]\nlevel = \"trace\"\n[server]\nlisten = \"127.0.0.1:0\"\n{trust}{intermediates}{documents}"),
        )
        .unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        for variable in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_ENDPOINT_URL"] {
            command.env_remove(variable);
        }
        let done = command.args(["serve", "--config"]).arg(&file).output().unwrap();
        (done.status.code().unwrap(), String::from_utf8(done.stderr).unwrap())
    };
    let right = moto.settings("start");
    let nobody: String = right.lines().filter(|line| !line.contains("access_key")).map(|l| format!("{l}\n")).collect();
    let cases = [
        (right.replace(BUCKET, "no-such-bucket"), 64, "NoSuchBucket"),
        (nobody, 64, "AWS_ACCESS_KEY_ID"),
        (right.replace("http://127.0.0.1:", "ftp://127.0.0.1:"), 64, "documents.endpoint"),
        (right.replace("s3://", "s4://"), 64, "documents.store"),
        (right.replace("http://127.0.0.1:", "http://127.0.0.1:1/"), 66, "cannot be reached"),
    ];
    for (documents, status, words) in &cases {
        let (code, told) = serve(documents);
        assert_eq!(code, i32::from(*status as u8), "{documents}: {told}");
        assert!(told.contains(words) && !told.contains(SECRET) && !told.contains("X-Amz-"), "{told}");
    }
}
