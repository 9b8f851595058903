//! The recorded traffic of `tests/data` as captures.

use std::fs;
use std::path::Path;

use serde_json::Value;
use spice_dynamic::message;
use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::{Model, Side};

use super::command::decode;
use super::support::From;
use super::support::file::{File, Format, Link};
use super::support::session::{Authentication, Session};
use super::support::tcp::Connection;

/// A recorded message.
pub struct Row {
    pub channel_type: u8,
    pub from: From,
    pub id: u16,
    pub body: Vec<u8>,
}

/// The link stage and the messages of a channel.
pub struct Channel {
    pub name: String,
    pub client: Vec<u8>,
    pub server: Vec<u8>,
    pub rows: Vec<Row>,
}

/// The path of a file in `tests/data`.
pub fn data(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let path = root.join("tests/data").join(name);
    path.to_str().unwrap().to_owned()
}

pub fn unhex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    let bytes = pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16));
    bytes.collect::<Result<_, _>>().unwrap()
}

/// The channels of the recorded session.
pub fn channels() -> Vec<Channel> {
    let mut channels: Vec<Channel> = Vec::new();
    let text = fs::read_to_string(data("qemu-spicy.jsonl")).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let rows: Vec<Value> = rows.collect();
    for row in rows.iter().filter(|row| row["link"] == true) {
        channels.push(Channel {
            name: row["channel"].as_str().unwrap().to_owned(),
            client: unhex(row["client"].as_str().unwrap()),
            server: unhex(row["server"].as_str().unwrap()),
            rows: Vec::new(),
        });
    }
    for row in rows.iter().filter(|row| row["link"] != true) {
        let name = row["channel"].as_str().unwrap();
        let channel = channels.iter_mut().find(|channel| channel.name == name);
        channel.unwrap().rows.push(Row {
            channel_type: row["channel_type"].as_u64().unwrap() as u8,
            from: match row["side"].as_str().unwrap() {
                "client" => From::Client,
                _ => From::Server,
            },
            id: row["id"].as_u64().unwrap() as u16,
            body: unhex(row["hex"].as_str().unwrap()),
        });
    }
    channels
}

/// The channel with this name.
pub fn channel(name: &str) -> Channel {
    let mut channels = channels();
    let index = channels.iter().position(|channel| channel.name == name);
    channels.swap_remove(index.unwrap())
}

/// The connection of a channel, from a client port.
pub fn session(channel: &Channel, is_v6: bool, port: u16, mini_header: bool) -> Session {
    let connection = Connection::new(is_v6, port, 40_000, [0xffff_ff00, 7]);
    Session::open(
        connection,
        &channel.client,
        &channel.server,
        mini_header,
        Authentication::Ticket,
    )
}

/// The connections of all channels with all messages.
pub fn connections(is_v6: bool, mini_header: bool) -> Vec<Connection> {
    let ports = 50_000..;
    let sessions = ports.zip(channels()).map(|(port, channel)| {
        let mut session = session(&channel, is_v6, port, mini_header);
        for row in &channel.rows {
            session.message(row.from, row.id, &row.body);
        }
        session.connection.close();
        session.connection
    });
    sessions.collect()
}

/// A capture of connections that send in turn.
pub fn capture(format: Format, link: Link, is_v6: bool, connections: &[Connection]) -> Vec<u8> {
    let mut file = File::new(format, link, is_v6);
    let longest = connections.iter().map(|found| found.segments.len()).max();
    let mut time = 1_700_000_000_000_000;
    for index in 0..longest.unwrap() {
        for connection in connections {
            if let Some(segment) = connection.segments.get(index) {
                file.packet(time, &connection.packet(segment));
                time += 125;
            }
        }
    }
    file.bytes()
}

/// A capture of one connection.
pub fn capture_of(connection: &Connection) -> Vec<u8> {
    capture(
        Format::Pcap,
        Link::Ethernet,
        false,
        std::slice::from_ref(connection),
    )
}

pub fn spice() -> Model {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto/spice.proto");
    let text = fs::read(path).unwrap();
    let analysis = Analysis::new(&text, &Levels::default());
    analysis.model.unwrap()
}

/// The fields that the interpreter decodes.
pub fn fields(model: &Model, row: &Row) -> Value {
    let side = match row.from {
        From::Client => Side::Client,
        From::Server => Side::Server,
    };
    let found = message(model, row.channel_type, side, row.id).unwrap();
    let decoded = spice_dynamic::decode(model, found.body, &row.body).unwrap();
    serde_json::from_str(&decoded.value.to_json()).unwrap()
}

#[test]
fn recorded_messages_have_the_fields_of_the_interpreter_with_both_headers() {
    let model = spice();
    for mini_header in [true, false] {
        let connections = connections(false, mini_header);
        let capture = capture(Format::PcapNg, Link::Ethernet, false, &connections);
        let ran = decode(&[], &capture);
        assert_eq!(ran.status, 0);
        let messages = ran.messages();
        assert_eq!(messages.len(), 314);
        for (number, channel) in (1..).zip(channels()) {
            for from in [From::Client, From::Server] {
                let side = match from {
                    From::Client => "client",
                    From::Server => "server",
                };
                let mut decoded = messages
                    .iter()
                    .filter(|row| row["connection"] == number && row["side"] == side);
                for row in channel.rows.iter().filter(|row| row.from == from) {
                    let decoded = decoded.next().unwrap();
                    assert_eq!(decoded["channel"], channel.name);
                    assert_eq!(decoded["id"], row.id);
                    assert_eq!(decoded["size"], row.body.len());
                    assert_eq!(decoded["fields"], fields(&model, row));
                    assert_eq!(decoded.get("error"), None);
                }
                assert!(decoded.next().is_none());
            }
        }
        let events = ran.events();
        assert_eq!(events.len(), 8);
        for event in events {
            assert_eq!(event["event"], "linked");
            let header = if mini_header { "mini" } else { "full" };
            assert_eq!(event["header"], header);
        }
    }
}
