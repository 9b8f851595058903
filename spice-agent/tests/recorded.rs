//! Recorded streams of real peers, whole and damaged.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod support;

use spice_agent::proto::{Message, agent, server_port};
use spice_agent::{
    AgentEvent, AgentRelay, CapabilitySet, ChunkPort, ClientAgent, Dialect, MessageReader,
    RawMessage, write_message,
};
use spice_messages::main;
use spice_messages::types::Data;
use spice_messages::wire::{Encode, Fds, Side};
use support::{Session, messages, port_stream, sessions};

const SIDES: [Side; 2] = [Side::Server, Side::Client];

/// Limit on messages in tests with damaged streams.
const LIMIT: u32 = 300;

impl Session {
    /// Returns the messages of a side between agent and client.
    fn messages(&self, side: Side) -> Vec<RawMessage> {
        let bytes = match side {
            Side::Server => &self.guest,
            Side::Client => &self.host,
        };
        messages(&port_stream(bytes, ChunkPort::CLIENT))
    }

    fn capabilities(&self, side: Side) -> CapabilitySet {
        let id = agent::server::id::ANNOUNCE_CAPABILITIES;
        let messages = self.messages(side);
        let announced = messages.iter().find(|message| message.id() == id);
        let announced: agent::client::Message<'_> = announced.unwrap().decode().unwrap();
        match announced {
            agent::client::Message::AnnounceCapabilities(announced) => {
                CapabilitySet::from_words(announced.caps.iter().collect())
            }
            other => panic!("{other:?}"),
        }
    }

    fn dialect(&self) -> Dialect {
        let [theirs, ours] = SIDES.map(|side| self.capabilities(side));
        Dialect::negotiate(&ours, &theirs)
    }
}

/// Encodes a message with its header.
fn encode(message: &Message<'_>) -> Vec<u8> {
    let body = message.encode_to_vec().unwrap();
    let header = agent_header(message.id(), body.len());
    [header, body].concat()
}

fn agent_header(id: u16, size: usize) -> Vec<u8> {
    let mut header = vec![1, 0, 0, 0];
    header.extend(u32::from(id).to_le_bytes());
    header.extend([0; 8]);
    header.extend(u32::try_from(size).unwrap().to_le_bytes());
    header
}

