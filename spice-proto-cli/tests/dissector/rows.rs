//! Messages of `tests/data`.

use std::fs;
use std::path::Path;

use serde_json::Value;
use spice_proto_gen::model::Side;

/// A message.
#[derive(Clone, Debug)]
pub struct Row {
    pub channel_type: u8,
    pub side: Side,
    pub id: u16,
    pub body: Vec<u8>,
}

/// Reads a file of this repository.
pub fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The messages of a file in `tests/data`.
pub fn rows(name: &str) -> Vec<Row> {
    let text = read(&format!("tests/data/{name}"));
    let rows = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON row"));
    rows.filter(|row: &Value| row["link"] != true)
        .map(|row| self::row(&row))
        .collect()
}

fn row(row: &Value) -> Row {
    let number = |name: &str| row[name].as_u64().expect("a number");
    Row {
        channel_type: number("channel_type").try_into().unwrap(),
        side: match row["side"].as_str() {
            Some("server") => Side::Server,
            _ => Side::Client,
        },
        id: number("id").try_into().unwrap(),
        body: unhex(row["hex"].as_str().expect("hexadecimal digits")),
    }
}

pub fn unhex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    let pairs = pairs.map(|pair| std::str::from_utf8(pair).unwrap());
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal digits"))
        .collect()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
