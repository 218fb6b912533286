//! libFuzzer's entry to the target `section`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| (airs_fuzz::SECTION.body)(data));
