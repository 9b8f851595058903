//! The protos that the command reads.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use spice_proto_gen::syntax::MAX_FILE_SIZE;

/// A proto and what it is called in reports.
pub struct Source {
    name: String,
    text: Vec<u8>,
}

/// Why a proto could not be read.
pub struct Unreadable {
    path: PathBuf,
    error: io::Error,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {}: {}", self.path.display(), self.error)
    }
}

impl Source {
    /// Reads a file, or standard input for `-`.
    pub fn read(path: &Path) -> Result<Self, Unreadable> {
        let standard_input = path.as_os_str() == "-";
        let (name, text) = if standard_input {
            ("<stdin>".to_owned(), read_all(io::stdin().lock()))
        } else {
            let text = File::open(path).and_then(read_all);
            (path.display().to_string(), text)
        };
        match text {
            Ok(text) => Ok(Self { name, text }),
            Err(error) => Err(Unreadable {
                path: PathBuf::from(name),
                error,
            }),
        }
    }

    /// What the proto is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it says.
    pub fn text(&self) -> &[u8] {
        &self.text
    }
}

/// Reads to the end, or until there is more than the compiler takes and reports.
fn read_all(from: impl Read) -> io::Result<Vec<u8>> {
    let most = u64::try_from(MAX_FILE_SIZE).unwrap_or(u64::MAX);
    let mut text = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut text)?;
    Ok(text)
}
