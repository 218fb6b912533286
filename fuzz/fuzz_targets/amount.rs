//! libFuzzer's entry to the target `amount`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| (airs_fuzz::AMOUNT.body)(data));
