//! A file that somebody attaches: the first octet chooses what its name says it is.
#![no_main]
use libfuzzer_sys::fuzz_target;
use madoguchi::intake::file_kinds::{ENDINGS, judge_file};

fuzz_target!(|data: &[u8]| {
    let Some((chosen, bytes)) = data.split_first() else { return };
    let (ending, _) = ENDINGS[usize::from(*chosen) % ENDINGS.len()];
    let _ = judge_file(&format!("file.{ending}"), bytes);
});
