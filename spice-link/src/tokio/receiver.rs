//! The receiving half of a connection.

use std::fmt;
use std::future;
use std::marker::PhantomData;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use spice_wire::Channel;

use crate::connection::{self, Advance, Client, Error, Input, Role, Statistics};
use crate::frame::Frame;
use crate::tokio::shared::Shared;
use crate::tokio::transport::Transport;

/// The receiving half of a [`Connection`](super::Connection).
pub struct Receiver<C, S, R = Client> {
    input: Input,
    pub(super) shared: Arc<Shared<S>>,
    types: PhantomData<fn() -> (C, R)>,
}

impl<C: Channel, S: Transport, R: Role> Receiver<C, S, R> {
    pub(super) const fn new(input: Input, shared: Arc<Shared<S>>) -> Self {
        Self {
            input,
            shared,
            types: PhantomData,
        }
    }

    /// Returns the next message of the peer, or `None` if the peer has closed the connection.
    ///
    /// Sub-messages are returned before the message that carries them. Frames that wait to be sent are written at the
    /// same time.
    ///
    /// Cancellation safe: a message is lost only if it was returned.
    ///
    /// # Errors
    /// Returns an error if a message is damaged, or if the stream fails. Messages received before the
    /// failure are returned first. After an error that [is recoverable](Error::is_recoverable), the next call returns
    /// the next message.
    pub async fn next(&mut self) -> Result<Option<R::Incoming<'_, C>>, Error> {
        match future::poll_fn(|context| self.poll(context, Input::next_message)).await? {
            Some(()) => self.input.decode::<R, C>(),
            None => Ok(None),
        }
    }

    /// Returns the next frame, or `None` if the peer has closed the connection.
    ///
    /// A frame contains the message as it was received, with its sub-messages. Acknowledgements and pings
    /// are handled and returned. Messages of the previous frame that `next` has not returned are skipped.
    ///
    /// Cancellation safe: a frame is lost only if it was returned.
    ///
    /// # Errors
    /// Returns an error if a frame is invalid, or if the stream fails.
    pub async fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        future::poll_fn(|context| self.poll(context, Input::next_frame)).await
    }

    /// Returns the counters of the connection.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        connection::statistics(&self.input, &self.shared.io().output)
    }

    fn poll<T>(
        &mut self,
        context: &Context<'_>,
        advance: impl Fn(&mut Input) -> Result<Advance<T>, Error>,
    ) -> Poll<Result<Option<T>, Error>> {
        let mut has_answers = false;
        loop {
            let advanced = match advance(&mut self.input) {
                Ok(Advance::Control(message)) => {
                    // If the stream has failed, `send` reports it. Received messages are still returned.
                    let _ = self.shared.io().output.control(&message);
                    has_answers = true;
                    continue;
                }
                advanced => advanced,
            };
            if mem::take(&mut has_answers) {
                let _ = self.shared.poll_write(&mut self.shared.io(), context);
                // An acknowledgement may be what a sender waits for.
                self.shared.wake_writing();
            }
            if let Advance::Ready(value) = advanced? {
                return Poll::Ready(Ok(Some(value)));
            }
            if !ready!(self.poll_read(context))? {
                return Poll::Ready(Ok(None));
            }
        }
    }

    /// Reads bytes, and writes what waits for the stream. Returns `false` at the end of the stream.
    fn poll_read(&mut self, context: &Context<'_>) -> Poll<Result<bool, Error>> {
        let shared = &self.shared;
        let io = &mut *shared.io();
        if !io.is_idle() && shared.poll_write(io, context).is_pending() && io.output.is_full() {
            return Poll::Pending;
        }
        let read = ready!(
            self.input
                .read(|buffer, fds| shared.poll_receive(io, context, buffer, fds))
        );
        if !matches!(read, Ok(true)) {
            io.is_receiving = false;
            shared.wake_writing();
            io.output.check_end()?;
        }
        Poll::Ready(read)
    }
}

/// Wakes the tasks that wait for an acknowledgement, because none can arrive anymore.
impl<C, S, R> Drop for Receiver<C, S, R> {
    fn drop(&mut self) {
        self.shared.io().is_receiving = false;
        self.shared.wake_writing();
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
