//! Framing as a codec of `tokio-util`.

use std::fmt;
use std::io;
use std::vec::Vec;

use bytes::BytesMut;
use spice_wire::{ChannelMessage, Side};
use tokio_util::codec::{Decoder, Encoder};

use crate::frame::{DEFAULT_LIMIT, Frame};
use crate::frame_error::FrameError;
use crate::header::HeaderFormat;
use crate::reader::FrameReader;
use crate::writer::FrameWriter;

/// Codec that reads the messages of the peer as [`Frame`]s and writes those of this side.
///
/// A codec sees only bytes, so messages with descriptors are not supported. Use
/// [`FrameReader`] and [`FrameWriter`] for them.
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
    /// Its own buffer is not used.
    reader: FrameReader,
    writer: FrameWriter,
    scratch: Vec<u8>,
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
    pub fn new(peer: Side, format: HeaderFormat) -> Self {
        Self {
            reader: FrameReader::new(peer, format).with_limit(DEFAULT_LIMIT),
            writer: FrameWriter::new(format),
            scratch: Vec::new(),
        }
    }

    /// Sets the limit on the body of a message, in bytes.
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.reader = self.reader.with_limit(limit);
        self
    }
}

impl Decoder for FrameCodec {
    type Item = Frame;
    type Error = CodecError;

    fn decode(&mut self, source: &mut BytesMut) -> Result<Option<Frame>, CodecError> {
        Ok(self.reader.split_from(source)?)
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

/// Writes a frame unchanged, as a program that passes messages on does.
impl Encoder<Frame> for FrameCodec {
    type Error = CodecError;

    fn encode(&mut self, frame: Frame, out: &mut BytesMut) -> Result<(), CodecError> {
        self.scratch.clear();
        self.writer.forward(&frame, &mut self.scratch)?;
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
    fn forwarded_frame_keeps_all_bytes() {
        for format in [HeaderFormat::Full, HeaderFormat::Mini] {
            let mut sent = Vec::new();
            let mut writer = FrameWriter::new(format);
            writer.raw(1, &[7, 0, 0, 0, 99], &mut sent).unwrap();
            let mut codec = FrameCodec::new(Side::Client, format);
            let mut source = BytesMut::from(&*sent);
            let frame = codec.decode(&mut source).unwrap().unwrap();
            let mut out = BytesMut::new();
            codec.encode(frame, &mut out).unwrap();
            assert_eq!(out, sent);
        }
    }

    #[test]
    fn incomplete_frame_stays_in_the_buffer() {
        let mut codec = FrameCodec::new(Side::Server, HeaderFormat::Mini);
        let mut source = BytesMut::from(&[7, 0, 2, 0, 0, 0, 1][..]);
        assert!(codec.decode(&mut source).unwrap().is_none());
        source.extend_from_slice(&[2, 9]);
        let frame = codec.decode(&mut source).unwrap().unwrap();
        assert_eq!((frame.id, frame.body()), (7, &[1, 2][..]));
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
