//! The server's part: it moves the stream between client and guest.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use bytes::{Buf, Bytes};
use spice_link::{CapabilitySet, MAX_AGENT_DATA, MainCapability};
use spice_messages::main::client as from_client;
use spice_messages::main::server::{self as to_client, AgentConnectedTokens, AgentToken};
use spice_messages::types::{Data, Empty, LinkErr};

use crate::boundary::Boundary;
use crate::chunk::{ChunkReader, write_chunks};
use crate::error::AgentError;
use crate::message::{RawMessage, write_message};
use crate::proto::server_port;
use crate::proto::types::ChunkPort;
use crate::reader::MessageReader;
use crate::send_queue::SendQueue;
use crate::tokens::ReceiveTokens;

/// Default number of parts that the client may send before the guest has taken them.
const DEFAULT_WINDOW: u32 = 64;

/// Number of bytes for the client above which the guest must wait.
const QUEUE_LIMIT: usize = 256 << 10;

/// Limit on the data of a message that the agent sends to the server.
const SERVER_MESSAGE_LIMIT: u32 = 64 << 10;

/// The server's part of the agent protocol, without I/O: it moves the stream between the client's main
/// channel and the guest's virtio port.
///
/// ```
/// use spice_agent::AgentRelay;
/// use spice_link::CapabilitySet;
/// use spice_messages::main::{client, server};
/// use spice_messages::types::Data;
///
/// let mut relay = AgentRelay::default();
/// relay.connect_guest();
/// let mut init = server::Init::default();
/// relay.connect_client(&CapabilitySet::new(), &mut init);
/// assert_eq!(init.agent_connected, 1);
///
/// relay.handle(&client::AgentStart { num_tokens: 10 }.into())?;
/// relay.handle(&client::Message::AgentData(Data { data: b"part".into() }))?;
/// // Chunk header: port 1, 4 bytes.
/// assert_eq!(relay.next_guest_bytes().unwrap(), b"\x01\0\0\0\x04\0\0\0part");
///
/// relay.receive_from_guest(b"\x01\0\0\0\x06\0\0\0answer")?;
/// let answer = server::Message::AgentData(Data { data: b"answer".into() });
/// assert_eq!(relay.next_message(), Some(answer));
/// # Ok::<(), spice_agent::AgentError>(())
/// ```
///
/// Memory is bounded if you stop reading from the guest while [`AgentRelay::accepts_guest_bytes`] is
/// false. The client's tokens bound the other direction: the client gets them back when you take the
/// bytes for the guest.
#[derive(Clone, Debug)]
pub struct AgentRelay {
    guest_connected: bool,
    client: Option<Client>,
    /// Messages to the client that need no token.
    control: VecDeque<to_client::Message<'static>>,
    /// The agent's stream to the client.
    to_client: SendQueue,
    chunks: ChunkReader,
    /// Position in the agent's stream to the client.
    boundary: Boundary,
    /// The client has not seen the start of the current message.
    skip_message: bool,
    /// Messages of the agent to the server.
    server_reader: MessageReader,
    to_guest: Vec<u8>,
    /// Number of the client's parts in `to_guest`.
    waiting: u32,
    window: u32,
}

/// A client's tokens.
#[derive(Clone, Debug)]
struct Client {
    has_connected_tokens: bool,
    /// It has started the stream.
    started: bool,
    /// Number of tokens that the client has.
    tokens: u32,
    received: ReceiveTokens,
}

impl Default for AgentRelay {
    fn default() -> Self {
        Self::new(DEFAULT_WINDOW)
    }
}

impl AgentRelay {
    /// Creates a relay whose client may send this many parts before the guest has taken them; 0 means 1.
    #[must_use]
    pub fn new(window: u32) -> Self {
        Self {
            guest_connected: false,
            client: None,
            control: VecDeque::new(),
            to_client: SendQueue::default(),
            chunks: ChunkReader::new(),
            boundary: Boundary::default(),
            skip_message: false,
            server_reader: MessageReader::new().with_limit(SERVER_MESSAGE_LIMIT),
            to_guest: Vec::new(),
            waiting: 0,
            window: window.max(1),
        }
    }

