//! The receiving direction of a connection, without I/O.

use std::collections::VecDeque;
use std::io;
use std::mem;
use std::task::{Poll, ready};
use std::vec::Vec;

use bytes::{Bytes, BytesMut};
use spice_messages::base::client;
use spice_messages::display;
use spice_wire::{Channel, ChannelMessage, SharedFd, Side};

use crate::connection::control::Control;
use crate::connection::error::Error;
use crate::connection::options::Options;
use crate::connection::role::Role;
use crate::descriptors::display_descriptors;
use crate::frame::Frame;
use crate::frame_error::FrameError;
use crate::reader::FrameReader;
use crate::session::LinkSession;

/// Number of bytes to read at once from a stream that carries little.
const MIN_READ: usize = 4 << 10;

/// Number of bytes to read at once from a stream that carries much.
const MAX_READ: usize = 128 << 10;

/// Number of sub-messages for which memory is kept.
const KEPT_SUB_MESSAGES: usize = 256;

/// Splits received bytes into frames and messages.
pub(crate) struct Input {
    reader: FrameReader,
    control: Control,
    options: Options,
    /// The last frame.
    frame: Option<Frame>,
    /// Whether neither the frame nor one of its messages has been returned.
    is_new: bool,
    /// Ids and bodies of its sub-messages that have not been returned.
    sub_messages: VecDeque<(u16, Bytes)>,
    /// Whether its own message has not been returned.
    has_message: bool,
    /// The sub-message that was returned last; `None` if it was the frame's own message.
    sub_message: Option<(u16, Bytes)>,
    read_size: usize,
    /// The error that follows the received frames.
    failed: Option<FrameError>,
    /// Number of received frames.
    pub(crate) frames: u64,
    /// Number of received bytes.
    pub(crate) bytes: u64,
}

/// The next step of a connection that receives.
pub(crate) enum Advance<T> {
    /// Read more bytes.
    Read,
    /// Pass this message of flow control to the output.
    Control(client::Message<'static>),
    /// Return this.
    Ready(T),
}

impl Input {
    /// Creates the input of a connection whose link stage is complete.
    pub(crate) fn new(peer: Side, session: &LinkSession, options: &Options) -> Self {
        let mut reader = FrameReader::new(peer, session.header()).with_limit(options.limit);
        if peer == Side::Server && session.request.channel_type == display::CHANNEL_TYPE {
            reader = reader.with_descriptors(display_descriptors);
        }
        Self {
            reader,
            control: Control::new(peer, options),
            options: options.clone(),
            frame: None,
            is_new: false,
            sub_messages: VecDeque::new(),
            has_message: false,
            sub_message: None,
            read_size: MIN_READ,
            failed: None,
            frames: 0,
            bytes: 0,
        }
    }

    /// Continues to the next message. [`Input::decode`] decodes it.
    pub(crate) fn next_message(&mut self) -> Result<Advance<()>, Error> {
        loop {
            if let Some(message) = self.control.pop() {
                return Ok(Advance::Control(message));
            }
            self.is_new = false;
            self.sub_message = self.sub_messages.pop_front();
            if self.sub_message.is_some() || mem::take(&mut self.has_message) {
                return Ok(Advance::Ready(()));
            }
            if !self.next_frame_from_buffer()? {
                return Ok(Advance::Read);
            }
        }
    }

    /// Continues to the next frame, and skips the remaining messages of the last one.
    pub(crate) fn next_frame(&mut self) -> Result<Advance<Frame>, Error> {
        loop {
            if let Some(message) = self.control.pop() {
                return Ok(Advance::Control(message));
            }
            self.sub_messages.clear();
            self.has_message = false;
            if mem::take(&mut self.is_new)
                && let Some(frame) = self.frame.take()
            {
                return Ok(Advance::Ready(frame));
            }
            if !self.next_frame_from_buffer()? {
                return Ok(Advance::Read);
            }
        }
    }

