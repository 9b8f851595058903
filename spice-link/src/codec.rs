//! The framing as a codec of `tokio-util`.

use std::io;

use bytes::{Buf, Bytes, BytesMut};
use spice_wire::{Fds, Side};
use tokio_util::codec::{Decoder, Encoder};

use crate::frame::{DEFAULT_LIMIT, Frame, FrameError, HeaderFormat};
use crate::writer::FrameWriter;

/// Reads the messages of one side of a connection and writes those of the other.
///
/// Descriptors do not come through: a codec sees only bytes.
///
/// ```
/// use bytes::BytesMut;
/// use spice_link::{HeaderFormat, codec::FrameCodec};
/// use spice_messages::{base::client::{AckSync, Message}, wire::Side};
/// use tokio_util::codec::{Decoder, Encoder};
/// let mut ours = FrameCodec::new(Side::Server, HeaderFormat::Mini);
/// let mut theirs = FrameCodec::new(Side::Client, HeaderFormat::Mini);
/// let mut bytes = BytesMut::new();
/// let message = Message::AckSync(AckSync { generation: 7 });
/// ours.encode(Outgoing(&message), &mut bytes).unwrap();
/// let frame = theirs.decode(&mut bytes).unwrap().unwrap();
/// assert_eq!((frame.serial, frame.id), (1, message.id()));
/// # use spice_link::codec::Outgoing;
/// ```
#[derive(Clone, Debug)]
pub struct FrameCodec {
    peer: Side,
    format: HeaderFormat,
    limit: u32,
    /// The serial of the last frame that was read.
    serial: u64,
    writer: FrameWriter,
    scratch: std::vec::Vec<u8>,
}

/// A frame that was read: [`Frame`] without a borrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedFrame {
    /// Who sent it.
    pub sender: Side,
    /// Its number; the first of a connection is 1.
    pub serial: u64,
    /// The id of the message.
    pub id: u16,
    /// Where in the body the list of sub-messages stands; 0 if there is none.
    pub sub_list: u32,
    /// The body, sub-messages included.
    pub body: Bytes,
}

impl OwnedFrame {
    /// The frame, to take its messages out.
    #[must_use]
    pub fn as_frame(&self) -> Frame<'_> {
        Frame {
            sender: self.sender,
            serial: self.serial,
            id: self.id,
            sub_list: self.sub_list,
            body: &self.body,
            fds: Fds::none(),
        }
    }
}

/// A message to be written.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'m, M>(pub &'m M);

/// An error of the stream, or of a frame in it.
#[derive(Debug)]
#[non_exhaustive]
pub enum CodecError {
    /// The stream failed.
    Io(io::Error),
    /// A frame is not right.
    Frame(FrameError),
}

impl core::fmt::Display for CodecError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Frame(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for CodecError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Frame(error) => Some(error),
        }
    }
}

impl From<io::Error> for CodecError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<FrameError> for CodecError {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}

impl FrameCodec {
    /// A codec for a new connection to `peer`, which allows bodies of [`DEFAULT_LIMIT`] bytes.
    #[must_use]
    pub const fn new(peer: Side, format: HeaderFormat) -> Self {
        Self {
            peer,
            format,
            limit: DEFAULT_LIMIT,
            serial: 0,
            writer: FrameWriter::new(format),
            scratch: std::vec::Vec::new(),
        }
    }

    /// Sets the limit on the body of a message.
    #[must_use]
    pub const fn with_limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }
}

impl Decoder for FrameCodec {
    type Item = OwnedFrame;
    type Error = CodecError;

    fn decode(&mut self, source: &mut BytesMut) -> Result<Option<OwnedFrame>, CodecError> {
        let serial = self.serial.wrapping_add(1);
        let Some(header) = self.format.read(source, serial) else {
            return Ok(None);
        };
        if header.size > self.limit {
            return Err(CodecError::Frame(FrameError::TooLarge {
                id: header.r#type,
                size: header.size.into(),
                limit: self.limit,
            }));
        }
        let length = self.format.size() + header.size as usize;
        if source.len() < length {
            return Ok(None);
        }
        let mut frame = source.split_to(length);
        frame.advance(self.format.size());
        self.serial = header.serial;
        Ok(Some(OwnedFrame {
            sender: self.peer,
            serial: header.serial,
            id: header.r#type,
            sub_list: header.sub_list,
            body: frame.freeze(),
        }))
    }
}

impl<'m, M: spice_wire::ChannelMessage<'m>> Encoder<Outgoing<'_, M>> for FrameCodec {
    type Error = CodecError;

    fn encode(&mut self, item: Outgoing<'_, M>, out: &mut BytesMut) -> Result<(), CodecError> {
        self.scratch.clear();
        self.writer.message(item.0, &mut self.scratch)?;
        out.extend_from_slice(&self.scratch);
        Ok(())
    }
}
