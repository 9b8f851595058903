//! Recorded streams, for several tests.

// Each test binary uses a part of this module.
#![allow(dead_code)]

use spice_agent::{ChunkPort, ChunkReader, MessageReader, RawMessage};

/// A recorded connection of an agent.
#[derive(Default)]
pub struct Session {
    pub name: String,
    /// Bytes of the agent, with chunk headers.
    pub guest: Vec<u8>,
    /// Bytes of the server, with chunk headers.
    pub host: Vec<u8>,
    /// Both, in order. The flag is set for bytes of the agent.
    pub both: Vec<(bool, Vec<u8>)>,
}

fn unhex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    let pairs = pairs.map(|pair| std::str::from_utf8(pair).expect("digits"));
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).expect("digits"))
        .collect()
}

/// Returns all recorded sessions.
pub fn sessions() -> Vec<Session> {
    let lines = include_str!("../data/recorded.txt").lines();
    let mut sessions: Vec<Session> = Vec::new();
    for line in lines.filter(|line| !line.starts_with('#')) {
        let (word, rest) = line.split_once(' ').expect("two words");
        if word == "session" {
            sessions.push(Session {
                name: rest.to_owned(),
                ..Session::default()
            });
            continue;
        }
        let session = sessions.last_mut().expect("a session");
        let (is_guest, bytes) = (word == "guest", unhex(rest));
        let stream = if is_guest {
            &mut session.guest
        } else {
            &mut session.host
        };
        stream.extend(&bytes);
        session.both.push((is_guest, bytes));
    }
    assert_eq!(sessions.len(), 9);
    sessions
}

/// Returns the stream of a port.
pub fn port_stream(bytes: &[u8], port: ChunkPort) -> Vec<u8> {
    let mut reader = ChunkReader::new();
    reader.push(bytes);
    let mut stream = Vec::new();
    while let Some(part) = reader.next_part().expect("valid chunks") {
        if part.port == port {
            stream.extend_from_slice(&part.data);
        }
    }
    stream
}

/// Returns the messages of a stream, which ends with a message.
pub fn messages(stream: &[u8]) -> Vec<RawMessage> {
    let mut reader = MessageReader::new();
    reader.push(stream);
    let mut messages = Vec::new();
    while let Some(message) = reader.next_message().expect("a valid stream") {
        messages.push(message);
    }
    assert!(reader.unread().is_empty());
    messages
}
