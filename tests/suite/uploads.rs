//! Attachments: several at once of which one fails, files that are not what they say, and uploads in parts (tus 1.0.0) that break
//! off and go on.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::pages_flow::{PNG, fill_in};
use crate::support::browser::Browser;
use crate::support::gateway::{TestGateway, Wanted};
use crate::support::http::Answer;

/// A ZIP archive of one file.
fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
    packer.write_all(content).unwrap();
    let packed = packer.finish().unwrap();
    let number = |value: usize| u32::try_from(value).unwrap().to_le_bytes();
    let sizes = [number(packed.len()), number(content.len())].concat();
    let length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let local = [
        b"PK\x03\x04".as_slice(),
        &[20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &sizes,
        &length,
        &[0, 0],
        name.as_bytes(),
        &packed,
    ]
    .concat();
    let central = [
        b"PK\x01\x02".as_slice(),
        &[20, 0, 20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &sizes,
        &length,
        &[0; 12],
        &[0; 4],
        name.as_bytes(),
    ]
    .concat();
    let end = [b"PK\x05\x06".as_slice(), &[0; 4], &[1, 0, 1, 0], &number(central.len()), &number(local.len()), &[0, 0]]
        .concat();
    [local, central, end].concat()
}

#[test]
fn what_fails_is_told_file_by_file_and_the_rest_is_kept() {
    let settings = "[limits]\nrequests_per_minute = 0\nattachment = \"512KiB\"\n".to_owned();
    let gateway = TestGateway::start_with(Wanted { settings, ..Wanted::default() });
    let mut browser = Browser::new(gateway.client, "en");
    let draft = fill_in(&mut browser, "sign-yamada");
    let bomb = zip("zeros", &vec![0; 101 << 20]);
    assert!(bomb.len() < 200 << 10);
    let good = zip("a.txt", b"text");
    let large = vec![b'x'; 600 << 10];
    let files: [(&str, &str, &[u8]); 9] = [
        ("attachment", "plan.png", PNG),
        ("attachment", "photo.jpg", PNG),
        ("attachment", "bomb.zip", &bomb),
        ("attachment", "large.txt", &large),
        ("attachment", "plan.png", PNG),
        ("attachment", "program.exe", b"MZ"),
        ("attachment", "empty.pdf", b""),
        ("attachment", "notes.txt", "メモ".as_bytes()),
        ("attachment", "good.zip", &good),
    ];
    let answer = browser.upload(&format!("{draft}/attachments"), &files);
    let page = answer.text();
    assert_eq!(answer.status, 422, "{page}");
    for (name, why) in [
        ("photo.jpg", "not what its name says"),
        ("bomb.zip", "unpacks into too much"),
        ("large.txt", "too large"),
        ("plan.png", "A file of this name"),
        ("program.exe", "Files of this kind are not taken"),
        ("empty.pdf", "nothing in this file"),
    ] {
        assert!(page.contains(&format!("{name}: ")) && page.contains(why), "{name}: {page}");
    }
    for kept in ["plan.png", "notes.txt", "good.zip"] {
        assert!(page.contains(&format!("<dt>{kept}</dt>")), "{kept}: {page}");
    }
    assert_eq!(page.matches("<dt>").count(), 3);
    assert!(
        page.contains("capture=\"environment\"") && page.contains("accept=\".pdf,.png"),
        "from a phone, and by kind"
    );
}

struct Uploader<'a> {
    browser: &'a mut Browser,
    draft: String,
}

impl Uploader<'_> {
    fn begin(&mut self, name: &str, size: usize) -> Answer {
        let (metadata, size) = (format!("filename {}", STANDARD.encode(name)), size.to_string());
        let path = format!("{}/uploads", self.draft);
        self.browser.call("POST", &path, &[("Upload-Length", &size), ("Upload-Metadata", &metadata)], b"")
    }

    fn part(&mut self, place: &str, offset: usize, bytes: &[u8]) -> Answer {
        let offset = offset.to_string();
        let headers = [("Content-Type", "application/offset+octet-stream"), ("Upload-Offset", offset.as_str())];
        self.browser.call("PATCH", place, &headers, bytes)
    }
}

fn offset(answer: &Answer) -> Option<&str> {
    answer.header("upload-offset")
}

