//! Link stages.

use std::future::{Future, poll_fn};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use std::vec;
use std::vec::Vec;

use ::tokio::time;
use spice_wire::Channel;

use crate::connection::{
    Admission, Error, LinkStage, LinkStep, Login, Options, Policy, Server, ServerSession, is_closed,
};
use crate::link_request::LinkRequest;
use crate::session::LinkSession;
use crate::tokio::connection::Connection;
use crate::tokio::transport::Transport;

/// Connects a channel: runs the client's end of the link stage on a stream.
///
/// ```no_run
/// use spice_link::{LinkRequest, tokio::connect};
/// use spice_messages::{ChannelType, main};
/// use tokio::net::TcpStream;
///
/// # async fn example() -> Result<(), spice_link::Error> {
/// let stream = TcpStream::connect("127.0.0.1:5930").await?;
/// let request = LinkRequest::new(0, ChannelType::MAIN, 0);
/// let mut main = connect::<main::Channel, _>(stream, request, "password").await?;
/// if let Some(main::server::Message::Init(init)) = main.next().await? {
///     println!("session {}", init.session_id);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Returns an error if the server refuses the request or the password, if it takes too long, if the stream fails, or if the
/// request is for another type of channel than `C`.
pub async fn connect<C: Channel, S: Transport>(
    stream: S,
    request: LinkRequest,
    password: &str,
) -> Result<Connection<C, S>, Error> {
    connect_with(stream, request, password, &Options::new()).await
}

/// Connects a channel with options. See [`connect`].
///
/// # Errors
/// See [`connect`].
pub async fn connect_with<C: Channel, S: Transport>(
    mut stream: S,
    request: LinkRequest,
    password: &str,
    options: &Options,
) -> Result<Connection<C, S>, Error> {
    let mut login = Login::new(request, password)?;
    let link = limited(options.link_timeout, run(&mut stream, &mut login)).await?;
    Connection::new(stream, link, options, None)
}

/// Accepts a client: runs the server's end of the link stage on a stream.
///
/// The policy decides which channels, sessions and passwords are accepted. A client can connect its channels in any order and
/// at the same time, so run each link stage in a task of its own.
///
/// ```
/// use spice_link::tokio::{accept, connect};
/// use spice_link::ticket::{ServerKey, os_random};
/// use spice_link::{LinkRequest, Policy};
/// use spice_messages::{ChannelType, main};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (near, far) = tokio::io::duplex(4096);
/// let policy: Policy = Policy::new(ServerKey::generate(os_random)?).password("secret");
/// let request = LinkRequest::new(0, ChannelType::MAIN, 0);
/// let (client, accepted) = tokio::join!(
///     connect::<main::Channel, _>(near, request, "secret"),
///     accept(far, &policy),
/// );
/// let (mut client, accepted) = (client?, accepted?);
///
/// assert_eq!(accepted.request().channel_type, ChannelType::MAIN);
/// let session_id = accepted.session().id;
/// let server = accepted.into_connection::<main::Channel>()?;
/// server.send(main::server::Init { session_id, ..Default::default() }).await?;
///
/// let Some(main::server::Message::Init(init)) = client.next().await? else {
///     panic!("expected init");
/// };
/// assert_eq!(init.session_id, session_id);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Returns an error if the client is refused, if it takes too long, or if the stream fails. The client has been told the reason.
pub async fn accept<S: Transport, T: Default>(
    stream: S,
    policy: &Policy<T>,
) -> Result<Accepted<S, T>, Error> {
    accept_with(stream, policy, &Options::new()).await
}

/// Accepts a client with options. See [`accept`].
///
/// # Errors
/// See [`accept`].
pub async fn accept_with<S: Transport, T: Default>(
    mut stream: S,
    policy: &Policy<T>,
    options: &Options,
) -> Result<Accepted<S, T>, Error> {
    let mut admission = Admission::new(policy);
    let link = limited(options.link_timeout, run(&mut stream, &mut admission)).await?;
    Ok(Accepted {
        stream,
        link,
        session: admission.session()?,
        options: options.clone(),
    })
}

/// A channel that a server has accepted.
#[derive(Debug)]
pub struct Accepted<S, T = ()> {
    stream: S,
    link: LinkSession,
    session: Arc<ServerSession<T>>,
    options: Options,
}

impl<S: Transport, T: Send + Sync + 'static> Accepted<S, T> {
    /// Returns the client's request, which tells the type and the id of the channel.
    #[must_use]
    pub const fn request(&self) -> &LinkRequest {
        &self.link.request
    }

    /// Returns the session that the channel belongs to.
    #[must_use]
    pub fn session(&self) -> Arc<ServerSession<T>> {
        Arc::clone(&self.session)
    }

    /// Returns the connection, as one of channel `C`. It keeps the session until it is dropped.
    ///
    /// # Errors
    /// Returns [`Error::ChannelType`] if the request is for another type of channel.
    pub fn into_connection<C: Channel>(self) -> Result<Connection<C, S, Server>, Error> {
        Connection::new(self.stream, self.link, &self.options, Some(self.session))
    }
}

/// Runs a link stage.
async fn run<S: Transport>(
    stream: &mut S,
    stage: &mut impl LinkStage,
) -> Result<LinkSession, Error> {
    let mut failed = None;
    loop {
        match (stage.step()?, failed.take()) {
            // A peer that closed the stream may have sent its reason before.
            (LinkStep::Send(_), Some(error)) => failed = Some(error),
            (LinkStep::Send(bytes), None) => match send(stream, &bytes).await {
                Err(error) if is_closed(&error) => failed = Some(error),
                result => result?,
            },
            (LinkStep::Receive(missing), error) => {
                let (mut bytes, mut fds) = (vec![0; missing], Vec::new());
                let receive = poll_fn(|context| stream.poll_receive(context, &mut bytes, &mut fds));
                match (receive.await, error) {
                    (Ok(0) | Err(_), Some(error)) => return Err(Error::Io(error)),
                    (Ok(0), None) => return Err(stage.ended().into()),
                    (received, error) => {
                        stage.receive(bytes.get(..received?).unwrap_or_default())?;
                        failed = error;
                    }
                }
            }
            (LinkStep::Done(_), Some(error)) => return Err(Error::Io(error)),
            (LinkStep::Done(session), None) => return Ok(*session),
        }
    }
}

/// Writes bytes, and flushes the stream.
async fn send<S: Transport>(stream: &mut S, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match poll_fn(|context| stream.poll_send(context, bytes, None)).await? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            length => bytes = bytes.get(length..).unwrap_or_default(),
        }
    }
    poll_fn(|context| stream.poll_flush(context)).await
}

/// Waits for a future, at most as long as the limit.
pub(super) async fn limited<T>(
    limit: Option<Duration>,
    future: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match limit {
        None => future.await,
        Some(limit) => match time::timeout(limit, future).await {
            Ok(result) => result,
            Err(_) => Err(Error::LinkTimeout(limit)),
        },
    }
}
