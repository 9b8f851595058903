//! Errors of capture files.

use std::fmt;
use std::io;

use crate::file::MAX_BLOCK;

/// The reason why a file cannot be read to its end.
#[derive(Debug)]
#[non_exhaustive]
pub enum FileError {
    /// Reading failed.
    Io(io::Error),
    /// The file is neither pcap nor pcapng.
    NotACapture,
    /// A block is invalid.
    Damaged {
        /// Offset of the block in the file.
        offset: u64,
    },
    /// The file ends inside a block.
    Truncated {
        /// Offset of the block in the file.
        offset: u64,
    },
    /// A block is larger than [`MAX_BLOCK`].
    TooLarge {
        /// Offset of the block in the file.
        offset: u64,
    },
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::NotACapture => f.write_str("the file is neither pcap nor pcapng"),
            Self::Damaged { offset } => write!(f, "the block at byte {offset} is invalid"),
            Self::Truncated { offset } => {
                write!(f, "the file ends inside the block at byte {offset}")
            }
            Self::TooLarge { offset } => write!(
                f,
                "the block at byte {offset} is larger than the limit of {MAX_BLOCK} bytes"
            ),
        }
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
