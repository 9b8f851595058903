//! The features `serde`, `arbitrary` and `bytes`. This program needs all three.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod arbitrary;
mod binary;
mod bytes;
#[path = "../common/mod.rs"]
mod common;
#[allow(dead_code)]
#[path = "../compiler/language_manual/fences.rs"]
mod fences;
mod json;
mod json_page;
#[path = "../dynamic/mutate.rs"]
mod mutate;
#[path = "../dynamic/prng.rs"]
mod prng;
mod protos;
mod serde;
#[path = "../dynamic/values.rs"]
mod values;
