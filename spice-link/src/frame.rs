//! Frames as a reader yields them.

use core::fmt;

use alloc::vec::Vec;

use bytes::Bytes;
use spice_wire::{ChannelMessage, Fds, SharedFd, Side};

use crate::frame_error::FrameError;
use crate::header::HeaderFormat;
use crate::proto::types::DataHeader;
use crate::raw_message::RawMessage;
use crate::sub_messages::Messages;

/// Default limit on the body of a message: 64 MiB.
///
/// An uncompressed image of 3840 × 2160 pixels takes half of that.
pub const DEFAULT_LIMIT: u32 = 64 << 20;

/// A message as it was received: the fields of its header, its bytes, and its descriptors.
///
/// A frame borrows nothing, so you can pass it to methods that take `&mut self`, to a channel, or to
/// another thread. It shares the bytes with the [`FrameReader`](crate::FrameReader): creating and
/// cloning a frame copies none. It also keeps the bytes that arrived together with it. To keep a
/// message for long, decode it and call `into_owned`.
///
/// [`FrameWriter::forward`](crate::FrameWriter::forward) writes a frame unchanged.
#[derive(Clone)]
pub struct Frame {
    /// The side that sent it.
    pub sender: Side,
    /// Serial of the message. The first message of a connection has serial 1.
    pub serial: u64,
    /// Id of the message.
    pub id: u16,
    /// Offset of the sub-message list in the body; 0 if there is none.
    ///
    /// Meaningless if a client sent the message. Some clients write any number there.
    pub sub_list: u32,
    format: HeaderFormat,
    /// Header and body.
    bytes: Bytes,
    fds: Vec<SharedFd>,
    /// Number of bytes for descriptors after the body.
    fd_bytes: usize,
}

impl Frame {
    /// Creates a frame of the bytes of a header and a body.
    pub(crate) const fn new(
        sender: Side,
        format: HeaderFormat,
        header: DataHeader,
        bytes: Bytes,
        fds: Vec<SharedFd>,
        fd_bytes: usize,
    ) -> Self {
        Self {
            sender,
            serial: header.serial,
            id: header.r#type,
            sub_list: header.sub_list,
            format,
            bytes,
            fds,
            fd_bytes,
        }
    }

    /// Returns the header and the body, as they were received.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Returns the body, including sub-messages and trailing bytes.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.bytes.get(self.format.size()..).unwrap_or_default()
    }

    /// Returns the descriptors received with the message.
    #[must_use]
    pub fn fds(&self) -> Fds<'_> {
        Fds::new(&self.fds)
    }

    /// Returns the number of bytes for descriptors that followed the body.
    pub(crate) const fn fd_bytes(&self) -> usize {
        self.fd_bytes
    }

    /// Returns the messages of the frame in the order in which to handle them: sub-messages first,
    /// then the message itself.
    ///
    /// The body of base's `list` holds only sub-messages, so `list` itself is not yielded. Messages
    /// of a client have no sub-messages, whatever the header says.
    ///
    /// The whole sub-message list is checked first: each sub-message must be inside the body,
    /// overlap neither the list nor another sub-message, and not be a `list` itself.
    ///
    /// # Errors
    /// Returns an error if the sub-message list is invalid.
    pub fn messages(&self) -> Result<Messages<'_>, FrameError> {
        self.message().messages(self.sender, self.sub_list)
    }

    /// Returns the message itself, without its sub-messages.
    #[must_use]
    pub fn message(&self) -> RawMessage<'_> {
        RawMessage {
            id: self.id,
            body: self.body(),
            fds: self.fds(),
            is_sub_message: false,
        }
    }

    /// Decodes the message itself as one that `M`, one side of a channel, can send.
    ///
    /// A frame of a server can have sub-messages. To handle them too, use [`Frame::messages`].
    ///
    /// # Errors
    /// Returns an error if the body is not a valid message with this id.
    pub fn decode<'a, M: ChannelMessage<'a>>(&'a self) -> spice_wire::Result<M> {
        self.message().decode()
    }
}

/// Compares everything. Descriptors are equal if they have the same numbers.
impl PartialEq for Frame {
    fn eq(&self, other: &Self) -> bool {
        let header = |frame: &Self| (frame.sender, frame.serial, frame.id, frame.sub_list);
        header(self) == header(other)
            && (self.format, &self.bytes) == (other.format, &other.bytes)
            && (self.fd_bytes, self.fds()) == (other.fd_bytes, other.fds())
    }
}

impl Eq for Frame {}

/// Shows the length of the body, not its bytes.
impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("sender", &self.sender)
            .field("serial", &self.serial)
            .field("id", &self.id)
            .field("sub_list", &self.sub_list)
            .field("body", &format_args!("{} bytes", self.body().len()))
            .field("fds", &self.fds)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use spice_messages::base::client::{AckSync, Message};

    use super::*;
    use crate::reader::FrameReader;

    fn read(format: HeaderFormat, bytes: &[u8]) -> Frame {
        let mut reader = FrameReader::new(Side::Client, format);
        reader.push(bytes);
        reader.next_frame().unwrap().unwrap()
    }

    #[test]
    fn frame_keeps_its_header_and_body() {
        let bytes = [1, 0, 4, 0, 0, 0, 7, 0, 0, 0];
        let frame = read(HeaderFormat::Mini, &bytes);
        assert_eq!(frame.bytes(), &bytes[..]);
        assert_eq!(frame.body(), &bytes[6..]);
        let message: Message<'_> = frame.decode().unwrap();
        assert_eq!(message, Message::AckSync(AckSync { generation: 7 }));
        let text =
            "Frame { sender: Client, serial: 1, id: 1, sub_list: 0, body: 4 bytes, fds: [] }";
        assert_eq!(format!("{frame:?}"), text);
        assert_ne!(frame, read(HeaderFormat::Mini, &[1, 0, 1, 0, 0, 0, 7]));
    }

    /// A public client writes any number there, and the C server never looks at it.
    #[test]
    fn sub_list_of_a_client_is_not_judged() {
        let mut bytes = [0; 22];
        (bytes[0], bytes[8], bytes[10]) = (1, 0x69, 4);
        for sub_list in [2, 4, 0xff] {
            bytes[14] = sub_list;
            let frame = read(HeaderFormat::Full, &bytes);
            assert_eq!(frame.sub_list, u32::from(sub_list));
            let messages: Vec<_> = frame.messages().unwrap().collect();
            assert_eq!((messages.len(), messages[0].id), (1, 0x69));
            assert_eq!(messages[0].body, [0; 4]);
        }
    }
}
