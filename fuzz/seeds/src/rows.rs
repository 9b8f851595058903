//! Messages and link exchanges from `tests/data`.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::Result;

/// A message.
pub struct Row {
    pub channel: u8,
    pub client: bool,
    pub id: u16,
    pub body: Vec<u8>,
}

/// The link stage of a channel.
pub struct Link {
    pub client: Vec<u8>,
    pub server: Vec<u8>,
}

/// All test data.
#[derive(Default)]
pub struct Rows {
    /// Messages from all files.
    pub messages: Vec<Row>,
    /// Only recorded messages, in order.
    pub recorded: Vec<Row>,
    pub links: Vec<Link>,
}

impl Row {
    /// Returns the address and the body.
    pub fn seed(&self) -> Vec<u8> {
        let channel = self.channel | u8::from(self.client) << 7;
        let mut seed = vec![channel];
        seed.extend(self.id.to_le_bytes());
        seed.extend(&self.body);
        seed
    }
}

/// Reads the files of a folder.
pub fn read(folder: &Path) -> Result<Rows> {
    let mut rows = Rows::default();
    for name in ["reference.jsonl", "verdicts.jsonl", "qemu-spicy.jsonl"] {
        let text = fs::read_to_string(folder.join(name))?;
        for line in text.lines() {
            let line: Value = serde_json::from_str(line)?;
            if line.get("link").is_some() {
                rows.links.push(Link {
                    client: unhex(&line, "client")?,
                    server: unhex(&line, "server")?,
                });
                continue;
            }
            rows.messages.push(row(&line)?);
            if name == "qemu-spicy.jsonl" {
                rows.recorded.push(row(&line)?);
            }
        }
    }
    Ok(rows)
}

fn row(line: &Value) -> Result<Row> {
    let number = |key: &str| {
        let number = line.get(key).and_then(Value::as_u64);
        number.ok_or_else(|| format!("`{key}` is missing in {line}"))
    };
    Ok(Row {
        channel: u8::try_from(number("channel_type")?)?,
        client: line.get("side").and_then(Value::as_str) == Some("client"),
        id: u16::try_from(number("id")?)?,
        body: unhex(line, "hex")?,
    })
}

fn unhex(line: &Value, key: &str) -> Result<Vec<u8>> {
    let digits = line.get(key).and_then(Value::as_str);
    from_hex(digits.ok_or_else(|| format!("`{key}` is missing in {line}"))?)
}

/// Converts pairs of hexadecimal digits.
pub fn from_hex(digits: &str) -> Result<Vec<u8>> {
    let (pairs, _) = digits.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|pair| {
        let digits = str::from_utf8(pair)?;
        Ok(u8::from_str_radix(digits, 16)?)
    });
    bytes.collect()
}
