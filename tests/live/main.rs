//! Tests against external programs: QEMU, the clients of spice-gtk, tshark, and the headers of
//! libspice-protocol-dev.
//!
//! If a program is missing, a test prints that and passes, unless the environment variable
//! `SPICE_LIVE_TESTS` is `required`. `packages.txt` lists the Debian packages. All programs listen on
//! free ports of 127.0.0.1 only, and end with the test that started them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod agent;
mod agent_client;
mod async_examples;
mod boot;
mod capture;
mod console;
mod constants;
mod decode;
mod dissector;
mod examples;
#[path = "../link_support/mod.rs"]
mod link_support;
mod pages;
mod process;
mod programs;
mod proxy;
mod qemu;
mod real_client;
mod replay;
mod screen;
mod server_rules;
mod spy;
mod spy_reports;
mod temp_dir;
mod test_client;
mod test_server;
mod tools_page;
