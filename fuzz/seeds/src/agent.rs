//! Streams of an agent, with and without chunk headers.

use std::fs;
use std::path::Path;

use crate::Result;
use crate::rows::from_hex;

/// Bits of the first byte, as in the target.
const CHUNKS: u8 = 1;
const CLIENT: u8 = 2;
const SELECTION: u8 = 4;
const SERIAL: u8 = 8;

/// Returns all streams.
pub fn streams(repository: &Path) -> Result<Vec<Vec<u8>>> {
    let recorded = repository.join("spice-agent/tests/data/recorded.txt");
    let mut seeds = Vec::new();
    let mut dialect = 0;
    for line in fs::read_to_string(recorded)?.lines() {
        let Some((word, rest)) = line.split_once(' ') else {
            continue;
        };
        let side = match word {
            "guest" => 0,
            "host" => CLIENT,
            "session" => {
                dialect = match rest {
                    "plain" => 0,
                    "plain_serial" => SERIAL,
                    "selection" => SELECTION,
                    _ => SELECTION | SERIAL,
                };
                continue;
            }
            _ => continue,
        };
        let bytes = from_hex(rest)?;
        seeds.push([&[dialect | side | CHUNKS, 7], &*bytes].concat());
        // Each line is a chunk.
        let stream = bytes.get(8..).unwrap_or_default();
        seeds.push([&[dialect | side, 13], stream].concat());
    }
    Ok(seeds)
}
