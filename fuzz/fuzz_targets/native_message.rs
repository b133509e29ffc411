//! Messages of native messaging, as any program that speaks to the host's standard input may send them.
#![no_main]
use libfuzzer_sys::fuzz_target;
use madoguchi::card_client::native_host::framing;

fuzz_target!(|bytes: &[u8]| {
    let mut input = bytes;
    // Each message read is one that can be written again, unless it is longer than a browser takes.
    while let Ok(Some(message)) = framing::read(&mut input) {
        let mut written = Vec::new();
        if framing::write(&mut written, &message).is_ok() {
            assert_eq!(framing::read(&mut written.as_slice()).ok().flatten(), Some(message));
        }
    }
});
