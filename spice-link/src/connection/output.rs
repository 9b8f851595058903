//! The sending direction of a connection, without I/O.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};
use std::vec::Vec;

use bytes::Bytes;
use spice_messages::base::{client, server};
use spice_wire::{ChannelMessage, Fd, Side};

use crate::connection::error::Error;
use crate::connection::options::{Inspect, Options};
use crate::descriptors::Descriptor;
use crate::flow_control::{AckLedger, PingLog};
use crate::frame::Frame;
use crate::frame_error::FrameError;
use crate::header::HeaderFormat;
use crate::session::LinkSession;
use crate::writer::FrameWriter;

/// Capacity in bytes that an empty buffer keeps.
const KEPT_CAPACITY: usize = 64 << 10;

/// Number of bytes of answers that may wait for the stream before the connection stops reading.
const MAX_ANSWERS: usize = 64 << 10;

/// Frames that wait for the stream.
pub(crate) struct Output {
    own: Side,
    format: HeaderFormat,
    carries_descriptors: bool,
    writer: FrameWriter,
    buffer: Vec<u8>,
    /// Number of bytes at the start of the buffer that the stream has taken.
    taken: usize,
    /// Descriptors that the stream has not taken, by their offset in the buffer.
    fds: VecDeque<Descriptor>,
    /// Number of bytes of answers queued since the buffer was empty.
    answers: usize,
    /// Number of frames queued.
    pub(crate) frames: u64,
    /// Number of bytes that the stream has taken.
    pub(crate) written: u64,
    /// The kind of the error that ended the stream.
    failed: Option<io::ErrorKind>,
    acks: AckLedger,
    pings: PingLog,
    start: Instant,
    /// Duration between the last ping and its pong.
    pub(crate) round_trip: Option<Duration>,
    inspect: Option<Inspect>,
}

impl Output {
    /// Creates the output of a connection whose link stage is complete.
    pub(crate) fn new(
        own: Side,
        session: &LinkSession,
        carries_descriptors: bool,
        options: &Options,
    ) -> Self {
        Self {
            own,
            format: session.header(),
            carries_descriptors,
            writer: FrameWriter::new(session.header()),
            buffer: Vec::new(),
            taken: 0,
            fds: VecDeque::new(),
            answers: 0,
            frames: 0,
            written: 0,
            failed: None,
            acks: AckLedger::new(),
            pings: PingLog::new(),
            start: Instant::now(),
            round_trip: None,
            inspect: options.inspect.clone(),
        }
    }

