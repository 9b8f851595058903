//! A client with all its channels.

use std::boxed::Box;
use std::fmt;
use std::io;
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::string::String;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, TrySendError};
use std::thread;
use std::vec::Vec;

use spice_messages::ChannelType;
use spice_messages::main::{self, server};
use spice_messages::wire::IntoOwned;
use spice_wire::Channel;

use crate::blocking::connection::Connection;
use crate::blocking::link::{Deadline, connect_with};
use crate::blocking::receiver::Receiver;
use crate::blocking::sender::Sender;
use crate::blocking::transport::Socket;
use crate::connection::{
    EVENT_QUEUE, Error, Options, SessionInfo, SessionStart, Start, first_message, is_timeout,
};
use crate::link_request::LinkRequest;

/// Connects to a server over TCP, and sends small messages without delay.
///
/// # Errors
/// Returns an error if the server cannot be reached.
pub fn tcp_stream(address: impl ToSocketAddrs) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A client's session with a server.
///
/// The session answers the pings of main in a thread of its own, and passes main's messages to [`Events`]. It ends when it is
/// dropped. Channels that are connected then stay connected, but spice-server closes them.
///
/// ```no_run
/// use spice_link::blocking::{Session, tcp_stream};
/// use spice_messages::{ChannelType, main, port};
///
/// let (session, mut events) = Session::open(|| tcp_stream("127.0.0.1:5930"), "password")?;
/// for id in session.info().channel_ids(ChannelType::PORT) {
///     let mut port = session.channel::<port::Channel>(id)?;
///     if let Some(port::server::Message::Init(init)) = port.next()? {
///         println!("port {id} is {}", init.name.to_string_lossy());
///     }
/// }
/// while let Some(event) = events.next()? {
///     if let main::server::Message::Notify(notify) = event {
///         println!("{}", notify.message.to_string_lossy());
///     }
/// }
/// # Ok::<(), spice_link::Error>(())
/// ```
pub struct Session<S: Socket> {
    connect: Box<Connect<S>>,
    password: String,
    options: Options,
    info: SessionInfo,
    sender: Sender<main::Channel, S>,
    /// A handle of main's stream, to end the thread that receives from it.
    stream: S,
    is_dropped: Arc<AtomicBool>,
}

/// Opens a stream to the server.
type Connect<S> = dyn Fn() -> io::Result<S> + Send + Sync;

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

impl<S: Socket + Send + 'static> Session<S> {
    /// Connects main, and waits for the list of channels.
    ///
    /// `connect` opens a stream to the server: one for main, and one for each other channel.
    ///
    /// # Errors
    /// Returns an error if a stream cannot be opened, if the link stage fails, or if the server closes main
    /// before it lists its channels.
    pub fn open<F>(connect: F, password: &str) -> Result<(Self, Events), Error>
    where
        F: Fn() -> io::Result<S> + Send + Sync + 'static,
    {
        Self::open_with(connect, password, &Options::new())
    }

    /// Connects main with options, which hold for all channels. See [`Session::open`].
    ///
    /// # Errors
    /// See [`Session::open`].
    pub fn open_with<F>(
        connect: F,
        password: &str,
        options: &Options,
    ) -> Result<(Self, Events), Error>
    where
        F: Fn() -> io::Result<S> + Send + Sync + 'static,
    {
        let request = LinkRequest::new(0, ChannelType::MAIN, 0);
        let mut main = connect_with(connect()?, request, password, options)?;
        let (info, events) = start(&mut main, &Deadline::new(options))?;
        let stream = main.stream().try_clone()?;
        let (receiver, sender) = main.into_split()?;
        let (queue, messages) = mpsc::sync_channel(EVENT_QUEUE);
        for event in events {
            // The queue is longer than the list of events may be.
            let _ = queue.try_send(Ok(event));
        }
        let is_dropped = Arc::new(AtomicBool::new(false));
        let missed = Arc::new(AtomicU64::new(0));
        let (ended, dropped) = (Arc::clone(&is_dropped), Arc::clone(&missed));
        thread::spawn(move || run_main(receiver, &queue, &dropped, &ended));
        let session = Self {
            connect: Box::new(connect),
            password: password.into(),
            options: options.clone(),
            info,
            sender,
            stream,
            is_dropped,
        };
        Ok((session, Events { messages, missed }))
    }

    /// Returns what the server has said about the session.
    #[must_use]
    pub const fn info(&self) -> &SessionInfo {
        &self.info
    }

    /// Sends a message on main.
    ///
    /// # Errors
    /// See [`Sender::send`].
    pub fn send<'m>(&self, message: impl Into<main::client::Message<'m>>) -> Result<(), Error> {
        self.sender.send(message)
    }

    /// Connects the channel of type `C` with this id, with the capabilities of
    /// [`Capabilities::client`](crate::Capabilities::client).
    ///
    /// On a display the client's `init` is sent, with empty caches.
    ///
    /// # Errors
    /// Returns an error if the stream cannot be opened, or if the link stage fails.
    pub fn channel<C: Channel>(&self, id: u8) -> Result<Connection<C, S>, Error> {
        let channel_type = C::CHANNEL_TYPE.map(ChannelType);
        let channel_type = channel_type.ok_or(Error::NoChannelType(C::NAME))?;
        let request = LinkRequest::new(self.info.init.session_id, channel_type, id);
        let mut connection = self.connect::<C>(request)?;
        if let Some((id, body)) = first_message(channel_type)? {
            connection.send_raw(id, &body)?;
        }
        Ok(connection)
    }

    /// Connects a channel by a request of your own, for example with other capabilities. Sends no message.
    ///
    /// The session id is set in the request.
    ///
    /// # Errors
    /// See [`Session::channel`].
    pub fn connect<C: Channel>(&self, request: LinkRequest) -> Result<Connection<C, S>, Error> {
        let request = LinkRequest {
            connection_id: self.info.init.session_id,
            ..request
        };
        connect_with((self.connect)()?, request, &self.password, &self.options)
    }
}

