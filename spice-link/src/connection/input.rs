//! The receiving direction of a connection, without I/O.

use std::collections::VecDeque;
use std::io;
use std::mem;
use std::task::{Poll, ready};
use std::vec::Vec;

use spice_messages::base::client;
use spice_messages::display;
use spice_wire::{Channel, SharedFd, Side};

use crate::connection::control::Control;
use crate::connection::error::Error;
use crate::connection::options::Options;
use crate::connection::role::Role;
use crate::descriptors::display_descriptors;
use crate::frame::Frame;
use crate::frame_error::FrameError;
use crate::reader::{FrameExtent, FrameReader};
use crate::session::LinkSession;
use crate::sub_messages::{is_list, sub_message};

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
    /// The last frame. Its bytes are in the reader until the next one.
    frame: Option<FrameExtent>,
    /// Whether neither the frame nor one of its messages has been returned.
    is_new: bool,
    /// Offsets in the frame's body of the sub-messages that have not been returned.
    sub_messages: VecDeque<u32>,
    /// Whether its own message has not been returned.
    has_message: bool,
    /// Offset of the sub-message that was returned last; `None` if it was the frame's own message.
    sub_message: Option<u32>,
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
    #[inline]
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
                return Ok(Advance::Ready(self.reader.split(&frame)));
            }
            if !self.next_frame_from_buffer()? {
                return Ok(Advance::Read);
            }
        }
    }

    /// Decodes the message that [`Input::next_message`] has continued to.
    #[inline]
    pub(crate) fn decode<R: Role, C: Channel>(&self) -> Result<Option<R::Incoming<'_, C>>, Error> {
        let Some(frame) = &self.frame else {
            return Ok(None);
        };
        let mut message = self.reader.message(frame);
        if let Some(offset) = self.sub_message {
            // The frame's list has been checked.
            message = sub_message(message.body, offset).unwrap_or(message);
        }
        match message.decode() {
            Ok(message) => Ok(Some(message)),
            Err(error) => Err(error.into()),
        }
    }

    /// Continues to the next frame among the received bytes and handles its messages of flow control. Returns
    /// `false` if there is none.
    #[inline]
    fn next_frame_from_buffer(&mut self) -> Result<bool, Error> {
        if let Some(frame) = self.frame.take() {
            self.reader.skip(&frame);
        }
        self.is_new = false;
        let Some(frame) = self.reader.next_extent()? else {
            return Ok(false);
        };
        if let Some(error) = &self.failed
            && self.reader.lacks_fds(&frame)
        {
            return Err(error.clone().into());
        }
        self.frames += 1;
        if let Some(inspect) = &self.options.inspect {
            inspect(&self.reader.copy(&frame));
        }
        self.frame = Some(frame);
        self.control.count_frame();
        let (sender, sub_list) = (self.reader.sender(), frame.header.sub_list);
        let message = self.reader.message(&frame);
        let has_list = sender == Side::Server && sub_list != 0 || is_list(sender, message.id);
        if self.options.sub_messages && has_list {
            self.sub_messages.shrink_to(KEPT_SUB_MESSAGES);
            let messages = message.messages(sender, sub_list)?;
            let mut offsets = messages.offsets().into_iter();
            for message in messages {
                let offset = offsets.next().filter(|_| message.is_sub_message);
                match (self.control.handle(&message), offset) {
                    (true, _) => {}
                    (false, Some(offset)) => self.sub_messages.push_back(offset),
                    (false, None) => self.has_message = true,
                }
            }
        } else {
            self.has_message = !self.control.handle(&message);
        }
        self.is_new = true;
        Ok(true)
    }

    /// Calls `read` with room for bytes, and adds the bytes and the descriptors that it receives.
    ///
    /// `read` returns the number of bytes, 0 at the end of the stream. Returns `false` at the end.
    pub(crate) fn read(
        &mut self,
        read: impl FnOnce(&mut [u8], &mut Vec<SharedFd>) -> Poll<io::Result<usize>>,
    ) -> Poll<Result<bool, Error>> {
        if let Some(error) = &self.failed {
            return Poll::Ready(Err(error.clone().into()));
        }
        let mut fds = Vec::new();
        let room = self.reader.room(self.read_size);
        let size = room.len();
        let length = ready!(read(room, &mut fds))?;
        if length == 0 {
            let truncated = Error::Truncated {
                missing: self.reader.missing(),
            };
            let is_clean = self.reader.unread().is_empty();
            return Poll::Ready(is_clean.then_some(false).ok_or(truncated));
        }
        self.reader.fill(length);
        if !fds.is_empty() {
            self.failed = self.reader.push_fds(fds).err();
        }
        self.bytes += length as u64;
        if length == size {
            self.read_size = (self.read_size * 2).min(MAX_READ);
        } else if length < size / 4 {
            self.read_size = (self.read_size / 2).max(MIN_READ);
        }
        Poll::Ready(Ok(true))
    }
}
