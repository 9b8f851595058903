//! The client's end of the agent protocol.

mod clipboard;

use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

use bytes::Bytes;
use spice_link::{CapabilitySet, LinkErr};
use spice_messages::main::client::{self as to_server, AgentStart, AgentToken};
use spice_messages::main::server as from_server;
use spice_messages::types::Data;
use spice_wire::{ChannelMessage, Text};

use crate::capabilities::{Dialect, usual_capabilities};
use crate::error::AgentError;
use crate::event::AgentEvent;
use crate::file_info::FileInfo;
use crate::message::{RawMessage, write_message};
use crate::proto::agent::{client as to_agent, server as from_agent};
use crate::proto::types::{
    AgentCapability, AnnounceCapabilities, ClipboardSelection, FileXferResult, FileXferStatus,
    FileXferStatusDetail,
};
use crate::reader::MessageReader;
use crate::send_queue::SendQueue;
use crate::tokens::ReceiveTokens;

/// Default number of parts that the server may send before the client returns tokens: 128 KiB.
const DEFAULT_WINDOW: u32 = 64;

/// The client's end of the agent protocol, without I/O.
///
/// Pass it all messages of the main channel. Then take its events and the messages to send until there
/// are none:
///
/// ```
/// use spice_agent::{AgentEvent, ClientAgent, ClipboardSelection, ClipboardType};
/// use spice_messages::main::{client, server};
///
/// fn handle(
///     agent: &mut ClientAgent,
///     message: &server::Message<'_>,
///     mut send: impl FnMut(client::Message<'_>),
/// ) -> Result<(), spice_agent::AgentError> {
///     agent.handle(message);
///     while let Some(event) = agent.next_event()? {
///         match event {
///             // The guest has copied: fetch the text at once.
///             AgentEvent::ClipboardGrab { selection, types } => {
///                 if types.contains(&ClipboardType::UTF8_TEXT) {
///                     agent.clipboard_request(selection, ClipboardType::UTF8_TEXT)?;
///                 }
///             }
///             AgentEvent::ClipboardData { data, .. } => {
///                 println!("{}", String::from_utf8_lossy(&data));
///             }
///             _ => {}
///         }
///     }
///     while let Some(message) = agent.next_message() {
///         send(message);
///     }
///     Ok(())
/// }
///
/// let mut agent = ClientAgent::default();
/// let init = server::Init { agent_connected: 1, agent_tokens: 10, ..server::Init::default() };
/// let mut sent = 0;
/// handle(&mut agent, &init.into(), |_| sent += 1)?;
/// // `agent_start`, and `agent_data` with the client's capabilities.
/// assert_eq!(sent, 2);
/// # Ok::<(), spice_agent::AgentError>(())
/// ```
///
/// The agent can connect and disconnect at any time. `ClientAgent` then exchanges capabilities and
/// tokens by itself. Create a new one for each main channel.
///
/// Messages to the agent wait in a queue until the server grants tokens. Before you send a large file,
/// look at [`ClientAgent::queued`] and wait until it is small.
#[derive(Clone, Debug)]
pub struct ClientAgent {
    ours: CapabilitySet,
    /// The agent's capabilities, once it has announced them.
    theirs: Option<CapabilitySet>,
    connected: bool,
    reader: MessageReader,
    /// Tokens of the server.
    received: ReceiveTokens,
    queue: SendQueue,
    /// `agent_start` has to be sent.
    start: bool,
    events: VecDeque<Result<AgentEvent, AgentError>>,
    /// Serial of the next grab of each selection.
    serials: BTreeMap<ClipboardSelection, u32>,
}

/// A client with [`usual_capabilities`].
impl Default for ClientAgent {
    fn default() -> Self {
        Self::new(usual_capabilities())
    }
}

impl ClientAgent {
    /// Creates the end of a client with these capabilities.
    #[must_use]
    pub fn new(capabilities: CapabilitySet) -> Self {
        Self {
            ours: capabilities,
            theirs: None,
            connected: false,
            reader: MessageReader::new(),
            received: ReceiveTokens::new(DEFAULT_WINDOW),
            queue: SendQueue::default(),
            start: false,
            events: VecDeque::new(),
            serials: BTreeMap::new(),
        }
    }

