//! A client with all its channels.

use std::boxed::Box;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::string::String;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::vec::Vec;

use ::tokio::net::{TcpStream, ToSocketAddrs};
use ::tokio::sync::mpsc::{self, error::TrySendError};
use ::tokio::task::JoinHandle;
use spice_messages::ChannelType;
use spice_messages::main::{self, server};
use spice_messages::wire::IntoOwned;
use spice_wire::Channel;

use crate::connection::{
    EVENT_QUEUE, Error, Options, SessionInfo, SessionStart, Start, first_message,
};
use crate::link_request::LinkRequest;
use crate::tokio::connection::Connection;
use crate::tokio::link::{connect_with, limited};
use crate::tokio::receiver::Receiver;
use crate::tokio::sender::{Sender, Sending};
use crate::tokio::transport::Transport;

/// Connects to a server over TCP, and sends small messages without delay.
///
/// # Errors
/// Returns an error if the server cannot be reached.
pub async fn tcp_stream(address: impl ToSocketAddrs) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A client's session with a server.
///
/// The session answers the pings of main in a task of its own, and passes main's messages to [`Events`]. It ends when it is
/// dropped. Channels that are connected then stay connected, but spice-server closes them.
///
/// ```no_run
/// use spice_link::tokio::{Session, tcp_stream};
/// use spice_messages::{ChannelType, main, port};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (session, mut events) = Session::open(|| tcp_stream("127.0.0.1:5930"), "password").await?;
/// for id in session.info().channel_ids(ChannelType::PORT) {
///     let mut port = session.channel::<port::Channel>(id).await?;
///     if let Some(port::server::Message::Init(init)) = port.next().await? {
///         println!("port {id} is {}", init.name.to_string_lossy());
///     }
/// }
/// while let Some(event) = events.next().await? {
///     if let main::server::Message::Notify(notify) = event {
///         println!("{}", notify.message.to_string_lossy());
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct Session<S> {
    connect: Box<Connect<S>>,
    password: String,
    options: Options,
    info: SessionInfo,
    sender: Sender<main::Channel, S>,
    task: JoinHandle<()>,
}

/// Opens a stream to the server.
type Connect<S> = dyn Fn() -> Pin<Box<dyn Future<Output = io::Result<S>> + Send>> + Send + Sync;

/// The messages of main, from the start of the session.
///
/// Notices, mouse modes, the agent's data, migration and `disconnecting` arrive here. Either call
/// [`Events::next`] in a loop, or drop the events. If 256 messages wait, further ones are dropped, and
/// [`Error::Missed`] tells how many.
#[derive(Debug)]
pub struct Events {
    messages: mpsc::Receiver<Result<server::Message<'static>, Error>>,
    /// Number of dropped messages to report.
    missed: Arc<AtomicU64>,
}

