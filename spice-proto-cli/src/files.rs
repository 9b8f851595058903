//! Reads protos.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use spice_proto_gen::MAX_FILE_SIZE;

use crate::git;

/// A proto and its name in reports.
pub struct Source {
    name: String,
    text: Vec<u8>,
}

/// The error of [`Source::read`].
pub struct ReadError {
    name: String,
    error: io::Error,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {}: {}", self.name, self.error)
    }
}

impl Source {
    /// Reads a file, or standard input if the path is `-`.
    pub fn read(path: &Path) -> Result<Self, ReadError> {
        let (name, text) = if path.as_os_str() == "-" {
            ("<stdin>".to_owned(), read_limited(io::stdin().lock()))
        } else {
            let text = File::open(path).and_then(read_limited);
            (path.display().to_string(), text)
        };
        match text {
            Ok(text) => Ok(Self { name, text }),
            Err(error) => Err(ReadError { name, error }),
        }
    }

    /// Reads a file of a Git repository if the path is `git:REV:PATH`, or else as [`read`](Self::read).
    pub fn read_or_show(path: &Path) -> Result<Self, ReadError> {
        let name = path.display().to_string();
        match path.to_str().and_then(|path| path.strip_prefix("git:")) {
            None => Self::read(path),
            Some(object) => match git::show(object, LIMIT) {
                Ok(text) => Ok(Self { name, text }),
                Err(error) => Err(ReadError { name, error }),
            },
        }
    }

    /// A proto that is part of the command.
    pub fn built_in(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: text.as_bytes().to_vec(),
        }
    }

    /// The name in reports.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The contents of the file.
    pub fn text(&self) -> &[u8] {
        &self.text
    }
}

/// One byte more than the compiler accepts.
const LIMIT: u64 = MAX_FILE_SIZE as u64 + 1;

/// Reads to the end, but at most [`LIMIT`] bytes.
fn read_limited(from: impl Read) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    from.take(LIMIT).read_to_end(&mut text)?;
    Ok(text)
}
