//! A form with files, as a browser sends it to the card client's window; the first octet says how long the pieces are.
#![no_main]
use libfuzzer_sys::fuzz_target;
use madoguchi::card_client::loopback::multipart::Reader;

fuzz_target!(|data: &[u8]| {
    let Some((piece, body)) = data.split_first() else { return };
    let Some(mut reader) = Reader::new("multipart/form-data; boundary=b") else { return };
    if body.chunks(usize::from(*piece).max(1)).all(|piece| reader.push(piece).is_ok()) {
        let _ = reader.finish();
    }
});
