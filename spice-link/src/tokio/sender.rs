//! The sending half of a connection.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use spice_wire::Channel;

use crate::connection::{Client, Error, Output, Role, Server};
use crate::frame::Frame;
use crate::tokio::shared::{Io, Shared};
use crate::tokio::transport::Transport;

/// The sending half of a [`Connection`](super::Connection). All clones send on the same connection.
///
/// ```
/// use spice_messages::{ChannelType, main};
/// # use spice_link::ticket::{ServerKey, os_random};
/// # use spice_link::tokio::{Connection, accept, connect};
/// # use spice_link::{LinkRequest, Policy};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let policy: Policy = Policy::new(ServerKey::generate(os_random)?);
/// # let (near, far) = tokio::io::duplex(4096);
/// # let request = LinkRequest::new(0, ChannelType::MAIN, 0);
/// # let (client, accepted) = tokio::join!(connect(near, request, ""), accept(far, &policy));
/// # let (mut client, mut server): (Connection<main::Channel, _>, _) = (client?, accepted?.into_connection::<main::Channel>()?);
/// let (mut receiver, sender) = client.into_split();
/// let other = sender.clone();
/// tokio::spawn(async move { other.send_raw(main::client::id::CLIENT_INFO, &[0; 8]).await });
///
/// // A server measures the round trip. The client answers while it receives.
/// server.sender().ping().await?;
/// tokio::select! {
///     message = receiver.next() => panic!("{message:?}"),
///     message = server.next() => {
///         assert!(matches!(message?, Some(main::client::Message::ClientInfo(_))));
///     }
/// }
/// sender.shutdown().await?;
/// assert_eq!(server.next().await?, None);
/// # Ok(())
/// # }
/// ```
pub struct Sender<C, S, R = Client> {
    shared: Arc<Shared<S>>,
    types: PhantomData<fn() -> (C, R)>,
}

/// A future that waits until a message has been written to the stream.
///
/// The message was queued when the future was created. Dropping the future does not take it back.
#[must_use = "wait for the future, so that you do not send faster than the peer receives"]
pub struct Sending<'a, S> {
    shared: &'a Shared<S>,
    /// The error of queueing the message, or the number of bytes to write before the message is sent.
    queued: Option<Result<u64, Error>>,
}

impl<C: Channel, S: Transport, R: Role> Sender<C, S, R> {
    pub(super) const fn new(shared: Arc<Shared<S>>) -> Self {
        Self {
            shared,
            types: PhantomData,
        }
    }

    /// Sends a message: a message of the channel, or of one that it inherits from, or the body of a message.
    ///
    /// The call queues the message. The future waits until the stream has taken it, so waiting keeps memory bounded.
    ///
    /// Cancellation safe: a message whose future is dropped is written by the next call of `send`, `flush` or `next`.
    ///
    /// # Errors
    /// The future returns an error if the message cannot be encoded, and then nothing is sent, or if the stream fails.
    pub fn send<'m>(&self, message: impl Into<R::Outgoing<'m, C>>) -> Sending<'_, S> {
        let message = message.into();
        self.queue(|output| output.message(&message))
    }

    /// Sends a message whose body is already encoded.
    ///
    /// # Errors
    /// The future returns an error if the stream fails.
    pub fn send_raw(&self, id: u16, body: &[u8]) -> Sending<'_, S> {
        self.queue(|output| output.raw(id, body))
    }

    /// Sends a frame that another connection has received, without changes.
    ///
    /// # Errors
    /// The future returns an error if the frame has sub-messages that the header format of this connection cannot
    /// locate, or if the stream fails.
    pub fn forward(&self, frame: &Frame) -> Sending<'_, S> {
        self.queue(|output| output.forward(frame))
    }

    /// Waits until all queued messages have been written.
    ///
    /// # Errors
    /// The future returns an error if the stream fails.
    pub fn flush(&self) -> Sending<'_, S> {
        self.queue(|_| Ok(()))
    }

    /// Writes all queued messages and ends the sending direction of the stream. The peer sees a clean end.
    ///
    /// # Errors
    /// Returns an error if the stream fails.
    pub async fn shutdown(&self) -> Result<(), Error> {
        self.flush().await?;
        let shutdown = |io: &mut Io<S>, context: &mut Context<'_>| io.stream.poll_shutdown(context);
        self.shared.wait(shutdown).await?;
        Ok(())
    }

    fn queue(&self, queue: impl FnOnce(&mut Output) -> Result<(), Error>) -> Sending<'_, S> {
        let output = &mut self.shared.io().output;
        let queued = queue(output).map(|()| output.queued());
        Sending {
            shared: &self.shared,
            queued: Some(queued),
        }
    }
}

impl<C: Channel, S: Transport> Sender<C, S, Server> {
    /// Starts an acknowledgement window: [`Sender::ready`] lets twice this number of messages be on their way. 0
    /// turns acknowledgements off.
    ///
    /// # Errors
    /// The future returns an error if the stream fails.
    pub fn set_window(&self, window: u32) -> Sending<'_, S> {
        let sending = self.queue(|output| output.set_window(window));
        self.shared.wake_writing();
        sending
    }

    /// Sends a `ping`. Its answer sets [`Statistics::round_trip`](crate::Statistics::round_trip).
    ///
    /// # Errors
    /// The future returns an error if the stream fails.
    pub fn ping(&self) -> Sending<'_, S> {
        self.queue(Output::ping)
    }

    /// Waits until the acknowledgement window allows a message. Another task must call `next` at the same time.
    ///
    /// Does not wait if no acknowledgement can arrive anymore: after the end of the stream, after an error of the
    /// stream, and without a [`Receiver`](super::Receiver). `send` then reports whether the stream takes the message.
    pub async fn ready(&self) {
        let is_ready = |io: &mut Io<S>| {
            io.output.may_send() || !io.is_receiving || io.output.failure().is_some()
        };
        let poll = |io: &mut Io<S>, _: &mut Context<'_>| {
            if is_ready(io) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        };
        self.shared.wait(poll).await;
    }
}

impl<S: Transport> Future for Sending<'_, S> {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let end = match self.queued.take() {
            Some(Ok(end)) => end,
            Some(Err(error)) => return Poll::Ready(Err(error)),
            None => return Poll::Ready(Ok(())),
        };
        let io = &mut *self.shared.io();
        match self.shared.poll_write(io, context) {
            Poll::Pending if io.flushed < end => {
                self.queued = Some(Ok(end));
                Poll::Pending
            }
            Poll::Pending => Poll::Ready(Ok(())),
            Poll::Ready(result) => Poll::Ready(result),
        }
    }
}

/// Wakes the other tasks of the connection: they write the message if this future has not.
impl<S> Drop for Sending<'_, S> {
    fn drop(&mut self) {
        if let Some(Ok(_)) = self.queued {
            self.shared.wake_all();
        }
    }
}

impl<C, S, R> Clone for Sender<C, S, R> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            types: PhantomData,
        }
    }
}

/// Shows the outcome of the link stage.
impl<C, S, R> fmt::Debug for Sender<C, S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("request", &self.shared.link.request)
            .finish_non_exhaustive()
    }
}

/// Shows whether the message is still on its way.
impl<S> fmt::Debug for Sending<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending")
            .field("queued", &self.queued)
            .finish_non_exhaustive()
    }
}
