//! libFuzzer's entry to the target `asset_path`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| (airs_fuzz::ASSET_PATH.body)(data));
