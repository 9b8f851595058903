//! Reading frames from a stream of bytes.

use alloc::vec::Vec;

use bytes::{Buf, Bytes, BytesMut};
use spice_wire::{Fds, SharedFd, Side};

use crate::descriptors::MAX_WAITING;
use crate::frame::{DEFAULT_LIMIT, Frame};
use crate::frame_error::FrameError;
use crate::header::HeaderFormat;
use crate::proto::types::DataHeader;
#[cfg(any(feature = "blocking", feature = "tokio"))]
use crate::raw_message::RawMessage;

/// Number of bytes that may be moved to the start of the buffer before each read.
#[cfg(any(feature = "blocking", feature = "tokio"))]
const MAX_MOVED: usize = 4 << 10;

/// Splits the bytes that one side sends into frames.
///
/// A frame does not borrow the reader, so the reader can be a field of a struct that handles the
/// frames:
///
/// ```
/// use spice_link::{Frame, FrameReader, HeaderFormat};
/// use spice_messages::{base::server, wire::Side};
///
/// struct Client {
///     reader: FrameReader,
///     window: u32,
/// }
///
/// impl Client {
///     fn receive(&mut self, bytes: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
///         self.reader.push(bytes);
///         while let Some(frame) = self.reader.next_frame()? {
///             for message in frame.messages()? {
///                 self.handle(message.decode()?);
///             }
///         }
///         Ok(())
///     }
///
///     fn handle(&mut self, message: server::Message<'_>) {
///         if let server::Message::SetAck(set_ack) = message {
///             self.window = set_ack.window;
///         }
///     }
/// }
///
/// let reader = FrameReader::new(Side::Server, HeaderFormat::Mini);
/// let mut client = Client { reader, window: 0 };
/// client.receive(&[3, 0, 8, 0, 0, 0, 1, 0, 0, 0, 20])?;
/// client.receive(&[0, 0, 0])?;
/// assert_eq!(client.window, 20);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The limit on the size of a message is checked before the message is received. Memory grows with
/// the bytes received, not with announced sizes.
#[derive(Clone, Debug)]
pub struct FrameReader {
    sender: Side,
    format: HeaderFormat,
    limit: u32,
    /// Returns the number of descriptors of a message with this id and body.
    count_descriptors: Option<fn(u16, &[u8]) -> usize>,
    /// Bytes of skipped frames, unread bytes, and room for more.
    buffer: BytesMut,
    /// Start of the unread bytes.
    start: usize,
    /// End of the unread bytes.
    end: usize,
    /// Serial of the last frame.
    serial: u64,
    fds: Vec<SharedFd>,
}

/// Header and length of the complete frame at the start of the unread bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrameExtent {
    pub(crate) header: DataHeader,
    /// Length of header and body.
    length: usize,
    /// Number of bytes for descriptors after the body.
    fd_bytes: usize,
}

impl FrameReader {
    /// Creates a reader for messages of `sender`, with a limit of [`DEFAULT_LIMIT`].
    #[must_use]
    pub fn new(sender: Side, format: HeaderFormat) -> Self {
        Self {
            sender,
            format,
            limit: DEFAULT_LIMIT,
            count_descriptors: None,
            buffer: BytesMut::new(),
            start: 0,
            end: 0,
            serial: 0,
            fds: Vec::new(),
        }
    }

    /// Sets the limit on the body of a message, in bytes.
    #[must_use]
    pub const fn with_limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// Sets a function that returns the number of descriptors of a message with this id and body.
    ///
    /// The reader skips one byte per descriptor after the message. For display channels over a Unix
    /// socket, pass [`display_descriptors`](crate::display_descriptors).
    #[must_use]
    pub const fn with_descriptors(mut self, count: fn(u16, &[u8]) -> usize) -> Self {
        self.count_descriptors = Some(count);
        self
    }

