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

#[cfg(test)]
mod tests {
    use super::*;

    fn mini(id: u16, body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len()).unwrap();
        [&id.to_le_bytes()[..], &size.to_le_bytes(), body].concat()
    }

    fn full(serial: u64, id: u16) -> Vec<u8> {
        [&serial.to_le_bytes()[..], &id.to_le_bytes(), &[0; 8]].concat()
    }

    /// Messages 100 to 199 are genuine if their bodies start with 7.
    fn find(format: HeaderFormat, bytes: &[u8], at_end: bool) -> Option<usize> {
        let is_genuine = |header: Header, body: Option<&[u8]>| {
            (100..200).contains(&header.id) && body.is_none_or(|body| body.first() != Some(&8))
        };
        Search::default().find(format, bytes, at_end, &is_genuine)
    }

    #[test]
    fn chain_needs_two_messages_and_a_header() {
        let one = mini(100, &[7, 7]);
        let three = [&[1, 2, 3][..], &one, &one, &one].concat();
        assert_eq!(find(HeaderFormat::Mini, &three, false), Some(3));
        let cut_off = three.get(..3 + 8 + 8 + 5).unwrap();
        assert_eq!(find(HeaderFormat::Mini, cut_off, false), None);
        assert_eq!(find(HeaderFormat::Mini, cut_off, true), None);
    }

    #[test]
    fn fewer_messages_are_enough_at_the_end_of_the_stream() {
        let one = mini(100, &[7, 7]);
        let bytes = [&[9, 9][..], &one].concat();
        assert_eq!(find(HeaderFormat::Mini, &bytes, false), None);
        assert_eq!(find(HeaderFormat::Mini, &bytes, true), Some(2));
        assert_eq!(find(HeaderFormat::Mini, &[], true), None);
    }

    #[test]
    fn short_bodies_are_checked() {
        let bytes = [
            mini(100, &[8]),
            mini(101, &[7]),
            mini(102, &[7]),
            mini(103, &[7]),
        ]
        .concat();
        assert_eq!(find(HeaderFormat::Mini, &bytes, false), Some(7));
    }

    #[test]
    fn serials_of_full_headers_are_consecutive() {
        let bytes = [full(5, 100), full(7, 100), full(8, 100), full(9, 100)].concat();
        assert_eq!(find(HeaderFormat::Full, &bytes, false), Some(18));
    }

    #[test]
    fn chain_is_limited() {
        let size = u32::try_from(MAX_CHAIN).unwrap();
        let bytes = [&100_u16.to_le_bytes()[..], &size.to_le_bytes()].concat();
        let bytes = [bytes, mini(100, &[]), mini(100, &[]), mini(100, &[])].concat();
        assert_eq!(find(HeaderFormat::Mini, &bytes, false), Some(6));
    }
}
