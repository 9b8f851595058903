//! A connection.

use std::fmt;
use std::sync::Arc;

use spice_wire::Channel;

use crate::connection::{self, Client, Error, Options, Role, SessionGuard, Statistics};
use crate::frame::Frame;
use crate::session::LinkSession;
use crate::tokio::receiver::Receiver;
use crate::tokio::sender::{Sender, Sending};
use crate::tokio::shared::Shared;
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
        let shared = Arc::new(Shared::new(stream, link, output, session));
        Ok(Self {
            receiver: Receiver::new(input, Arc::clone(&shared)),
            sender: Sender::new(shared),
        })
    }

    /// Returns the next message of the peer, or `None` if the peer has closed the connection.
    ///
    /// Cancellation safe. See [`Receiver::next`].
    ///
    /// # Errors
    /// See [`Receiver::next`].
    #[allow(
        clippy::should_implement_trait,
        reason = "an `async fn` moves the message once more"
    )]
    pub fn next(&mut self) -> impl Future<Output = Result<Option<R::Incoming<'_, C>>, Error>> {
        self.receiver.next()
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

/// Shows the outcome of the link stage.
impl<C, S, R> fmt::Debug for Connection<C, S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("request", &self.receiver.shared.link.request)
            .finish_non_exhaustive()
    }
}
