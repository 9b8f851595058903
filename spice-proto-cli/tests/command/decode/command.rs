//! Decoding by the command as a process.

use std::path::PathBuf;

use serde_json::Value;

use super::process;
pub use super::process::{Ran, command, run, run_with_input};

impl Ran {
    /// The lines of standard output as JSON.
    pub fn rows(&self) -> Vec<Value> {
        let rows = self.stdout.lines();
        rows.map(|line| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
        })
        .collect()
    }

    /// The lines with messages.
    pub fn messages(&self) -> Vec<Value> {
        let mut rows = self.rows();
        rows.retain(|row| row.get("event").is_none());
        rows
    }

    /// The lines with events.
    pub fn events(&self) -> Vec<Value> {
        let mut rows = self.rows();
        rows.retain(|row| row.get("event").is_some());
        rows
    }
}

/// Decodes a capture, and checks that nothing is written to standard error.
pub fn decode(arguments: &[&str], capture: &[u8]) -> Ran {
    let ran = run_with_input(&[&["decode"], arguments].concat(), capture);
    assert_eq!(ran.stderr, "");
    ran
}

/// A folder for the files of one test.
pub fn folder(test: &str) -> PathBuf {
    process::folder(&format!("decode_{test}"))
}

/// Compares a text with a golden file of `decode`.
pub fn assert_golden(name: &str, text: &str) {
    process::assert_golden(&format!("decode/{name}"), text);
}