    /// Starts relaying for a client, and sets the fields of `init` that concern the agent.
    ///
    /// `capabilities` are the client's capabilities of the main channel.
    pub fn connect_client(&mut self, capabilities: &CapabilitySet, init: &mut to_client::Init) {
        self.forget_client();
        init.agent_connected = self.guest_connected.into();
        init.agent_tokens = self.window;
        self.client = Some(Client {
            has_connected_tokens: capabilities.contains(MainCapability::AGENT_CONNECTED_TOKENS),
            started: false,
            tokens: self.window,
            received: ReceiveTokens::new(self.window),
        });
    }

    /// Stops relaying for the client, and tells the agent.
    pub fn disconnect_client(&mut self) {
        let existed = self.client.is_some();
        self.forget_client();
        if existed && self.guest_connected {
            // A message without fields always encodes.
            let message = server_port::client::ClientDisconnected {};
            let _ = self.send_to_agent(&message.into());
        }
    }

    /// Tells the client that the agent has connected: its virtio port is open.
    pub fn connect_guest(&mut self) {
        self.forget_guest();
        self.guest_connected = true;
        let Some(client) = &mut self.client else {
            return;
        };
        self.control.push_back(if client.has_connected_tokens {
            client.tokens = self.window;
            client.received.reset();
            let num_tokens = self.window;
            AgentConnectedTokens { num_tokens }.into()
        } else {
            to_client::Message::AgentConnected(Empty {})
        });
    }

    /// Tells the client that the agent has disconnected: its virtio port is closed.
    pub fn disconnect_guest(&mut self) {
        let was_connected = self.guest_connected;
        self.forget_guest();
        if was_connected && self.client.is_some() {
            let error_code = LinkErr::OK;
            self.control
                .push_back(to_client::AgentDisconnected { error_code }.into());
        }
    }