    /// Appends a message.
    pub(crate) fn message<'m>(&mut self, message: &impl ChannelMessage<'m>) -> Result<(), Error> {
        self.queue(|writer, out, fds| writer.message_with_fds(message, out, fds))
    }

    /// Appends a message whose body is already encoded.
    pub(crate) fn raw(&mut self, id: u16, body: &[u8]) -> Result<(), Error> {
        self.queue(|writer, out, _| writer.raw(id, body, out))
    }

    /// Appends a frame that another connection has received.
    pub(crate) fn forward(&mut self, frame: &Frame) -> Result<(), Error> {
        self.queue(|writer, out, fds| writer.forward_with_fds(frame, out, fds))
    }

    /// Starts an acknowledgement window, and appends the message for it.
    pub(crate) fn set_window(&mut self, window: u32) -> Result<(), Error> {
        let set_ack = self.acks.begin(window);
        self.message(&server::Message::SetAck(set_ack))
    }

    /// Appends a ping.
    pub(crate) fn ping(&mut self) -> Result<(), Error> {
        let ping = self.pings.ping(self.now());
        self.message(&server::Message::Ping(ping))
    }

    /// Appends a frame. An error leaves the output unchanged.
    fn queue(
        &mut self,
        append: impl FnOnce(
            &mut FrameWriter,
            &mut Vec<u8>,
            &mut Vec<Descriptor>,
        ) -> Result<(), FrameError>,
    ) -> Result<(), Error> {
        if let Some(kind) = self.failed {
            return Err(Error::Io(kind.into()));
        }
        let (start, writer) = (self.buffer.len(), self.writer.clone());
        let mut fds = Vec::new();
        append(&mut self.writer, &mut self.buffer, &mut fds)?;
        if !fds.is_empty() && !self.carries_descriptors {
            self.buffer.truncate(start);
            self.writer = writer;
            return Err(Error::NoDescriptors);
        }
        self.frames += 1;
        self.acks.sent();
        self.inspect(start);
        self.fds.extend(fds);
        Ok(())
    }

    /// Passes the frame at the end of the buffer to the function that sees all frames.
    fn inspect(&self, start: usize) {
        let Some(inspect) = &self.inspect else {
            return;
        };
        let queued = self.buffer.get(start..).unwrap_or_default();
        let Some(header) = self.format.read(queued, self.writer.serial()) else {
            return;
        };
        let end = self.format.end(&header);
        let bytes = Bytes::copy_from_slice(queued.get(..end).unwrap_or_default());
        let fd_bytes = queued.len().saturating_sub(end);
        let fds = Vec::new();
        inspect(&Frame::new(
            self.own,
            self.format,
            header,
            bytes,
            fds,
            fd_bytes,
        ));
    }

    /// Handles a message of flow control: sends it on the client's end, counts it on the server's end.
    pub(crate) fn control(&mut self, message: &client::Message<'static>) -> Result<(), Error> {
        if self.own == Side::Client {
            let start = self.buffer.len();
            self.message(message)?;
            self.answers += self.buffer.len().saturating_sub(start);
            return Ok(());
        }
        match message {
            client::Message::AckSync(sync) => self.acks.ack_sync(sync.generation),
            client::Message::Ack(_) => self.acks.ack(),
            client::Message::Pong(pong) => {
                let round_trip = self.pings.pong(pong, self.now());
                self.round_trip = round_trip.map(Duration::from_micros).or(self.round_trip);
            }
            _ => {}
        }
        Ok(())
    }

    /// Returns the number of microseconds since the link stage.
    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Returns whether the acknowledgement window allows a message.
    pub(crate) const fn may_send(&self) -> bool {
        self.acks.may_send()
    }

    /// Returns whether no bytes wait for the stream.
    pub(crate) const fn is_empty(&self) -> bool {
        self.taken == self.buffer.len()
    }

    /// Returns the next bytes for the stream, and the descriptor to attach to the first one.
    pub(crate) fn unsent(&self) -> Option<(&[u8], Option<&Fd<'static>>)> {
        let mut fds = self.fds.iter().peekable();
        let fd = fds.next_if(|descriptor| descriptor.at <= self.taken);
        let end = fds.next().map_or(self.buffer.len(), |next| next.at);
        let bytes = self.buffer.get(self.taken..end)?;
        (!bytes.is_empty()).then_some((bytes, fd.map(|descriptor| &descriptor.fd)))
    }

    /// Removes bytes that the stream has taken.
    pub(crate) fn sent(&mut self, length: usize) {
        if length == 0 {
            return;
        }
        if self.fds.front().is_some_and(|first| first.at <= self.taken) {
            self.fds.pop_front();
        }
        self.written += length as u64;
        self.taken = self.taken.saturating_add(length).min(self.buffer.len());
        if self.taken == self.buffer.len() {
            self.buffer.clear();
            self.buffer.shrink_to(KEPT_CAPACITY);
            self.answers = 0;
        } else if self.taken > self.buffer.len() / 2 {
            self.buffer.drain(..self.taken);
            for descriptor in &mut self.fds {
                descriptor.at = descriptor.at.saturating_sub(self.taken);
            }
        } else {
            return;
        }
        self.taken = 0;
    }

    /// Returns the number of bytes queued since the link stage.
    #[cfg(feature = "tokio")]
    pub(crate) const fn queued(&self) -> u64 {
        self.written + (self.buffer.len() - self.taken) as u64
    }

    /// Returns whether more answers wait for the stream than may wait.
    pub(crate) const fn is_full(&self) -> bool {
        self.answers > MAX_ANSWERS
    }

    /// Drops all frames and makes later calls of [`Output::queue`] fail, because the stream cannot take more bytes.
    pub(crate) fn fail(&mut self, kind: io::ErrorKind) {
        self.failed = Some(match kind {
            // These kinds say that the next call may succeed.
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => io::ErrorKind::ConnectionAborted,
            kind => kind,
        });
        self.buffer = Vec::new();
        self.taken = 0;
        self.answers = 0;
        self.fds.clear();
    }

    /// Returns the kind of the error that ended the stream.
    pub(crate) const fn failure(&self) -> Option<io::ErrorKind> {
        self.failed
    }

    /// Returns the error of writing that the end of the received bytes hides.
    ///
    /// If the peer resets the connection, only the first call of the stream may report it. A peer that closes the
    /// connection while this side still sends is no error for the receiver.
    pub(crate) fn check_end(&self) -> Result<(), Error> {
        match self.failed {
            Some(kind) if kind != io::ErrorKind::BrokenPipe => Err(Error::Io(kind.into())),
            _ => Ok(()),
        }
    }
}