#[test]
fn an_upload_in_parts_goes_on_where_it_broke_off() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = fill_in(&mut browser, "sign-yamada");
    let page = format!("{draft}/attachments");
    let file: Vec<u8> = (0..3_000_u32).flat_map(|line| format!("line {line}\n").into_bytes()).collect();
    let mut uploader = Uploader { browser: &mut browser, draft: draft.clone() };
    let begun = uploader.begin("地図 lines.txt", file.len());
    assert_eq!((begun.status, begun.header("tus-resumable"), offset(&begun)), (201, Some("1.0.0"), Some("0")));
    let place = begun.header("location").unwrap().to_owned();
    let first = uploader.part(&place, 0, &file[..1_000]);
    assert_eq!((first.status, offset(&first)), (204, Some("1000")));
    let twice = uploader.part(&place, 0, &file[..1_000]);
    assert_eq!((twice.status, offset(&twice)), (409, Some("1000")), "it tells where it stands");
    let beyond = uploader.part(&place, 1_000, &vec![b'x'; file.len()]);
    assert_eq!((beyond.status, offset(&beyond)), (409, Some("1000")));
    // The page was closed; somebody chooses the same file again.
    let again = uploader.begin("地図 lines.txt", file.len());
    assert_eq!((again.header("location"), offset(&again)), (Some(place.as_str()), Some("1000")));
    let head = uploader.browser.call("HEAD", &place, &[], b"");
    let length = file.len().to_string();
    assert_eq!((head.status, offset(&head), head.header("upload-length")), (200, Some("1000"), Some(length.as_str())));
    assert_eq!(uploader.part(&place, 1_000, &file[1_000..]).status, 204);
    assert_eq!(uploader.browser.call("HEAD", &place, &[], b"").status, 404, "it is a file of the draft now");
    let listed = browser.get(&page).text();
    assert!(listed.contains("地図 lines.txt"), "{listed}");
    let signed = browser.post(&format!("{draft}/review"), &[]);
    assert_eq!(signed.status, 200, "{}", signed.text());
    let document = browser.get(&format!("{draft}/application.json")).json();
    assert_eq!(document["attachments"][0]["sha256"], crate::support::http::sha256_hex(&file));
    assert_eq!(document["attachments"][0]["media_type"], "text/plain");
}

#[test]
fn what_may_not_be_uploaded_is_refused_in_the_pages_language_and_nothing_is_left() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "ja");
    let draft = fill_in(&mut browser, "sign-yamada");
    let mut uploader = Uploader { browser: &mut browser, draft: draft.clone() };
    let too_large = uploader.begin("a.pdf", 11 << 20);
    assert_eq!((too_large.status, too_large.json()["code"].as_str()), (422, Some("attachments-too-large")));
    assert!(too_large.json()["text"].as_str().unwrap().contains("大きすぎます"));
    assert_eq!(uploader.begin("a.exe", 10).json()["code"], "attachments-not-taken");
    assert_eq!(uploader.begin("a.pdf", 0).json()["code"], "attachments-empty-file");
    let place = uploader.begin("a.pdf", PNG.len()).header("location").unwrap().to_owned();
    let liar = uploader.part(&place, 0, PNG);
    assert_eq!((liar.status, liar.json()["code"].as_str()), (422, Some("attachments-lies")));
    assert_eq!(uploader.part(&place, 0, PNG).status, 404, "and it is forgotten");
    let place = uploader.begin("b.png", 100).header("location").unwrap().to_owned();
    assert_eq!(uploader.part(&place, 0, &vec![b'x'; 3 << 20]).status, 413);
    let text = uploader.browser.call("PATCH", &place, &[("Content-Type", "text/plain"), ("Upload-Offset", "0")], b"x");
    assert_eq!(text.status, 415);
    assert_eq!(uploader.browser.call("DELETE", &place, &[], b"").status, 204);
    assert_eq!(uploader.part(&place, 0, b"x").status, 404);

    let mut stranger = Browser::new(gateway.client, "en");
    stranger.get("/status");
    let mut strange = Uploader { browser: &mut stranger, draft };
    assert_eq!(strange.begin("a.pdf", 10).status, 404);
    stranger.forget_token();
    let mut without = Uploader { browser: &mut stranger, draft: "/apply/x".to_owned() };
    assert_eq!(without.begin("a.pdf", 10).status, 403);
}
