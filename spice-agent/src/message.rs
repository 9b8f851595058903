//! Messages with their header.

use alloc::vec::Vec;

use bytes::Bytes;
use spice_wire::{ChannelMessage, Encode, Error};

use crate::proto::types::{AgentProtocol, MessageHeader};

/// Length of a [`MessageHeader`].
pub(crate) const HEADER_SIZE: usize = 20;

/// An agent message that is not decoded: the fields of its header, and its data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RawMessage {
    /// Id of the message.
    pub r#type: u32,
    /// For the sender's use; 0 in all known peers.
    pub opaque: u64,
    /// The data after the header.
    pub data: Bytes,
}

impl RawMessage {
    /// Returns the id of the message in `agent.proto`. Types above 65535, which no peer uses, become
    /// 65535.
    #[must_use]
    pub fn id(&self) -> u16 {
        u16::try_from(self.r#type).unwrap_or(u16::MAX)
    }

    /// Decodes the message as one of a dialect and a side, such as
    /// [`plain::client::Message`](crate::proto::plain::client::Message).
    ///
    /// # Errors
    /// Returns the first field that is invalid and its offset in the data.
    pub fn decode<'a, M: ChannelMessage<'a>>(&'a self) -> Result<M, Error> {
        M::decode(self.id(), &self.data)
    }
}

/// Appends a message with its header.
///
/// The message belongs to a dialect: a `Message` of the modules in [`proto`](crate::proto).
///
/// ```
/// use spice_agent::proto::agent::client::{MaxClipboard, Message};
/// use spice_agent::write_message;
/// let mut stream = Vec::new();
/// write_message(&Message::from(MaxClipboard { max: -1 }), &mut stream)?;
/// assert_eq!(stream.len(), 24);
/// assert_eq!(stream[20..], [0xff; 4]);
/// # Ok::<(), spice_messages::wire::Error>(())
/// ```
///
/// # Errors
/// Returns the field that cannot be encoded. `out` is unchanged then.
pub fn write_message<'m>(
    message: &impl ChannelMessage<'m>,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let body = message.encode_to_vec()?;
    let header = MessageHeader {
        protocol: AgentProtocol::CURRENT,
        r#type: message.id().into(),
        opaque: 0,
        // Longer bodies do not encode.
        size: u32::try_from(body.len()).unwrap_or(u32::MAX),
    };
    header.encode(out)?;
    out.extend_from_slice(&body);
    Ok(())
}
