//! The examples of this package, and the programs of `spice-tools`.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::process;

/// The examples that the tests run.
const EXAMPLES: [&str; 5] = [
    "async-client",
    "hello-client",
    "hello-server",
    "port-server",
    "viewer",
];

/// The programs of `spice-tools`, the command, and the example that is a package of its own.
const TOOLS: [&str; 4] = ["port-console", "spice-spy", "spice-proto", "tls-client"];

/// Returns a command that runs an example.
pub fn example(name: &str) -> Command {
    process::command(folder().join("examples").join(name))
}

/// Returns a command that runs a program of `spice-tools`, or `tls-client`.
pub fn tool(name: &str) -> Command {
    process::command(folder().join(name))
}

/// Returns the folder with the programs of `spice-tools`, and the folder `examples`.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(build)
}

/// Builds all programs and returns the folder of the profile.
fn build() -> PathBuf {
    let tests = env::current_exe().expect("path of the test program");
    let profile = tests.parent().and_then(|deps| deps.parent());
    let profile = profile.expect("the folder of the profile");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        // Cargo may have its target folder from an argument, which is not passed on.
        .env(
            "CARGO_TARGET_DIR",
            profile.parent().expect("the target folder"),
        )
        .args(["build", "--quiet", "--workspace"])
        .args(EXAMPLES.iter().flat_map(|name| ["--example", name]))
        .args(TOOLS.iter().flat_map(|name| ["--bin", name]));
    // With the features of this program, cargo has built most of them already.
    if cfg!(all(
        feature = "serde",
        feature = "arbitrary",
        feature = "bytes"
    )) {
        build.arg("--all-features");
    }
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    let status = build.status().expect("run cargo");
    assert!(status.success(), "building the programs failed");
    profile.to_owned()
}
