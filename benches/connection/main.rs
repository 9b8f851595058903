//! `cargo bench -p spice-benches --bench connection`: throughput of a connection on `tokio` over loopback TCP, and
//! memory of 1,000 connections in one thread. Prints the tables of `docs/performance.md`.

mod memory;
mod throughput;

use std::error::Error;
use std::process::ExitCode;

type AnyError = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    match throughput::print().and_then(|()| memory::print()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
