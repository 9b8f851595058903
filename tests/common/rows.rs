//! Messages on the wire: the rows of the `.jsonl` files.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use spice_messages::Message;
use spice_messages::wire::{Cursor, Result, Side};

use super::read;

/// A message and what is known of it.
#[derive(Deserialize)]
pub struct Row {
    /// Its line in the file, counted from 1.
    #[serde(skip)]
    pub line: usize,
    /// The channel's name in the protocol.
    pub channel: String,
    pub channel_type: u8,
    #[serde(deserialize_with = "side")]
    pub side: Side,
    pub id: u16,
    /// The message's name, but for recorded ones.
    #[serde(default)]
    pub message: String,
    #[serde(rename = "hex", deserialize_with = "unhex")]
    pub body: Vec<u8>,
    /// What the reference decoder made of it.
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
        self.decode_from(&mut Cursor::new(body))
    }

    /// Decodes what the cursor holds as this message.
    pub fn decode_from<'a>(&self, cursor: &mut Cursor<'a>) -> Result<Message<'a>> {
        Message::decode_from(self.channel_type, self.side, self.id, cursor)
    }

    /// `port.server.init`
    pub fn path(&self) -> String {
        format!("{}.{}.{}", self.channel, self.side.name(), self.message)
    }

    /// What to say of this row where it fails.
    pub fn label(&self) -> String {
        let (line, path, id) = (self.line, self.path(), self.id);
        format!("line {line}, {path} ({id}), {}", hex(&self.body))
    }
}

/// The messages that the reference made.
pub fn reference() -> Vec<Row> {
    rows("tests/data/reference.jsonl")
}

/// The messages that the reference judged.
pub fn verdicts() -> Vec<Row> {
    rows("tests/data/verdicts.jsonl")
}

/// The messages that were recorded.
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

fn side<'de, D: Deserializer<'de>>(input: D) -> Result<Side, D::Error> {
    match String::deserialize(input)?.as_str() {
        "server" => Ok(Side::Server),
        "client" => Ok(Side::Client),
        other => Err(serde::de::Error::custom(format!("`{other}` is no side"))),
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

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
