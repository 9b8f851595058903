//! Against programs that nobody here wrote: QEMU, the clients of spice-gtk, tshark, the headers of
//! libspice-protocol-dev.
//!
//! A test that lacks a program says so and passes, unless the environment variable
//! `SPICE_LIVE_TESTS` is `required`. `packages.txt` names the Debian packages. Everything listens on
//! 127.0.0.1 only, at ports that are free, and ends with the test that started it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod boot;
mod capture;
mod client;
mod console;
mod constants;
mod examples;
#[path = "../link_support/mod.rs"]
mod link_support;
mod pages;
mod process;
mod programs;
mod proxy;
mod qemu;
mod replay;
mod scratch;
mod screen;
mod server;
mod spy;
mod spy_reports;
mod visitor;
