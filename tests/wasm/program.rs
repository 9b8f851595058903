//! Test program for WebAssembly without an operating system, as in a browser. `run.mjs` runs it in Node.js.
//! A failed assertion stops it with a trap.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use spice_link::ticket::{RandomError, ServerKey, encrypt};
use spice_messages::wire::{Encode, Fds, Side};
use spice_messages::{ChannelType, Message};

const REFERENCE: &str = include_str!("../data/reference.jsonl");

fn main() {
    messages_decode_and_encode_to_the_same_bytes();
    tickets_need_only_a_source_of_randomness();
}

fn messages_decode_and_encode_to_the_same_bytes() {
    let mut same = 0;
    for line in REFERENCE.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let number = |key: &str| row.get(key).and_then(Value::as_u64).unwrap();
        let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap();
        let side = match text("side") {
            "server" => Side::Server,
            _ => Side::Client,
        };
        let body = unhex(text("hex"));
        let channel = ChannelType(u8::try_from(number("channel_type")).unwrap());
        let id = u16::try_from(number("id")).unwrap();
        let message = Message::decode(channel, side, id, &body, Fds::none()).unwrap();
        same += usize::from(message.encode_to_vec().unwrap() == body);
    }
    // Two rows have a null array with a count, which is encoded as 0.
    assert_eq!(same, 1090);
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| u8::try_from(digit.to_digit(16).unwrap()).unwrap())
        .collect();
    let pairs = digits.chunks_exact(2);
    pairs
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
        .collect()
}

fn tickets_need_only_a_source_of_randomness() {
    // A browser has `crypto.getRandomValues`. This test needs no secret.
    let random = |bytes: &mut [u8]| -> Result<(), RandomError> {
        bytes.fill(7);
        Ok(())
    };
    let key = ServerKey::generate(random).unwrap();
    let ticket = encrypt("secret", key.public(), random).unwrap();
    assert!(key.check(&ticket, "secret", random));
    assert!(!key.check(&ticket, "Secret", random));
}
