//! A connection.

use std::fmt;
use std::net::Shutdown;
use std::sync::Arc;

use spice_wire::Channel;

use crate::blocking::receiver::Receiver;
use crate::blocking::sender::Sender;
use crate::blocking::shared::Shared;
use crate::blocking::transport::{Socket, Transport};
use crate::connection::{
    self, Client, Error, Options, Output, Role, Server, SessionGuard, Statistics,
};
use crate::frame::Frame;
use crate::session::LinkSession;

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
/// # use std::net::{TcpListener, TcpStream};
/// # use std::thread;
/// # use spice_link::blocking::{Connection, accept, connect};
/// # use spice_link::ticket::{ServerKey, os_random};
/// # use spice_link::{LinkRequest, Policy};
///
/// # let policy: Policy = Policy::new(ServerKey::generate(os_random)?);
/// # let listener = TcpListener::bind("127.0.0.1:0")?;
/// # let address = listener.local_addr()?;
/// # let client = thread::spawn(move || -> Result<Connection<main::Channel, _>, spice_link::Error> {
/// #     connect(TcpStream::connect(address)?, LinkRequest::new(0, ChannelType::MAIN, 0), "")
/// # });
/// # let mut server = accept(listener.accept()?.0, &policy)?.into_connection::<main::Channel>()?;
/// # let mut client = client.join().expect("it does not panic")?;
/// let request = main::client::MouseModeRequest { mode: MouseMode::CLIENT };
/// client.send(request)?;
/// let sender = server.sender()?;
/// if let Some(main::client::Message::MouseModeRequest(request)) = server.next()? {
///     let mode = main::server::MouseMode { current_mode: request.mode, ..Default::default() };
///     sender.send(mode)?;
/// }
/// drop((server, sender));
///
/// let Some(main::server::Message::MouseMode(mode)) = client.next()? else {
///     panic!("expected a mouse mode");
/// };
/// assert_eq!(mode.current_mode, MouseMode::CLIENT);
/// // The server has closed the connection between two messages.
/// assert_eq!(client.next()?, None);
/// assert_eq!(client.statistics().received_frames, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Connection<C, S, R = Client> {
    receiver: Receiver<C, S, R>,
}

impl<C: Channel, S: Transport, R: Role> Connection<C, S, R> {
    /// Creates the connection of a completed link stage.
    pub(super) fn new(
        stream: S,
        link: LinkSession,
        options: &Options,
        session: Option<SessionGuard>,
    ) -> Result<Self, Error> {
        let (input, output) =
            connection::directions::<C, R>(&link, S::CARRIES_DESCRIPTORS, options)?;
        let shared = Arc::new(Shared::new(link, output, session));
        Ok(Self {
            receiver: Receiver::new(stream, input, shared),
        })
    }

    /// Returns the next message of the peer, or `None` if the peer has closed the connection.
    ///
    /// # Errors
    /// See [`Receiver::next`].
    #[allow(
        clippy::should_implement_trait,
        reason = "the name is that of the layer for tokio"
    )]
    pub fn next(&mut self) -> Result<Option<R::Incoming<'_, C>>, Error> {
        self.receiver.next()
    }

    /// Returns the next frame, or `None` if the peer has closed the connection. See [`Receiver::next_frame`].
    ///
    /// # Errors
    /// See [`Receiver::next_frame`].
    pub fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        self.receiver.next_frame()
    }

    /// Sends a message: a message of the channel, or of one that it inherits from, or the body of a message.
    ///
    /// # Errors
    /// See [`Sender::send`].
    pub fn send<'m>(&mut self, message: impl Into<R::Outgoing<'m, C>>) -> Result<(), Error> {
        let message = message.into();
        self.queue(|output| output.message(&message))
    }

    /// Sends a message whose body is already encoded.
    ///
    /// # Errors
    /// Returns an error if the stream fails.
    pub fn send_raw(&mut self, id: u16, body: &[u8]) -> Result<(), Error> {
        self.queue(|output| output.raw(id, body))
    }

    /// Sends a frame that another connection has received, without changes.
    ///
    /// # Errors
    /// See [`Sender::forward`].
    pub fn forward(&mut self, frame: &Frame) -> Result<(), Error> {
        self.queue(|output| output.forward(frame))
    }

    /// Writes the messages that a timeout of the stream has left in the queue.
    ///
    /// # Errors
    /// Returns an error if the stream fails.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.queue(|_| Ok(()))
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

    /// Returns the stream, to set its timeouts.
    #[must_use]
    pub const fn stream(&self) -> &S {
        self.receiver.stream()
    }

    /// Returns the stream, to end it as its protocol requires, for example with the `close_notify` of TLS.
    ///
    /// Bytes that you read from it or write to it are missing in the connection.
    #[must_use]
    pub const fn stream_mut(&mut self) -> &mut S {
        &mut self.receiver.stream
    }

    fn queue(&mut self, queue: impl FnOnce(&mut Output) -> Result<(), Error>) -> Result<(), Error> {
        let Receiver { shared, stream, .. } = &mut self.receiver;
        shared.send(Some(stream), queue)
    }
}

impl<C: Channel, S: Socket, R: Role> Connection<C, S, R> {
    /// Returns a handle that sends on this connection, also from other threads.
    ///
    /// # Errors
    /// Returns an error if the stream cannot be cloned.
    pub fn sender(&self) -> Result<Sender<C, S, R>, Error> {
        let shared = &self.receiver.shared;
        let mut writer = shared.writer();
        if writer.stream.is_none() {
            writer.stream = Some(self.stream().try_clone()?);
        }
        drop(writer);
        Ok(Sender::new(Arc::clone(shared)))
    }

    /// Splits the connection into two halves that different threads can use.
    ///
    /// # Errors
    /// Returns an error if the stream cannot be cloned.
    #[allow(
        clippy::type_complexity,
        reason = "a pair of halves is simpler than a name for it"
    )]
    pub fn into_split(self) -> Result<(Receiver<C, S, R>, Sender<C, S, R>), Error> {
        let sender = self.sender()?;
        Ok((self.receiver, sender))
    }

    /// Writes all queued messages and ends the sending direction of the stream. The peer sees a clean end.
    ///
    /// # Errors
    /// Returns an error if the stream fails.
    pub fn shutdown(&mut self) -> Result<(), Error> {
        self.flush()?;
        Ok(self.stream().shutdown(Shutdown::Write)?)
    }
}

impl<C: Channel, S: Transport> Connection<C, S, Server> {
    /// Starts an acknowledgement window. See [`Sender::set_window`].
    ///
    /// # Errors
    /// Returns an error if the stream fails.
    pub fn set_window(&mut self, window: u32) -> Result<(), Error> {
        let Receiver { shared, stream, .. } = &mut self.receiver;
        shared.set_window(Some(stream), window)
    }

    /// Sends a `ping`. Its answer sets [`Statistics::round_trip`].
    ///
    /// # Errors
    /// Returns an error if the stream fails.
    pub fn ping(&mut self) -> Result<(), Error> {
        self.queue(Output::ping)
    }
}

/// Shows the outcome of the link stage.
impl<C, S, R> fmt::Debug for Connection<C, S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("request", &self.receiver.shared.link.request)
            .finish_non_exhaustive()
    }
}
