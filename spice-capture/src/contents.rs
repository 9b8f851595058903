//! The contents of a connection: the link stage, then messages.

use std::net::SocketAddr;
use std::time::Duration;

use spice_wire::Side;

use crate::direction::{Both, Direction};
use crate::event::{ConnectionInfo, Event, EventKind, IsMessage};
use crate::frames::Frames;
use crate::guess::{Guess, MAX_GUESSED, guess};
use crate::link_stage::{Linked, Progress};
use crate::older::Older;
use crate::opening::{Opening, Recognized};
use crate::reassembly::Piece;

/// The state of a capture that its connections share.
pub(crate) struct Context<'c> {
    /// Limit on the body of a message.
    pub(crate) limit: u32,
    pub(crate) is_message: &'c IsMessage<'c>,
    /// Types of the channels to try for connections without a link stage.
    pub(crate) channel_types: &'c [u8],
    /// Number of connections with events.
    pub(crate) connections: &'c mut u64,
    pub(crate) emit: &'c mut dyn FnMut(Event<'_>),
}

/// The contents of a connection.
#[derive(Debug)]
pub(crate) enum Contents {
    /// The link stage is not complete, or there are no bytes yet.
    Opening(Opening),
    /// The connection is older than the capture, which lacks its start.
    Older(Older),
    /// Messages.
    Spice(Box<Spice>),
    /// Anything else.
    Other,
}

/// A connection with messages.
#[derive(Debug)]
pub(crate) struct Spice {
    pub(crate) info: ConnectionInfo,
    pub(crate) frames: Both<Frames>,
}

