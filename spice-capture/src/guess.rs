//! Recognizes a connection whose link stage is not in the capture.
//!
//! Each channel, header format and direction is tried. The one with the longest chains of genuine messages wins, if it is
//! the only one.

use spice_link::HeaderFormat;
use spice_wire::Side;

use crate::direction::{Both, Direction};
use crate::event::{Candidate, IsMessage};
use crate::frames::Header;
use crate::search::{MAX_DECODED, Search};

/// Limit on the bytes of each stream that are looked at.
pub(crate) const MAX_GUESSED: usize = 256 << 10;

/// The first attempt needs this number of bytes in a stream. Each further one needs four times as many.
pub(crate) const MIN_GUESSED: usize = 1 << 10;

/// Number of genuine messages in both streams that make a connection one of SPICE.
const MIN_MESSAGES: usize = 5;

/// The result of looking at the messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guess {
    /// No channel has these messages, or there are too few.
    None,
    /// Several channels have these messages.
    Ambiguous,
    Found(Found),
}

/// A recognized connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) to_server: Direction,
    pub(crate) channel_type: u8,
    pub(crate) format: HeaderFormat,
}

/// Looks at bytes of both streams. At the end of the capture no more bytes follow.
pub(crate) fn guess(
    bytes: &Both<Vec<u8>>,
    at_end: bool,
    channel_types: &[u8],
    is_message: &IsMessage<'_>,
) -> Guess {
    let mut best = (MIN_MESSAGES.saturating_sub(1), Guess::None);
    for to_server in [Direction::Up, Direction::Down] {
        for format in [HeaderFormat::Mini, HeaderFormat::Full] {
            for channel_type in channel_types.iter().copied() {
                let count = |sender, direction| {
                    let bytes = bytes.of(direction);
                    let is_genuine = |header: Header, body: Option<&[u8]>| {
                        is_message(&Candidate {
                            channel_type,
                            sender,
                            id: header.id,
                            size: header.size,
                            body,
                        })
                    };
                    let start = Search::default().find(format, bytes, at_end, &is_genuine);
                    let start = start.and_then(|start| bytes.get(start..));
                    start.map_or(0, |bytes| count_messages(format, bytes, &is_genuine))
                };
                let messages = count(Side::Client, to_server)
                    .saturating_add(count(Side::Server, to_server.opposite()));
                let found = Found {
                    to_server,
                    channel_type,
                    format,
                };
                if messages > best.0 {
                    best = (messages, Guess::Found(found));
                } else if messages == best.0 && best.1 != Guess::None {
                    best.1 = Guess::Ambiguous;
                }
            }
        }
    }
    best.1
}

/// Number of genuine messages at the start of the bytes; 0 if one that is not genuine follows them.
fn count_messages(
    format: HeaderFormat,
    bytes: &[u8],
    is_genuine: &dyn Fn(Header, Option<&[u8]>) -> bool,
) -> usize {
    let (mut rest, mut count) = (bytes, 0_usize);
    while let Some(header) = Header::read(format, rest) {
        if !is_genuine(header, None) {
            return 0;
        }
        count = count.saturating_add(1);
        let after = rest.get(format.size()..).unwrap_or_default();
        let Some((body, next)) = after.split_at_checked(header.size as usize) else {
            break;
        };
        if header.size <= MAX_DECODED && !is_genuine(header, Some(body)) {
            return 0;
        }
        rest = next;
    }
    count
}
