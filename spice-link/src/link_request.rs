//! The client's link message.

use alloc::vec::Vec;

use spice_messages::ChannelType;

use crate::capabilities::Capabilities;
use crate::link_error::LinkError;
use crate::link_message;
use crate::proto::types::LinkMess;

/// The client's link message: the channel that it wants, and its capabilities.
///
/// ```
/// use spice_link::{Capabilities, LinkRequest};
/// let request = LinkRequest::main(Capabilities::usual());
/// let bytes = request.to_bytes().unwrap();
/// assert_eq!(bytes.len(), 16 + 18 + 4);
/// assert_eq!(LinkRequest::split_from(&bytes), Ok((request, &[][..])));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LinkRequest {
    /// 0 for a main channel; for all others the session id from main's `init`.
    pub connection_id: u32,
    /// Type of the channel.
    pub channel_type: ChannelType,
    /// Number of the channel among those of its type.
    pub channel_id: u8,
    /// Capabilities of the client.
    pub capabilities: Capabilities,
}

impl LinkRequest {
    /// Creates a request for the main channel of a new session.
    #[must_use]
    pub const fn main(capabilities: Capabilities) -> Self {
        Self {
            connection_id: 0,
            channel_type: ChannelType::MAIN,
            channel_id: 0,
            capabilities,
        }
    }

    /// Creates a request for a channel of a session, with the capabilities of
    /// [`Capabilities::client`].
    ///
    /// `connection_id` is 0 for the main channel of a new session; for all others it is the session id from main's
    /// `init`.
    #[must_use]
    pub fn new(connection_id: u32, channel_type: ChannelType, channel_id: u8) -> Self {
        Self {
            connection_id,
            channel_type,
            channel_id,
            capabilities: Capabilities::client(channel_type),
        }
    }

    /// Encodes the message with its header.
    ///
    /// # Errors
    /// Returns [`LinkError::TooLarge`] if the capabilities take too many words.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LinkError> {
        link_message::encode(&self.capabilities, |words| LinkMess {
            connection_id: self.connection_id,
            channel_type: self.channel_type.0,
            channel_id: self.channel_id,
            num_common_caps: words.common,
            num_channel_caps: words.channel,
            caps_offset: words.offset,
        })
    }

    /// Decodes the message with its header, and returns it with the bytes after it.
    ///
    /// # Errors
    /// Returns an error if the header or the message is invalid or incomplete.
    pub fn split_from(bytes: &[u8]) -> Result<(Self, &[u8]), LinkError> {
        let (body, rest) = link_message::split(bytes)?;
        Ok((Self::from_body(body)?, rest))
    }

    /// Decodes the message without its header.
    ///
    /// # Errors
    /// Returns an error if the message is invalid or incomplete.
    pub fn from_body(body: &[u8]) -> Result<Self, LinkError> {
        let (fixed, capabilities) = link_message::decode::<LinkMess>(body)?;
        Ok(Self {
            connection_id: fixed.connection_id,
            channel_type: ChannelType(fixed.channel_type),
            channel_id: fixed.channel_id,
            capabilities,
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::capabilities::CapabilitySet;

    #[test]
    fn capabilities_are_limited_by_the_size_of_a_link_message() {
        let request = |words| {
            LinkRequest::main(Capabilities {
                common: CapabilitySet::from_words(vec![u32::MAX; words]),
                channel: CapabilitySet::new(),
            })
        };
        let most = (4096 - 18) / 4;
        let bytes = request(most).to_bytes().unwrap();
        let (decoded, rest) = LinkRequest::split_from(&bytes).unwrap();
        assert_eq!((decoded, rest), (request(most), &[][..]));
        let too_large = LinkError::TooLarge {
            size: 4098,
            limit: 4096,
        };
        assert_eq!(request(most + 1).to_bytes(), Err(too_large));
    }
}
