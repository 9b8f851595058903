//! Finds the messages of a stream again after missing bytes.
//!
//! A position is the start of a message if a chain of genuine messages starts there: two whole messages and the header
//! of a third one, or whole messages up to the end of the stream.

use spice_link::HeaderFormat;

use crate::frames::Header;

/// Limit on the length of a chain in bytes, and therefore on the bytes that a search buffers.
pub(crate) const MAX_CHAIN: usize = 1 << 20;

/// Number of whole messages in a chain.
const MESSAGES: usize = 2;

/// A body of at most this many bytes is decoded to see whether the message is genuine.
pub(crate) const MAX_DECODED: u32 = 512;

/// Tells whether a message with this header, and this body if it is short, can be genuine.
type IsGenuine<'p> = dyn Fn(Header, Option<&[u8]>) -> bool + 'p;

/// A search in a buffer that grows.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// Number of bytes at the start of the buffer at which no message starts.
    pub(crate) rejected: usize,
    /// Number of rejected bytes that are no longer in the buffer.
    pub(crate) dropped: u64,
}

/// Whether a chain starts at a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Yes,
    No,
    /// More bytes are needed.
    Unknown,
}

impl Search {
    /// Returns the offset of the first message in the bytes. At the end of the stream no more bytes follow.
    pub(crate) fn find(
        &mut self,
        format: HeaderFormat,
        bytes: &[u8],
        at_end: bool,
        is_genuine: &IsGenuine<'_>,
    ) -> Option<usize> {
        loop {
            let rest = bytes.get(self.rejected..).filter(|rest| !rest.is_empty())?;
            match verdict(format, rest, at_end, is_genuine) {
                Verdict::Yes => return Some(self.rejected),
                Verdict::Unknown if !at_end => return None,
                Verdict::No | Verdict::Unknown => {
                    self.rejected = self.rejected.saturating_add(1);
                }
            }
        }
    }
}

fn verdict(
    format: HeaderFormat,
    bytes: &[u8],
    at_end: bool,
    is_genuine: &IsGenuine<'_>,
) -> Verdict {
    let mut rest = bytes;
    let mut serial: Option<u64> = None;
    for found in 0..=MESSAGES {
        if rest.is_empty() && at_end && found > 0 {
            return Verdict::Yes;
        }
        let Some(header) = Header::read(format, rest) else {
            return Verdict::Unknown;
        };
        let is_next = match (serial, header.serial) {
            (Some(last), Some(this)) => last.checked_add(1) == Some(this),
            _ => true,
        };
        let after = rest.get(format.size()..).unwrap_or_default();
        let position = bytes.len().saturating_sub(after.len());
        let is_too_long = position.saturating_add(header.size as usize) > MAX_CHAIN;
        // The size refutes most positions, at the least cost.
        if is_too_long || !is_next || !is_genuine(header, None) {
            return Verdict::No;
        }
        if found == MESSAGES {
            return Verdict::Yes;
        }
        serial = header.serial;
        let Some((body, next)) = after.split_at_checked(header.size as usize) else {
            return Verdict::Unknown;
        };
        if header.size <= MAX_DECODED && !is_genuine(header, Some(body)) {
            return Verdict::No;
        }
        rest = next;
    }
    Verdict::Unknown
}