impl<S: Socket> Drop for Session<S> {
    fn drop(&mut self) {
        self.is_dropped.store(true, Ordering::SeqCst);
        // The stream has ended already if this fails.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

/// Shows what the server has said about the session.
impl<S: Socket> fmt::Debug for Session<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}

impl Events {
    /// Returns the next message of main, or `None` if the server has closed main or the session was dropped.
    ///
    /// # Errors
    /// Returns the errors of main. See [`Receiver::next`]. Returns [`Error::Missed`] after messages were dropped.
    #[allow(
        clippy::should_implement_trait,
        reason = "the name is that of the layer for tokio"
    )]
    pub fn next(&mut self) -> Result<Option<server::Message<'static>>, Error> {
        if let Ok(event) = self.messages.try_recv() {
            return event.map(Some);
        }
        match self.missed.swap(0, Ordering::Relaxed) {
            0 => self.messages.recv().ok().transpose(),
            missed => Err(Error::Missed(missed)),
        }
    }
}

/// Receives the first messages of main, and returns the events among them.
fn start<S: Socket>(
    main: &mut Connection<main::Channel, S>,
    deadline: &Deadline,
) -> Result<(SessionInfo, Vec<server::Message<'static>>), Error> {
    let mut state = SessionStart::default();
    loop {
        deadline.check()?;
        let message = match main.next() {
            Err(Error::Io(error)) if is_timeout(&error) => continue,
            message => message?.ok_or(Error::NoSession)?,
        };
        match state.receive(message) {
            Start::Continue => {}
            Start::Send(message) => main.send(message)?,
            Start::Done(info) => return Ok((info, state.events)),
            Start::Failed => return Err(Error::NoSession),
        }
    }
}

/// Receives the messages of main until its end.
fn run_main<S: Socket>(
    mut main: Receiver<main::Channel, S>,
    events: &mpsc::SyncSender<Result<server::Message<'static>, Error>>,
    missed: &AtomicU64,
    is_dropped: &AtomicBool,
) {
    loop {
        let event = match main.next() {
            Ok(Some(message)) => Ok(message.into_owned()),
            Ok(None) => return,
            Err(_) if is_dropped.load(Ordering::SeqCst) => return,
            Err(Error::Io(error)) if is_timeout(&error) => continue,
            Err(error) => Err(error),
        };
        if event.as_ref().is_err_and(|error| !error.is_recoverable()) {
            let _ = events.send(event);
            return;
        }
        // Main must not wait for its events: the server's pings need answers.
        if let Err(TrySendError::Full(_)) = events.try_send(event) {
            missed.fetch_add(1, Ordering::Relaxed);
        }
    }
}
