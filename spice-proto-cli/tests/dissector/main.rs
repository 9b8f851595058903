//! The subcommand `dissector`. `tshark` runs the dissector on captures that the tests make; its fields are
//! compared with those of the interpreter.
//!
//! A test that needs `tshark` prints `skipped` and passes if it is not installed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod capture;
mod command;
mod fields;
mod generated;
mod hostile;
mod own_protos;
mod page;
mod pdml;
#[path = "../../../tests/dynamic/prng.rs"]
#[allow(dead_code)]
mod prng;
#[path = "../../../tests/live/programs.rs"]
#[allow(dead_code)]
mod programs;
mod random_access;
mod recorded;
mod rows;
mod streams;
mod tshark;
