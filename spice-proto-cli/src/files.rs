//! Reads protos.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use spice_proto_gen::MAX_FILE_SIZE;

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

/// Reads to the end, but at most one byte more than the compiler accepts.
fn read_limited(from: impl Read) -> io::Result<Vec<u8>> {
    let limit = u64::try_from(MAX_FILE_SIZE).unwrap_or(u64::MAX);
    let mut text = Vec::new();
    from.take(limit.saturating_add(1)).read_to_end(&mut text)?;
    Ok(text)
}
