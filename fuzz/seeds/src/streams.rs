//! Byte streams: link exchanges, and messages with headers.

use crate::rows::{Row, Rows};

/// Bits of the first byte, as in the target `frames`.
const LINK: u8 = 1;
const CLIENT: u8 = 2;
const MINI: u8 = 4;
const DESCRIPTORS: u8 = 8;
const REFUSE: u8 = 16;
const SELECTION: u8 = 32;

/// Maximum body length, as in the target.
const LONGEST: usize = 2000;

/// Number of messages in a stream.
const MESSAGES: usize = 6;

/// Ids of the base messages `list` and `ping`.
const LIST: u16 = 8;
const PING: u16 = 4;

/// Returns all streams.
pub fn streams(rows: &Rows) -> Vec<Vec<u8>> {
    let mut streams = Vec::new();
    for link in &rows.links {
        // The authentication method and the ticket.
        let choice = [&*link.client, &[1, 0, 0, 0], &[7; 128]].concat();
        let ticket = [&*link.client, &[7; 128]].concat();
        let result = [&*link.server, &[0; 4]].concat();
        streams.push(stream(LINK | CLIENT | SELECTION, 1, &choice));
        streams.push(stream(LINK | CLIENT, 50, &ticket));
        streams.push(stream(LINK | CLIENT | REFUSE, 0, &ticket));
        streams.push(stream(LINK | SELECTION, 1, &result));
        streams.push(stream(LINK, 0, &result));
    }
    for side in [0, CLIENT] {
        let ours = |row: &&Row| row.client == (side != 0) && row.body.len() <= LONGEST;
        let messages: Vec<&Row> = rows.recorded.iter().filter(ours).collect();
        for messages in messages.chunks(MESSAGES) {
            for format in [0, MINI] {
                let framed = messages.iter().enumerate();
                let framed = framed.map(|(index, row)| framed_message(format, index, row));
                let framed: Vec<u8> = framed.flatten().collect();
                streams.push(stream(side | format, 13, &framed));
                streams.push(stream(side | format | DESCRIPTORS, 0, &framed));
            }
        }
    }
    let messages: Vec<&Row> = rows.recorded.iter().collect();
    for messages in messages.chunks(3) {
        streams.extend(lists(messages));
    }
    streams
}

fn stream(bits: u8, piece: u8, bytes: &[u8]) -> Vec<u8> {
    [&[bits, piece], bytes].concat()
}

/// Converts a number to four little-endian bytes.
fn number(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}

fn frame(format: u8, serial: usize, id: u16, sub_list: usize, body: &[u8]) -> Vec<u8> {
    let size = number(body.len());
    match format {
        MINI => [&id.to_le_bytes()[..], &size, body].concat(),
        _ => {
            let serial = (serial as u64 + 1).to_le_bytes();
            let id = id.to_le_bytes();
            [&serial[..], &id, &size, &number(sub_list), body].concat()
        }
    }
}

fn framed_message(format: u8, serial: usize, row: &Row) -> Vec<u8> {
    frame(format, serial, row.id, 0, &row.body)
}

/// Returns messages in a `list`, and as sub-messages of a `ping`.
fn lists(rows: &[&Row]) -> Vec<Vec<u8>> {
    let rows: Vec<_> = rows.iter().filter(|row| row.body.len() < 300).collect();
    let ping = [0; 12];
    let mut listed = list(rows.len());
    let mut carried = ping.to_vec();
    let mut offsets = Vec::new();
    let first = 2 + 4 * rows.len();
    let mut parts = Vec::new();
    for row in &rows {
        listed.extend(number(first + parts.len()));
        offsets.push(ping.len() + parts.len());
        parts.extend(framed_message(MINI, 0, row));
    }
    listed.extend(&parts);
    carried.extend(&parts);
    let sub_list = carried.len();
    carried.extend(list(rows.len()));
    carried.extend(offsets.into_iter().flat_map(number));
    vec![
        stream(MINI, 0, &frame(MINI, 0, LIST, 0, &listed)),
        stream(0, 7, &frame(0, 0, LIST, 0, &listed)),
        stream(0, 0, &frame(0, 0, PING, sub_list, &carried)),
    ]
}

/// Returns a sub-message count.
fn list(count: usize) -> Vec<u8> {
    number(count).get(..2).unwrap_or_default().to_vec()
}
