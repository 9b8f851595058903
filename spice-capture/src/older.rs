//! Connections that are older than the capture.

use std::net::SocketAddr;

use spice_wire::Side;

use crate::contents::{Context, Spice, info};
use crate::direction::{Both, Direction};
use crate::frames::Frames;
use crate::guess::{Found, MIN_GUESSED};
use crate::opening::Opening;
use crate::reassembly::Piece;

/// A connection whose channel is not known yet.
#[derive(Debug)]
pub(crate) struct Older {
    /// The bytes of both streams from the first ones in the capture, or after missing ones.
    pub(crate) bytes: Both<Vec<u8>>,
    /// Offsets of these bytes.
    pub(crate) offsets: Both<u64>,
    /// Whether the capture has a part of the link stage.
    pub(crate) is_linked: bool,
    /// Number of bytes that the next attempt needs in a stream.
    pub(crate) wanted: usize,
}

impl Older {
    pub(crate) fn new(opening: Opening) -> Self {
        Self {
            bytes: opening.bytes,
            offsets: Both::default(),
            is_linked: false,
            wanted: MIN_GUESSED,
        }
    }

    /// A connection whose link stage is only partly in the capture.
    pub(crate) fn linked(opening: Opening) -> Self {
        Self {
            is_linked: true,
            ..Self::new(opening)
        }
    }

    pub(crate) fn add(&mut self, direction: Direction, piece: Piece<'_>) {
        let bytes = self.bytes.of_mut(direction);
        match piece {
            Piece::Data(added) => bytes.extend_from_slice(added),
            Piece::Missing(length) => {
                let offset = self.offsets.of_mut(direction);
                *offset = offset
                    .saturating_add(bytes.len() as u64)
                    .saturating_add(length);
                bytes.clear();
            }
        }
    }

    /// Whether there are enough bytes for the next attempt.
    pub(crate) fn is_ready(&self) -> bool {
        let Both { up, down } = &self.bytes;
        up.len().max(down.len()) >= self.wanted
    }

    /// The connection, with messages that are searched.
    pub(crate) fn messages(
        &self,
        addresses: [SocketAddr; 2],
        found: Found,
        context: &mut Context<'_>,
    ) -> Box<Spice> {
        let Found {
            to_server,
            channel_type,
            format,
        } = found;
        let mut info = info(addresses, to_server, context.connections);
        info.channel_type = Some(channel_type);
        info.header = Some(format);
        let frames = |direction| {
            let sender = if direction == to_server {
                Side::Client
            } else {
                Side::Server
            };
            let offset = *self.offsets.of(direction);
            let mut frames = Frames::new(sender, channel_type, format, context.limit, offset);
            frames.search_messages();
            frames
        };
        let frames = Both {
            up: frames(Direction::Up),
            down: frames(Direction::Down),
        };
        Box::new(Spice { info, frames })
    }
}
