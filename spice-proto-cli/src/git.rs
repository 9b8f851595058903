//! Reads files from the history of a Git repository.

use std::io::{self, Read};
use std::process::{Command, Stdio};

/// Reads `REV:PATH` with `git show`, but at most `limit` bytes.
pub fn show(object: &str, limit: u64) -> io::Result<Vec<u8>> {
    let mut child = Command::new("git")
        .args(["show", "--no-textconv", "--end-of-options", object])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| io::Error::new(error.kind(), format!("cannot run `git`: {error}")))?;
    let mut text = Vec::new();
    if let Some(output) = child.stdout.take() {
        output.take(limit).read_to_end(&mut text)?;
    }
    // Git stops when the pipe closes. Its messages are short, so they never block it.
    let mut message = String::new();
    if let Some(errors) = child.stderr.take() {
        errors.take(4096).read_to_string(&mut message)?;
    }
    let is_complete = u64::try_from(text.len()).unwrap_or(u64::MAX) < limit;
    if !child.wait()?.success() && is_complete {
        return Err(io::Error::other(message.trim_end().to_owned()));
    }
    Ok(text)
}
