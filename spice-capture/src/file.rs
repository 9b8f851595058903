//! Packets of a pcap or pcapng file.

use std::fmt;
use std::io::{self, Read};
use std::ops::Range;
use std::time::Duration;

use crate::file_error::FileError;
use crate::file_format::{Failure, Format};

/// Limit on the size of a block of a file, and therefore of a packet.
pub const MAX_BLOCK: usize = 16 << 20;

/// Limit on the number of interfaces in a section of a pcapng file. Packets of further interfaces are skipped.
pub const MAX_INTERFACES: usize = 4096;

/// Initial size of the buffer.
const BUFFER: usize = 256 << 10;

/// The format of a packet's first header, as a number of the registry of link types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkType(pub i32);

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A captured packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Time since 1970-01-01 00:00 UTC.
    pub time: Duration,
    /// Format of the first header.
    pub link_type: LinkType,
    /// The captured bytes. The end of the packet can be missing.
    pub bytes: &'a [u8],
}

/// Reads the packets of a pcap or pcapng file.
///
/// The file can be a pipe: packets are returned as soon as they are read.
#[derive(Debug)]
pub struct Packets<R> {
    input: R,
    buffer: Vec<u8>,
    /// The part of the buffer that is read but not consumed.
    unread: Range<usize>,
    /// Offset of the unread part in the file.
    position: u64,
    format: Format,
}

impl<R: Read> Packets<R> {
    /// Creates a reader. It reads the file's header with the first packet.
    pub fn new(input: R) -> Self {
        Self {
            input,
            buffer: vec![0; BUFFER],
            unread: 0..0,
            position: 0,
            format: Format::Unknown,
        }
    }

    /// Number of bytes of the file that are consumed.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Returns the next packet, or `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// Fails if reading fails or the file is damaged. Later calls fail too.
    pub fn next_packet(&mut self) -> Result<Option<Packet<'_>>, FileError> {
        let (place, start) = loop {
            let unread = self.buffer.get(self.unread.clone()).unwrap_or_default();
            let offset = self.position;
            match self.format.parse(unread) {
                Ok(parsed) => {
                    let start = self.unread.start;
                    self.unread.start = start.saturating_add(parsed.size).min(self.unread.end);
                    self.position = offset.saturating_add(parsed.size as u64);
                    if let Some(place) = parsed.packet {
                        break (place, start);
                    }
                }
                Err(Failure::Invalid) if matches!(self.format, Format::Unknown) => {
                    return Err(FileError::NotACapture);
                }
                Err(Failure::Invalid) => return Err(FileError::Damaged { offset }),
                Err(Failure::Incomplete(missing)) => {
                    if unread.len().saturating_add(missing) > MAX_BLOCK {
                        return Err(FileError::TooLarge { offset });
                    }
                    let is_empty = unread.is_empty();
                    if self.refill()? {
                        continue;
                    }
                    return match self.format {
                        Format::Unknown => Err(FileError::NotACapture),
                        _ if is_empty => Ok(None),
                        _ => Err(FileError::Truncated { offset }),
                    };
                }
            }
        };
        let range = place.bytes.start.saturating_add(start)..place.bytes.end.saturating_add(start);
        Ok(Some(Packet {
            time: place.time,
            link_type: place.link_type,
            bytes: self.buffer.get(range).unwrap_or_default(),
        }))
    }

    /// Reads more of the file. Returns whether there was more.
    fn refill(&mut self) -> Result<bool, FileError> {
        self.buffer.copy_within(self.unread.clone(), 0);
        self.unread = 0..self.unread.len();
        if self.unread.end == self.buffer.len() {
            let length = self.buffer.len().saturating_mul(2);
            self.buffer.resize(length, 0);
        }
        let space = self.buffer.get_mut(self.unread.end..).unwrap_or_default();
        loop {
            match self.input.read(space) {
                Ok(length) => {
                    self.unread.end = self.unread.end.saturating_add(length);
                    return Ok(length > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
