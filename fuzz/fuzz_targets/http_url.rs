//! libFuzzer's entry to the target `http_url`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| (airs_fuzz::HTTP_URL.body)(data));
