//! Packet captures.

use std::collections::HashMap;
use std::io::Cursor;
use std::time::Duration;

use spice_capture::{
    Candidate, Connections, Event, EventKind, Limits, LinkType, Packet, Packets, Side,
};

use crate::input::Input;

/// Reads a capture.
///
/// The first byte selects the form of the other bytes: a file, or the segments of one connection. Memory stays within its limits, and
/// the offsets of each stream ascend.
pub fn capture(bytes: &[u8]) {
    let mut input = Input(bytes);
    let is_message = |candidate: &Candidate<'_>| {
        assert!(
            candidate
                .body
                .is_none_or(|body| body.len() == candidate.size as usize)
        );
        // Two channels, so that an older connection can belong to one of them.
        candidate.id / 200 == u16::from(candidate.channel_type % 2)
    };
    let mut limits = Limits::default();
    limits.message = 1500;
    limits.buffered = 3000;
    limits.connections = 3;
    let mut checker = Checker {
        limits,
        connections: Connections::new(limits, &is_message).with_channel_types([1, 2]),
        ends: HashMap::new(),
    };
    if input.byte().is_none_or(|byte| byte.is_multiple_of(2)) {
        let mut packets = Packets::new(Cursor::new(input.0));
        while let Ok(Some(packet)) = packets.next_packet() {
            checker.add(&packet);
        }
        assert!(packets.position() <= input.0.len() as u64);
    } else {
        segments(&mut input, &mut checker);
    }
    let Checker {
        connections, ends, ..
    } = &mut checker;
    connections.finish(&mut |event| check(&event, ends));
    assert_eq!((connections.buffered(), connections.open()), (0, 0));
}

/// Passes on the segments of one connection.
fn segments(input: &mut Input<'_>, checker: &mut Checker<'_>) {
    let (mut client, mut server) = (u32::MAX - 100, 0);
    while let Some(packet) = segment(input, &mut client, &mut server) {
        checker.add(&Packet {
            time: Duration::from_secs(1),
            link_type: LinkType(101),
            bytes: &packet,
        });
    }
}

/// Makes a packet. Four bytes describe it: sender and flags, the number of bytes by which it differs from the expected place,
/// and the length of the payload.
fn segment(input: &mut Input<'_>, client: &mut u32, server: &mut u32) -> Option<Vec<u8>> {
    let kind = input.byte()?;
    let moved = u32::from(input.byte()?).wrapping_sub(128);
    let length = usize::from(input.word()? % 1500);
    let (payload, rest) = input.0.split_at_checked(length).unwrap_or((input.0, &[]));
    input.0 = rest;
    let (next, acknowledged, ports) = match kind & 1 {
        0 => (client, *server, [5000, 80]),
        _ => (server, *client, [80, 5000]),
    };
    // Without the bit the segment is at the expected place.
    let sequence = next.wrapping_add(if kind & 2 == 0 { 0 } else { moved });
    let (syn, other) = match kind >> 5 {
        3 => (1, 2),
        4 => (0, 1),
        7 => (0, 4),
        _ => (0, 0),
    };
    let length = u32::try_from(payload.len()).unwrap_or(0);
    *next = sequence.wrapping_add(length).wrapping_add(syn);
    Some(packet(ports, sequence, acknowledged, 16 | other, payload))
}

/// An IPv4 packet.
fn packet(ports: [u16; 2], sequence: u32, acknowledged: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let total = u16::try_from(40 + payload.len()).unwrap_or(u16::MAX);
    let mut packet = vec![0x45, 0];
    packet.extend(total.to_be_bytes());
    packet.extend([0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 1]);
    packet.extend(ports.into_iter().flat_map(u16::to_be_bytes));
    packet.extend(sequence.to_be_bytes());
    packet.extend(acknowledged.to_be_bytes());
    packet.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    packet.extend(payload);
    packet
}

/// Ends of the last events, by connection and sender.
type Ends = HashMap<(u64, bool), u64>;

struct Checker<'c> {
    limits: Limits,
    connections: Connections<'c>,
    ends: Ends,
}

impl Checker<'_> {
    fn add(&mut self, packet: &Packet<'_>) {
        let ends = &mut self.ends;
        self.connections
            .packet(packet, &mut |event| check(&event, ends));
        assert!(self.connections.buffered() <= self.limits.buffered);
        assert!(self.connections.open() <= self.limits.connections);
    }
}

/// Checks that an event follows the one before in its stream.
fn check(event: &Event<'_>, ends: &mut Ends) {
    let (sender, start, end) = match event.kind {
        EventKind::Message(message) => {
            let parts = message.messages().map_or(0, Iterator::count);
            let body = message.body.len();
            assert!(parts <= body + 1 && body <= 1500);
            let end = message.offset + 6 + body as u64;
            (message.sender, message.offset, end)
        }
        EventKind::Incomplete(found) => (found.sender, found.offset, found.offset),
        EventKind::Missing {
            sender,
            offset,
            length,
        } => (sender, offset, offset + length),
        EventKind::Resumed { sender, offset, .. } => (sender, offset, offset),
        EventKind::Skipped {
            sender,
            offset,
            length,
        } => (sender, offset, offset + length),
        _ => return,
    };
    let key = (event.connection.number, sender == Side::Server);
    let last = ends.insert(key, end).unwrap_or(0);
    // An incomplete message is reported after its missing bytes.
    let is_incomplete = matches!(event.kind, EventKind::Incomplete(_));
    assert!(start >= last || is_incomplete, "{event:?} after {last}");
    if is_incomplete {
        ends.insert(key, last.max(start));
    }
}
