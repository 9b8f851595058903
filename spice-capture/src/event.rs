//! Events: messages, and everything else that a capture tells about a connection.

use std::net::SocketAddr;
use std::time::Duration;

use spice_link::{FrameError, HeaderFormat, LinkSession, Messages, RawMessage};
use spice_wire::Side;

use crate::file::LinkType;

/// An event on a connection.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// Time of the packet that completes the event, since 1970-01-01 00:00 UTC.
    pub time: Duration,
    /// The connection.
    pub connection: &'a ConnectionInfo,
    /// The event.
    pub kind: EventKind<'a>,
}

/// A connection of a capture.
#[derive(Clone, Debug)]
pub struct ConnectionInfo {
    /// Number of the connection, from 1 in the order of their first events.
    pub number: u64,
    /// Address of the client.
    pub client: SocketAddr,
    /// Address of the server.
    pub server: SocketAddr,
    /// Type of the channel; `None` if the connection is not readable.
    pub channel_type: Option<u8>,
    /// Format of the headers; `None` if the connection is not readable.
    pub header: Option<HeaderFormat>,
    /// Result of the link stage; `None` if it is not in the capture, or failed.
    pub session: Option<LinkSession>,
}

/// The kinds of events.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum EventKind<'a> {
    /// The link stage is complete. Messages follow.
    Linked,
    /// The capture lacks bytes of the link stage, or all of it because the connection is older. Messages are searched and
    /// follow.
    Joined,
    /// The connection is encrypted with TLS.
    Tls,
    /// The connection carries no messages that can be read, or no more, for this reason.
    Unreadable(&'a str),
    /// A message.
    Message(Message<'a>),
    /// A message whose bytes are not all known.
    Incomplete(Incomplete),
    /// Bytes that are not in the capture.
    Missing {
        /// The sender.
        sender: Side,
        /// Offset in the sender's stream.
        offset: u64,
        /// Number of bytes.
        length: u64,
    },
    /// The messages of a stream were found again after missing bytes.
    Resumed {
        /// The sender.
        sender: Side,
        /// Offset of the first message in the sender's stream.
        offset: u64,
        /// Number of bytes between the missing ones and the first message.
        skipped: u64,
    },
    /// Bytes after missing ones in which no message was found, up to the end of the stream or more missing bytes.
    Skipped {
        /// The sender.
        sender: Side,
        /// Offset of the first of them in the sender's stream.
        offset: u64,
        /// Number of bytes.
        length: u64,
    },
}

/// A message.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Offset of the header in the sender's stream.
    pub offset: u64,
    /// The side that sent it.
    pub sender: Side,
    /// Serial of the message. The first message of a connection has serial 1.
    pub serial: u64,
    /// Id of the message.
    pub id: u16,
    /// Offset of the sub-message list in the body; 0 if there is none.
    pub sub_list: u32,
    /// The body, including sub-messages and trailing bytes.
    pub body: &'a [u8],
}

impl<'a> Message<'a> {
    /// Returns the sub-messages, then the message itself, unless it is a `list`.
    ///
    /// # Errors
    ///
    /// Returns an error if the sub-message list is invalid.
    pub fn messages(&self) -> Result<Messages<'a>, FrameError> {
        RawMessage::new(self.id, self.body).messages(self.sender, self.sub_list)
    }
}

/// A message whose bytes are not all known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incomplete {
    /// The sender.
    pub sender: Side,
    /// Offset of the header in the sender's stream.
    pub offset: u64,
    /// Id of the message.
    pub id: u16,
    /// Announced size of the body in bytes.
    pub size: u32,
    /// Why the bytes are not all known.
    pub reason: IncompleteReason,
}

/// Why a message's bytes are not all known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IncompleteReason {
    /// The capture lacks bytes of it.
    Missing,
    /// The stream or the capture ends before it does.
    Ended,
    /// It is larger than the limit on a message, or too many messages are incomplete at the same time.
    TooLarge,
}

impl IncompleteReason {
    /// A sentence for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Missing => "bytes of the message are missing in the capture",
            Self::Ended => "the stream ends inside the message",
            Self::TooLarge => "the message is too large to be kept",
        }
    }
}

/// A message that could start somewhere in a stream.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Type of the channel.
    pub channel_type: u8,
    /// The sender.
    pub sender: Side,
    /// Id of the message.
    pub id: u16,
    /// Size of the body in bytes.
    pub size: u32,
    /// The body, if it is short.
    pub body: Option<&'a [u8]>,
}

/// Tells whether a message can be genuine. It finds the messages of a stream again after missing bytes.
pub type IsMessage<'p> = dyn Fn(&Candidate<'_>) -> bool + 'p;

/// Something that concerns no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The capture has packets of this link type, which are skipped.
    UnknownLinkType(LinkType),
}