impl<S: Transport + Send + 'static> Session<S> {
    /// Connects main, and waits for the list of channels.
    ///
    /// `connect` opens a stream to the server: one for main, and one for each other channel.
    ///
    /// # Errors
    /// Returns an error if a stream cannot be opened, if the link stage fails, or if the server closes main
    /// before it lists its channels.
    pub async fn open<F, Fut>(connect: F, password: &str) -> Result<(Self, Events), Error>
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = io::Result<S>> + Send + 'static,
    {
        Self::open_with(connect, password, &Options::new()).await
    }

    /// Connects main with options, which hold for all channels. See [`Session::open`].
    ///
    /// # Errors
    /// See [`Session::open`].
    pub async fn open_with<F, Fut>(
        connect: F,
        password: &str,
        options: &Options,
    ) -> Result<(Self, Events), Error>
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = io::Result<S>> + Send + 'static,
    {
        let request = LinkRequest::new(0, ChannelType::MAIN, 0);
        let stream = connect().await?;
        let mut main = connect_with(stream, request, password, options).await?;
        let (info, events) = limited(options.link_timeout, start(&mut main)).await?;
        let (receiver, sender) = main.into_split();
        let (queue, messages) = mpsc::channel(EVENT_QUEUE);
        let missed = Arc::default();
        for event in events {
            // The queue is longer than the list of events may be.
            let _ = queue.try_send(Ok(event));
        }
        let session = Self {
            connect: Box::new(move || Box::pin(connect())),
            password: password.into(),
            options: options.clone(),
            info,
            sender,
            task: ::tokio::spawn(run_main(receiver, queue, Arc::clone(&missed))),
        };
        Ok((session, Events { messages, missed }))
    }

    /// Returns facts about the session: its id, its channels, the name of the machine.
    #[must_use]
    pub const fn info(&self) -> &SessionInfo {
        &self.info
    }

    /// Sends a message on main.
    ///
    /// # Errors
    /// See [`Sender::send`].
    pub fn send<'m>(&self, message: impl Into<main::client::Message<'m>>) -> Sending<'_, S> {
        self.sender.send(message)
    }

    /// Connects the channel of type `C` with this id, with the capabilities of
    /// [`Capabilities::client`](crate::Capabilities::client).
    ///
    /// On a display the client's `init` is sent, with empty caches.
    ///
    /// # Errors
    /// Returns an error if the stream cannot be opened, or if the link stage fails.
    pub async fn channel<C: Channel>(&self, id: u8) -> Result<Connection<C, S>, Error> {
        let channel_type = C::CHANNEL_TYPE.map(ChannelType);
        let channel_type = channel_type.ok_or(Error::NoChannelType(C::NAME))?;
        let request = LinkRequest::new(self.info.init.session_id, channel_type, id);
        let connection = self.connect::<C>(request).await?;
        if let Some((id, body)) = first_message(channel_type)? {
            connection.sender().send_raw(id, &body).await?;
        }
        Ok(connection)
    }

    /// Connects a channel by a request of your own, for example with other capabilities. Sends no message.
    ///
    /// The session id is set in the request.
    ///
    /// # Errors
    /// See [`Session::channel`].
    pub async fn connect<C: Channel>(
        &self,
        request: LinkRequest,
    ) -> Result<Connection<C, S>, Error> {
        let request = LinkRequest {
            connection_id: self.info.init.session_id,
            ..request
        };
        let stream = (self.connect)().await?;
        connect_with(stream, request, &self.password, &self.options).await
    }
}

impl<S> Drop for Session<S> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Shows the facts about the session.
impl<S> fmt::Debug for Session<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}

impl Events {
    /// Returns the next message of main, or `None` if the server has closed main or the session was dropped.
    ///
    /// Cancellation safe.
    ///
    /// # Errors
    /// Returns the errors of main. See [`Receiver::next`]. Returns [`Error::Missed`] after messages were dropped.
    pub async fn next(&mut self) -> Result<Option<server::Message<'static>>, Error> {
        if let Ok(event) = self.messages.try_recv() {
            return event.map(Some);
        }
        match self.missed.swap(0, Ordering::Relaxed) {
            0 => self.messages.recv().await.transpose(),
            missed => Err(Error::Missed(missed)),
        }
    }
}

/// Receives the first messages of main. Returns the messages that are events.
async fn start<S: Transport>(
    main: &mut Connection<main::Channel, S>,
) -> Result<(SessionInfo, Vec<server::Message<'static>>), Error> {
    let mut state = SessionStart::default();
    loop {
        let message = main.next().await?.ok_or(Error::NoSession)?;
        match state.receive(message) {
            Start::Continue => {}
            Start::Send(message) => main.send(message).await?,
            Start::Done(info) => return Ok((info, state.events)),
            Start::Failed => return Err(Error::NoSession),
        }
    }
}

/// Receives the messages of main until its end.
async fn run_main<S: Transport>(
    mut main: Receiver<main::Channel, S>,
    events: mpsc::Sender<Result<server::Message<'static>, Error>>,
    missed: Arc<AtomicU64>,
) {
    loop {
        let event = match main.next().await {
            Ok(Some(message)) => Ok(message.into_owned()),
            Ok(None) => return,
            Err(error) => Err(error),
        };
        if event.as_ref().is_err_and(|error| !error.is_recoverable()) {
            let _ = events.send(event).await;
            return;
        }
        // Main must not wait for its events: the server's pings need answers.
        if let Err(TrySendError::Full(_)) = events.try_send(event) {
            missed.fetch_add(1, Ordering::Relaxed);
        }
    }
}