/// Returns a function that emits events of a connection.
pub(crate) fn emitter<'e>(
    time: Duration,
    connection: &'e ConnectionInfo,
    emit: &'e mut dyn FnMut(Event<'_>),
) -> impl FnMut(EventKind<'_>) + 'e {
    move |kind| {
        emit(Event {
            time,
            connection,
            kind,
        });
    }
}

impl Contents {
    /// Adds a part of a stream.
    pub(crate) fn piece(
        &mut self,
        addresses: [SocketAddr; 2],
        time: Duration,
        direction: Direction,
        piece: Piece<'_>,
        context: &mut Context<'_>,
    ) {
        match self {
            Self::Other => {}
            Self::Spice(spice) => {
                let Spice { info, frames } = &mut **spice;
                let frames = frames.of_mut(direction);
                let mut emit = emitter(time, info, context.emit);
                match piece {
                    Piece::Data(bytes) => frames.push(bytes, context.is_message, &mut emit),
                    Piece::Missing(length) => {
                        frames.missing(length, context.is_message, &mut emit);
                    }
                }
            }
            Self::Older(older) => {
                older.add(direction, piece);
                if older.is_ready() {
                    self.recognize_older(addresses, time, false, context);
                }
            }
            Self::Opening(opening) => {
                let to_server = *opening.to_server.get_or_insert(direction);
                let progress = match piece {
                    Piece::Data(bytes) => {
                        opening.bytes.of_mut(direction).extend_from_slice(bytes);
                        opening.progress(to_server)
                    }
                    Piece::Missing(_) => opening.interrupted(to_server),
                };
                let opening = std::mem::take(opening);
                let can_be_older = opening.can_be_older() && !context.channel_types.is_empty();
                *self = match progress {
                    Recognized::Unknown => Self::Opening(opening),
                    Recognized::Other if can_be_older => Self::Older(Older::new(opening)),
                    Recognized::Other => Self::Other,
                    Recognized::Tls => {
                        let info = info(addresses, to_server, context.connections);
                        emitter(time, &info, context.emit)(EventKind::Tls);
                        Self::Other
                    }
                    Recognized::Spice(Progress::Incomplete) => Self::Opening(opening),
                    Recognized::Spice(Progress::Unreadable(reason)) => {
                        let info = info(addresses, to_server, context.connections);
                        emitter(time, &info, context.emit)(EventKind::Unreadable(&reason));
                        Self::Other
                    }
                    Recognized::Spice(Progress::Done(linked)) => {
                        let spice = Spice::new(addresses, to_server, *linked, context);
                        Self::Spice(spice.start(time, EventKind::Linked, &opening.bytes, context))
                    }
                    Recognized::Interrupted(Some(linked)) => {
                        let mut spice = Spice::new(addresses, to_server, *linked, context);
                        spice.search();
                        Self::Spice(spice.start(time, EventKind::Joined, &opening.bytes, context))
                    }
                    Recognized::Interrupted(None) => Self::Older(Older::linked(opening)),
                };
                // The opening does not keep track of missing bytes.
                if let (Piece::Missing(_), Self::Spice(_) | Self::Older(_)) = (piece, &*self) {
                    self.piece(addresses, time, direction, piece, context);
                }
            }
        }
    }

    /// Tries to tell the channel of an older connection from its messages.
    pub(crate) fn recognize_older(
        &mut self,
        addresses: [SocketAddr; 2],
        time: Duration,
        at_end: bool,
        context: &mut Context<'_>,
    ) {
        let Self::Older(older) = self else {
            return;
        };
        let Context {
            channel_types,
            is_message,
            ..
        } = *context;
        match guess(&older.bytes, at_end, channel_types, is_message) {
            Guess::Found(found) => {
                let spice = older.messages(addresses, found, context);
                *self = Self::Spice(spice.join(time, &older.bytes, context));
            }
            _ if !at_end && older.wanted < MAX_GUESSED => {
                older.wanted = older.wanted.saturating_mul(4);
            }
            Guess::Ambiguous => {
                let info = info(addresses, Direction::Up, context.connections);
                let reason =
                    "the capture lacks the link stage, and several channels have such messages";
                emitter(time, &info, context.emit)(EventKind::Unreadable(reason));
                *self = Self::Other;
            }
            Guess::None if older.is_linked => {
                let info = info(addresses, Direction::Up, context.connections);
                let reason = "bytes of the link stage are missing in the capture";
                emitter(time, &info, context.emit)(EventKind::Unreadable(reason));
                *self = Self::Other;
            }
            Guess::None => *self = Self::Other,
        }
    }
}

/// The next connection with events.
pub(crate) fn info(
    [low, high]: [SocketAddr; 2],
    to_server: Direction,
    connections: &mut u64,
) -> ConnectionInfo {
    *connections = connections.saturating_add(1);
    let (client, server) = match to_server {
        Direction::Up => (low, high),
        Direction::Down => (high, low),
    };
    ConnectionInfo {
        number: *connections,
        client,
        server,
        channel_type: None,
        header: None,
        session: None,
    }
}

impl Spice {
    /// A connection whose link stage ends where `linked` says.
    fn new(
        addresses: [SocketAddr; 2],
        to_server: Direction,
        linked: Linked,
        context: &mut Context<'_>,
    ) -> Box<Self> {
        let mut info = info(addresses, to_server, context.connections);
        let (channel_type, format) = (
            linked.session.request.channel_type.0,
            linked.session.header(),
        );
        let frames = |sender, length: usize| {
            Frames::new(sender, channel_type, format, context.limit, length as u64)
        };
        let client = frames(Side::Client, linked.client);
        let server = frames(Side::Server, linked.server);
        let frames = match to_server {
            Direction::Up => Both {
                up: client,
                down: server,
            },
            Direction::Down => Both {
                up: server,
                down: client,
            },
        };
        info.channel_type = Some(channel_type);
        info.header = Some(format);
        info.session = Some(linked.session);
        Box::new(Self { info, frames })
    }

    /// Searches the messages, because the rest of the link stage is unknown.
    fn search(&mut self) {
        self.frames.up.search_messages();
        self.frames.down.search_messages();
    }

    /// Reports the connection, and reads the bytes of both streams after the link stage.
    fn start(
        mut self: Box<Self>,
        time: Duration,
        event: EventKind<'_>,
        bytes: &Both<Vec<u8>>,
        context: &mut Context<'_>,
    ) -> Box<Self> {
        let after = |direction| {
            let offset = self.frames.of(direction).offset();
            let offset = usize::try_from(offset).unwrap_or(usize::MAX);
            bytes.of(direction).get(offset..).unwrap_or_default()
        };
        let (up, down) = (after(Direction::Up), after(Direction::Down));
        self.read(time, event, up, down, context);
        self
    }

    /// Reports that the connection is older than the capture, and searches the messages in these bytes.
    fn join(
        mut self: Box<Self>,
        time: Duration,
        bytes: &Both<Vec<u8>>,
        context: &mut Context<'_>,
    ) -> Box<Self> {
        self.read(time, EventKind::Joined, &bytes.up, &bytes.down, context);
        self
    }

    fn read(
        &mut self,
        time: Duration,
        event: EventKind<'_>,
        up: &[u8],
        down: &[u8],
        context: &mut Context<'_>,
    ) {
        let Self { info, frames } = self;
        let mut emit = emitter(time, info, context.emit);
        emit(event);
        frames.up.push(up, context.is_message, &mut emit);
        frames.down.push(down, context.is_message, &mut emit);
    }
}
