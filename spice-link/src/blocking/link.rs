//! Link stages.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::vec;

use spice_wire::Channel;

use crate::blocking::connection::Connection;
use crate::blocking::transport::Transport;
use crate::connection::{
    Admission, Error, LinkStage, LinkStep, Login, Options, Policy, Server, ServerSession,
    is_closed, is_timeout,
};
use crate::link_request::LinkRequest;
use crate::session::LinkSession;

/// Connects a channel: runs the client's end of the link stage on a stream.
///
/// ```no_run
/// use std::net::TcpStream;
/// use spice_link::{LinkRequest, blocking::connect};
/// use spice_messages::{ChannelType, main};
///
/// # fn example() -> Result<(), spice_link::Error> {
/// let stream = TcpStream::connect("127.0.0.1:5930")?;
/// let request = LinkRequest::new(0, ChannelType::MAIN, 0);
/// let mut main = connect::<main::Channel, _>(stream, request, "password")?;
/// if let Some(main::server::Message::Init(init)) = main.next()? {
///     println!("session {}", init.session_id);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Returns an error if the server refuses the request or the password, if it takes too long, if the stream fails, or if the
/// request is for another type of channel than `C`.
pub fn connect<C: Channel, S: Transport>(
    stream: S,
    request: LinkRequest,
    password: &str,
) -> Result<Connection<C, S>, Error> {
    connect_with(stream, request, password, &Options::new())
}

/// Connects a channel with options. See [`connect`].
///
/// # Errors
/// See [`connect`].
pub fn connect_with<C: Channel, S: Transport>(
    mut stream: S,
    request: LinkRequest,
    password: &str,
    options: &Options,
) -> Result<Connection<C, S>, Error> {
    let mut login = Login::new(request, password)?;
    let link = run(&mut stream, &mut login, &Deadline::new(options))?;
    Connection::new(stream, link, options)
}

/// Accepts a client: runs the server's end of the link stage on a stream.
///
/// The policy decides which channels, sessions and passwords are accepted. A client can connect its channels in any order and
/// at the same time, so run each link stage in a thread of its own.
///
/// ```
/// use std::net::{TcpListener, TcpStream};
/// use std::thread;
/// use spice_link::blocking::{accept, connect};
/// use spice_link::ticket::{ServerKey, os_random};
/// use spice_link::{LinkRequest, Policy};
/// use spice_messages::{ChannelType, main};
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let address = listener.local_addr()?;
/// let client = thread::spawn(move || {
///     let request = LinkRequest::new(0, ChannelType::MAIN, 0);
///     let stream = TcpStream::connect(address)?;
///     let mut main = connect::<main::Channel, _>(stream, request, "secret")?;
///     let Some(main::server::Message::Init(init)) = main.next()? else {
///         return Ok(0);
///     };
///     Ok::<u32, spice_link::Error>(init.session_id)
/// });
///
/// let policy: Policy = Policy::new(ServerKey::generate(os_random)?).password("secret");
/// let (stream, _) = listener.accept()?;
/// let accepted = accept(stream, &policy)?;
/// let session = accepted.session();
/// let mut main = accepted.into_connection::<main::Channel>()?;
/// main.send(main::server::Init {
///     session_id: session.id,
///     ..Default::default()
/// })?;
/// assert_eq!(client.join().unwrap()?, session.id);
/// # Ok::<(), spice_link::Error>(())
/// ```
///
/// # Errors
/// Returns an error if the client is refused, if it takes too long, or if the stream fails. The client has been told the reason.
pub fn accept<S: Transport, T: Default>(
    stream: S,
    policy: &Policy<T>,
) -> Result<Accepted<S, T>, Error> {
    accept_with(stream, policy, &Options::new())
}

/// Accepts a client with options. See [`accept`].
///
/// # Errors
/// See [`accept`].
pub fn accept_with<S: Transport, T: Default>(
    mut stream: S,
    policy: &Policy<T>,
    options: &Options,
) -> Result<Accepted<S, T>, Error> {
    let mut admission = Admission::new(policy);
    let link = run(&mut stream, &mut admission, &Deadline::new(options))?;
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

impl<S: Transport, T> Accepted<S, T> {
    /// Returns the client's request, which tells the type and the id of the channel.
    #[must_use]
    pub const fn request(&self) -> &LinkRequest {
        &self.link.request
    }

    /// Returns the session that the channel belongs to. Keep it as long as the channel is connected.
    #[must_use]
    pub fn session(&self) -> Arc<ServerSession<T>> {
        Arc::clone(&self.session)
    }

    /// Returns the connection, as one of channel `C`.
    ///
    /// # Errors
    /// Returns [`Error::ChannelType`] if the request is for another type of channel.
    pub fn into_connection<C: Channel>(self) -> Result<Connection<C, S, Server>, Error> {
        Connection::new(self.stream, self.link, &self.options)
    }
}

/// Runs a link stage.
fn run<S: Transport>(
    stream: &mut S,
    stage: &mut impl LinkStage,
    deadline: &Deadline,
) -> Result<LinkSession, Error> {
    let mut failed = None;
    loop {
        match (stage.step()?, failed.take()) {
            // A peer that closed the stream may have sent its reason before.
            (LinkStep::Send(_), Some(error)) => failed = Some(error),
            (LinkStep::Send(bytes), None) => match send(stream, &bytes, deadline) {
                Err(Error::Io(error)) if is_closed(&error) => failed = Some(Error::Io(error)),
                result => result?,
            },
            (LinkStep::Receive(missing), error) => {
                let mut bytes = vec![0; missing];
                let mut fds = vec![];
                let received = deadline.retry(|| stream.receive(&mut bytes, &mut fds));
                match (received, error) {
                    (Ok(0) | Err(_), Some(error)) => return Err(error),
                    (Ok(0), None) => return Err(stage.ended().into()),
                    (received, error) => {
                        stage.receive(bytes.get(..received?).unwrap_or_default())?;
                        failed = error;
                    }
                }
            }
            (LinkStep::Done(_), Some(error)) => return Err(error),
            (LinkStep::Done(session), None) => return Ok(*session),
        }
    }
}

/// Writes bytes, and flushes the stream.
fn send<S: Transport>(stream: &mut S, mut bytes: &[u8], deadline: &Deadline) -> Result<(), Error> {
    while !bytes.is_empty() {
        match deadline.retry(|| stream.send(bytes, None))? {
            0 => return Err(Error::Io(io::ErrorKind::WriteZero.into())),
            length => bytes = bytes.get(length..).unwrap_or_default(),
        }
    }
    deadline.retry(|| stream.flush())
}

/// The end of the time for a link stage.
pub(super) struct Deadline {
    start: Instant,
    limit: Option<Duration>,
}

impl Deadline {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            start: Instant::now(),
            limit: options.link_timeout,
        }
    }

    /// Returns an error if the time is over.
    pub(super) fn check(&self) -> Result<(), Error> {
        match self.limit {
            Some(limit) if self.start.elapsed() >= limit => Err(Error::LinkTimeout(limit)),
            _ => Ok(()),
        }
    }

    /// Calls a function until it succeeds. Signals and timeouts of the stream do not end the link stage.
    fn retry<T>(&self, mut call: impl FnMut() -> io::Result<T>) -> Result<T, Error> {
        loop {
            self.check()?;
            match call() {
                Ok(value) => return Ok(value),
                Err(error) if is_timeout(&error) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
