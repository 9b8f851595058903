//! A message to print.

use std::time::Duration;

use crate::catalog::Address;

/// A message with its place in a capture.
pub struct Item<'a> {
    /// `None` unless the message is from a capture.
    pub place: Option<Place>,
    pub address: Address,
    pub content: Content<'a>,
    /// Whether it is an agent message. The address is one of `agent.proto`.
    pub is_agent: bool,
}

/// The place of a message or event in a capture.
#[derive(Clone, Copy)]
pub struct Place {
    /// Time since 1970-01-01 00:00 UTC.
    pub time: Duration,
    /// Time of the first packet.
    pub start: Duration,
    /// Number of the connection.
    pub connection: u64,
    /// Number of the channel among those of its type, if it is known.
    pub channel_id: Option<u8>,
    /// Offset of the header in the sender's stream. For a sub-message, the one of its message.
    pub offset: u64,
    /// Whether another message carries it.
    pub is_sub_message: bool,
}

/// The bytes of a message.
pub enum Content<'a> {
    /// The body.
    Body(&'a [u8]),
    /// The body is not known.
    Unknown {
        /// The announced size.
        size: u32,
        /// Why the body is not known.
        reason: &'static str,
    },
}

impl<'a> Item<'a> {
    /// A body that is not from a capture.
    pub const fn of_body(address: Address, body: &'a [u8]) -> Self {
        Self {
            place: None,
            address,
            content: Content::Body(body),
            is_agent: false,
        }
    }

    /// Size of the body in bytes.
    pub const fn size(&self) -> u64 {
        match self.content {
            Content::Body(body) => body.len() as u64,
            Content::Unknown { size, .. } => size as u64,
        }
    }
}
