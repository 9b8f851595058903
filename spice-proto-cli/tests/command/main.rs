//! The command `spice-proto` as a process: each subcommand, its errors and its pages.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod backends;
mod c;
mod decode;
mod diff;
mod doc;
mod fmt;
mod installation;
#[path = "../../../tests/random_protos/names.rs"]
mod names;
#[path = "../../../tests/dynamic/prng.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod prng;
#[path = "../../../tests/random_protos"]
mod random {
    pub mod proto;
}
mod rust;
mod rust_and_check;
#[path = "../support/mod.rs"]
mod support;
