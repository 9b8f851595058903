//! Chunks between server and guest.

use alloc::vec::Vec;

use bytes::{Buf, Bytes, BytesMut};
use spice_link::MAX_AGENT_DATA;
use spice_wire::{Decode, Encode};

use crate::error::StreamError;
use crate::proto::types::{ChunkHeader, ChunkPort};

/// Length of a [`ChunkHeader`].
const HEADER_SIZE: usize = 8;

/// A part of the stream of one port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Chunk {
    /// The stream of the chunk. Each port needs its own [`MessageReader`](crate::MessageReader).
    pub port: ChunkPort,
    /// The bytes after the header.
    pub data: Bytes,
}

/// Splits the bytes of the guest's virtio port into chunks.
///
/// ```
/// use spice_agent::{ChunkPort, ChunkReader, write_chunks};
/// let mut bytes = Vec::new();
/// write_chunks(ChunkPort::CLIENT, &[7; 3000], &mut bytes);
/// assert_eq!(bytes.len(), 8 + 2048 + 8 + 952);
///
/// let mut reader = ChunkReader::new();
/// reader.push(&bytes);
/// let chunk = reader.next_chunk()?.unwrap();
/// assert_eq!((chunk.port, chunk.data.len()), (ChunkPort::CLIENT, 2048));
/// assert_eq!(reader.next_chunk()?.unwrap().data.len(), 952);
/// assert!(reader.next_chunk()?.is_none());
/// # Ok::<(), spice_agent::StreamError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ChunkReader {
    buffer: BytesMut,
    /// Number of bytes before the buffer.
    offset: u64,
}

impl ChunkReader {
    /// Creates a reader.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds received bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Returns the next chunk, or `None` until all its bytes are received.
    ///
    /// # Errors
    /// Returns [`StreamError::ChunkTooLarge`] if a header announces more than 2048 bytes. All later
    /// calls return the same error, until [`ChunkReader::reset`].
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>, StreamError> {
        let Some(header) = self.buffer.get(..HEADER_SIZE) else {
            return Ok(None);
        };
        let Ok(ChunkHeader { port, size }) = ChunkHeader::decode(header) else {
            return Ok(None);
        };
        let offset = self.offset;
        let length = usize::try_from(size).unwrap_or(usize::MAX);
        if length > MAX_AGENT_DATA {
            return Err(StreamError::ChunkTooLarge { port, size, offset });
        }
        let end = HEADER_SIZE.saturating_add(length);
        if self.buffer.len() < end {
            return Ok(None);
        }
        self.buffer.advance(HEADER_SIZE);
        let data = self.buffer.split_to(length).freeze();
        self.offset = offset.saturating_add(end as u64);
        Ok(Some(Chunk { port, data }))
    }

    /// Returns the received bytes that belong to no returned chunk.
    #[must_use]
    pub fn unread(&self) -> &[u8] {
        &self.buffer
    }

    /// Forgets a half-received chunk.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

/// Appends a part of a port's stream as chunks of at most 2048 bytes. An empty part has no chunks.
pub fn write_chunks(port: ChunkPort, stream: &[u8], out: &mut Vec<u8>) {
    for data in stream.chunks(MAX_AGENT_DATA) {
        let size = u32::try_from(data.len()).unwrap_or(u32::MAX);
        // A struct of fixed size always encodes.
        let _ = ChunkHeader { port, size }.encode(out);
        out.extend_from_slice(data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn largest_chunk_is_accepted_and_a_larger_one_is_not() {
        let mut reader = ChunkReader::new();
        let mut bytes = Vec::new();
        write_chunks(ChunkPort::SERVER, &[1; 2048], &mut bytes);
        assert_eq!(bytes.len(), 2056);
        for byte in &bytes {
            assert_eq!(reader.next_chunk(), Ok(None));
            reader.push(&[*byte]);
        }
        let chunk = reader.next_chunk().unwrap().unwrap();
        assert_eq!((chunk.port, chunk.data.len()), (ChunkPort::SERVER, 2048));
        reader.push(&[1, 0, 0, 0, 1, 8, 0, 0]);
        let error = StreamError::ChunkTooLarge {
            port: ChunkPort::CLIENT,
            size: 2049,
            offset: 2056,
        };
        assert_eq!(reader.next_chunk(), Err(error));
        assert_eq!(reader.next_chunk(), Err(error));
        reader.reset();
        assert_eq!(reader.next_chunk(), Ok(None));
        assert!(reader.unread().is_empty());
    }
}
