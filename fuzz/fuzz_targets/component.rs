//! libFuzzer's entry to the target `component`.

#![no_main]

libfuzzer_sys::fuzz_target!(
    // libFuzzer ends the process at every panic. What prints WIT catches those of a library; what is not caught ends
    // the process all the same.
    init: std::panic::set_hook(Box::new(|_| {})),
    |data: &[u8]| (airs_fuzz::COMPONENT.body)(data)
);
