//! The target `agent`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| spice_fuzz::agent(bytes));
