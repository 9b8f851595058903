//! From bytes as they come to whole messages.

use alloc::vec::Vec;

use spice_wire::{Fds, SharedFd, Side};

use crate::descriptors::MAX_WAITING;
use crate::frame::{DEFAULT_LIMIT, Frame, FrameError, HeaderFormat};

/// Takes messages out of a stream of bytes.
///
/// ```
/// use spice_link::{FrameReader, HeaderFormat};
/// use spice_messages::{base, wire::Side};
/// let mut reader = FrameReader::new(Side::Server, HeaderFormat::Mini);
/// reader.push(&[3, 0, 8, 0, 0, 0, 1, 0, 0, 0, 20]);
/// assert!(reader.next_frame().unwrap().is_none());
/// reader.push(&[0, 0, 0]);
/// let frame = reader.next_frame().unwrap().unwrap();
/// for message in frame.messages().unwrap() {
///     let message: base::server::Message = message.decode().unwrap();
///     let expected = base::server::SetAck { generation: 1, window: 20 };
///     assert_eq!(message, base::server::Message::SetAck(expected));
/// }
/// ```
#[derive(Debug)]
pub struct FrameReader {
    sender: Side,
    format: HeaderFormat,
    limit: u32,
    /// How many descriptors a message has, by its id and body.
    descriptors: Option<fn(u16, &[u8]) -> usize>,
    buffer: Vec<u8>,
    /// Where in the buffer the next frame begins.
    start: usize,
    /// The serial of the last frame.
    serial: u64,
    fds: Vec<SharedFd>,
    /// How many of them belong to the last frame.
    taken: usize,
}

impl FrameReader {
    /// A reader of what this side sends, which allows bodies of [`DEFAULT_LIMIT`] bytes.
    #[must_use]
    pub const fn new(sender: Side, format: HeaderFormat) -> Self {
        Self {
            sender,
            format,
            limit: DEFAULT_LIMIT,
            descriptors: None,
            buffer: Vec::new(),
            start: 0,
            serial: 0,
            fds: Vec::new(),
            taken: 0,
        }
    }

    /// Sets the limit on the body of a message.
    #[must_use]
    pub const fn with_limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// Expects descriptors: `count` says by its id and body how many a message has, and so how many
    /// bytes behind it belong to them. For display channels over a Unix socket, with
    /// [`display_descriptors`](crate::display_descriptors).
    #[must_use]
    pub const fn with_descriptors(mut self, count: fn(u16, &[u8]) -> usize) -> Self {
        self.descriptors = Some(count);
        self
    }

    /// Adds bytes that came.
    pub fn push(&mut self, bytes: &[u8]) {
        // Moving the rest to the front costs no more than what was taken out before it.
        if self.start >= self.buffer.len().saturating_sub(self.start) {
            self.buffer.drain(..self.start.min(self.buffer.len()));
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Adds bytes that came, and the descriptors that came with them.
    ///
    /// # Errors
    /// [`FrameError::TooManyDescriptors`] if more wait to be taken than any message has. They are
    /// closed.
    pub fn push_with_fds(
        &mut self,
        bytes: &[u8],
        fds: impl IntoIterator<Item = SharedFd>,
    ) -> Result<(), FrameError> {
        self.push(bytes);
        for fd in fds {
            if self.fds.len() >= MAX_WAITING + self.taken {
                return Err(FrameError::TooManyDescriptors);
            }
            self.fds.push(fd);
        }
        Ok(())
    }

    /// Takes out the next message, if it is all there. It borrows from the reader until the next
    /// bytes are added.
    ///
    /// # Errors
    /// [`FrameError::TooLarge`], as soon as the header is there. The stream cannot be read further.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        self.fds.drain(..self.taken.min(self.fds.len()));
        self.taken = 0;
        let serial = self.serial.wrapping_add(1);
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let Some(header) = self.format.read(rest, serial) else {
            return Ok(None);
        };
        if header.size > self.limit {
            return Err(FrameError::TooLarge {
                id: header.r#type,
                size: header.size.into(),
                limit: self.limit,
            });
        }
        let behind = rest.get(self.format.size()..).unwrap_or_default();
        let Some((body, behind)) = behind.split_at_checked(header.size as usize) else {
            return Ok(None);
        };
        let descriptors = self.descriptors_of(header.r#type, body);
        if behind.len() < descriptors {
            return Ok(None);
        }
        self.taken = descriptors.min(self.fds.len());
        self.start += self.format.size() + body.len() + descriptors;
        self.serial = header.serial;
        Ok(Some(Frame {
            sender: self.sender,
            serial: header.serial,
            id: header.r#type,
            sub_list: header.sub_list,
            body,
            fds: Fds::new(self.fds.get(..self.taken).unwrap_or_default()),
        }))
    }

    /// How many bytes are missing at least before the next message is there, 0 if it is.
    #[must_use]
    pub fn missing(&self) -> usize {
        let rest = self.unread();
        let size_of_header = self.format.size();
        let Some(header) = self.format.read(rest, 0) else {
            return size_of_header.saturating_sub(rest.len());
        };
        let size = size_of_header.saturating_add(header.size as usize);
        let body = rest.get(size_of_header..size);
        let descriptors = body.map_or(0, |body| self.descriptors_of(header.r#type, body));
        size.saturating_add(descriptors).saturating_sub(rest.len())
    }

    fn descriptors_of(&self, id: u16, body: &[u8]) -> usize {
        self.descriptors.map_or(0, |count| count(id, body))
    }

    /// The bytes that came and were not taken out.
    #[must_use]
    pub fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }
}
