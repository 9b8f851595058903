//! A connection, and its two halves.

use std::fmt;
use std::future::{self, Future};
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use spice_messages::base::server;
use spice_wire::{Channel, Side};

use crate::connection::{
    self, Advance, Client, Error, Input, Options, Output, Role, Server, SessionGuard, Statistics,
};
use crate::frame::Frame;
use crate::session::LinkSession;
use crate::tokio::shared::{Io, Shared};
use crate::tokio::transport::Transport;

/// A connection of channel `C` over the stream `S`, after its link stage.
///
/// [`connect`](super::connect) and [`Session::channel`](super::Session::channel) return the client's end,
/// [`Accepted::into_connection`](super::Accepted::into_connection) the server's end.
///
/// Acknowledgements and pings are handled while `next` runs, so call it in a loop. A message borrows from the
/// connection. To send while you hold one, use a [`Connection::sender`], or split the connection.
///
/// ```
/// use spice_messages::{ChannelType, main};
/// use spice_messages::types::MouseMode;
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
/// let request = main::client::MouseModeRequest { mode: MouseMode::CLIENT };
/// client.send(request).await?;
/// let sender = server.sender();
/// if let Some(main::client::Message::MouseModeRequest(request)) = server.next().await? {
///     let mode = main::server::MouseMode { current_mode: request.mode, ..Default::default() };
///     sender.send(mode).await?;
/// }
/// drop((server, sender));
///
/// let Some(main::server::Message::MouseMode(mode)) = client.next().await? else {
///     panic!("expected a mouse mode");
/// };
/// assert_eq!(mode.current_mode, MouseMode::CLIENT);
/// // The server has closed the connection between two messages.
/// assert_eq!(client.next().await?, None);
/// assert_eq!(client.statistics().received_frames, 1);
/// # Ok(())
/// # }
/// ```
pub struct Connection<C, S, R = Client> {
    receiver: Receiver<C, S, R>,
    sender: Sender<C, S, R>,
}

/// The receiving half of a [`Connection`].
pub struct Receiver<C, S, R = Client> {
    input: Input,
    shared: Arc<Shared<S>>,
    types: PhantomData<fn() -> (C, R)>,
}

/// The sending half of a [`Connection`]. All clones send on the same connection.
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

impl<C: Channel, S: Transport, R: Role> Connection<C, S, R> {
    /// Creates the connection of a completed link stage.
    pub(super) fn new(
        stream: S,
        link: LinkSession,
        options: &Options,
        session: Option<SessionGuard>,
    ) -> Result<Self, Error> {
        connection::check_channel::<C>(&link)?;
        let own = match R::PEER {
            Side::Server => Side::Client,
            Side::Client => Side::Server,
        };
        let input = Input::new(R::PEER, &link, options);
        let output = Output::new(own, &link, S::CARRIES_DESCRIPTORS, options);
        let shared = Arc::new(Shared::new(stream, link, output, session));
        let types = PhantomData;
        Ok(Self {
            receiver: Receiver {
                input,
                shared: Arc::clone(&shared),
                types,
            },
            sender: Sender { shared, types },
        })
    }

    /// Returns the next message of the peer, or `None` if the peer has closed the connection.
    ///
    /// Cancellation safe. See [`Receiver::next`].
    ///
    /// # Errors
    /// See [`Receiver::next`].
    pub async fn next(&mut self) -> Result<Option<R::Incoming<'_, C>>, Error> {
        self.receiver.next().await
    }

    /// Returns the next frame, or `None` if the peer has closed the connection.
    ///
    /// Cancellation safe. See [`Receiver::next_frame`].
    ///
    /// # Errors
    /// See [`Receiver::next_frame`].
    pub async fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        self.receiver.next_frame().await
    }

    /// Sends a message. See [`Sender::send`].
    pub fn send<'m>(&self, message: impl Into<R::Outgoing<'m, C>>) -> Sending<'_, S> {
        self.sender.send(message)
    }

    /// Returns a handle that sends on this connection.
    #[must_use]
    pub fn sender(&self) -> Sender<C, S, R> {
        self.sender.clone()
    }

    /// Splits the connection into two halves that different tasks can use.
    #[must_use]
    pub fn into_split(self) -> (Receiver<C, S, R>, Sender<C, S, R>) {
        (self.receiver, self.sender)
    }

    /// Returns the outcome of the link stage: the request, and the capabilities of both sides.
    #[must_use]
    pub fn link(&self) -> &LinkSession {
        &self.receiver.shared.link
    }

    /// Returns the counters of the connection.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.receiver.statistics()
    }
}

