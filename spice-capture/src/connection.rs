//! One TCP connection: both streams, the link stage, and the messages.

use std::net::SocketAddr;
use std::time::Duration;

use spice_wire::Side;

use crate::event::{ConnectionInfo, Event, EventKind, IsMessage};
use crate::frames::Frames;
use crate::guess::{Found, Guess, MAX_GUESSED, MIN_GUESSED, guess};
use crate::link_stage::{self, Linked, MAGIC, Progress};
use crate::reassembly::{Piece, Reassembly};
use crate::segment::Segment;

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

/// The direction of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the lower address to the higher one.
    Up,
    /// From the higher address to the lower one.
    Down,
}

impl Direction {
    pub(crate) const fn opposite(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }
}

/// A value for each direction.
#[derive(Debug, Default)]
pub(crate) struct Both<T> {
    pub(crate) up: T,
    pub(crate) down: T,
}

impl<T> Both<T> {
    pub(crate) const fn of(&self, direction: Direction) -> &T {
        match direction {
            Direction::Up => &self.up,
            Direction::Down => &self.down,
        }
    }

    const fn of_mut(&mut self, direction: Direction) -> &mut T {
        match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        }
    }
}

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

/// The contents of a connection.
#[derive(Debug)]
enum Contents {
    /// The link stage is not complete, or there are no bytes yet.
    Opening(Opening),
    /// The connection is older than the capture, which lacks its start.
    Older(Older),
    /// Messages.
    Spice(Box<Spice>),
    /// Anything else.
    Other,
}

#[derive(Debug, Default)]
struct Opening {
    /// The direction from the client to the server.
    to_server: Option<Direction>,
    /// Whether the capture has the first segment.
    has_start: bool,
    /// The first bytes of both streams.
    bytes: Both<Vec<u8>>,
}

/// A connection whose channel is not known yet.
#[derive(Debug)]
struct Older {
    /// The bytes of both streams from the first ones in the capture, or after missing ones.
    bytes: Both<Vec<u8>>,
    /// Offsets of these bytes.
    offsets: Both<u64>,
    /// Number of bytes that the next attempt needs in a stream.
    wanted: usize,
}

#[derive(Debug)]
struct Spice {
    info: ConnectionInfo,
    frames: Both<Frames>,
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

/// Returns a function that emits events of a connection.
fn emitter<'e>(
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
    fn piece(
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
                let can_be_older = !opening.has_start && !context.channel_types.is_empty();
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
    fn recognize_older(
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
fn info(
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

/// The result of looking at the first bytes of a connection.
enum Recognized {
    /// More bytes are needed.
    Unknown,
    /// A link stage.
    Spice(Progress),
    Tls,
    Other,
}

/// The start of a TLS record with a handshake.
const TLS: [u8; 2] = [0x16, 3];

impl Older {
    fn new(opening: Opening) -> Self {
        Self {
            bytes: opening.bytes,
            offsets: Both::default(),
            wanted: MIN_GUESSED,
        }
    }

    fn add(&mut self, direction: Direction, piece: Piece<'_>) {
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
    fn is_ready(&self) -> bool {
        let Both { up, down } = &self.bytes;
        up.len().max(down.len()) >= self.wanted
    }

    /// The connection, with messages that are searched.
    fn messages(
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
            Frames::new(sender, channel_type, format, context.limit, offset).searching()
        };
        let frames = Both {
            up: frames(Direction::Up),
            down: frames(Direction::Down),
        };
        Box::new(Spice { info, frames })
    }
}

impl Opening {
    fn progress(&self, to_server: Direction) -> Recognized {
        let client = self.bytes.of(to_server).as_slice();
        let server = self.bytes.of(to_server.opposite()).as_slice();
        let has_start = |bytes: &[u8], start: &[u8]| {
            let common = bytes.len().min(start.len());
            bytes.get(..common) == start.get(..common)
        };
        if has_start(client, &TLS) && !client.is_empty() {
            if client.len() < TLS.len() {
                return Recognized::Unknown;
            }
            return Recognized::Tls;
        }
        if !has_start(client, MAGIC) || (client.is_empty() && !has_start(server, MAGIC)) {
            return Recognized::Other;
        }
        if client.len() < MAGIC.len() {
            return Recognized::Unknown;
        }
        Recognized::Spice(link_stage::read(client, server))
    }

    /// The link stage cannot be completed because bytes are missing.
    fn missing(&self, to_server: Direction) -> Recognized {
        if self.bytes.of(to_server).starts_with(MAGIC) {
            let reason = "bytes of the link stage are missing in the capture".to_owned();
            Recognized::Spice(Progress::Unreadable(reason))
        } else {
            Recognized::Other
        }
    }

    /// The messages of both sides after the link stage.
    fn messages(&self, to_server: Direction, linked: &Linked, limit: u32) -> Both<Frames> {
        let frames = |sender, length: usize| {
            let channel_type = linked.session.request.channel_type;
            let format = linked.session.header();
            Frames::new(sender, channel_type, format, limit, length as u64)
        };
        let client = frames(Side::Client, linked.client);
        let server = frames(Side::Server, linked.server);
        match to_server {
            Direction::Up => Both {
                up: client,
                down: server,
            },
            Direction::Down => Both {
                up: server,
                down: client,
            },
        }
    }
}

impl Spice {
    /// Reports that the connection is older than the capture, and searches the messages in these bytes.
    fn join(&mut self, time: Duration, bytes: &Both<Vec<u8>>, context: &mut Context<'_>) {
        let Self { info, frames } = self;
        let mut emit = emitter(time, info, context.emit);
        emit(EventKind::Joined);
        for direction in [Direction::Up, Direction::Down] {
            let frames = frames.of_mut(direction);
            frames.push(bytes.of(direction), context.is_message, &mut emit);
        }
    }

    /// Reports the link stage, and reads the bytes after it.
    fn start(
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
