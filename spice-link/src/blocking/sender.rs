//! The sending half of a connection.

use std::fmt;
use std::marker::PhantomData;
use std::net::Shutdown;
use std::sync::Arc;

use spice_wire::Channel;

use crate::blocking::shared::Shared;
use crate::blocking::transport::{Socket, Transport};
use crate::connection::{Client, Error, Output, Role, Server};
use crate::frame::Frame;

/// The sending half of a [`Connection`](super::Connection). All clones send on the same connection.
///
/// ```
/// use spice_messages::{ChannelType, main};
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
/// let (mut receiver, sender) = client.into_split()?;
/// let other = sender.clone();
/// let thread = thread::spawn(move || other.send_raw(main::client::id::CLIENT_INFO, &[0; 8]));
/// assert!(matches!(server.next()?, Some(main::client::Message::ClientInfo(_))));
/// thread.join().expect("it does not panic")?;
/// sender.shutdown()?;
/// assert_eq!(server.next()?, None);
/// drop(server);
/// assert_eq!(receiver.next()?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Sender<C, S, R = Client> {
    shared: Arc<Shared<S>>,
    types: PhantomData<fn() -> (C, R)>,
}

impl<C: Channel, S: Transport, R: Role> Sender<C, S, R> {
    /// Creates a sender. The shared part has a handle of the stream.
    pub(super) const fn new(shared: Arc<Shared<S>>) -> Self {
        Self {
            shared,
            types: PhantomData,
        }
    }

    /// Sends a message: a message of the channel, or of one that it inherits from, or the body of a message.
    ///
    /// # Errors
    /// Returns an error if the message cannot be encoded, and then nothing is sent, or if the stream fails. If the stream's
    /// timeout has expired, the next call of `send`, `flush` or `next` writes the rest of the message.
    pub fn send<'m>(&self, message: impl Into<R::Outgoing<'m, C>>) -> Result<(), Error> {
        let message = message.into();
        self.shared.send(None, |output| output.message(&message))
    }

    /// Sends a message whose body is already encoded.
    ///
    /// # Errors
    /// Returns an error if the stream fails.
    pub fn send_raw(&self, id: u16, body: &[u8]) -> Result<(), Error> {
        self.shared.send(None, |output| output.raw(id, body))
    }

    /// Sends a frame that another connection has received, without changes.
    ///
    /// # Errors
    /// Returns an error if the frame has sub-messages that the header format of this connection cannot
    /// locate, or if the stream fails.
    pub fn forward(&self, frame: &Frame) -> Result<(), Error> {
        self.shared.send(None, |output| output.forward(frame))
    }

    /// Writes the messages that a timeout of the stream has left in the queue.
    ///
    /// # Errors
    /// Returns an error if the stream fails.
    pub fn flush(&self) -> Result<(), Error> {
        self.shared.send(None, |_| Ok(()))
    }
}

impl<C: Channel, S: Socket, R: Role> Sender<C, S, R> {
    /// Writes all queued messages and ends the sending direction of the stream. The peer sees a clean end.
    ///
    /// # Errors
    /// Returns an error if the stream fails.
    pub fn shutdown(&self) -> Result<(), Error> {
        self.flush()?;
        if let Some(stream) = &self.shared.writer().stream {
            stream.shutdown(Shutdown::Write)?;
        }
        Ok(())
    }
}

impl<C: Channel, S: Transport> Sender<C, S, Server> {
    /// Starts an acknowledgement window: [`Sender::ready`] lets twice this number of messages be on their way. 0
    /// turns acknowledgements off.
    ///
    /// # Errors
    /// Returns an error if the stream fails.
    pub fn set_window(&self, window: u32) -> Result<(), Error> {
        self.shared.set_window(None, window)
    }

    /// Sends a `ping`. Its answer sets [`Statistics::round_trip`](crate::Statistics::round_trip).
    ///
    /// # Errors
    /// Returns an error if the stream fails.
    pub fn ping(&self) -> Result<(), Error> {
        self.shared.send(None, Output::ping)
    }

    /// Waits until the acknowledgement window allows a message. Another thread must call `next` at the same time.
    ///
    /// Does not wait if no acknowledgement can arrive anymore: after the end of the stream, after an error of the
    /// stream, and without a [`Receiver`](super::Receiver). `send` then reports whether the stream takes the message.
    pub fn ready(&self) {
        self.shared.wait_ready();
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
