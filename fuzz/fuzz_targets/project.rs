//! libFuzzer's entry to the target `project`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| (airs_fuzz::PROJECT.body)(data));
