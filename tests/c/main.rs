//! Compiles generated C and runs it: parsers, marshallers, and the command that takes the place of the reference's generator.
//!
//! The programs consist of generated C, of a small runtime in `runtime/`, of the driver in `driver/`, and of C that
//! `glue` generates. A test whose compiler is missing is reported as ignored, as those of `tests/live`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "../common/mod.rs"]
mod common;
mod compilers;
mod glue;
mod program;
#[path = "../live/programs.rs"]
mod programs;
#[path = "../live/temp_dir.rs"]
mod temp_dir;
mod vectors;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;

use temp_dir::TempDir;

/// The folder of all programs, while tests run.
static FOLDER: Mutex<Option<TempDir>> = Mutex::new(None);

/// A new folder for a test, which is removed at the end.
fn work_folder(name: &str) -> PathBuf {
    let mut folder = FOLDER.lock().unwrap();
    let folder = folder.get_or_insert_with(TempDir::new).file(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn main() -> ExitCode {
    let code = programs::run(programs::tests! {
        vectors {
            gcc_parses_and_marshalls_all_vectors,
            clang_parses_and_marshalls_all_vectors,
            gcc_cpp_parses_and_marshalls_all_vectors,
            clang_cpp_parses_and_marshalls_all_vectors,
            gcc_32_bit_parses_and_marshalls_all_vectors,
            big_endian_parses_and_marshalls_all_vectors,
            gcc_verdicts_match_the_reference,
            clang_verdicts_match_the_reference,
            gcc_verdicts_about_damaged_bodies_match_rust,
            clang_verdicts_about_damaged_bodies_match_rust,
        }
    });
    drop(FOLDER.lock().unwrap().take());
    code
}
