//! The output of a connection, which its halves share.

use std::io;
use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::vec::Vec;

use spice_messages::base::client;

use crate::blocking::transport::{Transport, uninterrupted};
use crate::connection::{Error, Output, SessionGuard, is_timeout};
use crate::session::LinkSession;

/// Number of messages of flow control that may wait while another thread writes.
const MAX_CONTROL: usize = 1000;

/// The parts of a connection that both halves use.
pub(super) struct Shared<S> {
    pub(super) link: LinkSession,
    _session: Option<SessionGuard>,
    writer: Mutex<Writer<S>>,
    control: Mutex<Control>,
    /// Wakes the threads that wait for a change of the acknowledgement window.
    window_changed: Condvar,
}

/// Messages of flow control for the output.
///
/// The thread that receives leaves them here and does not wait for one that writes. Otherwise two peers that
/// write at the same time would wait for each other.
struct Control {
    messages: Vec<client::Message<'static>>,
    /// Number of times that the acknowledgement window may have changed.
    changes: u64,
    /// Whether nobody receives any more.
    is_closed: bool,
}

/// The frames that wait for the stream.
pub(super) struct Writer<S> {
    pub(super) output: Output,
    /// A handle of the stream, once there are several. Until then only its owner sends.
    pub(super) stream: Option<S>,
    /// Whether the stream may have buffered bytes.
    is_flushing: bool,
}

impl<S: Transport> Shared<S> {
    pub(super) const fn new(
        link: LinkSession,
        output: Output,
        session: Option<SessionGuard>,
    ) -> Self {
        Self {
            link,
            _session: session,
            writer: Mutex::new(Writer {
                output,
                stream: None,
                is_flushing: false,
            }),
            control: Mutex::new(Control {
                messages: Vec::new(),
                changes: 0,
                is_closed: false,
            }),
            window_changed: Condvar::new(),
        }
    }

    /// Waits for the threads that write.
    pub(super) fn writer(&self) -> MutexGuard<'_, Writer<S>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the writer, unless another thread writes.
    fn try_writer(&self) -> Option<MutexGuard<'_, Writer<S>>> {
        match self.writer.try_lock() {
            Ok(writer) => Some(writer),
            Err(TryLockError::Poisoned(error)) => Some(error.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Queues a frame, and writes everything that is queued. `own` is the stream of a caller that owns it.
    pub(super) fn send(
        &self,
        own: Option<&mut S>,
        queue: impl FnOnce(&mut Output) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut writer = self.writer();
        self.take_control(&mut writer);
        let result = queue(&mut writer.output).and_then(|()| writer.write(own));
        drop(writer);
        // Messages that arrived meanwhile were left to this thread.
        self.write_control(None);
        if result.as_ref().is_err_and(|error| !error.is_recoverable()) {
            self.wake_ready();
        }
        result
    }

    /// Starts an acknowledgement window. See [`Shared::send`].
    pub(super) fn set_window(&self, own: Option<&mut S>, window: u32) -> Result<(), Error> {
        let result = self.send(own, |output| output.set_window(window));
        self.wake_ready();
        result
    }

    /// Leaves a received message of flow control for the thread that writes next.
    pub(super) fn push_control(&self, message: client::Message<'static>) {
        let mut control = self.control();
        control.messages.push(message);
        let is_full = control.messages.len() > MAX_CONTROL;
        drop(control);
        self.wake_ready();
        if is_full {
            self.take_control(&mut self.writer());
        }
    }

    /// Writes the messages of flow control. If another thread writes, that one does it.
    ///
    /// Errors are left to the next call of `send`, because what was received is still returned.
    pub(super) fn write_control(&self, mut own: Option<&mut S>) {
        while !self.control().messages.is_empty()
            && let Some(mut writer) = self.try_writer()
        {
            self.take_control(&mut writer);
            let _ = writer.write(own.as_deref_mut());
        }
    }

    fn take_control(&self, writer: &mut Writer<S>) {
        let messages = mem::take(&mut self.control().messages);
        for message in &messages {
            // If the stream has failed, `send` reports it.
            let _ = writer.output.control(message);
        }
    }

    /// Writes what a timeout has left. Returns `false` if so much is left that the connection must not read.
    pub(super) fn write_rest(&self, own: &mut S) -> bool {
        let Some(mut writer) = self.try_writer() else {
            return true;
        };
        match writer.write(Some(own)) {
            Err(Error::Io(error)) if is_timeout(&error) => !writer.output.is_full(),
            _ => true,
        }
    }

    /// Returns the error of writing that the end of the received bytes hides.
    pub(super) fn check_end(&self) -> Result<(), Error> {
        // A thread that writes now reports the error itself.
        self.try_writer()
            .map_or(Ok(()), |writer| writer.output.check_end())
    }

    /// Waits until the acknowledgement window allows a message, or until no acknowledgement can arrive.
    pub(super) fn wait_ready(&self) {
        loop {
            let control = self.control();
            let (changes, is_closed) = (control.changes, control.is_closed);
            drop(control);
            let mut writer = self.writer();
            self.take_control(&mut writer);
            if is_closed || writer.output.may_send() || writer.output.failure().is_some() {
                return;
            }
            drop(writer);
            let mut control = self.control();
            while control.changes == changes && !control.is_closed {
                let woken = self.window_changed.wait(control);
                control = woken.unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

impl<S> Shared<S> {
    fn control(&self) -> MutexGuard<'_, Control> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the threads that wait for an acknowledgement look again.
    fn wake_ready(&self) {
        self.control().changes += 1;
        self.window_changed.notify_all();
    }

    /// Ends the waiting for acknowledgements, because none will arrive.
    pub(super) fn close(&self) {
        self.control().is_closed = true;
        self.window_changed.notify_all();
    }
}

impl<S: Transport> Writer<S> {
    /// Writes all frames that wait for the stream.
    fn write(&mut self, own: Option<&mut S>) -> Result<(), Error> {
        let Some(stream) = self.stream.as_mut().or(own) else {
            return Ok(());
        };
        if let Some(kind) = self.output.failure() {
            return Err(Error::Io(kind.into()));
        }
        if !self.is_flushing && self.output.is_empty() {
            return Ok(());
        }
        self.is_flushing = true;
        let written = write_all(&mut self.output, stream);
        match &written {
            Ok(()) => self.is_flushing = false,
            Err(error) if is_timeout(error) => {}
            Err(error) => self.output.fail(error.kind()),
        }
        written.map_err(Error::Io)
    }
}

fn write_all(output: &mut Output, stream: &mut impl Transport) -> io::Result<()> {
    while let Some((bytes, fd)) = output.unsent() {
        match uninterrupted(|| stream.send(bytes, fd))? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            length => output.sent(length),
        }
    }
    uninterrupted(|| stream.flush())
}
