//! Runs `spice-proto decode` and `spice-proto encode`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod agent;
mod command;
mod encode;
mod formats;
mod lines;
mod link_stage;
mod losses;
mod pages;
#[path = "../support/mod.rs"]
mod process;
mod recorded;
mod streams;
#[path = "../../../spice-capture/tests/support/mod.rs"]
mod support;
