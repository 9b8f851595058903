//! All connections of a capture.

use std::collections::hash_map::{Entry, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use spice_link::DEFAULT_LIMIT;

use crate::connection::Connection;
use crate::contents::Context;
use crate::direction::Direction;
use crate::event::{Event, IsMessage, Notice};
use crate::file::Packet;
use crate::segment::{Found, Segments};

/// Limit on the number of link types that are reported as unknown.
const MAX_UNKNOWN_LINK_TYPES: usize = 16;

/// Limits on the memory that a capture takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Limit on the body of a message, in bytes. Larger messages are skipped. The default is 64 MiB.
    pub message: u32,
    /// Limit on the bytes that all connections buffer: incomplete messages, and segments that wait for an
    /// earlier one. A connection that exceeds it loses its own. The default is 256 MiB.
    pub buffered: usize,
    /// Limit on the number of open connections. Beyond it connections without SPICE are forgotten first, then the
    /// ones with the oldest packet. The default is 4096.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message: DEFAULT_LIMIT,
            buffered: 256 << 20,
            connections: 4096,
        }
    }
}

/// Finds the SPICE connections among the packets of a capture, and splits them into messages.
pub struct Connections<'p> {
    limits: Limits,
    is_message: &'p IsMessage<'p>,
    /// Types of the channels to try for connections without a link stage.
    channel_types: Vec<u8>,
    segments: Segments,
    open: HashMap<Key, Connection>,
    /// Number of connections with events.
    numbered: u64,
    /// Number of bytes that all connections buffer.
    buffered: usize,
    /// Number of packets.
    packets: u64,
    /// Time of the last packet.
    time: Duration,
    unknown_link_types: Vec<crate::file::LinkType>,
}

impl<'p> Connections<'p> {
    /// Creates a set without connections.
    ///
    /// After missing bytes, `is_message` decides where the messages of a stream go on. It should know the ids of
    /// the protocol, and can decode short bodies.
    #[must_use]
    pub fn new(limits: Limits, is_message: &'p IsMessage<'p>) -> Self {
        Self {
            limits,
            is_message,
            channel_types: Vec::new(),
            segments: Segments::default(),
            open: HashMap::new(),
            numbered: 0,
            buffered: 0,
            packets: 0,
            time: Duration::ZERO,
            unknown_link_types: Vec::new(),
        }
    }

    /// Sets the types of channels that the protocol has.
    ///
    /// A connection can be older than the capture, which then lacks its link stage. It is recognized if at least five messages
    /// of exactly one of these channels follow each other.
    #[must_use]
    pub fn with_channel_types(mut self, channel_types: impl Into<Vec<u8>>) -> Self {
        self.channel_types = channel_types.into();
        self
    }

    /// Number of bytes that all connections buffer.
    #[must_use]
    pub const fn buffered(&self) -> usize {
        self.buffered
    }

    /// Number of open connections, including those without SPICE.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.len()
    }

    /// Adds a packet, and passes all events that follow from it to `emit`.
    pub fn packet(
        &mut self,
        packet: &Packet<'_>,
        emit: &mut dyn FnMut(Event<'_>),
    ) -> Option<Notice> {
        self.time = packet.time;
        self.packets = self.packets.saturating_add(1);
        let segment = match self.segments.find(packet) {
            Found::Segment(segment) => segment,
            Found::Other => return None,
            Found::UnknownLinkType => {
                let known = &mut self.unknown_link_types;
                let link_type = packet.link_type;
                let is_new = !known.contains(&link_type) && known.len() < MAX_UNKNOWN_LINK_TYPES;
                return is_new.then(|| {
                    known.push(link_type);
                    Notice::UnknownLinkType(link_type)
                });
            }
        };
        let (direction, addresses) = if segment.source <= segment.destination {
            (Direction::Up, [segment.source, segment.destination])
        } else {
            (Direction::Down, [segment.destination, segment.source])
        };
        let key = key(addresses);
        let time = packet.time;
        let context = &mut Context {
            limit: self.limits.message,
            is_message: self.is_message,
            channel_types: &self.channel_types,
            connections: &mut self.numbered,
            emit,
        };
        if self.open.len() >= self.limits.connections && !self.open.contains_key(&key) {
            let freed = forget_oldest(&mut self.open, time, context);
            self.buffered = self.buffered.saturating_sub(freed);
        }
        let mut entry = match self.open.entry(key) {
            Entry::Occupied(entry) => entry,
            Entry::Vacant(entry) => entry.insert_entry(Connection::new(addresses)),
        };
        let connection = entry.get_mut();
        let before = connection.buffered();
        if connection.is_restarted_by(direction, &segment) {
            connection.finish(time, context);
            *connection = Connection::new(addresses);
        }
        connection.last_packet = self.packets;
        let has_ended = connection.segment(time, direction, &segment, context);
        if has_ended {
            connection.finish(time, context);
        }
        let others = self.buffered.saturating_sub(before);
        if others.saturating_add(connection.buffered()) > self.limits.buffered {
            connection.give_up_buffers(time, context);
        }
        self.buffered = others.saturating_add(connection.buffered());
        if has_ended {
            entry.remove();
        }
        None
    }

    /// Ends all connections at the end of the capture.
    pub fn finish(&mut self, emit: &mut dyn FnMut(Event<'_>)) {
        let mut open: Vec<Connection> = self.open.drain().map(|(_, found)| found).collect();
        open.sort_by_key(|connection| (connection.number(), connection.last_packet));
        let context = &mut Context {
            limit: self.limits.message,
            is_message: self.is_message,
            channel_types: &self.channel_types,
            connections: &mut self.numbered,
            emit,
        };
        for mut connection in open {
            connection.finish(self.time, context);
        }
        self.buffered = 0;
    }
}

impl std::fmt::Debug for Connections<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connections")
            .field("limits", &self.limits)
            .field("open", &self.open.len())
            .field("buffered", &self.buffered)
            .finish_non_exhaustive()
    }
}

/// Two addresses in a form that is hashed fast.
type Key = (u128, u128, u32);

fn key([low, high]: [SocketAddr; 2]) -> Key {
    let ip = |address: SocketAddr| match address.ip() {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().to_bits(),
        IpAddr::V6(ip) => ip.to_bits(),
    };
    let ports = u32::from(low.port()) << 16 | u32::from(high.port());
    (ip(low), ip(high), ports)
}

/// Forgets a quarter of the connections: first the ones without SPICE, then the ones with the oldest packet. Returns the
/// number of bytes that they buffered.
fn forget_oldest(
    open: &mut HashMap<Key, Connection>,
    time: Duration,
    context: &mut Context<'_>,
) -> usize {
    let rank = |connection: &Connection| (connection.number().is_some(), connection.last_packet);
    let mut ranks: Vec<_> = open.values().map(rank).collect();
    ranks.sort_unstable();
    let Some(last) = ranks.get(ranks.len() / 4).copied() else {
        return 0;
    };
    let mut forgotten: Vec<Connection> = open
        .extract_if(|_, connection| rank(connection) <= last)
        .map(|(_, connection)| connection)
        .collect();
    forgotten.sort_by_key(Connection::number);
    let mut freed = 0_usize;
    for connection in &mut forgotten {
        freed = freed.saturating_add(connection.buffered());
        connection.give_up(time, context);
    }
    freed
}
