//! Looks for the programs that tests need.

use std::env;
use std::io::{self, Write};
use std::path::PathBuf;

/// Returns the path of an installed program.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders = env::split_paths(&path);
    folders
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Returns whether all of these programs and files exist, and prints the missing ones.
pub fn available(needed: &[&str]) -> bool {
    let missing: Vec<&str> = needed
        .iter()
        .copied()
        .filter(|program| {
            if program.starts_with('/') {
                !PathBuf::from(program).exists()
            } else {
                find(program).is_none()
            }
        })
        .collect();
    if missing.is_empty() {
        return true;
    }
    let missing = missing.join(", ");
    let required = env::var_os("SPICE_LIVE_TESTS").is_some_and(|value| value == "required");
    assert!(!required, "needs {missing}");
    // The test runner captures the output of print macros, so this writes directly, in one call.
    let line = format!("skipped: needs {missing}\n");
    let written = io::stderr().write_all(line.as_bytes());
    written.expect("write to standard error");
    false
}
