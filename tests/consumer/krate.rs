//! A crate in its own folder that is built with cargo.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whether cargo compiled a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was up to date.
    Fresh,
    /// It was compiled.
    Compiled,
}

/// The result of a command.
pub struct Output {
    pub success: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// Returns the state of a package from cargo's verbose output.
    pub fn state(&self, package: &str) -> Option<State> {
        self.stderr.lines().find_map(|line| {
            let mut words = line.split_whitespace();
            let state = match words.next()? {
                "Fresh" => State::Fresh,
                "Compiling" | "Checking" => State::Compiled,
                _ => return None,
            };
            (words.next()? == package).then_some(state)
        })
    }
}

/// Returns the repository that the crate depends on.
pub fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the target folder of the tests, whose dependencies need not be compiled again.
fn target() -> &'static Path {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    folder.parent().expect("a folder in the target folder")
}

/// Returns cargo's description of the packages of the workspace.
pub fn packages() -> Vec<serde_json::Value> {
    let output = cargo(checkout(), &["metadata", "--no-deps", "--format-version=1"]);
    assert!(output.success, "{}", output.stderr);
    let metadata: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

/// Runs cargo in a folder, offline.
pub fn cargo(folder: &Path, arguments: &[&str]) -> Output {
    cargo_with(folder, arguments, &[])
}

/// Runs cargo in a folder, offline, with additional environment variables.
pub fn cargo_with(folder: &Path, arguments: &[&str], variables: &[(&str, &Path)]) -> Output {
    let (command, rest) = arguments.split_first().expect("a command is required");
    let output = Command::new(env!("CARGO"))
        .arg(command)
        .arg("--offline")
        .args(rest)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        // The profile of the tests.
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        // Cargo prints more about errors of a wrapped compiler.
        .env_remove("RUSTC_WRAPPER")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .env_remove("SPICE_MESSAGES_PROTO")
        // Cargo sets it for tests.
        .env_remove("OUT_DIR")
        .envs(variables.iter().copied())
        .output()
        .expect("cargo starts");
    Output {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A crate in a folder of its own.
pub struct Krate(PathBuf);

impl Krate {
    /// Creates a crate without files, except the lock file.
    pub fn empty(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("consumer")
            .join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("removing the previous run's folder succeeds");
        }
        fs::create_dir_all(&folder).expect("creating a folder succeeds");
        // Uses the versions of the repository, which are already downloaded.
        let lock = checkout().join("Cargo.lock");
        fs::copy(lock, folder.join("Cargo.lock")).expect("Cargo.lock");
        Self(folder)
    }

    /// Creates the crate from the files in `fixture`.
    pub fn new(name: &str) -> Self {
        let krate = Self::empty(name);
        let fixture = checkout().join("tests/consumer/fixture");
        for file in [
            "build.rs",
            "src/lib.rs",
            "src/main.rs",
            "proto/gadget.proto",
        ] {
            let path = krate.path(file);
            fs::create_dir_all(path.parent().unwrap()).expect("creating a folder succeeds");
            fs::copy(fixture.join(file), path).expect(file);
        }
        let manifest = fs::read_to_string(fixture.join("manifest.toml")).expect("manifest.toml");
        let manifest = manifest.replace("NAME", name).replace(
            "CHECKOUT",
            &checkout().display().to_string().replace('\\', "/"),
        );
        fs::write(krate.path("Cargo.toml"), manifest).expect("writing the manifest succeeds");
        krate
    }

    /// Writes a file of the crate.
    pub fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).expect("creating a folder succeeds");
        fs::write(path, text).expect(file);
    }

    /// Replaces text in a file of the crate.
    pub fn replace(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(file)).expect(file);
        assert!(text.contains(from), "{file} has no {from:?}");
        self.write(file, &text.replace(from, to));
    }

    /// Runs `cargo check --lib`, which must fail. Returns standard error.
    pub fn check_fails(&self) -> String {
        let output = self.cargo(&["check", "--lib"]);
        assert!(!output.success, "{}", output.stderr);
        output.stderr
    }

    /// Runs `cargo check --lib`, which must succeed without a warning of rustc.
    pub fn check(&self) {
        let output = self.cargo(&["check", "--lib"]);
        assert!(output.success, "{}", output.stderr);
    }

    /// Returns the path of a file of the crate.
    pub fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    /// Runs cargo in the crate.
    pub fn cargo(&self, arguments: &[&str]) -> Output {
        cargo(&self.0, arguments)
    }
}