    /// Adds received bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.truncate(self.end);
        self.buffer.extend_from_slice(bytes);
        self.end = self.buffer.len();
    }

    /// Adds received bytes and the descriptors received with them.
    ///
    /// # Errors
    /// Returns [`FrameError::TooManyDescriptors`] if more than 64 descriptors wait for their
    /// message. The rest of `fds` is dropped.
    pub fn push_with_fds(
        &mut self,
        bytes: &[u8],
        fds: impl IntoIterator<Item = SharedFd>,
    ) -> Result<(), FrameError> {
        self.push(bytes);
        self.push_fds(fds)
    }

    /// Adds received descriptors.
    pub(crate) fn push_fds(
        &mut self,
        fds: impl IntoIterator<Item = SharedFd>,
    ) -> Result<(), FrameError> {
        for fd in fds {
            if self.fds.len() >= MAX_WAITING {
                return Err(FrameError::TooManyDescriptors);
            }
            self.fds.push(fd);
        }
        Ok(())
    }

    /// Returns room for received bytes: `size` bytes, or fewer that suffice to complete the next frame.
    #[cfg(any(feature = "blocking", feature = "tokio"))]
    pub(crate) fn room(&mut self, size: usize) -> &mut [u8] {
        let unread = self.end.saturating_sub(self.start);
        let room = self.buffer.len().saturating_sub(self.end);
        if unread <= MAX_MOVED || room < size.min(self.missing().max(1)) {
            if unread > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
            }
            (self.start, self.end) = (0, unread);
            if self.buffer.len().saturating_sub(unread) < size {
                self.buffer.truncate(unread);
                self.buffer.reserve(size);
                self.buffer.resize(self.buffer.capacity(), 0);
            }
        }
        let end = self.end.saturating_add(size).min(self.buffer.len());
        self.buffer.get_mut(self.end..end).unwrap_or_default()
    }

    /// Adds bytes that were received into [`FrameReader::room`].
    #[cfg(any(feature = "blocking", feature = "tokio"))]
    pub(crate) fn fill(&mut self, length: usize) {
        self.end = self.end.saturating_add(length).min(self.buffer.len());
    }

    /// Returns the next frame, or `None` until all its bytes are received.
    ///
    /// # Errors
    /// Returns [`FrameError::TooLarge`] as soon as a header announces more than the limit. All
    /// later calls return the same error.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        let extent = self.next_extent()?;
        Ok(extent.map(|extent| self.split(&extent)))
    }

    /// Returns the extent of the next frame, or `None` until all its bytes are received.
    ///
    /// The frame stays in the buffer until [`FrameReader::skip`] or [`FrameReader::split`] removes it.
    #[inline]
    pub(crate) fn next_extent(&self) -> Result<Option<FrameExtent>, FrameError> {
        self.extent_in(self.unread())
    }

    /// Splits the next frame from the buffer.
    pub(crate) fn split(&mut self, extent: &FrameExtent) -> Frame {
        if self.start > 0 {
            self.buffer.advance(self.start);
            self.end = self.end.saturating_sub(self.start);
            self.start = 0;
        }
        let bytes = self.buffer.split_to(extent.length).freeze();
        if extent.fd_bytes > 0 {
            self.buffer.advance(extent.fd_bytes);
        }
        self.end = self.end.saturating_sub(extent.total());
        self.take_frame(extent, bytes)
    }

    /// Splits the next frame from the start of `buffer`.
    #[cfg(feature = "codec")]
    pub(crate) fn split_from(
        &mut self,
        buffer: &mut BytesMut,
    ) -> Result<Option<Frame>, FrameError> {
        let Some(extent) = self.extent_in(buffer)? else {
            return Ok(None);
        };
        let bytes = buffer.split_to(extent.length).freeze();
        buffer.advance(extent.fd_bytes);
        Ok(Some(self.take_frame(&extent, bytes)))
    }

    /// Skips the next frame.
    #[cfg(any(feature = "blocking", feature = "tokio"))]
    #[inline]
    pub(crate) fn skip(&mut self, extent: &FrameExtent) {
        self.start = self.start.saturating_add(extent.total());
        self.serial = extent.header.serial;
        if extent.fd_bytes > 0 {
            self.fds.drain(..self.fds(extent).len());
        }
    }

    /// Returns the message of the next frame, without its sub-messages.
    #[cfg(any(feature = "blocking", feature = "tokio"))]
    #[inline]
    pub(crate) fn message(&self, extent: &FrameExtent) -> RawMessage<'_> {
        let start = self.start.saturating_add(self.format.size());
        let end = self.start.saturating_add(extent.length);
        RawMessage {
            fds: self.fds(extent),
            ..RawMessage::new(
                extent.header.r#type,
                self.buffer.get(start..end).unwrap_or_default(),
            )
        }
    }

    /// Returns a copy of the next frame.
    #[cfg(any(feature = "blocking", feature = "tokio"))]
    pub(crate) fn copy(&self, extent: &FrameExtent) -> Frame {
        let bytes = self.unread().get(..extent.length).unwrap_or_default();
        let fds = self.fds.get(..self.fds(extent).len()).unwrap_or_default();
        self.frame(extent, Bytes::copy_from_slice(bytes), fds.to_vec())
    }

    /// Returns whether descriptors of the next frame are missing.
    #[cfg(any(feature = "blocking", feature = "tokio"))]
    #[inline]
    pub(crate) fn lacks_fds(&self, extent: &FrameExtent) -> bool {
        self.fds.len() < extent.fd_bytes
    }

    /// Returns the side that sends the frames.
    #[cfg(any(feature = "blocking", feature = "tokio"))]
    pub(crate) const fn sender(&self) -> Side {
        self.sender
    }

    /// Returns the descriptors of the next frame.
    #[inline]
    fn fds(&self, extent: &FrameExtent) -> Fds<'_> {
        Fds::new(self.fds.get(..extent.fd_bytes).unwrap_or(&self.fds))
    }

    /// Creates the next frame of its bytes, and takes its descriptors.
    fn take_frame(&mut self, extent: &FrameExtent, bytes: Bytes) -> Frame {
        let fds = match extent.fd_bytes {
            0 => Vec::new(),
            _ => self.fds.drain(..self.fds(extent).len()).collect(),
        };
        self.serial = extent.header.serial;
        self.frame(extent, bytes, fds)
    }

    fn frame(&self, extent: &FrameExtent, bytes: Bytes, fds: Vec<SharedFd>) -> Frame {
        let FrameExtent {
            header, fd_bytes, ..
        } = *extent;
        Frame::new(self.sender, self.format, header, bytes, fds, fd_bytes)
    }

    /// Returns the extent of the frame at the start of `bytes`, or `None` if it is incomplete.
    #[inline]
    fn extent_in(&self, bytes: &[u8]) -> Result<Option<FrameExtent>, FrameError> {
        let serial = self.serial.wrapping_add(1);
        let Some(header) = self.format.read_limited(bytes, serial, self.limit)? else {
            return Ok(None);
        };
        let length = self.format.end(&header);
        let Some(body) = bytes.get(self.format.size()..length) else {
            return Ok(None);
        };
        let fd_bytes = self.descriptors_of(header.r#type, body);
        let extent = FrameExtent {
            header,
            length,
            fd_bytes,
        };
        Ok((bytes.len() >= extent.total()).then_some(extent))
    }

    /// Returns the minimum number of bytes to receive before [`FrameReader::next_frame`] returns a
    /// frame; 0 if it returns one now.
    #[must_use]
    pub fn missing(&self) -> usize {
        let unread = self.unread();
        let start = self.format.size();
        let Some(header) = self.format.read(unread, 0) else {
            return start.saturating_sub(unread.len());
        };
        let end = self.format.end(&header);
        let body = unread.get(start..end);
        let descriptors = body.map_or(0, |body| self.descriptors_of(header.r#type, body));
        end.saturating_add(descriptors).saturating_sub(unread.len())
    }

    /// Returns the received bytes that no frame has included yet.
    #[must_use]
    pub fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    #[inline]
    fn descriptors_of(&self, id: u16, body: &[u8]) -> usize {
        self.count_descriptors.map_or(0, |count| count(id, body))
    }
}

impl FrameExtent {
    /// Returns the number of bytes of header, body and descriptors.
    const fn total(&self) -> usize {
        self.length.saturating_add(self.fd_bytes)
    }
}

#[cfg(test)]
mod tests {
    #[cfg(any(feature = "blocking", feature = "tokio"))]
    use alloc::vec;

    use super::*;
    use crate::writer::FrameWriter;

    const FORMATS: [HeaderFormat; 2] = [HeaderFormat::Full, HeaderFormat::Mini];

    #[test]
    fn incomplete_frame_reports_its_missing_bytes() {
        for format in FORMATS {
            let mut frame = Vec::new();
            let mut writer = FrameWriter::new(format);
            writer.raw(7, &[1, 2, 3, 4, 5], &mut frame).unwrap();
            for length in 0..frame.len() {
                let mut reader = FrameReader::new(Side::Server, format);
                reader.push(&frame[..length]);
                assert!(reader.next_frame().unwrap().is_none());
                let missing = if length < format.size() {
                    format.size() - length
                } else {
                    frame.len() - length
                };
                assert_eq!(reader.missing(), missing);
                reader.push(&frame[length..]);
                assert_eq!(reader.missing(), 0);
                let frame = reader.next_frame().unwrap().unwrap();
                assert_eq!((frame.id, frame.body()), (7, &[1, 2, 3, 4, 5][..]));
                assert!(frame.fds().is_empty());
            }
        }
    }

    #[test]
    fn serials_are_counted_with_mini_headers_and_read_from_full_ones() {
        for (format, serials) in FORMATS.into_iter().zip([[41, 42], [1, 2]]) {
            let mut bytes = Vec::new();
            let mut writer = FrameWriter::new(format);
            writer.raw(7, &[], &mut bytes).unwrap();
            writer.raw(7, &[], &mut bytes).unwrap();
            if format == HeaderFormat::Full {
                bytes[0] = 41;
                bytes[18] = 42;
            }
            let mut reader = FrameReader::new(Side::Server, format);
            reader.push(&bytes);
            for serial in serials {
                assert_eq!(reader.next_frame().unwrap().unwrap().serial, serial);
            }
        }
    }

    #[cfg(any(feature = "blocking", feature = "tokio"))]
    #[test]
    fn frames_are_read_in_place_in_at_most_twice_their_limit() {
        const READ: usize = 1000;
        const LIMIT: usize = 20_000;
        let bodies: Vec<_> = (0..500)
            .map(|number| match number % 7 {
                0..5 => vec![5; number % 90],
                5 => vec![6; number * 37 % LIMIT],
                _ => vec![7; LIMIT],
            })
            .collect();
        let (mut bytes, mut writer) = (Vec::new(), FrameWriter::new(HeaderFormat::Mini));
        for body in &bodies {
            writer.raw(7, body, &mut bytes).unwrap();
        }
        // Frames that are split off share the memory.
        for is_split in [false, true] {
            let mut reader = FrameReader::new(Side::Server, HeaderFormat::Mini);
            let (mut unsent, mut received) = (&*bytes, bodies.iter());
            while !unsent.is_empty() {
                let room = reader.room(READ);
                let length = room.len().min(unsent.len());
                assert!((1..=READ).contains(&length));
                room[..length].copy_from_slice(&unsent[..length]);
                unsent = &unsent[length..];
                reader.fill(length);
                while let Some(frame) = reader.next_extent().unwrap() {
                    let body = received.next().unwrap();
                    assert_eq!(reader.message(&frame).body, body);
                    if is_split && body.len() % 2 == 0 {
                        assert_eq!(reader.split(&frame).body(), body)
                    } else {
                        reader.skip(&frame)
                    }
                }
                let times = if is_split { 4 } else { 2 };
                assert!(reader.buffer.capacity() <= times * (LIMIT + READ));
            }
            assert!(received.next().is_none() && reader.unread().is_empty());
        }
    }

    #[cfg(all(unix, feature = "std"))]
    #[test]
    fn descriptors_that_no_message_takes_are_limited_and_dropped() {
        use std::os::fd::OwnedFd;
        use std::os::unix::net::UnixStream;
        use std::sync::Arc;

        let mut reader = FrameReader::new(Side::Server, HeaderFormat::Mini)
            .with_descriptors(crate::display_descriptors);
        let fd: SharedFd = Arc::new(OwnedFd::from(UnixStream::pair().unwrap().0));
        for _ in 0..64 {
            reader.push_with_fds(&[0; 6], [Arc::clone(&fd)]).unwrap();
            assert!(reader.next_frame().unwrap().is_some());
        }
        let error = reader.push_with_fds(&[], [Arc::clone(&fd)]);
        assert_eq!(error, Err(FrameError::TooManyDescriptors));
        drop(reader);
        assert_eq!(Arc::strong_count(&fd), 1);
    }
}