    /// Sets the limit on the data of a received message, in bytes. The default is
    /// [`DEFAULT_LIMIT`](crate::DEFAULT_LIMIT).
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.reader = self.reader.with_limit(limit);
        self
    }

    /// Sets the number of parts that the server may send before the client returns tokens. The default
    /// is 64; 0 means 1.
    #[must_use]
    pub fn with_window(mut self, parts: u32) -> Self {
        self.received = ReceiveTokens::new(parts.max(1));
        self
    }

    /// Handles a message of the main channel. Messages that do not concern the agent are ignored.
    pub fn handle(&mut self, message: &from_server::Message<'_>) {
        match message {
            from_server::Message::Init(init) => {
                self.queue.set_tokens(init.agent_tokens);
                if init.agent_connected != 0 {
                    self.connect();
                }
            }
            from_server::Message::AgentConnected(_) => self.connect(),
            from_server::Message::AgentConnectedTokens(tokens) => {
                self.queue.set_tokens(tokens.num_tokens);
                self.connect();
            }
            from_server::Message::AgentDisconnected(reason) => self.disconnect(reason.error_code),
            from_server::Message::AgentToken(tokens) => self.queue.add_tokens(tokens.num_tokens),
            from_server::Message::AgentData(part) if self.connected => {
                self.received.count();
                self.receive(&part.data);
            }
            _ => {}
        }
    }

    /// Returns the next event, or `None` if there is none.
    ///
    /// # Errors
    /// Returns [`AgentError::Decode`] for an invalid message; the next call continues after it. After
    /// [`AgentError::Stream`] the agent's data is ignored until it connects again.
    pub fn next_event(&mut self) -> Result<Option<AgentEvent>, AgentError> {
        self.events.pop_front().transpose()
    }

    /// Returns the next message to send on the main channel, or `None` until there is more to send or
    /// the server grants a token.
    pub fn next_message(&mut self) -> Option<to_server::Message<'_>> {
        if core::mem::take(&mut self.start) {
            let num_tokens = self.received.window();
            return Some(AgentStart { num_tokens }.into());
        }
        if let Some(num_tokens) = self.received.give_back() {
            return Some(AgentToken { num_tokens }.into());
        }
        let data = self.queue.next_part()?.into();
        Some(to_server::Message::AgentData(Data { data }))
    }

    /// Returns the number of bytes that wait for tokens.
    #[must_use]
    pub const fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Returns whether an agent is connected.
    #[must_use]
    pub const fn is_connected(&self) -> bool {
        self.connected
    }

    /// Returns the agent's capabilities, once it has announced them.
    #[must_use]
    pub const fn capabilities(&self) -> Option<&CapabilitySet> {
        self.theirs.as_ref()
    }

    /// Returns the form of the clipboard messages.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        let theirs = self.theirs.as_ref();
        theirs.map_or(Dialect::Plain, |theirs| {
            Dialect::negotiate(&self.ours, theirs)
        })
    }

    /// Queues a message that is equal in all dialects, such as `monitors_config`:
    ///
    /// ```
    /// # use spice_agent::{AgentError, ClientAgent, MonitorConfig};
    /// use spice_agent::proto::agent::client::MonitorsConfig;
    ///
    /// fn resize(agent: &mut ClientAgent, width: u32, height: u32) -> Result<(), AgentError> {
    ///     let monitor = MonitorConfig { width, height, depth: 32, x: 0, y: 0 };
    ///     agent.send(MonitorsConfig::new([monitor]))
    /// }
    /// # let error = resize(&mut ClientAgent::default(), 1, 1);
    /// # assert_eq!(error, Err(AgentError::NotConnected));
    /// ```
    ///
    /// # Errors
    /// Fails if no agent is connected, if it lacks the capability for the message, or if the message
    /// cannot be encoded.
    pub fn send<'m>(
        &mut self,
        message: impl Into<to_agent::Message<'m>>,
    ) -> Result<(), AgentError> {
        let message = message.into();
        let capability = match message {
            to_agent::Message::MonitorsConfig(_) => Some(AgentCapability::MONITORS_CONFIG),
            to_agent::Message::DisplayConfig(_) => Some(AgentCapability::DISPLAY_CONFIG),
            to_agent::Message::MaxClipboard(_) => Some(AgentCapability::MAX_CLIPBOARD),
            to_agent::Message::AudioVolumeSync(_) => Some(AgentCapability::AUDIO_VOLUME_SYNC),
            _ => None,
        };
        if let Some(capability) = capability {
            self.require(capability)?;
        }
        self.queue_message(&message)
    }

    /// Asks the agent to accept a file. [`AgentEvent::FileStatus`] is the answer: with
    /// [`FileXferResult::CAN_SEND_DATA`], send the file with [`ClientAgent::file_data`].
    ///
    /// The client chooses the id.
    ///
    /// # Errors
    /// Fails if no agent is connected.
    pub fn start_file(&mut self, id: u32, file: &FileInfo) -> Result<(), AgentError> {
        let data = Text::from(alloc::string::ToString::to_string(file));
        self.send(to_agent::FileXferStart { id, data })
    }

    /// Sends the next part of a file.
    ///
    /// # Errors
    /// Fails if no agent is connected.
    pub fn file_data(&mut self, id: u32, part: &[u8]) -> Result<(), AgentError> {
        let data = part.into();
        self.send(to_agent::FileXferData { id, data })
    }

    /// Cancels a file transfer.
    ///
    /// # Errors
    /// Fails if no agent is connected.
    pub fn cancel_file(&mut self, id: u32) -> Result<(), AgentError> {
        let result = FileXferResult::CANCELLED;
        let detail = FileXferStatusDetail::Other { result };
        self.send(FileXferStatus { id, detail })
    }

    fn connect(&mut self) {
        self.forget();
        self.connected = true;
        self.start = true;
        self.events.push_back(Ok(AgentEvent::Connected));
        self.announce(true);
    }

    fn disconnect(&mut self, reason: LinkErr) {
        self.forget();
        self.connected = false;
        self.events.push_back(Ok(AgentEvent::Disconnected(reason)));
    }

    /// Forgets the state that belongs to a connection of the agent.
    fn forget(&mut self) {
        self.theirs = None;
        self.start = false;
        self.reader.reset();
        self.received.reset();
        self.queue.clear();
        self.serials.clear();
    }

    fn announce(&mut self, request: bool) {
        let caps = AnnounceCapabilities {
            request: request.into(),
            caps: self.ours.words().to_vec().into(),
        };
        let queued = self.queue_message(&to_agent::Message::from(caps));
        self.events.extend(queued.err().map(Err));
    }

    /// Handles a part of the agent's stream.
    fn receive(&mut self, part: &[u8]) {
        self.reader.push(part);
        loop {
            match self.reader.next_message() {
                Ok(None) => break,
                Ok(Some(raw)) => {
                    let event = self.event(raw);
                    self.events.push_back(event);
                }
                Err(error) => {
                    self.forget();
                    self.connected = false;
                    self.events.push_back(Err(error.into()));
                    break;
                }
            }
        }
    }

    fn event(&mut self, raw: RawMessage) -> Result<AgentEvent, AgentError> {
        let common = raw.decode().map_err(|error| AgentError::Decode {
            r#type: raw.r#type,
            error,
        })?;
        match common {
            from_agent::Message::Reply(reply) => Ok(AgentEvent::Reply(reply)),
            from_agent::Message::FileXferStatus(status) => Ok(AgentEvent::from_status(status)),
            from_agent::Message::AnnounceCapabilities(announced) => {
                let theirs = CapabilitySet::from_words(announced.caps.iter().collect());
                self.theirs = Some(theirs.clone());
                if announced.request != 0 {
                    self.announce(false);
                }
                Ok(AgentEvent::Capabilities(theirs))
            }
            from_agent::Message::Unknown { .. } => {
                let dialect = self.dialect();
                self.follow_serial(dialect, &raw);
                AgentEvent::from_dialect(dialect, raw)
            }
        }
    }

    /// Fails unless the agent has the capability.
    fn require(&self, capability: AgentCapability) -> Result<(), AgentError> {
        if !self.connected {
            return Err(AgentError::NotConnected);
        }
        match &self.theirs {
            Some(theirs) if theirs.contains(capability) => Ok(()),
            _ => Err(AgentError::Unsupported(capability)),
        }
    }

    fn queue_message<'m>(&mut self, message: &impl ChannelMessage<'m>) -> Result<(), AgentError> {
        if !self.connected {
            return Err(AgentError::NotConnected);
        }
        let mut bytes = Vec::new();
        write_message(message, &mut bytes).map_err(AgentError::Encode)?;
        self.queue.push(Bytes::from(bytes));
        Ok(())
    }
}
