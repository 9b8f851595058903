//! A message as it stands between its header and the next one.

use core::fmt;

use spice_messages::base;
use spice_wire::__private::FixedSize;
use spice_wire::{ChannelMessage, Fds, Reader, Side};

use crate::proto::types::{DataHeader, MiniDataHeader};
use crate::sub_messages::{self, Messages};

/// The limit on the body of a message where no other is set: 64 MiB. A picture of 3840 by 2160 pixels
/// takes half of that.
pub const DEFAULT_LIMIT: u32 = 64 << 20;

/// Which header stands before each message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeaderFormat {
    /// `DataHeader`, 18 bytes: serial, id, size, place of the sub-messages.
    Full,
    /// `MiniDataHeader`, 6 bytes: id and size.
    Mini,
}

impl HeaderFormat {
    /// The length of the header in bytes.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Full => DataHeader::SIZE,
            Self::Mini => MiniDataHeader::SIZE,
        }
    }

    /// Reads a header, if it is all there. The serial of a short one is the given one.
    pub(crate) fn read(self, bytes: &[u8], serial: u64) -> Option<DataHeader> {
        let header = bytes.get(..self.size())?;
        Some(match self {
            Self::Full => DataHeader::get(header, 0),
            Self::Mini => {
                let mini = MiniDataHeader::get(header, 0);
                DataHeader {
                    serial,
                    r#type: mini.r#type,
                    size: mini.size,
                    sub_list: 0,
                }
            }
        })
    }

    /// Writes a header at a place of `out` that has room for it.
    pub(crate) fn put(self, header: DataHeader, out: &mut [u8], at: usize) {
        match self {
            Self::Full => header.put(out, at),
            Self::Mini => {
                let DataHeader { r#type, size, .. } = header;
                MiniDataHeader { r#type, size }.put(out, at);
            }
        }
    }
}

/// A message behind its header, borrowed from the reader that took it out of the stream.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Who sent it.
    pub sender: Side,
    /// Its number; the first of a connection is 1.
    pub serial: u64,
    /// The id of the message.
    pub id: u16,
    /// Where in the body the list of sub-messages stands; 0 if there is none.
    pub sub_list: u32,
    /// The body, sub-messages included.
    pub body: &'a [u8],
    /// The descriptors that came with it.
    pub fds: Fds<'a>,
}

impl<'a> Frame<'a> {
    /// The messages of the frame in the order in which they are to be handled: the sub-messages, then
    /// the message itself. Of base's `list` there are only the sub-messages.
    ///
    /// The whole list of sub-messages is checked before the first one comes out: they lie inside of
    /// the body, do not overlap each other or the list, and none of them is a `list`.
    ///
    /// # Errors
    /// What is wrong with the list of sub-messages.
    pub fn messages(&self) -> Result<Messages<'a>, FrameError> {
        let carrier = RawMessage {
            id: self.id,
            body: self.body,
            fds: self.fds,
            is_sub_message: false,
        };
        match (self.sub_list, is_list(self.sender, self.id)) {
            (0, false) => Ok(Messages::only(carrier)),
            (offset, true) => sub_messages::read(self.body, offset, self.sender, None),
            (offset, false) => sub_messages::read(self.body, offset, self.sender, Some(carrier)),
        }
    }
}

/// Whether the body of a message is a list of sub-messages.
pub(crate) const fn is_list(sender: Side, id: u16) -> bool {
    matches!(sender, Side::Server) && id == base::server::id::LIST
}

/// A message that is not decoded yet.
#[derive(Clone, Copy, Debug)]
pub struct RawMessage<'a> {
    /// Its id.
    pub id: u16,
    /// Its body.
    pub body: &'a [u8],
    /// The descriptors that came with it.
    pub fds: Fds<'a>,
    /// Whether it came inside of another message.
    pub is_sub_message: bool,
}

