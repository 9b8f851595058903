//! Runs the command as a process, and compares its output with golden files.

#![allow(dead_code, reason = "each test program uses a part")]

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The result of a run.
#[derive(Debug)]
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The command, run in the root of the repository.
pub fn command<S: AsRef<OsStr>>(arguments: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spice-proto"));
    command
        .args(arguments)
        .current_dir(repository())
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE");
    command
}

/// Runs the command in the root of the repository.
pub fn run<S: AsRef<OsStr>>(arguments: &[S]) -> Ran {
    command(arguments).output().unwrap().into()
}

/// Runs the command with a text as standard input.
pub fn run_with_input<S: AsRef<OsStr>>(arguments: &[S], input: &[u8]) -> Ran {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A thread, because the command may write before it has read everything.
    let writer = std::thread::spawn(move || {
        // The command may exit before it has read everything.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output.into()
}

/// Returns a size for a test that takes long: `all` if the environment variable `FULL_TESTS` is set.
pub fn size(few: usize, all: usize) -> usize {
    match std::env::var_os("FULL_TESTS") {
        Some(_) => all,
        None => few,
    }
}

/// Creates an empty folder for one test.
pub fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Compares a text with a file under `tests/golden`, or writes the file if `UPDATE_GOLDEN` is set.
pub fn assert_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        return;
    }
    let golden = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{name}: {error}; UPDATE_GOLDEN=1 writes it"));
    assert!(
        golden == text,
        "{name} differs; UPDATE_GOLDEN=1 rewrites it. The text is now:\n{text}"
    );
}

/// Runs every command in the `console` blocks of a page, and compares what it prints with the page. A
/// line that starts with `$ ` is a command; the lines after it are its standard output. A line
/// `…` matches all further lines. `UPDATE_GOLDEN` rewrites blocks without `…`.
pub fn assert_page(page: &str) {
    let path = repository().join(page);
    let text = fs::read_to_string(&path).unwrap();
    let mut updated = String::new();
    let mut lines = text.lines().peekable();
    let mut commands = 0;
    while let Some(line) = lines.next() {
        updated.push_str(line);
        updated.push('\n');
        if line != "```console" {
            continue;
        }
        while let Some(line) = lines.next_if(|line| *line != "```") {
            let command = line
                .strip_prefix("$ ")
                .unwrap_or_else(|| panic!("{page}: expected a command: {line}"));
            let mut expected = String::new();
            while let Some(line) = lines.next_if(|line| *line != "```" && !line.starts_with("$ ")) {
                expected.push_str(line);
                expected.push('\n');
            }
            let printed = shell(command);
            commands += 1;
            let shown = match expected.strip_suffix("…\n") {
                Some(start) if printed.starts_with(start) => expected.clone(),
                _ => printed,
            };
            if std::env::var_os("UPDATE_GOLDEN").is_none() {
                assert_eq!(shown, expected, "{page}: {command}");
            }
            updated.push_str(&format!("$ {command}\n{shown}"));
        }
    }
    assert!(commands > 0, "{page} has no command");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, updated).unwrap();
    }
}

/// Runs a line of a page in a shell that finds this build of the command.
fn shell(line: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_spice-proto"));
    let mut path = program.parent().unwrap().as_os_str().to_owned();
    if let Some(rest) = std::env::var_os("PATH") {
        path.push(":");
        path.push(rest);
    }
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(repository())
        .env("PATH", path)
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}