#[test]
fn recorded_messages_survive_decoding_and_encoding() {
    let mut ids = std::collections::BTreeSet::new();
    for session in sessions() {
        let dialect = session.dialect();
        for side in SIDES {
            let mut encoded = Vec::new();
            for raw in session.messages(side) {
                let channel = dialect.channel_type();
                let message = Message::decode(channel, side, raw.id(), &raw.data, Fds::default());
                let message = message.unwrap();
                assert!(message.path().is_some(), "{}: {message:?}", session.name);
                encoded.extend(encode(&message));
                ids.insert((side, raw.r#type));
            }
            let bytes = match side {
                Side::Server => &session.guest,
                Side::Client => &session.host,
            };
            assert_eq!(encoded, port_stream(bytes, ChunkPort::CLIENT));
        }
    }
    let ids = SIDES.map(|side| ids.iter().filter(|id| id.0 == side).count());
    assert_eq!(ids, [7, 8]);
}

#[test]
fn dialects_follow_from_the_recorded_capabilities() {
    for session in sessions() {
        let expected = match session.name.as_str() {
            "plain" => Dialect::Plain,
            "plain_serial" => Dialect::PlainSerial,
            "selection" => Dialect::Selection,
            _ => Dialect::SelectionSerial,
        };
        assert_eq!(session.dialect(), expected, "{}", session.name);
    }
}

#[test]
fn message_of_the_server_is_on_the_other_port() {
    let sessions = sessions();
    let session = sessions.iter().find(|session| session.name == "disconnect");
    let messages = messages(&port_stream(&session.unwrap().host, ChunkPort::SERVER));
    let [message] = &messages[..] else {
        panic!("{messages:?}");
    };
    let message: server_port::client::Message<'_> = message.decode().unwrap();
    assert_eq!(message, server_port::client::ClientDisconnected {}.into());
    let mut bytes = Vec::new();
    write_message(&message, &mut bytes).unwrap();
    assert_eq!(bytes, agent_header(13, 0));
    assert_eq!(
        message.path(),
        Some("server_port.client.client_disconnected")
    );
}

/// Returns the events that a client gets from this stream, in parts of this length.
fn events(capabilities: CapabilitySet, stream: &[u8], length: usize) -> (Vec<AgentEvent>, usize) {
    let mut client = ClientAgent::new(capabilities).with_limit(LIMIT);
    let init = main::server::Init {
        agent_connected: 1,
        agent_tokens: 1000,
        ..main::server::Init::default()
    };
    client.handle(&init.into());
    let (mut events, mut errors) = (Vec::new(), 0);
    for part in stream.chunks(length) {
        client.handle(&main::server::Message::AgentData(Data {
            data: part.into(),
        }));
        loop {
            match client.next_event() {
                Ok(None) => break,
                Ok(Some(event)) => events.push(event),
                Err(_) => errors += 1,
            }
        }
        while client.next_message().is_some() {}
    }
    (events, errors)
}

#[test]
fn every_prefix_gives_the_events_of_its_messages() {
    for session in sessions() {
        let capabilities = session.capabilities(Side::Client);
        let stream = port_stream(&session.guest, ChunkPort::CLIENT);
        let (whole, errors) = events(capabilities.clone(), &stream, stream.len());
        assert_eq!(errors, 0);
        assert_eq!(whole.len(), session.messages(Side::Server).len() + 1);
        for length in 0..stream.len() {
            let (found, errors) = events(capabilities.clone(), &stream[..length], 7);
            assert_eq!(errors, 0);
            assert!(whole.starts_with(&found));
        }
    }
}

/// Calls a function for copies of a stream with one damaged byte.
fn for_each_mutation(stream: &[u8], mut check: impl FnMut(&[u8])) {
    for index in 0..stream.len() {
        for change in [1, 0x80, 0xff] {
            let mut damaged = stream.to_vec();
            damaged[index] ^= change;
            check(&damaged);
        }
        let mut shorter = stream.to_vec();
        shorter.remove(index);
        check(&shorter);
    }
}

#[test]
fn damaged_streams_give_errors_or_other_events() {
    let mut failed = 0;
    for session in sessions() {
        let capabilities = session.capabilities(Side::Client);
        let stream = port_stream(&session.guest, ChunkPort::CLIENT);
        for_each_mutation(&stream, |damaged| {
            let (whole, errors) = events(capabilities.clone(), damaged, damaged.len());
            assert_eq!(events(capabilities.clone(), damaged, 11), (whole, errors));
            failed += errors;
        });
    }
    assert!(failed > 100, "{failed}");
}

#[test]
fn memory_of_a_damaged_stream_is_bounded_by_the_limit() {
    for session in sessions() {
        for bytes in [&session.guest, &session.host] {
            for_each_mutation(&port_stream(bytes, ChunkPort::CLIENT), |damaged| {
                let mut reader = MessageReader::new().with_limit(LIMIT);
                for part in damaged.chunks(50) {
                    reader.push(part);
                    while let Ok(Some(_)) = reader.next_message() {}
                    if reader.next_message().is_err() {
                        break;
                    }
                    assert!(reader.unread().len() < 20 + LIMIT as usize);
                }
            });
        }
    }
}

#[test]
fn relay_survives_damaged_chunks() {
    let mut failed = 0;
    for session in sessions() {
        for_each_mutation(&session.guest, |damaged| {
            let mut relay = AgentRelay::default();
            relay.connect_guest();
            let mut init = main::server::Init::default();
            relay.connect_client(&CapabilitySet::new(), &mut init);
            let start = main::client::AgentStart { num_tokens: 1000 };
            relay.handle(&start.into()).unwrap();
            failed += usize::from(relay.receive_from_guest(damaged).is_err());
            let mut relayed = 0;
            while let Some(message) = relay.next_message() {
                if let main::server::Message::AgentData(part) = message {
                    relayed += part.data.len();
                }
            }
            assert!(relayed <= damaged.len());
            while let Ok(Some(_)) = relay.next_server_message() {}
        });
    }
    assert!(failed > 100, "{failed}");
}
