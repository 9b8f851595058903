//! Captures of recorded traffic, as files and as segments.

use crate::rows::{Row, Rows};
use crate::support::file::{FORMATS, File, Format, LINKS};
use crate::support::session::{Authentication, Session};
use crate::support::tcp::{Connection, SYN};
use crate::support::{From, Random};

/// Inputs of the target are no longer than this.
const LONGEST: usize = 4096;

/// Returns all captures.
pub fn captures(rows: &Rows) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let mut random = Random::new(1);
    let short = rows.recorded.iter().filter(|row| row.body.len() < 200);
    let short: Vec<&Row> = short.collect();
    for (number, messages) in short.chunks(8).enumerate() {
        let link = &rows.links[number % rows.links.len()];
        let authentication = match number % 4 {
            0 => Authentication::Sasl(2),
            _ => Authentication::Ticket,
        };
        let connection = Connection::new(number % 3 == 0, 50_000, 5930, [u32::MAX - 300, 1]);
        let mut session = Session::open(
            connection,
            &link.client,
            &link.server,
            number % 2 == 0,
            authentication,
        );
        for row in messages {
            let from = if row.client {
                From::Client
            } else {
                From::Server
            };
            session.message(from, row.id, &row.body);
        }
        let mut connection = session.connection;
        if number % 2 == 0 {
            let last = connection.segments.len() - 1;
            let lost = random.below(4);
            for segment in (10..last).rev().filter(|segment| segment % 4 == lost) {
                connection.segments.remove(segment);
            }
        }
        connection.close();
        seeds.push([&[1], &*segments(&connection)].concat());
        for format in [FORMATS[number % FORMATS.len()], Format::Pcap] {
            let mut file = File::new(format, LINKS[number % LINKS.len()], number % 3 == 0);
            for segment in &connection.segments {
                file.packet(1, &connection.packet(segment));
            }
            seeds.push([&[0], &*file.bytes()].concat());
        }
    }
    for seed in &mut seeds {
        seed.truncate(LONGEST);
    }
    seeds
}

/// The segments in the form of the target.
fn segments(connection: &Connection) -> Vec<u8> {
    let mut bytes = Vec::new();
    for segment in &connection.segments {
        let sender = u8::from(segment.from == From::Server);
        let flags = u8::from(segment.flags & SYN != 0) * 3;
        bytes.extend([flags << 5 | sender, 128]);
        let length = u16::try_from(segment.payload.len()).unwrap_or(u16::MAX);
        bytes.extend(length.to_le_bytes());
        bytes.extend(&segment.payload);
    }
    bytes
}
