//! Instructions, as valgrind's callgrind counts them: they do not depend on what else a machine does.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Output};

/// Whether valgrind is installed.
#[must_use]
pub fn is_there() -> bool {
    let output = Command::new("valgrind").arg("--version").output();
    output.is_ok_and(|output| output.status.success())
}

/// The instructions of a run of this program with these arguments.
///
/// # Errors
/// If it cannot be run or fails, or what valgrind writes cannot be read.
pub fn of_run(arguments: &[&str]) -> io::Result<u64> {
    let options = ["--callgrind-out-file=/dev/null", "--log-fd=1"];
    let output = run(&options.map(str::to_owned), arguments)?;
    let report = String::from_utf8_lossy(&output.stdout);
    let line = report.lines().find(|line| line.contains("Collected"));
    let count = line.and_then(|line| line.rsplit(' ').next()?.parse().ok());
    count.ok_or_else(unreadable)
}

/// The instructions of each call of `function` in a run of this program with these arguments. The
/// program prints a line for each call, in order, which comes with the count. What callgrind writes
/// goes to `folder`, which is emptied.
///
/// # Errors
/// If it cannot be run or fails, or what valgrind writes cannot be read.
pub fn of_calls(
    function: &str,
    folder: &Path,
    arguments: &[&str],
) -> io::Result<Vec<(String, u64)>> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::create_dir_all(folder)?,
    }
    let options = [
        "--quiet".to_owned(),
        format!("--callgrind-out-file={}", folder.join("out").display()),
        // Valgrind heeds only one option for each spelling of a name.
        format!("--toggle-collect=*::{function}*"),
        format!("--dump-after=*{function}*"),
    ];
    let output = run(&options, arguments)?;
    let calls = String::from_utf8_lossy(&output.stdout);
    let mut counted = Vec::new();
    for (index, call) in calls.lines().enumerate() {
        let dump = fs::read_to_string(folder.join(format!("out.{}", index + 1)))?;
        let mut sums = dump.lines().filter_map(|line| line.strip_prefix("totals:"));
        let count = sums.next().and_then(|sum| sum.trim().parse().ok());
        counted.push((call.to_owned(), count.ok_or_else(unreadable)?));
    }
    Ok(counted)
}

fn run(options: &[String], arguments: &[&str]) -> io::Result<Output> {
    let output = Command::new("valgrind")
        .arg("--tool=callgrind")
        .args(options)
        // Otherwise a copy of many bytes is done by one instruction, which counts once for each of them.
        .env(
            "GLIBC_TUNABLES",
            "glibc.cpu.x86_rep_movsb_threshold=1000000000",
        )
        .arg(std::env::current_exe()?)
        .args(arguments)
        .output()?;
    match output.status.success() {
        true => Ok(output),
        false => Err(io::Error::other(String::from_utf8_lossy(&output.stderr))),
    }
}

fn unreadable() -> io::Error {
    io::Error::other("what callgrind wrote cannot be read")
}
