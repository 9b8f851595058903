//! Instruction counts of valgrind's callgrind. They do not depend on other load on the machine.

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

/// Counts the instructions of a run of this program with these arguments.
///
/// # Errors
/// The program or valgrind fails, or the report of valgrind cannot be read.
pub fn of_run(arguments: &[&str]) -> io::Result<u64> {
    let options = ["--callgrind-out-file=/dev/null", "--log-fd=1"];
    let output = run(&options.map(str::to_owned), arguments)?;
    let report = String::from_utf8_lossy(&output.stdout);
    let line = report.lines().find(|line| line.contains("Collected"));
    let count = line.and_then(|line| line.rsplit(' ').next()?.parse().ok());
    count.ok_or_else(unreadable)
}

/// Counts the instructions of each call of `function` in a run of this program with these arguments.
///
/// The program prints one line for each call; the result has each line with its count. Callgrind writes
/// its reports into `folder`, which is emptied first.
///
/// # Errors
/// The program or valgrind fails, or a report of valgrind cannot be read.
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
        // Valgrind accepts several function options only if they are spelled differently.
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
        // Otherwise `memcpy` uses `rep movsb`, which counts once for each byte.
        .env(
            "GLIBC_TUNABLES",
            "glibc.cpu.x86_rep_movsb_threshold=1000000000",
        )
        .arg(std::env::current_exe()?)
        .args(arguments)
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr)));
    }
    Ok(output)
}

fn unreadable() -> io::Error {
    io::Error::other("the report of callgrind cannot be read")
}
