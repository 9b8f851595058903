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
mod drop_in;
mod glue;
#[path = "../dynamic/mutate.rs"]
mod mutate;
#[path = "../dynamic/prng.rs"]
mod prng;
mod program;
#[path = "../live/programs.rs"]
mod programs;
mod protos;
#[allow(dead_code)]
#[path = "../live/temp_dir.rs"]
mod temp_dir;
#[path = "../dynamic/values.rs"]
mod values;
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
        drop_in {
            gcc_builds_all_outputs,
            clang_builds_all_outputs,
            gcc_cpp_builds_all_outputs,
            clang_cpp_builds_all_outputs,
            outputs_are_deterministic,
            short_options_are_the_long_ones,
            unchanged_output_keeps_its_modification_time,
            unknown_options_are_errors,
            faulty_proto_is_reported_at_its_place_and_writes_nothing,
        }
        protos {
            gcc_parses_and_marshalls_random_messages,
            clang_parses_and_marshalls_random_messages,
            gcc_cpp_parses_and_marshalls_random_messages,
            clang_cpp_parses_and_marshalls_random_messages,
            gcc_32_bit_parses_and_marshalls_random_messages,
            big_endian_parses_and_marshalls_random_messages,
            gcc_judges_damaged_messages_as_the_interpreter,
            clang_judges_damaged_messages_as_the_interpreter,
            conformance_protos_are_refused_at_their_places,
            members_without_a_form_in_c_are_refused,
        }
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
