//! Packets that are not in the capture.

use serde_json::Value;

use super::command::decode;
use super::recorded::{Row, capture_of, channel, session};
use super::support::From;
use super::support::file::{File, Format, Link};
use super::support::tcp::Connection;
use crate::support::size;

/// The display channel with full or mini headers, and its recorded messages.
fn display(mini_header: bool) -> (Connection, Vec<Row>) {
    let channel = channel("display");
    let mut session = session(&channel, false, 50_000, mini_header);
    session.connection.segment_size = 400;
    for row in &channel.rows {
        session.message(row.from, row.id, &row.body);
    }
    session.connection.close();
    (session.connection, channel.rows)
}

/// Bodies of the messages that were decoded, by their offsets.
fn offsets(rows: &[Value]) -> Vec<(u64, Value)> {
    let rows = rows.iter().filter(|row| row["side"] == "server");
    let rows = rows.filter(|row| row.get("fields").is_some());
    rows.map(|row| (row["offset"].as_u64().unwrap(), row["fields"].clone()))
        .collect()
}

#[test]
fn stream_goes_on_after_any_lost_packet() {
    for mini_header in [true, false] {
        let (whole, _) = display(mini_header);
        let expected = offsets(&decode(&[], &capture_of(&whole)).messages());
        let is_data = |index: &usize| {
            let segment = &whole.segments[*index];
            segment.from == From::Server && !segment.payload.is_empty()
        };
        // The first two data segments are the link stage.
        let indexes: Vec<usize> = (0..whole.segments.len()).filter(is_data).skip(2).collect();
        assert!(indexes.len() > 40);
        for lost in indexes.into_iter().step_by(size(6, 1)) {
            let mut connection = whole.clone();
            let segment = connection.segments.remove(lost);
            let length = segment.payload.len() as u64;
            let start = u64::from(segment.sequence.wrapping_sub(8));
            let ran = decode(&[], &capture_of(&connection));
            assert_eq!(ran.status, 1);
            let missing: Vec<_> = ran.events();
            let missing = missing.iter().find(|event| event["event"] == "missing");
            let missing = missing.unwrap_or_else(|| panic!("{}", ran.stdout));
            assert_eq!(
                (&missing["offset"], &missing["length"]),
                (&start.into(), &length.into())
            );
            let found = offsets(&ran.messages());
            // All messages before and after the segment are there, apart from those it touches, and one after it at most.
            let mut allowed = 0;
            for (index, (offset, fields)) in expected.iter().enumerate() {
                let end = expected.get(index + 1).map_or(u64::MAX, |(next, _)| *next);
                let is_touched = *offset < start + length && end > start;
                allowed += usize::from(is_touched);
                let is_found = found.contains(&(*offset, fields.clone()));
                assert!(
                    is_found || is_touched,
                    "{mini_header} {lost}: {offset}\n{}",
                    ran.stdout
                );
            }
            assert!(found.len() + allowed >= expected.len());
            // Nothing was made up.
            for decoded in &found {
                assert!(
                    expected.contains(decoded),
                    "{mini_header} {lost}: {decoded:?}"
                );
            }
        }
    }
}

#[test]
fn message_with_missing_bytes_is_named() {
    let channel = channel("display");
    let mut session = session(&channel, false, 50_000, true);
    session.connection.segment_size = 1000;
    let body = vec![0; 5000];
    let before = session.connection.segments.len();
    session.message(From::Server, 304, &body);
    session.message(From::Server, 102, &[]);
    session.connection.segments.remove(before + 2);
    let ran = decode(&[], &capture_of(&session.connection));
    let messages = ran.messages();
    assert_eq!(messages.len(), 2, "{}", ran.stdout);
    assert_eq!(messages[0]["message"], "draw_copy");
    assert_eq!(messages[0]["size"], 5000);
    assert_eq!(messages[0]["error"]["kind"], "incomplete");
    assert_eq!(
        messages[0]["error"]["text"],
        "bytes of the message are missing in the capture"
    );
    assert_eq!(messages[1]["message"], "mark");
}

#[test]
fn packets_that_the_capture_cut_off_are_missing_bytes() {
    let channel = channel("display");
    let mut session = session(&channel, false, 50_000, true);
    let (offset, size) = (session.connection.segments.len(), 1300);
    session.message(From::Server, 304, &vec![0; size]);
    session.message(From::Server, 102, &[]);
    let mut file = File::new(Format::Pcap, Link::Ethernet, false);
    for (index, segment) in session.connection.segments.iter().enumerate() {
        file.snap(if index == offset { 200 } else { usize::MAX });
        file.packet(1, &session.connection.packet(segment));
    }
    let ran = decode(&[], &file.bytes());
    // 200 bytes are 58 of headers, 6 of the message header and 136 of the body.
    let missing = &ran.events()[1];
    assert_eq!(
        (&missing["event"], &missing["length"]),
        (&"missing".into(), &(size - 136).into())
    );
    assert_eq!(ran.messages()[1]["message"], "mark");
}

