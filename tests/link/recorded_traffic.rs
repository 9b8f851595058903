//! Recorded traffic as bytes.

// Each test binary uses a part of this module.
#![allow(dead_code)]

use serde_json::Value;
use spice_messages::ChannelType;
use spice_messages::wire::Side;

/// The link messages of one channel, including headers.
pub struct Exchange {
    pub channel: String,
    pub mini_header: bool,
    pub client: Vec<u8>,
    pub server: Vec<u8>,
}

/// A recorded message.
pub struct Recorded {
    pub channel_type: ChannelType,
    pub side: Side,
    pub id: u16,
    pub body: Vec<u8>,
}

fn rows() -> impl Iterator<Item = Value> {
    let lines = include_str!("../data/qemu-spicy.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).expect("a row is JSON"))
}

/// Returns the recorded link messages.
pub fn exchanges() -> Vec<Exchange> {
    let rows = rows().filter(|row| row["link"] == true);
    let exchange = |row: Value| Exchange {
        channel: row["channel"].as_str().expect("a name").to_owned(),
        mini_header: row["mini_header"] == true,
        client: unhex(&row["client"]),
        server: unhex(&row["server"]),
    };
    rows.map(exchange).collect()
}

/// Returns the recorded messages.
pub fn messages() -> Vec<Recorded> {
    let rows = rows().filter(|row| row["link"] != true);
    rows.map(|row| recorded(&row)).collect()
}

/// Reads the message of a row.
pub fn recorded(row: &Value) -> Recorded {
    Recorded {
        channel_type: ChannelType(number(&row["channel_type"]).try_into().expect("8 bits")),
        side: match row["side"].as_str() {
            Some("client") => Side::Client,
            _ => Side::Server,
        },
        id: number(&row["id"]).try_into().expect("16 bits"),
        body: unhex(&row["hex"]),
    }
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("a number")
}

fn unhex(value: &Value) -> Vec<u8> {
    let hex = value.as_str().expect("hex digits").as_bytes();
    let digit = |digit: u8| char::from(digit).to_digit(16).expect("a hex digit");
    let (pairs, odd) = hex.as_chunks::<2>();
    assert!(odd.is_empty(), "an odd number of digits");
    let byte = |[high, low]: &[u8; 2]| (digit(*high) << 4 | digit(*low)) as u8;
    pairs.iter().map(byte).collect()
}