impl<'a> RawMessage<'a> {
    /// A message without descriptors.
    #[must_use]
    pub const fn new(id: u16, body: &'a [u8]) -> Self {
        Self {
            id,
            body,
            fds: Fds::none(),
            is_sub_message: false,
        }
    }

    /// Decodes it as a message of one side of a channel.
    ///
    /// # Errors
    /// Where and why the body is not that message.
    pub fn decode<M: ChannelMessage<'a>>(&self) -> spice_wire::Result<M> {
        M::decode_from(self.id, &mut Reader::with_fds(self.body, self.fds))
    }
}

/// What is wrong with a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameError {
    /// The header announces more bytes than the limit allows.
    TooLarge {
        /// The id of the message.
        id: u16,
        /// The announced size.
        size: u64,
        /// The limit.
        limit: u32,
    },
    /// The list of sub-messages begins behind the end of the body.
    ListOutside {
        /// Where it begins.
        offset: u32,
        /// The length of the body.
        length: usize,
    },
    /// The list of sub-messages ends behind the end of the body.
    ListCutOff {
        /// How many bytes it takes.
        needed: u64,
        /// How many bytes there are.
        available: usize,
    },
    /// A sub-message does not lie inside of the body.
    SubMessage {
        /// Which one of the list.
        index: u16,
        /// Where it begins.
        offset: u32,
        /// How many bytes it takes at least.
        size: u64,
        /// The length of the body.
        length: usize,
    },
    /// A sub-message lies on another one.
    Overlap {
        /// Which one of the list.
        index: u16,
        /// The other one; `None` if it is the list itself.
        other: Option<u16>,
    },
    /// A sub-message is a list of sub-messages.
    ListInList {
        /// Which one of the list.
        index: u16,
    },
    /// More descriptors came than any message takes.
    TooManyDescriptors,
    /// Writing: the message could not be encoded.
    Encode(spice_wire::Error),
    /// Writing: the short header has no place for sub-messages; `list` can carry them.
    ShortHeader,
    /// Writing: more sub-messages than a list can name.
    TooManySubMessages {
        /// How many.
        count: usize,
    },
    /// Writing: the message has descriptors, which would be lost.
    Descriptors,
    /// Writing: the process can hold no more descriptors.
    NoDescriptor,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { id, size, limit } => write!(
                f,
                "message {id} has {size} bytes, more than the limit of {limit}"
            ),
            Self::ListOutside { offset, length } => write!(
                f,
                "the list of sub-messages begins at byte {offset} of a body of {length} bytes"
            ),
            Self::ListCutOff { needed, available } => write!(
                f,
                "the list of sub-messages takes {needed} bytes where {available} are left"
            ),
            Self::SubMessage {
                index,
                offset,
                size,
                length,
            } => write!(
                f,
                "sub-message {index} takes {size} bytes from byte {offset} on of a body of {length} bytes"
            ),
            Self::Overlap {
                index,
                other: Some(other),
            } => write!(f, "sub-message {index} lies on sub-message {other}"),
            Self::Overlap { index, other: None } => {
                write!(f, "sub-message {index} lies on the list of sub-messages")
            }
            Self::ListInList { index } => {
                write!(f, "sub-message {index} is itself a list of sub-messages")
            }
            Self::TooManyDescriptors => f.write_str("more descriptors came than any message takes"),
            Self::Encode(error) => write!(f, "{error}"),
            Self::ShortHeader => {
                f.write_str("behind the short header only `list` can carry sub-messages")
            }
            Self::TooManySubMessages { count } => {
                write!(f, "{count} sub-messages are more than a list can name")
            }
            Self::NoDescriptor => f.write_str("the process can hold no more descriptors"),
            Self::Descriptors => {
                f.write_str("the message has descriptors: write it with `message_with_fds`")
            }
        }
    }
}

impl core::error::Error for FrameError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Encode(error) => Some(error),
            _ => None,
        }
    }
}
