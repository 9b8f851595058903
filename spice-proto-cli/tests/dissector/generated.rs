//! Dissectors that the command generates.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::programs::require;
use super::tshark::{PROGRAM, Tshark};

/// The arguments for SPICE, which is built in.
pub const BUILT_IN: &[&str] = &[];

/// Creates an empty folder for one test.
pub fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("dissector")
        .join(test);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Generates a dissector for `tshark`.
pub fn dissector(test: &str, prefix: &str, arguments: &[&str]) -> Tshark {
    require(&[PROGRAM]);
    let output = Command::new(env!("CARGO_BIN_EXE_spice-proto"))
        .args(["dissector", "--prefix", prefix])
        .args(arguments)
        .output()
        .expect("run the command");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    Tshark::new(folder(test), prefix, &text)
}
