//! `cargo bench -p spice-benches --bench connection`: throughput of a connection on `tokio` over loopback TCP, its
//! instructions, and memory of 1,000 connections in one thread. Prints the tables of `docs/performance.md`.

mod instructions;
mod memory;
mod throughput;

use std::error::Error;
use std::process::ExitCode;

type AnyError = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), AnyError> {
    if instructions::is_inside()? {
        return Ok(());
    }
    throughput::print()?;
    instructions::print()?;
    memory::print()
}
