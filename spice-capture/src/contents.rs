//! The contents of a connection: the link stage, then messages.

use std::net::SocketAddr;
use std::time::Duration;

use crate::direction::{Both, Direction};
use crate::event::{ConnectionInfo, Event, EventKind, IsMessage};
use crate::frames::Frames;
use crate::guess::{Guess, MAX_GUESSED, guess};
use crate::link_stage::Progress;
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
                    Piece::Missing(_) => opening.missing(to_server),
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
                        let mut info = info(addresses, to_server, context.connections);
                        let frames = opening.messages(to_server, &linked, context.limit);
                        info.channel_type = Some(linked.session.request.channel_type);
                        info.header = Some(linked.session.header());
                        info.session = Some(linked.session);
                        let mut spice = Box::new(Spice { info, frames });
                        spice.start(time, to_server, &opening, context);
                        Self::Spice(spice)
                    }
                };
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
                let mut spice = older.messages(addresses, found, context);
                spice.join(time, &older.bytes, context);
                *self = Self::Spice(spice);
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
    /// Reports that the connection is older than the capture, and searches the messages in these bytes.
    pub(crate) fn join(
        &mut self,
        time: Duration,
        bytes: &Both<Vec<u8>>,
        context: &mut Context<'_>,
    ) {
        let Self { info, frames } = self;
        let mut emit = emitter(time, info, context.emit);
        emit(EventKind::Joined);
        for direction in [Direction::Up, Direction::Down] {
            let frames = frames.of_mut(direction);
            frames.push(bytes.of(direction), context.is_message, &mut emit);
        }
    }

    /// Reports the link stage, and reads the bytes after it.
    pub(crate) fn start(
        &mut self,
        time: Duration,
        to_server: Direction,
        opening: &Opening,
        context: &mut Context<'_>,
    ) {
        let Self { info, frames } = self;
        let mut emit = emitter(time, info, context.emit);
        emit(EventKind::Linked);
        for direction in [to_server.opposite(), to_server] {
            let frames = frames.of_mut(direction);
            let bytes = opening.bytes.of(direction);
            let length = usize::try_from(frames.offset()).unwrap_or(usize::MAX);
            let rest = bytes.get(length..).unwrap_or_default();
            frames.push(rest, context.is_message, &mut emit);
        }
    }
}
