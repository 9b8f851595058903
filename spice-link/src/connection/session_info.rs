//! The start of a client's session.

use std::string::String;
use std::vec::Vec;

use spice_messages::ChannelType;
use spice_messages::main::{client, server};
use spice_messages::types::{ChannelId, Empty};
use spice_messages::wire::IntoOwned;

/// Number of other messages that a server may send before its list of channels.
pub(crate) const MAX_EVENTS: usize = 64;

/// Number of messages of main that wait for a client. The tokens of the agent must be fewer.
pub(crate) const EVENT_QUEUE: usize = 256;

/// Facts about a session that the server sends at its start.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionInfo {
    /// Main's first message: the session id, mouse modes, whether an agent is connected.
    pub init: server::Init,
    /// The other channels.
    pub channels: Vec<ChannelId>,
    /// Name of the machine, if the server has told it.
    pub name: Option<String>,
    /// UUID of the machine, if the server has told it.
    pub uuid: Option<[u8; 16]>,
}

impl SessionInfo {
    /// Returns the ids of the channels of a type.
    pub fn channel_ids(&self, channel_type: ChannelType) -> impl Iterator<Item = u8> + '_ {
        let channels = self.channels.iter();
        channels
            .filter(move |channel| channel.r#type == channel_type.0)
            .map(|channel| channel.id)
    }
}

/// Receives the first messages of main.
#[derive(Default)]
pub(crate) struct SessionStart {
    init: Option<server::Init>,
    name: Option<String>,
    uuid: Option<[u8; 16]>,
    /// Other messages, which the client still has to see.
    pub(crate) events: Vec<server::Message<'static>>,
}

/// The next step of a session that starts.
pub(crate) enum Start {
    /// Receive the next message.
    Continue,
    /// Send this message.
    Send(client::Message<'static>),
    /// The session is complete.
    Done(SessionInfo),
    /// There are too many other messages.
    Failed,
}

impl SessionStart {
    pub(crate) fn receive(&mut self, message: server::Message<'_>) -> Start {
        match message {
            server::Message::Init(init) => {
                self.init = Some(init);
                return Start::Send(client::Message::AttachChannels(Empty {}));
            }
            server::Message::Name(name) => {
                self.name = Some(name.name.to_string_lossy().into_owned());
            }
            server::Message::Uuid(uuid) => self.uuid = Some(uuid.uuid),
            server::Message::ChannelsList(list) if self.init.is_some() => {
                if let Some(init) = self.init.take() {
                    return Start::Done(SessionInfo {
                        init,
                        channels: list.channels.iter().collect(),
                        name: self.name.take(),
                        uuid: self.uuid.take(),
                    });
                }
            }
            _ if self.events.len() == MAX_EVENTS => return Start::Failed,
            other => self.events.push(other.into_owned()),
        }
        Start::Continue
    }
}
