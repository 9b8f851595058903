//! One TCP connection: both streams, the link stage, and the messages.

use std::net::SocketAddr;
use std::time::Duration;

use crate::contents::{Contents, Context, Spice, emitter};
use crate::direction::{Both, Direction};
use crate::event::EventKind;
use crate::older::Older;
use crate::opening::Opening;
use crate::reassembly::Reassembly;
use crate::segment::Segment;

/// A TCP connection.
#[derive(Debug)]
pub(crate) struct Connection {
    /// The lower and the higher address.
    addresses: [SocketAddr; 2],
    streams: Both<Reassembly>,
    contents: Contents,
    /// Number of the last packet.
    pub(crate) last_packet: u64,
}

impl Connection {
    pub(crate) fn new(addresses: [SocketAddr; 2]) -> Self {
        Self {
            addresses,
            streams: Both::default(),
            contents: Contents::Opening(Opening::default()),
            last_packet: 0,
        }
    }

    /// Number of the connection in its events; `None` before the first one.
    pub(crate) fn number(&self) -> Option<u64> {
        match &self.contents {
            Contents::Spice(spice) => Some(spice.info.number),
            Contents::Opening(_) | Contents::Older(_) | Contents::Other => None,
        }
    }

    /// Number of buffered bytes.
    pub(crate) fn buffered(&self) -> usize {
        let contents = match &self.contents {
            Contents::Opening(Opening { bytes, .. }) | Contents::Older(Older { bytes, .. }) => {
                bytes.up.len().saturating_add(bytes.down.len())
            }
            Contents::Spice(spice) => {
                let Both { up, down } = &spice.frames;
                up.buffered().saturating_add(down.buffered())
            }
            Contents::Other => 0,
        };
        let Both { up, down } = &self.streams;
        let held = up.held_bytes().saturating_add(down.held_bytes());
        contents.saturating_add(held)
    }

    /// Whether a segment starts another connection with the same addresses.
    pub(crate) fn is_restarted_by(&self, direction: Direction, segment: &Segment<'_>) -> bool {
        match self.contents {
            // The streams of other connections are not followed.
            Contents::Other => segment.syn && segment.acknowledged.is_none(),
            _ => self.streams.of(direction).is_restarted_by(segment),
        }
    }

    /// Adds a segment. Returns whether the connection has ended.
    pub(crate) fn segment(
        &mut self,
        time: Duration,
        direction: Direction,
        segment: &Segment<'_>,
        context: &mut Context<'_>,
    ) -> bool {
        match &mut self.contents {
            Contents::Other => return segment.rst,
            Contents::Opening(opening) if segment.syn => {
                opening.has_start = true;
                opening.to_server = Some(match segment.acknowledged {
                    None => direction,
                    Some(_) => direction.opposite(),
                });
            }
            Contents::Opening(_) | Contents::Older(_) | Contents::Spice(_) => {}
        }
        if let Some(acknowledged) = segment.acknowledged {
            let opposite = self.streams.of_mut(direction.opposite());
            opposite.acknowledge(acknowledged);
        }
        let (addresses, contents) = (self.addresses, &mut self.contents);
        self.streams
            .of_mut(direction)
            .add(time, segment, &mut |time, piece| {
                contents.piece(addresses, time, direction, piece, context);
            });
        if let Contents::Other = self.contents {
            self.streams = Both::default();
        }
        segment.rst || (self.streams.up.is_finished() && self.streams.down.is_finished())
    }

    /// Passes on everything that waits, and ends both streams.
    pub(crate) fn finish(&mut self, time: Duration, context: &mut Context<'_>) {
        self.pass_on_held(time, context);
        self.contents
            .recognize_older(self.addresses, time, true, context);
        if let Contents::Spice(spice) = &mut self.contents {
            let Spice { info, frames } = &mut **spice;
            let mut emit = emitter(time, info, context.emit);
            frames.up.finish(context.is_message, &mut emit);
            frames.down.finish(context.is_message, &mut emit);
        }
        self.contents = Contents::Other;
    }

    /// Gives up everything that is buffered.
    pub(crate) fn give_up_buffers(&mut self, time: Duration, context: &mut Context<'_>) {
        self.pass_on_held(time, context);
        if let Contents::Spice(spice) = &mut self.contents {
            let Spice { info, frames } = &mut **spice;
            let mut emit = emitter(time, info, context.emit);
            frames.up.give_up_buffer(&mut emit);
            frames.down.give_up_buffer(&mut emit);
        } else {
            self.contents = Contents::Other;
        }
    }

    /// Reports that the rest of the connection is not read.
    pub(crate) fn give_up(&mut self, time: Duration, context: &mut Context<'_>) {
        self.pass_on_held(time, context);
        if let Contents::Spice(spice) = &mut self.contents {
            let mut emit = emitter(time, &spice.info, context.emit);
            emit(EventKind::Unreadable("too many connections are open"));
        }
        self.contents = Contents::Other;
    }

    fn pass_on_held(&mut self, time: Duration, context: &mut Context<'_>) {
        let (addresses, contents) = (self.addresses, &mut self.contents);
        for direction in [Direction::Up, Direction::Down] {
            let stream = self.streams.of_mut(direction);
            stream.finish(time, &mut |time, piece| {
                contents.piece(addresses, time, direction, piece, context);
            });
        }
    }
}
