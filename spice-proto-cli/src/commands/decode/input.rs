//! Opens the input and recognizes its format.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;

use super::capture::Capture;
use crate::rows::{Lines, unhex};

/// A file, or standard input.
pub type Stream = Box<dyn Read>;

/// Limit on one body in bytes.
const MAX_BODY: u64 = 1 << 30;

/// The input by its format.
pub enum Input {
    Body(Vec<u8>),
    /// JSON Lines, and the name of the file.
    Rows(String, Lines<BufReader<Stream>>),
    Capture(Capture),
}

/// An open file.
struct Opened {
    name: String,
    stream: Stream,
    /// Length in bytes; `None` for a pipe.
    length: Option<u64>,
}

impl Opened {
    fn new(path: &Path) -> Result<Self, String> {
        if path.as_os_str() == "-" {
            return Ok(Self {
                name: "<stdin>".to_owned(),
                stream: Box::new(io::stdin().lock()),
                length: None,
            });
        }
        let name = path.display().to_string();
        let failed = |error: io::Error| format!("cannot read {name}: {error}");
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        Ok(Self {
            length: metadata.is_file().then_some(metadata.len()),
            stream: Box::new(file),
            name,
        })
    }
}

impl Input {
    /// One body in hexadecimal digits.
    pub fn from_hex(digits: &str) -> Result<Self, String> {
        let bytes = unhex(digits).ok_or("`--hex` needs pairs of hexadecimal digits")?;
        Ok(Self::Body(bytes))
    }

    /// One body.
    pub fn body(path: &Path) -> Result<Self, String> {
        let Opened { name, stream, .. } = Opened::new(path)?;
        let mut bytes = Vec::new();
        let read = stream.take(MAX_BODY).read_to_end(&mut bytes);
        read.map_err(|error| format!("cannot read {name}: {error}"))?;
        Ok(Self::Body(bytes))
    }

    /// A capture, or JSON Lines.
    pub fn open(path: &Path) -> Result<Self, String> {
        let Opened {
            name,
            mut stream,
            length,
        } = Opened::new(path)?;
        let failed = |error: io::Error| format!("cannot read {name}: {error}");
        let mut start = Vec::new();
        let mut first = stream.by_ref().take(4);
        first.read_to_end(&mut start).map_err(failed)?;
        let is_capture = spice_capture::is_capture(&start);
        let is_json = start.trim_ascii_start().first() == Some(&b'{');
        let stream: Stream = Box::new(Cursor::new(start).chain(stream));
        if is_capture {
            Ok(Self::Capture(Capture::new(name, stream, length)))
        } else if is_json {
            Ok(Self::Rows(name, Lines::new(BufReader::new(stream))))
        } else {
            Err(format!(
                "{name} is neither a capture (pcap, pcapng) nor JSON Lines; use `--body` for one body"
            ))
        }
    }
}
