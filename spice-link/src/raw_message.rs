//! Messages that are not decoded yet.

use core::fmt;

use spice_wire::{ChannelMessage, Fds, Side};

use crate::frame_error::FrameError;
use crate::sub_messages::{self, Messages};

/// Id, body and descriptors of a message that is not decoded yet.
#[derive(Clone, Copy)]
pub struct RawMessage<'a> {
    /// Id of the message.
    pub id: u16,
    /// The body, including trailing bytes.
    pub body: &'a [u8],
    /// The descriptors received with the message.
    pub fds: Fds<'a>,
    /// Whether another message carried it.
    pub is_sub_message: bool,
}

impl<'a> RawMessage<'a> {
    /// Creates a message without descriptors.
    #[must_use]
    pub const fn new(id: u16, body: &'a [u8]) -> Self {
        Self {
            id,
            body,
            fds: Fds::none(),
            is_sub_message: false,
        }
    }

    /// Returns the sub-messages of the body, then the message itself, as [`Frame::messages`] does.
    /// `sub_list` is the field of the header.
    ///
    /// # Errors
    /// Returns an error if the sub-message list is invalid.
    ///
    /// [`Frame::messages`]: crate::Frame::messages
    pub fn messages(self, sender: Side, sub_list: u32) -> Result<Messages<'a>, FrameError> {
        let is_list = sub_messages::is_list(sender, self.id);
        let has_list = sub_list != 0 && sender == Side::Server;
        if !has_list && !is_list {
            return Ok(Messages::without_sub_messages(self));
        }
        let carrier = (!is_list).then_some(self);
        let offset = if has_list { sub_list } else { 0 };
        sub_messages::read(self.body, offset, sender, carrier)
    }

    /// Decodes the message as one that `M`, one side of a channel, can send.
    ///
    /// Trailing bytes are ignored. To keep them, decode a
    /// [`WithTrailing`](spice_wire::WithTrailing).
    ///
    /// # Errors
    /// Returns an error if the body is not a valid message with this id.
    #[inline]
    pub fn decode<M: ChannelMessage<'a>>(&self) -> spice_wire::Result<M> {
        M::decode_with_fds(self.id, self.body, self.fds)
    }
}

/// Shows the length of the body, not its bytes.
impl fmt::Debug for RawMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawMessage")
            .field("id", &self.id)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("fds", &self.fds)
            .field("is_sub_message", &self.is_sub_message)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use spice_messages::base::client::{AckSync, Message};
    use spice_wire::WithTrailing;

    use super::*;

    #[test]
    fn decodes_as_the_enum_of_one_side() {
        let message = RawMessage::new(1, &[7, 0, 0, 0]);
        let expected = Message::AckSync(AckSync { generation: 7 });
        assert_eq!(message.decode::<Message>(), Ok(expected));
        let truncated = RawMessage::new(1, &[7, 0, 0]);
        assert!(truncated.decode::<Message>().is_err());
    }

    #[test]
    fn trailing_bytes_can_be_kept() {
        let message = RawMessage::new(1, &[7, 0, 0, 0, 9]);
        let found: WithTrailing<'_, Message<'_>> = message.decode().unwrap();
        assert_eq!(*found.trailing, [9]);
    }
}
