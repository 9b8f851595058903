//! Messages from a stream that arrives in parts.

use bytes::{Buf, BytesMut};
use spice_wire::Decode;

use crate::error::StreamError;
use crate::message::{HEADER_SIZE, RawMessage};
use crate::proto::types::{AgentProtocol, MessageHeader};

/// Default limit on the data of a message: 64 MiB.
pub const DEFAULT_LIMIT: u32 = 64 << 20;

/// Splits the stream of one direction into messages.
///
/// A part of the stream can contain a piece of a message, or several messages.
///
/// ```
/// use spice_agent::MessageReader;
/// use spice_agent::proto::agent::client::{MaxClipboard, Message};
/// let mut stream = Vec::new();
/// spice_agent::write_message(&Message::from(MaxClipboard { max: 1000 }), &mut stream)?;
///
/// let mut reader = MessageReader::default();
/// reader.push(&stream[..22]);
/// assert!(reader.next_message()?.is_none());
/// reader.push(&stream[22..]);
/// let message = reader.next_message()?.unwrap();
/// assert_eq!(message.decode::<Message>()?, MaxClipboard { max: 1000 }.into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The limit on the size of a message is checked when its header is there. Memory grows with the bytes
/// received, not with announced sizes.
#[derive(Clone, Debug)]
pub struct MessageReader {
    limit: u32,
    buffer: BytesMut,
    /// Number of bytes before the buffer.
    offset: u64,
}

impl Default for MessageReader {
    fn default() -> Self {
        Self::new()
    }
}

impl MessageReader {
    /// Creates a reader with a limit of [`DEFAULT_LIMIT`].
    #[must_use]
    pub fn new() -> Self {
        Self {
            limit: DEFAULT_LIMIT,
            buffer: BytesMut::new(),
            offset: 0,
        }
    }

    /// Sets the limit on the data of a message, in bytes.
    #[must_use]
    pub const fn with_limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// Adds a received part of the stream.
    pub fn push(&mut self, part: &[u8]) {
        self.buffer.extend_from_slice(part);
    }

    /// Returns the next message, or `None` until all its bytes are received.
    ///
    /// # Errors
    /// Returns a [`StreamError`] as soon as a header has another protocol version or announces more
    /// than the limit. All later calls return the same error, until [`MessageReader::reset`].
    pub fn next_message(&mut self) -> Result<Option<RawMessage>, StreamError> {
        let Some(header) = self.buffer.get(..HEADER_SIZE) else {
            return Ok(None);
        };
        let Ok(header) = MessageHeader::decode(header) else {
            return Ok(None);
        };
        let offset = self.offset;
        if header.protocol != AgentProtocol::CURRENT {
            let protocol = header.protocol.0;
            return Err(StreamError::Protocol { protocol, offset });
        }
        if header.size > self.limit {
            return Err(StreamError::TooLarge {
                r#type: header.r#type,
                size: header.size,
                limit: self.limit,
                offset,
            });
        }
        // A body that does not fit in the address space is never complete.
        let size = usize::try_from(header.size).unwrap_or(usize::MAX);
        let end = HEADER_SIZE.saturating_add(size);
        if self.buffer.len() < end {
            return Ok(None);
        }
        self.buffer.advance(HEADER_SIZE);
        let data = self.buffer.split_to(size).freeze();
        self.offset = offset.saturating_add(end as u64);
        Ok(Some(RawMessage {
            r#type: header.r#type,
            opaque: header.opaque,
            data,
        }))
    }

    /// Returns the received bytes that belong to no returned message.
    #[must_use]
    pub fn unread(&self) -> &[u8] {
        &self.buffer
    }

    /// Forgets a half-received message and its memory, as both sides do when the agent disconnects.
    pub fn reset(&mut self) {
        self.buffer = BytesMut::new();
        self.offset = 0;
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;

    /// A message of this type with this data.
    fn message(r#type: u32, data: &[u8]) -> Vec<u8> {
        let size = u32::try_from(data.len()).unwrap();
        let mut bytes = vec![1, 0, 0, 0];
        bytes.extend(r#type.to_le_bytes());
        bytes.extend(7u64.to_le_bytes());
        bytes.extend(size.to_le_bytes());
        bytes.extend(data);
        bytes
    }

    /// Reads a stream that arrives in parts of this length.
    fn read(stream: &[u8], length: usize) -> Vec<RawMessage> {
        let mut reader = MessageReader::new();
        let mut messages = Vec::new();
        for part in stream.chunks(length) {
            reader.push(part);
            while let Some(message) = reader.next_message().unwrap() {
                messages.push(message);
            }
        }
        assert!(reader.unread().is_empty());
        messages
    }

    #[test]
    fn messages_are_found_across_and_within_parts() {
        let stream = [
            message(4, &[1; 5000]),
            message(70_000, b""),
            message(6, b"abc"),
        ];
        let stream = stream.concat();
        let expected = read(&stream, stream.len());
        assert_eq!(expected.len(), 3);
        assert_eq!(expected[1].r#type, 70_000);
        assert_eq!(expected[1].id(), 65535);
        assert_eq!(
            (expected[2].opaque, &expected[2].data[..]),
            (7, &b"abc"[..])
        );
        for length in [1, 2, 19, 20, 21, 2048] {
            assert_eq!(read(&stream, length), expected);
        }
    }

    #[test]
    fn limit_is_checked_at_the_header() {
        let mut reader = MessageReader::new().with_limit(1000);
        reader.push(&message(4, &[0; 1000]));
        assert!(reader.next_message().unwrap().is_some());
        reader.push(&message(5, &[0; 1001])[..20]);
        let error = StreamError::TooLarge {
            r#type: 5,
            size: 1001,
            limit: 1000,
            offset: 1020,
        };
        assert_eq!(reader.next_message(), Err(error));
        reader.push(&[0; 1001]);
        assert_eq!(reader.next_message(), Err(error));
        reader.reset();
        reader.push(&message(5, b""));
        assert!(reader.next_message().unwrap().is_some());
    }

    #[test]
    fn other_protocol_versions_are_rejected() {
        let mut reader = MessageReader::new();
        let mut bytes = message(4, b"");
        bytes[0] = 2;
        reader.push(&bytes);
        let error = StreamError::Protocol {
            protocol: 2,
            offset: 0,
        };
        assert_eq!(reader.next_message(), Err(error));
    }

    #[test]
    fn announced_sizes_reserve_no_memory() {
        let mut reader = MessageReader::new();
        let header = &message(4, b"")[..16];
        reader.push(header);
        reader.push(&DEFAULT_LIMIT.to_le_bytes());
        assert_eq!(reader.next_message(), Ok(None));
        assert!(reader.buffer.capacity() < 1000);
    }
}