impl<C: Channel, S: Transport, R: Role> Receiver<C, S, R> {
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
        advance: fn(&mut Input) -> Result<Advance<T>, Error>,
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
        if shared.poll_write(io, context).is_pending() && io.output.is_full() {
            return Poll::Pending;
        }
        let read = ready!(
            self.input
                .append(|buffer, size, fds| shared.poll_receive(io, context, buffer, size, fds))
        );
        if !matches!(read, Ok(true)) {
            io.is_receiving = false;
            shared.wake_writing();
            io.output.check_end()?;
        }
        Poll::Ready(read)
    }
}

impl<C: Channel, S: Transport, R: Role> Sender<C, S, R> {
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
        self.queue(|output| {
            output.queue(|writer, out, fds| writer.message_with_fds(&message, out, fds))
        })
    }

    /// Sends a message whose body is already encoded.
    ///
    /// # Errors
    /// The future returns an error if the stream fails.
    pub fn send_raw(&self, id: u16, body: &[u8]) -> Sending<'_, S> {
        self.queue(|output| output.queue(|writer, out, _| writer.raw(id, body, out)))
    }

    /// Sends a frame that another connection has received, without changes.
    ///
    /// # Errors
    /// The future returns an error if the frame has sub-messages that the header format of this connection cannot
    /// locate, or if the stream fails.
    pub fn forward(&self, frame: &Frame) -> Sending<'_, S> {
        self.queue(|output| {
            output.queue(|writer, out, fds| writer.forward_with_fds(frame, out, fds))
        })
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
        let sending = self.queue(|output| {
            let set_ack = server::Message::SetAck(output.begin_window(window));
            output.queue(|writer, out, _| writer.message(&set_ack, out))
        });
        self.shared.wake_writing();
        sending
    }

    /// Sends a `ping`. Its answer sets [`Statistics::round_trip`].
    ///
    /// # Errors
    /// The future returns an error if the stream fails.
    pub fn ping(&self) -> Sending<'_, S> {
        self.queue(|output| {
            let ping = server::Message::Ping(output.ping());
            output.queue(|writer, out, _| writer.message(&ping, out))
        })
    }

    /// Waits until the acknowledgement window allows a message. Another task must call `next` at the same time.
    ///
    /// Does not wait if no acknowledgement can arrive anymore: after the end of the stream, after an error of the
    /// stream, and without a [`Receiver`]. `send` then reports whether the stream takes the message.
    pub async fn ready(&self) {
        let is_ready = |io: &mut Io<S>| {
            io.output.may_send() || !io.is_receiving || io.output.failure().is_some()
        };
        let poll = |io: &mut Io<S>, _: &mut Context<'_>| match is_ready(io) {
            true => Poll::Ready(()),
            false => Poll::Pending,
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

/// Wakes the tasks that wait for an acknowledgement, because none can arrive anymore.
impl<C, S, R> Drop for Receiver<C, S, R> {
    fn drop(&mut self) {
        self.shared.io().is_receiving = false;
        self.shared.wake_writing();
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
impl<C, S, R> fmt::Debug for Connection<C, S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "Connection", &self.receiver.shared)
    }
}

/// Shows the outcome of the link stage.
impl<C, S, R> fmt::Debug for Receiver<C, S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "Receiver", &self.shared)
    }
}

/// Shows the outcome of the link stage.
impl<C, S, R> fmt::Debug for Sender<C, S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "Sender", &self.shared)
    }
}

fn debug<S>(f: &mut fmt::Formatter<'_>, name: &str, shared: &Shared<S>) -> fmt::Result {
    f.debug_struct(name)
        .field("request", &shared.link.request)
        .finish_non_exhaustive()
}

/// Shows whether the message is still on its way.
impl<S> fmt::Debug for Sending<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending")
            .field("queued", &self.queued)
            .finish_non_exhaustive()
    }
}