    /// Decodes the message that [`Input::next_message`] has continued to.
    pub(crate) fn decode<R: Role, C: Channel>(&self) -> Result<Option<R::Incoming<'_, C>>, Error> {
        Ok(match (&self.sub_message, &self.frame) {
            (Some((id, body)), _) => Some(ChannelMessage::decode(*id, body)?),
            (None, Some(frame)) => Some(frame.decode()?),
            (None, None) => None,
        })
    }

    /// Splits the next frame from the received bytes and handles its messages of flow control. Returns
    /// `false` if there is none.
    fn next_frame_from_buffer(&mut self) -> Result<bool, Error> {
        // The reader uses its memory again once no frame shares it.
        self.frame = None;
        self.is_new = false;
        let Some(frame) = self.reader.next_frame()? else {
            return Ok(false);
        };
        if let Some(error) = &self.failed
            && frame.fds().len() < frame.fd_bytes()
        {
            return Err(error.clone().into());
        }
        self.frames += 1;
        if let Some(inspect) = &self.options.inspect {
            inspect(&frame);
        }
        let frame = self.frame.insert(frame);
        self.control.count_frame();
        if self.options.sub_messages && frame.has_list() {
            self.sub_messages.shrink_to(KEPT_SUB_MESSAGES);
            for message in frame.messages()? {
                if self.control.handle(&message) {
                    continue;
                }
                if message.is_sub_message {
                    let body = frame.bytes().slice_ref(message.body);
                    self.sub_messages.push_back((message.id, body));
                } else {
                    self.has_message = true;
                }
            }
        } else {
            self.has_message = !self.control.handle(&frame.message());
        }
        self.is_new = true;
        Ok(true)
    }

    /// Calls `read` with a buffer, and adds the bytes and the descriptors that it receives. See [`Input::append`].
    #[cfg(feature = "blocking")]
    pub(crate) fn read(
        &mut self,
        read: impl FnOnce(&mut [u8], &mut Vec<SharedFd>) -> Poll<io::Result<usize>>,
    ) -> Poll<Result<bool, Error>> {
        self.append(|buffer, size, fds| append_with(buffer, size, |bytes| read(bytes, fds)))
    }

    /// Calls `append` to append received bytes and descriptors. `append` gets the largest number of bytes to append.
    ///
    /// `append` returns the number of bytes, 0 at the end of the stream. Returns `false` at the end.
    pub(crate) fn append(
        &mut self,
        append: impl FnOnce(&mut BytesMut, usize, &mut Vec<SharedFd>) -> Poll<io::Result<usize>>,
    ) -> Poll<Result<bool, Error>> {
        if let Some(error) = &self.failed {
            return Poll::Ready(Err(error.clone().into()));
        }
        let mut fds = Vec::new();
        let size = self.read_size;
        let length = ready!(append(self.reader.buffer_mut(), size, &mut fds))?;
        if length == 0 {
            let truncated = Error::Truncated {
                missing: self.reader.missing(),
            };
            let is_clean = self.reader.unread().is_empty();
            return Poll::Ready(is_clean.then_some(false).ok_or(truncated));
        }
        self.failed = self.reader.push_with_fds(&[], fds).err();
        self.bytes += length as u64;
        if length == size {
            self.read_size = (size * 2).min(MAX_READ);
        } else if length < size / 4 {
            self.read_size = (size / 2).max(MIN_READ);
        }
        Poll::Ready(Ok(true))
    }
}

/// Calls `read` with `size` bytes at the end of the buffer, and keeps as many of them as it returns.
#[cfg(any(feature = "blocking", all(unix, feature = "descriptors")))]
pub(crate) fn append_with(
    buffer: &mut BytesMut,
    size: usize,
    read: impl FnOnce(&mut [u8]) -> Poll<io::Result<usize>>,
) -> Poll<io::Result<usize>> {
    let start = buffer.len();
    buffer.resize(start.saturating_add(size), 0);
    let result = read(buffer.get_mut(start..).unwrap_or_default());
    let length = match &result {
        Poll::Ready(Ok(length)) => *length,
        _ => 0,
    };
    buffer.truncate(start.saturating_add(length));
    result
}
