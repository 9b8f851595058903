//! Agent messages of a main channel, for programs that look at both directions.

use alloc::collections::VecDeque;

use spice_link::CapabilitySet;
use spice_messages::main::{client, server};
use spice_wire::{Fds, Side};

use crate::capabilities::Dialect;
use crate::error::StreamError;
use crate::message::RawMessage;
use crate::proto::{Message, agent};
use crate::reader::{DEFAULT_LIMIT, MessageReader};

/// An agent message of one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedMessage {
    /// The sender: the server for the agent.
    pub side: Side,
    /// Form of the clipboard messages.
    pub dialect: Dialect,
    /// The message.
    pub message: RawMessage,
}

impl ObservedMessage {
    /// Decodes the message as one of its dialect and side.
    ///
    /// # Errors
    /// Returns the first field that is invalid and its offset in the data.
    pub fn decode(&self) -> Result<Message<'_>, spice_wire::Error> {
        let channel_type = self.dialect.channel_type();
        let (id, data) = (self.message.id(), &self.message.data);
        Message::decode(channel_type, self.side, id, data, Fds::default())
    }
}

/// Puts the agent messages of a main channel together, for proxies and other tools.
///
/// ```
/// use spice_agent::AgentObserver;
/// use spice_messages::main::client;
/// use spice_messages::wire::Side;
///
/// let mut observer = AgentObserver::new();
/// let part = [1, 0, 0, 0, 14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0];
/// observer.observe(Side::Client, client::id::AGENT_DATA, &part);
/// assert_eq!(observer.next_message(), None);
/// observer.observe(Side::Client, client::id::AGENT_DATA, &[0xff; 4]);
/// let observed = observer.next_message().unwrap()?;
/// assert_eq!(observed.message.r#type, 14);
/// # Ok::<(), spice_agent::StreamError>(())
/// ```
#[derive(Clone, Debug)]
pub struct AgentObserver {
    limit: u32,
    server: Direction,
    client: Direction,
    messages: VecDeque<Result<ObservedMessage, StreamError>>,
}

/// The stream of one side.
#[derive(Clone, Debug)]
struct Direction {
    reader: MessageReader,
    capabilities: Option<CapabilitySet>,
    /// The next message has not been found since an error.
    is_lost: bool,
}

impl Direction {
    fn new(limit: u32) -> Self {
        Self {
            reader: MessageReader::new().with_limit(limit),
            capabilities: None,
            is_lost: false,
        }
    }
}

impl Default for AgentObserver {
    fn default() -> Self {
        Self::new()
    }
}

impl AgentObserver {
    /// Creates an observer of a main channel, with a limit of [`DEFAULT_LIMIT`].
    #[must_use]
    pub fn new() -> Self {
        Self {
            limit: DEFAULT_LIMIT,
            server: Direction::new(DEFAULT_LIMIT),
            client: Direction::new(DEFAULT_LIMIT),
            messages: VecDeque::new(),
        }
    }

