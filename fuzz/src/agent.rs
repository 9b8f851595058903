//! Fuzzes the stream of an agent: messages, chunks, the client's end and the relay.

use spice_agent::proto::Message;
use spice_agent::{
    AgentCapability, AgentError, AgentEvent, AgentRelay, CapabilitySet, ChunkPort, ChunkReader,
    ClientAgent, Dialect, MessageReader, RawMessage, StreamError,
};
use spice_messages::main::{client, server};
use spice_messages::types::Data;
use spice_wire::{Encode, Fds};

use crate::input::{Input, side};

/// Bits of the first byte.
mod bit {
    /// The stream has chunk headers.
    pub const CHUNKS: u8 = 1;
    /// The client sends the messages.
    pub const CLIENT: u8 = 2;
    /// Both sides have `CLIPBOARD_SELECTION`.
    pub const SELECTION: u8 = 4;
    /// Both sides have `CLIPBOARD_GRAB_SERIAL`.
    pub const SERIAL: u8 = 8;
}

/// Limit on the data of a message. Some inputs exceed it, most do not.
const LIMIT: u32 = 1000;

/// Reads a stream from a peer. The second byte is the length of the parts in which it arrives.
pub fn agent(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (Some(bits), Some(length)) = (input.byte(), input.byte()) else {
        return;
    };
    let mut capabilities = CapabilitySet::new();
    for (bit, capability) in [
        (bit::SELECTION, AgentCapability::CLIPBOARD_SELECTION),
        (bit::SERIAL, AgentCapability::CLIPBOARD_GRAB_SERIAL),
    ] {
        if bits & bit != 0 {
            capabilities.insert(capability);
        }
    }
    if bits & bit::CHUNKS != 0 {
        let found = streams(input, length);
        assert_eq!(found, streams(input, 0));
        relay(input, length, &found);
        return;
    }
    let found = messages(input, length);
    assert_eq!(found, messages(input, 0));
    let dialect = Dialect::negotiate(&capabilities, &capabilities);
    for raw in &found.0 {
        check_message(dialect, bits & bit::CLIENT != 0, raw);
    }
    let events = events(&capabilities, input, length);
    assert_eq!(events, self::events(&capabilities, input, 0));
}

/// Returns the messages of a stream.
fn messages(input: Input<'_>, length: u8) -> (Vec<RawMessage>, Option<StreamError>) {
    let mut reader = MessageReader::new().with_limit(LIMIT);
    let (mut messages, mut error) = (Vec::new(), None);
    for part in input.pieces(length) {
        reader.push(part);
        while error.is_none() {
            match reader.next_message() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => {
                    assert!(reader.unread().len() < 20 + LIMIT as usize);
                    break;
                }
                Err(found) => error = Some(found),
            }
        }
    }
    (messages, error)
}

/// A message is rejected, or survives decoding and encoding.
fn check_message(dialect: Dialect, client: bool, raw: &RawMessage) {
    let decode = |data| {
        Message::decode(
            dialect.channel_type(),
            side(client),
            raw.id(),
            data,
            Fds::default(),
        )
    };
    let Ok(message) = decode(&raw.data) else {
        return;
    };
    let encoded = message.encode_to_vec();
    let Ok(encoded) = encoded else {
        panic!("{message:?} does not encode");
    };
    match decode(&encoded) {
        Ok(again) => assert_eq!(message, again),
        Err(error) => panic!("{message:?}: {error}"),
    }
}

/// Returns the events of a client.
fn events(
    capabilities: &CapabilitySet,
    input: Input<'_>,
    length: u8,
) -> Vec<Result<AgentEvent, AgentError>> {
    let mut client = ClientAgent::new(capabilities.clone()).with_limit(LIMIT);
    let init = server::Init {
        agent_connected: 1,
        agent_tokens: u32::MAX,
        ..server::Init::default()
    };
    client.handle(&init.into());
    let mut events = Vec::new();
    for part in input.pieces(length) {
        client.handle(&server::Message::AgentData(Data { data: part.into() }));
        while let Some(event) = client.next_event().transpose() {
            events.push(event);
        }
        while let Some(message) = client.next_message() {
            if let client::Message::AgentData(part) = message {
                assert!((1..=2048).contains(&part.data.len()));
            }
        }
    }
    events
}

/// Streams of both ports, and the error after them.
type Streams = ([Vec<u8>; 2], Option<StreamError>);

fn streams(input: Input<'_>, length: u8) -> Streams {
    let mut reader = ChunkReader::new();
    let mut streams = <[Vec<u8>; 2]>::default();
    for bytes in input.pieces(length) {
        reader.push(bytes);
        loop {
            match reader.next_part() {
                Ok(Some(part)) => {
                    let [client, server] = &mut streams;
                    let stream = match part.port {
                        ChunkPort::CLIENT => client,
                        _ => server,
                    };
                    stream.extend_from_slice(&part.data);
                }
                Ok(None) => break,
                Err(error) => return (streams, Some(error)),
            }
        }
    }
    (streams, None)
}

/// The client receives the stream of its port.
fn relay(input: Input<'_>, length: u8, found: &Streams) {
    let mut relay = AgentRelay::default();
    relay.connect_guest();
    relay.connect_client(&CapabilitySet::new(), &mut server::Init::default());
    let num_tokens = u32::MAX;
    let started = relay.handle(&client::AgentStart { num_tokens }.into());
    assert_eq!(started, Ok(()));
    let mut stream = Vec::new();
    let mut error = None;
    for bytes in input.pieces(length) {
        error = relay.receive_from_guest(bytes).err();
        while let Some(message) = relay.next_message() {
            if let server::Message::AgentData(part) = message {
                assert!((1..=2048).contains(&part.data.len()));
                stream.extend_from_slice(&part.data);
            }
        }
        while let Ok(Some(_)) = relay.next_server_message() {}
        if error.is_some() {
            break;
        }
    }
    let ([client, _], expected) = found;
    assert_eq!(&stream, client);
    assert_eq!(error, expected.map(AgentError::Stream));
}
