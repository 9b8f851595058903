//! Chunks between server and guest.

use alloc::vec::Vec;

use bytes::{Bytes, BytesMut};
use spice_link::MAX_AGENT_DATA;
use spice_wire::{Decode, Encode};

use crate::error::StreamError;
use crate::proto::types::{ChunkHeader, ChunkPort};

/// Length of a [`ChunkHeader`].
const HEADER_SIZE: usize = 8;

/// A part of the stream of one port: a chunk, or a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChunkPart {
    /// The stream. Each port needs its own [`MessageReader`](crate::MessageReader).
    pub port: ChunkPort,
    /// At most 2048 bytes of the stream.
    pub data: Bytes,
}

/// Splits the bytes of the guest's virtio port into the streams of its ports.
///
/// The Linux agent sends a message of any size as one chunk. The reader does not wait for the end of a
/// chunk: it returns what is there, in parts that fit in `agent_data`.
///
/// ```
/// use spice_agent::{ChunkPort, ChunkReader, write_chunks};
/// let mut bytes = Vec::new();
/// write_chunks(ChunkPort::CLIENT, &[7; 3000], &mut bytes);
/// assert_eq!(bytes.len(), 8 + 2048 + 8 + 952);
///
/// let mut reader = ChunkReader::new();
/// reader.push(&bytes);
/// let part = reader.next_part()?.unwrap();
/// assert_eq!((part.port, part.data.len()), (ChunkPort::CLIENT, 2048));
/// assert_eq!(reader.next_part()?.unwrap().data.len(), 952);
/// assert!(reader.next_part()?.is_none());
/// # Ok::<(), spice_agent::StreamError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ChunkReader {
    buffer: BytesMut,
    /// Port of the current chunk.
    port: ChunkPort,
    /// Number of bytes to the end of the current chunk.
    left: u32,
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

    /// Returns the next part, or `None` until more bytes are received.
    ///
    /// # Errors
    /// Returns [`StreamError::Port`] if a header has a port that does not exist. All later calls return
    /// the same error, until [`ChunkReader::reset`].
    pub fn next_part(&mut self) -> Result<Option<ChunkPart>, StreamError> {
        while self.left == 0 {
            let Some(header) = self.buffer.get(..HEADER_SIZE) else {
                return Ok(None);
            };
            let Ok(ChunkHeader { port, size }) = ChunkHeader::decode(header) else {
                return Ok(None);
            };
            if port != ChunkPort::CLIENT && port != ChunkPort::SERVER {
                let offset = self.offset;
                return Err(StreamError::Port { port, offset });
            }
            (self.port, self.left) = (port, size);
            self.take(HEADER_SIZE);
        }
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let length = left.min(self.buffer.len()).min(MAX_AGENT_DATA);
        if length == 0 {
            return Ok(None);
        }
        let data = self.take(length);
        let taken = u32::try_from(length).unwrap_or(u32::MAX);
        self.left = self.left.saturating_sub(taken);
        let port = self.port;
        Ok(Some(ChunkPart { port, data }))
    }

    /// Takes bytes from the start of the buffer.
    fn take(&mut self, length: usize) -> Bytes {
        self.offset = self.offset.saturating_add(length as u64);
        self.buffer.split_to(length).freeze()
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
    use alloc::vec;

    use super::*;

    #[test]
    fn chunks_arrive_in_any_split_and_of_any_size() {
        let mut stream = Vec::new();
        write_chunks(ChunkPort::SERVER, &[1; 3000], &mut stream);
        stream.extend([1, 0, 0, 0, 0, 0, 0, 0]);
        stream.extend([1, 0, 0, 0]);
        stream.extend(5000_u32.to_le_bytes());
        stream.extend([2; 5000]);
        for length in [1, 7, 8, 9, 2048, stream.len()] {
            let mut reader = ChunkReader::new();
            let mut found = [Vec::new(), Vec::new()];
            for bytes in stream.chunks(length) {
                reader.push(bytes);
                while let Some(part) = reader.next_part().unwrap() {
                    assert!((1..=2048).contains(&part.data.len()));
                    found[part.port.0 as usize - 1].extend_from_slice(&part.data);
                }
            }
            assert_eq!(found, [vec![2; 5000], vec![1; 3000]]);
        }
    }

    #[test]
    fn unknown_port_is_an_error_until_reset() {
        let mut reader = ChunkReader::new();
        reader.push(&[1, 0, 0, 0, 1, 0, 0, 0, 9]);
        assert!(reader.next_part().unwrap().is_some());
        reader.push(&[3, 0, 0, 0, 1, 0, 0, 0, 9]);
        let error = StreamError::Port {
            port: ChunkPort(3),
            offset: 9,
        };
        assert_eq!(reader.next_part(), Err(error));
        assert_eq!(reader.next_part(), Err(error));
        reader.reset();
        assert_eq!(reader.next_part(), Ok(None));
    }
}
