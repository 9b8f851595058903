//! The receiving half of a connection.

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::mem;
use std::sync::Arc;
use std::task::Poll;

use spice_wire::Channel;

use crate::blocking::shared::Shared;
use crate::blocking::transport::{Transport, uninterrupted};
use crate::connection::{self, Advance, Client, Error, Input, Role, Statistics};
use crate::frame::Frame;

/// The receiving half of a [`Connection`](super::Connection).
pub struct Receiver<C, S, R = Client> {
    pub(super) stream: S,
    input: Input,
    pub(super) shared: Arc<Shared<S>>,
    types: PhantomData<fn() -> (C, R)>,
}

impl<C: Channel, S: Transport, R: Role> Receiver<C, S, R> {
    pub(super) const fn new(stream: S, input: Input, shared: Arc<Shared<S>>) -> Self {
        Self {
            stream,
            input,
            shared,
            types: PhantomData,
        }
    }

    /// Returns the next message of the peer, or `None` if the peer has closed the connection.
    ///
    /// Sub-messages are returned before the message that carries them. Frames that wait to be sent are written before
    /// the stream is read.
    ///
    /// # Errors
    /// Returns an error if a message is damaged, or if the stream fails. Messages received before the
    /// failure are returned first. After an error that [is recoverable](Error::is_recoverable), the next call returns
    /// the next message.
    #[allow(
        clippy::should_implement_trait,
        reason = "the name is that of the layer for tokio"
    )]
    pub fn next(&mut self) -> Result<Option<R::Incoming<'_, C>>, Error> {
        match self.advance(Input::next_message)? {
            Some(()) => self.input.decode::<R, C>(),
            None => Ok(None),
        }
    }

    /// Returns the next frame, or `None` if the peer has closed the connection.
    ///
    /// A frame contains the message as it was received, with its sub-messages. Acknowledgements and pings
    /// are handled and returned. Messages of the previous frame that `next` has not returned are skipped.
    ///
    /// # Errors
    /// Returns an error if a frame is invalid, or if the stream fails.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        self.advance(Input::next_frame)
    }

    /// Returns the stream, to set its timeouts.
    #[must_use]
    pub const fn stream(&self) -> &S {
        &self.stream
    }

    /// Returns the counters of the connection.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        connection::statistics(&self.input, &self.shared.writer().output)
    }

    fn advance<T>(
        &mut self,
        advance: impl Fn(&mut Input) -> Result<Advance<T>, Error>,
    ) -> Result<Option<T>, Error> {
        let mut has_control = false;
        loop {
            let advanced = match advance(&mut self.input) {
                Ok(Advance::Control(message)) => {
                    self.shared.push_control(message);
                    has_control = true;
                    continue;
                }
                advanced => advanced,
            };
            if mem::take(&mut has_control) {
                self.shared.write_control(Some(&mut self.stream));
            }
            if let Advance::Ready(value) = advanced? {
                return Ok(Some(value));
            }
            if !self.read()? {
                return Ok(None);
            }
        }
    }

    /// Writes what waits for the stream, and reads bytes. Returns `false` at the end of the stream.
    fn read(&mut self) -> Result<bool, Error> {
        let stream = &mut self.stream;
        if !self.shared.write_rest(stream) {
            return Err(Error::Io(io::ErrorKind::WouldBlock.into()));
        }
        let read = self
            .input
            .read(|buffer, fds| Poll::Ready(uninterrupted(|| stream.receive(buffer, fds))));
        let read = match read {
            Poll::Ready(read) => read,
            Poll::Pending => Err(Error::Io(io::ErrorKind::WouldBlock.into())),
        };
        match &read {
            Ok(true) => {}
            Err(error) if error.is_recoverable() => {}
            Ok(false) | Err(_) => {
                self.shared.close();
                self.shared.check_end()?;
            }
        }
        read
    }
}

/// Ends the waiting of [`Sender::ready`](super::Sender::ready).
impl<C, S, R> Drop for Receiver<C, S, R> {
    fn drop(&mut self) {
        self.shared.close();
    }
}

/// Shows the outcome of the link stage.
impl<C, S, R> fmt::Debug for Receiver<C, S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("request", &self.shared.link.request)
            .finish_non_exhaustive()
    }
}
