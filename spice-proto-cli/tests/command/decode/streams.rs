//! TCP: segments in any order.

use std::sync::OnceLock;

use super::command::{Ran, decode};
use super::recorded::{capture_of, channel, session};
use super::support::From;
use super::support::Random;
use super::support::tcp::{Connection, SYN, Segment};

/// The display channel with segments of this size.
fn display(segment_size: usize) -> Connection {
    let channel = channel("display");
    let mut session = session(&channel, false, 50_000, true);
    session.connection.segment_size = segment_size;
    for row in &channel.rows {
        session.message(row.from, row.id, &row.body);
    }
    session.connection.close();
    session.connection
}

/// The lines without times, first the server's.
fn contents(ran: &Ran) -> Vec<String> {
    assert_eq!(ran.status, 0, "{}", ran.stdout);
    let rows = ran.rows().into_iter().map(|mut row| {
        row.as_object_mut().unwrap().remove("time");
        row
    });
    let (server, client): (Vec<_>, Vec<_>) = rows.partition(|row| row["side"] == "server");
    let rows = server.iter().chain(&client);
    rows.map(ToString::to_string).collect()
}

#[track_caller]
fn assert_same(changed: &Connection) {
    static EXPECTED: OnceLock<Vec<String>> = OnceLock::new();
    let expected = EXPECTED.get_or_init(|| contents(&decode(&[], &capture_of(&display(1448)))));
    assert!(expected.len() > 30);
    let found = contents(&decode(&[], &capture_of(changed)));
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn segments_of_all_sizes_give_the_same_lines() {
    for size in [1, 7, 100, 9000] {
        assert_same(&display(size));
    }
}

#[test]
fn segments_out_of_order_are_sorted() {
    let mut connection = display(300);
    let mut random = Random::new(1);
    // The handshake and the end stay in place.
    let count = connection.segments.len();
    for index in 3..count - 3 {
        let other = (index + random.below(40)).min(count - 4);
        connection.segments.swap(index, other);
    }
    assert_same(&connection);
}

#[test]
fn retransmitted_and_overlapping_segments_count_once() {
    let original = display(500);
    let mut random = Random::new(2);
    let mut segments: Vec<Segment> = Vec::new();
    for segment in &original.segments {
        segments.push(segment.clone());
        let same = |earlier: &&Segment| earlier.from == segment.from;
        if let Some(earlier) = segments.iter().rev().filter(same).nth(random.below(3)) {
            segments.push(earlier.clone());
        }
        // A segment that repeats the end of the last one, and holds the start of the next one.
        let payload = &segment.payload;
        if payload.len() > 10 {
            let (_, end) = payload.split_at(payload.len() / 2);
            segments.push(Segment {
                sequence: segment
                    .sequence
                    .wrapping_add((payload.len() - end.len()) as u32),
                payload: end.to_vec(),
                ..segment.clone()
            });
        }
    }
    let mut connection = original.clone();
    connection.segments = segments;
    assert_same(&connection);
    // Larger segments that contain what was sent before.
    let mut connection = original.clone();
    connection.segments = Vec::new();
    let mut last: Option<Segment> = None;
    for segment in &original.segments {
        let mut sent = segment.clone();
        if let Some(last) = &last
            && last.from == segment.from
            && !last.payload.is_empty()
            && !segment.payload.is_empty()
        {
            sent.sequence = last.sequence;
            sent.payload = [&last.payload[..], &segment.payload].concat();
        }
        connection.segments.push(sent);
        last = Some(segment.clone());
    }
    assert_same(&connection);
}

#[test]
fn keepalives_are_ignored() {
    let original = display(1448);
    let mut connection = original.clone();
    connection.segments = Vec::new();
    for segment in &original.segments {
        connection.segments.push(segment.clone());
        if segment.flags & SYN == 0 && segment.payload.is_empty() {
            continue;
        }
        let next = segment.sequence.wrapping_add(segment.payload.len() as u32);
        connection.segments.push(Segment {
            sequence: next.wrapping_sub(1),
            payload: vec![0],
            flags: 16,
            ..segment.clone()
        });
    }
    assert_same(&connection);
}

#[test]
fn ports_can_be_used_again() {
    let first = display(1448);
    let mut both = first.clone();
    // The first connection ends without a word.
    both.segments.truncate(both.segments.len() - 3);
    let mut second = first.clone();
    for segment in &mut second.segments {
        segment.sequence = segment.sequence.wrapping_add(123_456);
        segment.acknowledged = segment.acknowledged.wrapping_add(123_456);
    }
    both.segments.extend(second.segments);
    let ran = decode(&[], &capture_of(&both));
    assert_eq!(ran.status, 0);
    let count = |number: u64| {
        let messages = ran.messages().into_iter();
        messages.filter(|row| row["connection"] == number).count()
    };
    assert_eq!(count(1), channel("display").rows.len());
    assert_eq!(count(2), count(1));
}

#[test]
fn connection_without_handshake_is_recognized() {
    let mut connection = display(1448);
    connection.segments.drain(..3);
    assert_same(&connection);
    assert_eq!(connection.segments[0].from, From::Client);
}