#[test]
fn lost_link_stage_is_named() {
    let channel = channel("port");
    let mut session = session(&channel, false, 50_000, true);
    session.message(From::Server, 201, b"\x04\0\0\0\x09\0\0\0\x01mon\0");
    let mut connection = session.connection;
    // The server's link message.
    connection.segments.remove(4);
    let ran = decode(&[], &capture_of(&connection));
    let events = ran.events();
    assert_eq!((ran.status, events.len()), (1, 1), "{}", ran.stdout);
    assert_eq!(
        events[0]["reason"],
        "bytes of the link stage are missing in the capture"
    );
}

#[test]
fn messages_are_found_after_an_incomplete_link_stage() {
    let (whole, _) = display(true);
    let all = decode(&[], &capture_of(&whole)).messages();
    // The link messages, the method, the ticket, and the result.
    for lost in 3..8 {
        let mut connection = whole.clone();
        connection.segments.remove(lost);
        let ran = decode(&[], &capture_of(&connection));
        assert_eq!(ran.status, 1);
        let events = ran.events();
        let joined = events.iter().find(|event| event["event"] == "joined");
        let joined = joined.unwrap_or_else(|| panic!("{lost}: {}", ran.stdout));
        assert_eq!(joined["channel"], "display");
        let is_known = lost > 4;
        assert_eq!(joined["channel_id"].is_number(), is_known, "{lost}");
        let found = ran.messages();
        assert!(
            found.len() + 3 > all.len(),
            "{lost}: {} of {}",
            found.len(),
            all.len()
        );
        for row in found {
            let is_same = |other: &Value| {
                ["side", "offset", "fields"]
                    .iter()
                    .all(|member| row[member] == other[member])
            };
            // Offsets count from the first known byte.
            assert!(!is_known || all.iter().any(is_same), "{lost}: {row}");
        }
    }
}

#[test]
fn message_at_the_end_of_the_capture_is_incomplete() {
    let channel = channel("display");
    let mut session = session(&channel, false, 50_000, true);
    session.message(From::Server, 304, &[0; 3000]);
    session.connection.segments.pop();
    let ran = decode(&[], &capture_of(&session.connection));
    assert_eq!(ran.status, 1);
    let [message] = &ran.messages()[..] else {
        panic!("{}", ran.stdout)
    };
    assert_eq!(
        message["error"]["text"],
        "the stream ends inside the message"
    );
    assert_eq!(message.get("hex"), None);
}

#[test]
fn connections_older_than_the_capture_are_recognized_by_their_messages() {
    for mini_header in [true, false] {
        for name in ["display", "inputs", "main"] {
            let channel = channel(name);
            let mut session = session(&channel, false, 50_000, mini_header);
            let opened = session.connection.segments.len();
            for row in &channel.rows {
                session.message(row.from, row.id, &row.body);
            }
            let mut connection = session.connection;
            let all = decode(&[], &capture_of(&connection)).messages();
            // The capture begins inside a message.
            connection.segments.drain(..opened + 3);
            let first = connection
                .segments
                .iter_mut()
                .find(|segment| segment.payload.len() > 12);
            let first = first.unwrap();
            first.payload.drain(..5);
            first.sequence = first.sequence.wrapping_add(5);
            let ran = decode(&[], &capture_of(&connection));
            assert_eq!(ran.status, 1, "{name}: {}", ran.stdout);
            let events = ran.events();
            assert_eq!(events[0]["event"], "joined", "{name}: {}", ran.stdout);
            assert_eq!(events[0]["channel"], name);
            let header = if mini_header { "mini" } else { "full" };
            assert_eq!(events[0]["header"], header);
            assert_eq!(events[0]["client"], "10.0.0.1:50000");
            let found = ran.messages();
            assert!(
                found.len() + 8 > all.len(),
                "{name}: {} of {}",
                found.len(),
                all.len()
            );
            for side in ["server", "client"] {
                let fields = |rows: &[Value]| -> Vec<Value> {
                    let rows = rows.iter().filter(|row| row["side"] == side);
                    rows.map(|row| row["fields"].clone()).collect()
                };
                let (found, all) = (fields(&found), fields(&all));
                assert_eq!(found, all[all.len() - found.len()..], "{name} {side}");
            }
        }
    }
}

#[test]
fn older_connection_of_an_unclear_channel_is_named() {
    let channel = channel("port");
    let mut session = session(&channel, false, 50_000, true);
    let opened = session.connection.segments.len();
    for _ in 0..8 {
        session.message(From::Server, 101, b"bytes for a port, usbredir or webdav");
    }
    session.connection.segments.drain(..opened);
    let ran = decode(&[], &capture_of(&session.connection));
    let [event] = &ran.events()[..] else {
        panic!("{}", ran.stdout)
    };
    assert_eq!(
        event["reason"],
        "the capture lacks the link stage, and several channels have such messages"
    );
}

#[test]
fn older_connections_without_spice_are_ignored() {
    let mut connection = Connection::new(false, 50_000, 80, [1, 1]);
    let mut random = super::support::Random::new(5);
    for from in [From::Client, From::Server] {
        connection.data(from, &random.bytes(size(60_000, 300_000)));
        connection.data(from, &vec![0; 20_000]);
        connection.data(from, "GET / HTTP/1.1\r\n".repeat(500).as_bytes());
    }
    let ran = decode(&[], &capture_of(&connection));
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""));
}
