//! The programs that the tests need.

use std::env;
use std::io::{self, Write};
use std::path::PathBuf;

/// Where a program is, if it is installed.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders = env::split_paths(&path);
    folders
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Whether all of these programs or files are there. If not, says so.
pub fn available(needed: &[&str]) -> bool {
    let missing: Vec<&str> = needed
        .iter()
        .copied()
        .filter(|program| match program.starts_with('/') {
            true => !PathBuf::from(program).exists(),
            false => find(program).is_none(),
        })
        .collect();
    if missing.is_empty() {
        return true;
    }
    let missing = missing.join(", ");
    let required = env::var_os("SPICE_LIVE_TESTS").is_some_and(|value| value == "required");
    assert!(!required, "needs {missing}");
    // Not printed by a macro, which the test runner would hide; and in one piece.
    let line = format!("skipped: needs {missing}\n");
    let written = io::stderr().write_all(line.as_bytes());
    written.expect("the error output works");
    false
}
