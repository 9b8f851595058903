//! Messages on the wire, read from the `.jsonl` files.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use spice_messages::wire::{Reader, Result, Side};
use spice_messages::{ChannelType, Message};

use super::read;

/// A recorded or generated message with its expected results.
#[derive(Deserialize)]
pub struct Row {
    /// Line number in the file, starting at 1.
    #[serde(skip)]
    pub line: usize,
    /// The channel's name in the protocol.
    pub channel: String,
    #[serde(deserialize_with = "channel_type")]
    pub channel_type: ChannelType,
    #[serde(deserialize_with = "side")]
    pub side: Side,
    pub id: u16,
    /// The message's name. Recorded messages have none.
    #[serde(default)]
    pub message: String,
    #[serde(rename = "hex", deserialize_with = "unhex")]
    pub body: Vec<u8>,
    /// Whether the reference decoder accepted the body.
    #[serde(default = "yes")]
    pub accept: bool,
    #[serde(default)]
    pub fields: Value,
}

impl Row {
    /// Decodes the body.
    pub fn decode(&self) -> Result<Message<'_>> {
        self.decode_body(&self.body)
    }

    /// Decodes another body as this message.
    pub fn decode_body<'a>(&self, body: &'a [u8]) -> Result<Message<'a>> {
        self.decode_from(&mut Reader::new(body))
    }

    /// Decodes the reader's body as this message.
    pub fn decode_from<'a>(&self, reader: &mut Reader<'a>) -> Result<Message<'a>> {
        Message::decode_from(self.channel_type, self.side, self.id, reader)
    }

    /// Returns the message's path: `port.server.init`.
    pub fn path(&self) -> String {
        format!("{}.{}.{}", self.channel, self.side.name(), self.message)
    }

    /// Returns a label for failure messages.
    pub fn label(&self) -> String {
        let (line, path, id) = (self.line, self.path(), self.id);
        format!("line {line}, {path} ({id}), {}", hex(&self.body))
    }
}

/// Messages made by the reference implementation.
pub fn reference() -> Vec<Row> {
    rows("tests/data/reference.jsonl")
}

/// Bodies that the reference implementation accepted or rejected.
pub fn verdicts() -> Vec<Row> {
    rows("tests/data/verdicts.jsonl")
}

/// Recorded messages.
pub fn recorded() -> Vec<Row> {
    rows("tests/data/qemu-spicy.jsonl")
}

fn rows(path: &str) -> Vec<Row> {
    let text = read(path);
    let parsed = text.lines().enumerate().map(|(index, line)| {
        let line_number = index + 1;
        let parse = || {
            let value: Value = serde_json::from_str(line)?;
            if value.get("link").is_some() {
                return Ok(None);
            }
            let row: Row = serde_json::from_value(value)?;
            Ok(Some(Row {
                line: line_number,
                ..row
            }))
        };
        let parsed: serde_json::Result<Option<Row>> = parse();
        parsed.unwrap_or_else(|error| panic!("{path}:{line_number}: {error}"))
    });
    parsed.flatten().collect()
}

fn yes() -> bool {
    true
}

fn channel_type<'de, D: Deserializer<'de>>(input: D) -> Result<ChannelType, D::Error> {
    u8::deserialize(input).map(ChannelType)
}

fn side<'de, D: Deserializer<'de>>(input: D) -> Result<Side, D::Error> {
    match String::deserialize(input)?.as_str() {
        "server" => Ok(Side::Server),
        "client" => Ok(Side::Client),
        other => Err(serde::de::Error::custom(format!("`{other}` is not a side"))),
    }
}

fn unhex<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<u8>, D::Error> {
    let digits = String::deserialize(input)?;
    let (pairs, odd) = digits.as_bytes().as_chunks::<2>();
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let bytes = pairs.iter().map(|[high, low]| {
        let byte = digit(*high)? << 4 | digit(*low)?;
        u8::try_from(byte).ok()
    });
    let bytes: Option<Vec<u8>> = bytes.collect();
    bytes
        .filter(|_| odd.is_empty())
        .ok_or_else(|| serde::de::Error::custom("`hex` is not hexadecimal"))
}

/// Formats bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
