//! Framing as a codec of `tokio-util`.

use std::fmt;
use std::io;
use std::vec::Vec;

use bytes::{Buf, Bytes, BytesMut};
use spice_wire::{ChannelMessage, Fds, Side};
use tokio_util::codec::{Decoder, Encoder};

use crate::frame::{DEFAULT_LIMIT, Frame};
use crate::frame_error::FrameError;
use crate::header::HeaderFormat;
use crate::writer::FrameWriter;

/// Codec that reads the messages of the peer and writes those of this side.
///
/// A codec sees only bytes, so messages with descriptors are not supported. Use
/// [`FrameReader`](crate::FrameReader) and [`FrameWriter`] for them.
///
/// ```
/// use bytes::BytesMut;
/// use spice_link::{HeaderFormat, codec::{FrameCodec, Outgoing}};
/// use spice_messages::{base::client::{AckSync, Message}, wire::Side};
/// use tokio_util::codec::{Decoder, Encoder};
/// let mut client = FrameCodec::new(Side::Server, HeaderFormat::Mini);
/// let mut server = FrameCodec::new(Side::Client, HeaderFormat::Mini);
/// let mut bytes = BytesMut::new();
/// let message = Message::AckSync(AckSync { generation: 7 });
/// client.encode(Outgoing(&message), &mut bytes).unwrap();
/// let frame = server.decode(&mut bytes).unwrap().unwrap();
/// assert_eq!((frame.serial, frame.id), (1, message.id()));
/// ```
#[derive(Clone, Debug)]
pub struct FrameCodec {
    peer: Side,
    format: HeaderFormat,
    limit: u32,
    /// Serial of the last frame read.
    serial: u64,
    writer: FrameWriter,
    scratch: Vec<u8>,
}

/// A frame that the codec has read: [`Frame`] with an owned body.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OwnedFrame {
    /// The side that sent it.
    pub sender: Side,
    /// Serial of the message. The first message of a connection has serial 1.
    pub serial: u64,
    /// Id of the message.
    pub id: u16,
    /// Offset of the sub-message list in the body; 0 if there is none.
    pub sub_list: u32,
    /// The body, including sub-messages.
    pub body: Bytes,
}

impl OwnedFrame {
    /// Borrows the frame, for instance to iterate over its messages.
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

/// A message to write with the codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Outgoing<'m, M>(pub &'m M);

/// Error of the stream, or of a frame in it.
#[derive(Debug)]
#[non_exhaustive]
pub enum CodecError {
    /// Reading from or writing to the stream failed.
    Io(io::Error),
    /// A frame is invalid.
    Frame(FrameError),
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Frame(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CodecError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
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

impl From<CodecError> for io::Error {
    fn from(error: CodecError) -> Self {
        match error {
            CodecError::Io(error) => error,
            CodecError::Frame(error) => error.into(),
        }
    }
}

impl FrameCodec {
    /// Creates a codec for a new connection to `peer`, with a limit of [`DEFAULT_LIMIT`].
    #[must_use]
    pub const fn new(peer: Side, format: HeaderFormat) -> Self {
        Self {
            peer,
            format,
            limit: DEFAULT_LIMIT,
            serial: 0,
            writer: FrameWriter::new(format),
            scratch: Vec::new(),
        }
    }

    /// Sets the limit on the body of a message, in bytes.
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
        let Some(header) = self.format.read_limited(source, serial, self.limit)? else {
            return Ok(None);
        };
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

impl<'m, M: ChannelMessage<'m>> Encoder<Outgoing<'_, M>> for FrameCodec {
    type Error = CodecError;

    fn encode(&mut self, item: Outgoing<'_, M>, out: &mut BytesMut) -> Result<(), CodecError> {
        self.scratch.clear();
        self.writer.message(item.0, &mut self.scratch)?;
        out.extend_from_slice(&self.scratch);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use spice_messages::base::client::{AckSync, Message};

    use super::*;

    #[test]
    fn writes_the_same_bytes_as_the_frame_writer() {
        for format in [HeaderFormat::Full, HeaderFormat::Mini] {
            let mut codec = FrameCodec::new(Side::Server, format);
            let mut writer = FrameWriter::new(format);
            let (mut found, mut expected) = (BytesMut::new(), Vec::new());
            for generation in 0..3 {
                let message = Message::AckSync(AckSync { generation });
                codec.encode(Outgoing(&message), &mut found).unwrap();
                writer.message(&message, &mut expected).unwrap();
            }
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn incomplete_frame_stays_in_the_buffer() {
        let mut codec = FrameCodec::new(Side::Server, HeaderFormat::Mini);
        let mut source = BytesMut::from(&[7, 0, 2, 0, 0, 0, 1][..]);
        assert!(codec.decode(&mut source).unwrap().is_none());
        source.extend_from_slice(&[2, 9]);
        let frame = codec.decode(&mut source).unwrap().unwrap();
        assert_eq!((frame.id, &*frame.body), (7, &[1, 2][..]));
        assert_eq!(source, [9][..]);
    }

    #[test]
    fn errors_convert_into_io_errors() {
        let closed = io::Error::from(io::ErrorKind::BrokenPipe);
        let error = io::Error::from(CodecError::from(closed));
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        let error = io::Error::from(CodecError::from(FrameError::ShortHeader));
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
