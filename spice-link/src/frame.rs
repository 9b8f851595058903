//! Frames as a reader yields them.

use spice_wire::{Fds, Side};

use crate::frame_error::FrameError;
use crate::raw_message::RawMessage;
use crate::sub_messages::{self, Messages};

/// Default limit on the body of a message: 64 MiB.
///
/// An uncompressed image of 3840 × 2160 pixels takes half of that.
pub const DEFAULT_LIMIT: u32 = 64 << 20;

/// A message with the fields of its header, borrowed from a [`FrameReader`](crate::FrameReader).
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The side that sent it.
    pub sender: Side,
    /// Serial of the message. The first message of a connection has serial 1.
    pub serial: u64,
    /// Id of the message.
    pub id: u16,
    /// Offset of the sub-message list in the body; 0 if there is none.
    pub sub_list: u32,
    /// The body, including sub-messages.
    pub body: &'a [u8],
    /// The descriptors received with the message.
    pub fds: Fds<'a>,
}

impl<'a> Frame<'a> {
    /// Returns the messages of the frame in the order in which to handle them: sub-messages first,
    /// then the message itself.
    ///
    /// The body of base's `list` holds only sub-messages, so `list` itself is not yielded.
    ///
    /// The whole sub-message list is checked first: each sub-message must be inside the body,
    /// overlap neither the list nor another sub-message, and not be a `list` itself.
    ///
    /// # Errors
    /// Returns an error if the sub-message list is invalid.
    pub fn messages(&self) -> Result<Messages<'a>, FrameError> {
        let message = RawMessage {
            id: self.id,
            body: self.body,
            fds: self.fds,
            is_sub_message: false,
        };
        let is_list = sub_messages::is_list(self.sender, self.id);
        if self.sub_list == 0 && !is_list {
            return Ok(Messages::without_sub_messages(message));
        }
        let carrier = (!is_list).then_some(message);
        sub_messages::read(self.body, self.sub_list, self.sender, carrier)
    }
}
