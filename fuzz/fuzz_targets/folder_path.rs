//! libFuzzer's entry to the target `folder_path`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| (airs_fuzz::FOLDER_PATH.body)(data));
