//! The files of `tests/data`, read.

// Each test binary uses its part of this.
#![allow(dead_code)]

pub mod built;
pub mod facts;
pub mod rows;

use std::fs;
use std::path::Path;

/// The text of a file in this repository.
pub fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Fails with the number of problems and the first of them.
#[track_caller]
pub fn assert_none(problems: &[String]) {
    let shown = problems.iter().take(10).map(String::as_str);
    let shown = shown.collect::<Vec<_>>().join("\n");
    assert!(problems.is_empty(), "{} problems:\n{shown}", problems.len());
}
