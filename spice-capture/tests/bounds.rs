//! Memory of hostile captures, and captures with random damage.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod support;

use std::io::Cursor;
use std::time::Duration;

use spice_capture::{
    Candidate, Connections, Event, EventKind, FileError, IncompleteReason, Limits, LinkType,
    Packet, Packets,
};
use spice_link::{Capabilities, LinkAnswer, LinkErr, LinkRequest};
use support::file::{FORMATS, File, Format, LINKS, Link};
use support::session::{Authentication, Session};
use support::tcp::{ACK, Connection, SYN, Segment};
use support::{From, Random};

/// Any message with a small id is genuine.
fn is_message(candidate: &Candidate<'_>) -> bool {
    candidate.id < 400 && candidate.size < 100_000
}

fn session(port: u16, mini_header: bool) -> Session {
    let request = LinkRequest::main(Capabilities::usual());
    let answer = LinkAnswer {
        error: LinkErr::OK,
        public_key: [1; 162],
        capabilities: Capabilities::usual(),
    };
    Session::open(
        Connection::new(false, port, 5930, [5, 9]),
        &request.to_bytes().unwrap(),
        &answer.to_bytes().unwrap(),
        mini_header,
        Authentication::Ticket,
    )
}

/// Passes a segment on.
fn add(
    connections: &mut Connections<'_>,
    sender: &Connection,
    segment: &Segment,
    emit: &mut dyn FnMut(Event<'_>),
) {
    let ip = sender.packet(segment);
    let packet = Packet {
        time: Duration::ZERO,
        link_type: LinkType(101),
        bytes: &ip,
    };
    connections.packet(&packet, emit);
}

/// Passes all segments of the connections in turn to `connections`, and checks the limit after each packet.
fn run(limits: Limits, senders: &[Connection], emit: &mut dyn FnMut(Event<'_>)) {
    let mut connections = Connections::new(limits, &is_message);
    let longest = senders.iter().map(|sender| sender.segments.len()).max();
    for index in 0..longest.unwrap() {
        for sender in senders {
            let Some(segment) = sender.segments.get(index) else {
                continue;
            };
            add(&mut connections, sender, segment, emit);
            assert!(connections.buffered() <= limits.buffered);
            assert!(connections.open() <= limits.connections);
        }
    }
    connections.finish(emit);
}

#[test]
fn incomplete_messages_of_many_connections_are_bounded() {
    let senders: Vec<Connection> = (0..20)
        .map(|number| {
            let mut session = session(50_000 + number, true);
            let frame = session.frame(From::Server, 304, &vec![7; 100_000], 0);
            session.connection.data(From::Server, &frame[..90_000]);
            session.connection.data(From::Server, &frame[90_000..]);
            session.message(From::Server, 4, &[0; 12]);
            session.connection
        })
        .collect();
    let mut limits = Limits::default();
    limits.buffered = 1 << 20;
    let (mut whole, mut too_large, mut pings) = (0, 0, 0);
    run(limits, &senders, &mut |event| match event.kind {
        EventKind::Message(message) if message.id == 304 => whole += 1,
        EventKind::Message(message) => pings += usize::from(message.id == 4),
        EventKind::Incomplete(found) => {
            assert_eq!(found.reason, IncompleteReason::TooLarge);
            too_large += 1;
        }
        _ => {}
    });
    // Each connection that loses its message reads the next one.
    assert_eq!((whole + too_large, pings), (20, 20));
    assert!(whole >= 5 && too_large >= 5, "{whole} {too_large}");
}

#[test]
fn segments_that_wait_are_bounded() {
    let mut session = session(50_000, true);
    let connection = &mut session.connection;
    // One missing byte, then 16 MiB.
    connection.send(From::Server, ACK, &[4]);
    connection.segments.pop();
    connection.segment_size = 32_768;
    connection.data(From::Server, &vec![0; 16 << 20]);
    let mut missing = Vec::new();
    let mut most = 0;
    let mut connections = Connections::new(Limits::default(), &is_message);
    for segment in &connection.segments {
        add(&mut connections, connection, segment, &mut |event| {
            if let EventKind::Missing { length, .. } = event.kind {
                missing.push(length);
            }
        });
        most = most.max(connections.buffered());
    }
    assert_eq!(missing, [1]);
    // 4 MiB of segments, or the bytes that are searched.
    assert!(most > 1 << 20 && most < 6 << 20, "{most}");
}

#[test]
fn announced_size_reserves_no_memory() {
    let mut sessions = Vec::new();
    for number in 0..100 {
        let mut session = session(50_000 + number, true);
        let frame = [&304_u16.to_le_bytes()[..], &(60_u32 << 20).to_le_bytes()].concat();
        session.connection.data(From::Server, &frame);
        sessions.push(session.connection);
    }
    let mut limits = Limits::default();
    limits.buffered = 100 * 512;
    let mut incomplete = 0;
    run(limits, &sessions, &mut |event| {
        if let EventKind::Incomplete(found) = event.kind {
            assert_eq!(found.reason, IncompleteReason::Ended);
            incomplete += 1;
        }
    });
    assert_eq!(incomplete, 100);
}

#[test]
fn message_above_the_limit_is_skipped() {
    let mut session = session(50_000, true);
    session.message(From::Server, 304, &[0; 5000]);
    session.message(From::Server, 305, &[0; 1000]);
    let mut limits = Limits::default();
    limits.message = 1000;
    let mut found = Vec::new();
    run(
        limits,
        &[session.connection],
        &mut |event| match event.kind {
            EventKind::Message(message) => found.push((message.id, None)),
            EventKind::Incomplete(message) => found.push((message.id, Some(message.reason))),
            _ => {}
        },
    );
    let too_large = (304, Some(IncompleteReason::TooLarge));
    assert_eq!(found, [too_large, (305, None)]);
}

#[test]
fn flood_of_connections_keeps_those_with_spice() {
    let mut spice = session(50_000, true);
    let opened = spice.connection.segments.len();
    for _ in 0..50 {
        spice.message(From::Server, 4, &[0; 12]);
    }
    let mut limits = Limits::default();
    limits.connections = 100;
    let mut connections = Connections::new(limits, &is_message);
    let mut messages = 0;
    let mut emit = |event: Event<'_>| match event.kind {
        EventKind::Message(_) => messages += 1,
        EventKind::Linked => {}
        other => panic!("{other:?}"),
    };
    let spice = &spice.connection;
    for (index, segment) in spice.segments.iter().enumerate() {
        add(&mut connections, spice, segment, &mut emit);
        for port in 0..if index < opened { 0 } else { 500 } {
            let mut other = Connection::new(false, port, 80, [1, 1]);
            other.send(From::Client, SYN, &[]);
            add(&mut connections, &other, &other.segments[0], &mut emit);
            assert!(connections.open() <= 100);
        }
    }
    connections.finish(&mut emit);
    assert_eq!(messages, 50);
}

#[test]
fn oldest_of_too_many_connections_are_given_up() {
    let mut limits = Limits::default();
    limits.connections = 100;
    let mut connections = Connections::new(limits, &is_message);
    let (mut linked, mut given_up) = (0, Vec::new());
    for number in 0..300 {
        let sender = session(50_000 + number, true).connection;
        for segment in &sender.segments {
            add(
                &mut connections,
                &sender,
                segment,
                &mut |event| match event.kind {
                    EventKind::Linked => linked += 1,
                    EventKind::Unreadable(reason) => {
                        assert_eq!(reason, "too many connections are open");
                        given_up.push(event.connection.number);
                    }
                    other => panic!("{other:?}"),
                },
            );
            assert!(connections.open() <= 100);
        }
    }
    assert_eq!(linked, 300);
    assert!(given_up.len() >= 200, "{given_up:?}");
    assert!(given_up.is_sorted());
}

#[test]
fn block_above_the_limit_is_an_error() {
    let mut file = File::new(Format::Pcap, Link::Raw, false).bytes();
    file.extend([0; 8]);
    file.extend(0xffff_fff0_u32.to_le_bytes());
    file.extend([0; 100]);
    let mut packets = Packets::new(Cursor::new(file));
    let error = packets.next_packet().unwrap_err();
    assert!(
        matches!(error, FileError::TooLarge { offset: 24 }),
        "{error}"
    );
}

/// A capture with several channels in one of the formats.
fn capture(seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let format = FORMATS[random.below(FORMATS.len())];
    let link = LINKS[random.below(LINKS.len())];
    let mut file = File::new(format, link, false);
    let mut senders = Vec::new();
    for number in 0..3 {
        let mut session = session(50_000 + number, random.below(2) == 0);
        session.connection.segment_size = 1 + random.below(1400);
        for _ in 0..20 {
            let length = random.below(3000);
            let body = random.bytes(length);
            let from = [From::Client, From::Server][random.below(2)];
            session.message(from, random.below(400) as u16, &body);
        }
        session.connection.close();
        senders.push(session.connection);
    }
    for sender in &senders {
        for segment in &sender.segments {
            if random.below(50) == 0 {
                continue;
            }
            if random.below(10) == 0 {
                for fragment in sender.fragments(segment, 64, segment.sequence as u16) {
                    file.packet(1, &fragment);
                }
            } else {
                file.packet(1, &sender.packet(segment));
            }
        }
    }
    file.bytes()
}

#[test]
fn damaged_captures_never_panic_and_stay_within_their_limits() {
    let mut limits = Limits::default();
    limits.buffered = 100_000;
    limits.connections = 10;
    let mut events = 0;
    for seed in 0..60 {
        let mut bytes = capture(seed);
        let mut random = Random::new(seed);
        for _ in 0..random.below(20) {
            let position = random.below(bytes.len());
            bytes[position] = random.below(256) as u8;
        }
        if random.below(3) == 0 {
            bytes.truncate(random.below(bytes.len()));
        }
        let mut packets = Packets::new(Cursor::new(bytes));
        let mut connections = Connections::new(limits, &is_message);
        let mut emit = |event: Event<'_>| {
            events += 1;
            if let EventKind::Message(message) = event.kind {
                let parts = message.messages().map_or(0, Iterator::count);
                assert!(parts <= message.body.len() + 1);
            }
        };
        while let Ok(Some(packet)) = packets.next_packet() {
            connections.packet(&packet, &mut emit);
            assert!(connections.buffered() <= limits.buffered);
            assert!(connections.open() <= limits.connections);
        }
        connections.finish(&mut emit);
    }
    assert!(events > 1000, "{events}");
}
