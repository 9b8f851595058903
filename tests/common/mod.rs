//! Helpers that several test binaries share.

// Each test binary uses only some of these helpers.
#![allow(dead_code)]

pub mod facts;
pub mod rows;
pub mod sample_messages;

use std::fs;
use std::path::Path;

/// Reads a file of this repository as text.
pub fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns a size for a test that takes long: `all` if the environment variable `FULL_TESTS` is set.
pub fn size(few: usize, all: usize) -> usize {
    match std::env::var_os("FULL_TESTS") {
        Some(_) => all,
        None => few,
    }
}

/// Panics with the number of problems and the first ten of them if there are any.
#[track_caller]
pub fn assert_none(problems: &[String]) {
    let shown = problems.iter().take(10).map(String::as_str);
    let shown = shown.collect::<Vec<_>>().join("\n");
    assert!(problems.is_empty(), "{} problems:\n{shown}", problems.len());
}
