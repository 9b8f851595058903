//! The examples of this package as programs.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use super::process;

/// The examples that the tests run.
const NAMES: [&str; 5] = [
    "hello-client",
    "hello-server",
    "port-console",
    "spice-spy",
    "viewer",
];

/// Returns a command that runs an example.
pub fn example(name: &str) -> Command {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    process::command(FOLDER.get_or_init(build).join(name))
}

/// Builds the examples and returns their folder.
fn build() -> PathBuf {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--quiet", "--workspace"])
        .args(NAMES.iter().flat_map(|name| ["--example", name]));
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    let status = build.status().expect("run cargo");
    assert!(status.success(), "building the examples failed");
    let tests = env::current_exe().expect("path of the test program");
    let profile = tests.parent().and_then(|deps| deps.parent());
    profile.expect("the folder `deps`").join("examples")
}