    /// Sets the limit on the data of a message, in bytes.
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self.forget();
        self
    }

    /// Handles a message of the main channel: its sender, id and body.
    pub fn observe(&mut self, side: Side, id: u16, body: &[u8]) {
        match (side, id) {
            (Side::Server, server::id::AGENT_DATA) | (Side::Client, client::id::AGENT_DATA) => {
                self.receive(side, body);
            }
            (
                Side::Server,
                server::id::AGENT_CONNECTED
                | server::id::AGENT_CONNECTED_TOKENS
                | server::id::AGENT_DISCONNECTED,
            ) => {
                self.forget();
            }
            _ => {}
        }
    }

    /// Forgets both streams.
    fn forget(&mut self) {
        self.server = Direction::new(self.limit);
        self.client = Direction::new(self.limit);
    }

    /// Says that bytes of this side are missing. A message that has not ended is forgotten.
    pub fn lose(&mut self, side: Side) {
        let direction = self.direction(side);
        direction.reader.reset();
        direction.is_lost = true;
    }

    /// Returns the next complete message, or `None` until there is more.
    ///
    /// A [`StreamError`] is returned once. Reading then resumes at a part that starts with a header.
    pub fn next_message(&mut self) -> Option<Result<ObservedMessage, StreamError>> {
        self.messages.pop_front()
    }

    const fn direction(&mut self, side: Side) -> &mut Direction {
        match side {
            Side::Server => &mut self.server,
            Side::Client => &mut self.client,
        }
    }

    fn receive(&mut self, side: Side, part: &[u8]) {
        let direction = self.direction(side);
        if direction.is_lost && !starts_with_header(part) {
            return;
        }
        direction.is_lost = false;
        direction.reader.push(part);
        loop {
            match self.direction(side).reader.next_message() {
                Ok(None) => break,
                Ok(Some(message)) => {
                    self.learn_capabilities(side, &message);
                    let dialect = self.dialect();
                    self.messages.push_back(Ok(ObservedMessage {
                        side,
                        dialect,
                        message,
                    }));
                }
                Err(error) => {
                    self.lose(side);
                    self.messages.push_back(Err(error));
                    break;
                }
            }
        }
    }

    fn learn_capabilities(&mut self, side: Side, message: &RawMessage) {
        // Both sides announce capabilities with the same id and body.
        if let Ok(agent::server::Message::AnnounceCapabilities(announced)) = message.decode() {
            let words = announced.caps.iter().collect();
            self.direction(side).capabilities = Some(CapabilitySet::from_words(words));
        }
    }

    fn dialect(&self) -> Dialect {
        match (&self.server.capabilities, &self.client.capabilities) {
            (Some(server), Some(client)) => Dialect::negotiate(server, client),
            _ => Dialect::Plain,
        }
    }
}

/// Returns whether a part can start with the header of a message.
fn starts_with_header(part: &[u8]) -> bool {
    matches!(
        part,
        [1, 0, 0, 0, 1..=16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ..]
    )
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;
    use crate::message::write_message;
    use crate::proto::agent::client::{MaxClipboard, Message as ToAgent};
    use crate::proto::types::{AgentCapability, AnnounceCapabilities};

    const DATA: [(Side, u16); 2] = [
        (Side::Server, server::id::AGENT_DATA),
        (Side::Client, client::id::AGENT_DATA),
    ];

    fn bytes(message: impl Into<ToAgent<'static>>) -> Vec<u8> {
        let mut bytes = Vec::new();
        write_message(&message.into(), &mut bytes).unwrap();
        bytes
    }

    fn announcement() -> Vec<u8> {
        let word = 1 << AgentCapability::CLIPBOARD_SELECTION.0;
        bytes(AnnounceCapabilities {
            request: 0,
            caps: vec![word].into(),
        })
    }

    #[test]
    fn directions_are_apart_and_determine_the_dialect() {
        let mut observer = AgentObserver::new();
        let stream = announcement();
        let (start, rest) = stream.split_at(10);
        for part in [start, rest] {
            for (side, id) in DATA {
                observer.observe(side, id, part);
            }
        }
        let mut next = || observer.next_message().unwrap().unwrap();
        let (first, second) = (next(), next());
        assert_eq!((first.side, first.dialect), (Side::Server, Dialect::Plain));
        assert_eq!(
            (second.side, second.dialect),
            (Side::Client, Dialect::Selection)
        );
        assert_eq!(observer.next_message(), None);

        // Another agent has not announced anything.
        observer.observe(Side::Server, server::id::AGENT_DISCONNECTED, &[0; 4]);
        observer.observe(Side::Server, server::id::AGENT_DATA, &stream);
        let message = observer.next_message().unwrap().unwrap();
        assert_eq!(message.dialect, Dialect::Plain);
        let path = message.decode().unwrap().path();
        assert_eq!(path, Some("plain.server.announce_capabilities"));
    }

    #[test]
    fn stream_goes_on_at_a_header_after_an_error_or_a_loss() {
        let (side, id) = DATA[1];
        let message = bytes(MaxClipboard { max: 7 });
        let mut observer = AgentObserver::new();
        observer.observe(side, id, &[9; 30]);
        assert!(observer.next_message().unwrap().is_err());
        observer.observe(side, id, &[9; 30]);
        assert_eq!(observer.next_message(), None);
        observer.observe(side, id, &message);
        assert!(observer.next_message().unwrap().is_ok());

        observer.observe(side, id, &message[..22]);
        observer.lose(side);
        observer.observe(side, id, &message[22..]);
        observer.observe(side, id, &message);
        assert!(observer.next_message().unwrap().is_ok());
        assert_eq!(observer.next_message(), None);
    }
}
