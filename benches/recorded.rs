//! The traffic of a server and a client, recorded for the tests.

use std::path::Path;

use spice_messages::wire::Side;

/// A recorded message.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Channel number.
    pub channel_type: u8,
    /// Sender.
    pub side: Side,
    /// Message id.
    pub id: u16,
    /// Encoded body.
    pub body: Vec<u8>,
}

/// All recorded messages. Empty if the file cannot be read.
#[must_use]
pub fn messages() -> Vec<Recorded> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/qemu-spicy.jsonl");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            return Vec::new();
        }
    };
    text.lines().filter_map(message).collect()
}

/// The message of a line. Lines of the link stage contain none.
fn message(line: &str) -> Option<Recorded> {
    let row: serde_json::Value = serde_json::from_str(line).ok()?;
    let number = |name| row.get(name)?.as_u64();
    let side = match row.get("side")?.as_str()? {
        "server" => Side::Server,
        _ => Side::Client,
    };
    let digits = row.get("hex")?.as_str()?;
    let (pairs, _) = digits.as_bytes().as_chunks::<2>();
    let pairs = pairs.iter().map(|pair| std::str::from_utf8(pair).ok());
    let body = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok());
    Some(Recorded {
        channel_type: u8::try_from(number("channel_type")?).ok()?,
        side,
        id: u16::try_from(number("id")?).ok()?,
        body: body.collect::<Option<_>>()?,
    })
}
