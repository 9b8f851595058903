//! Channels, their messages, and the protocol that lists the channels.

use std::fmt;

use super::{Attribute, Docs, Member, Name, Number};
use crate::span::Span;

/// The sender of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The server.
    Server,
    /// The client.
    Client,
}

impl Side {
    /// Both sides.
    pub const ALL: [Self; 2] = [Self::Server, Self::Client];

    /// `server` or `client`, as in a proto.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

/// `server` or `client`, as in a proto.
impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// `channel NAME [: PARENT] { … } attributes;`
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Channel<'s> {
    /// The name.
    pub name: Name<'s>,
    /// The parent channel.
    pub parent: Option<Name<'s>>,
    /// The labels and messages, in order.
    pub entries: Vec<ChannelEntry<'s>>,
    /// The attributes.
    pub attributes: Vec<Attribute<'s>>,
    /// The documentation.
    pub docs: Docs,
    /// The whole definition.
    pub span: Span,
}

impl<'s> Channel<'s> {
    /// The messages with the sides that send them. Messages above the first label are the server's.
    pub fn messages(&self) -> impl Iterator<Item = (Side, &ChannelMessage<'s>)> {
        let mut current = Side::Server;
        self.entries.iter().filter_map(move |entry| match entry {
            ChannelEntry::Side(side, _) => {
                current = *side;
                None
            }
            ChannelEntry::Message(message) => Some((current, message)),
        })
    }
}

/// An entry of a channel.
#[derive(Clone, Debug)]
pub enum ChannelEntry<'s> {
    /// `server:` or `client:`
    Side(Side, Span),
    /// A message.
    Message(ChannelMessage<'s>),
}

/// `message { … } attributes NAME = id;` or `BODY NAME = id;`
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ChannelMessage<'s> {
    /// The body.
    pub body: MessageBody<'s>,
    /// The name.
    pub name: Name<'s>,
    /// The explicit id.
    pub id: Option<Number>,
    /// The documentation.
    pub docs: Docs,
    /// The whole message, including the `;`.
    pub span: Span,
}

/// The body of a message in a channel.
#[derive(Clone, Debug)]
pub enum MessageBody<'s> {
    /// `message { … } attributes`
    Inline {
        /// The fields and switches.
        members: Vec<Member<'s>>,
        /// The attributes.
        attributes: Vec<Attribute<'s>>,
    },
    /// The name of a `message` definition.
    Named(Name<'s>),
}

/// `protocol NAME { … };`
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Protocol<'s> {
    /// The name.
    pub name: Name<'s>,
    /// The channels.
    pub channels: Vec<ProtocolChannel<'s>>,
    /// The documentation.
    pub docs: Docs,
    /// The whole block.
    pub span: Span,
}

/// `CHANNEL NAME [= id];`
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProtocolChannel<'s> {
    /// The name of the channel definition.
    pub channel: Name<'s>,
    /// The name in this protocol.
    pub name: Name<'s>,
    /// The explicit type number.
    pub id: Option<Number>,
    /// The documentation.
    pub docs: Docs,
}