    /// Handles a message of the client. Messages that do not concern the agent are ignored.
    ///
    /// # Errors
    /// Returns [`AgentError::NoToken`] if the client has no token for its part, and
    /// [`AgentError::PartTooLarge`] if the part has more than 2048 bytes. Disconnect the client then,
    /// as spice-server does.
    pub fn handle(&mut self, message: &from_client::Message<'_>) -> Result<(), AgentError> {
        let Some(client) = &mut self.client else {
            return Ok(());
        };
        match message {
            from_client::Message::AgentStart(start) if self.guest_connected => {
                client.started = true;
                self.to_client.set_tokens(start.num_tokens);
                self.skip_message = !self.boundary.is_between_messages();
            }
            from_client::Message::AgentToken(tokens) => {
                self.to_client.add_tokens(tokens.num_tokens);
            }
            from_client::Message::AgentData(part) => {
                let size = part.data.len();
                if size > MAX_AGENT_DATA {
                    return Err(AgentError::PartTooLarge { size });
                }
                if !client.started && client.has_connected_tokens {
                    // Sent before the client knew that the agent is another one. Its tokens are new.
                    return Ok(());
                }
                client.tokens = client.tokens.checked_sub(1).ok_or(AgentError::NoToken)?;
                if client.started {
                    write_chunks(ChunkPort::CLIENT, &part.data, &mut self.to_guest);
                    self.waiting = self.waiting.saturating_add(1);
                } else {
                    client.received.count();
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Handles bytes of the guest's virtio port.
    ///
    /// # Errors
    /// Returns [`AgentError::Stream`] for a chunk of an unknown port. Close the virtio port
    /// then, and call
    /// [`AgentRelay::disconnect_guest`].
    pub fn receive_from_guest(&mut self, bytes: &[u8]) -> Result<(), AgentError> {
        self.chunks.push(bytes);
        while let Some(part) = self.chunks.next_part()? {
            match part.port {
                ChunkPort::CLIENT => self.forward(part.data),
                _ => self.server_reader.push(&part.data),
            }
        }
        Ok(())
    }

    /// Returns the next message of the agent to the server itself. The Linux agent sends none.
    ///
    /// # Errors
    /// Returns [`AgentError::Stream`] if the stream is invalid. Call [`AgentRelay::disconnect_guest`]
    /// then.
    pub fn next_server_message(&mut self) -> Result<Option<RawMessage>, AgentError> {
        Ok(self.server_reader.next_message()?)
    }

    /// Sends a message of the server itself to the agent, such as the mouse state.
    ///
    /// ```
    /// use spice_agent::AgentRelay;
    /// use spice_agent::proto::server_port::client::MouseState;
    /// let mut relay = AgentRelay::default();
    /// relay.connect_guest();
    /// relay.send_to_agent(&MouseState { x: 10, y: 20, ..MouseState::default() }.into())?;
    /// assert_eq!(relay.next_guest_bytes().unwrap().len(), 8 + 20 + 13);
    /// # Ok::<(), spice_agent::AgentError>(())
    /// ```
    ///
    /// # Errors
    /// Fails if the guest is not connected, or if the message cannot be encoded.
    pub fn send_to_agent(
        &mut self,
        message: &server_port::client::Message<'_>,
    ) -> Result<(), AgentError> {
        if !self.guest_connected {
            return Err(AgentError::NotConnected);
        }
        let mut bytes = Vec::new();
        write_message(message, &mut bytes).map_err(AgentError::Encode)?;
        write_chunks(ChunkPort::SERVER, &bytes, &mut self.to_guest);
        Ok(())
    }

    /// Returns the next message to send to the client, or `None` until there is more to send or the
    /// client grants a token.
    pub fn next_message(&mut self) -> Option<to_client::Message<'_>> {
        if let Some(message) = self.control.pop_front() {
            return Some(message);
        }
        let client = self.client.as_mut()?;
        if let Some(num_tokens) = client.received.give_back() {
            client.tokens = client.tokens.saturating_add(num_tokens);
            return Some(AgentToken { num_tokens }.into());
        }
        let data = self.to_client.next_part()?.into();
        Some(to_client::Message::AgentData(Data { data }))
    }

    /// Takes the bytes to write to the guest's virtio port, or returns `None` if there are none.
    pub fn next_guest_bytes(&mut self) -> Option<Vec<u8>> {
        let waiting = core::mem::take(&mut self.waiting);
        if let Some(client) = &mut self.client {
            (0..waiting).for_each(|_| client.received.count());
        }
        let bytes = core::mem::take(&mut self.to_guest);
        (!bytes.is_empty()).then_some(bytes)
    }

    /// Returns whether to read from the guest: at most 256 KiB wait for the client's tokens.
    #[must_use]
    pub const fn accepts_guest_bytes(&self) -> bool {
        self.to_client.len() < QUEUE_LIMIT
    }

    /// Forwards a part of the agent's stream to the client. A client receives whole messages only.
    fn forward(&mut self, mut part: Bytes) {
        let is_started = self.client.as_ref().is_some_and(|client| client.started);
        if is_started && self.skip_message {
            let skipped = self.boundary.pass(&part, true);
            part.advance(skipped);
            self.skip_message = !self.boundary.is_between_messages();
        }
        self.boundary.pass(&part, false);
        if is_started {
            self.to_client.push(part);
        }
    }

    fn forget_client(&mut self) {
        self.client = None;
        self.control.clear();
        self.to_client.clear();
        self.to_client.set_tokens(0);
        self.skip_message = false;
        self.waiting = 0;
    }

    fn forget_guest(&mut self) {
        self.guest_connected = false;
        self.chunks.reset();
        self.boundary = Boundary::default();
        self.skip_message = false;
        self.server_reader.reset();
        self.to_client.clear();
        self.to_guest = Vec::new();
        let waiting = core::mem::take(&mut self.waiting);
        if let Some(client) = &mut self.client {
            client.started = false;
            (0..waiting).for_each(|_| client.received.count());
        }
    }
}
