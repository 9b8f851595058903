//! Connections over blocking streams.
//!
//! [`Session`] is a client with all its channels. [`connect`] and [`accept`] make a [`Connection`] of one
//! stream: TCP, a Unix socket, TLS, or any other stream that reads and writes.
//!
//! A client that prints what the first display draws:
//!
//! ```no_run
//! use spice_link::blocking::{Session, tcp_stream};
//! use spice_messages::display;
//! use spice_messages::wire::ChannelMessage;
//!
//! fn main() -> Result<(), spice_link::Error> {
//!     let connect = || tcp_stream("127.0.0.1:5930");
//!     let (session, _events) = Session::open(connect, "password")?;
//!     println!("{:?} has {:?}", session.info().name, session.info().channels);
//!     let mut display = session.channel::<display::Channel>(0)?;
//!     while let Some(message) = display.next()? {
//!         println!("{}", message.name().unwrap_or("unknown"));
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Threads
//!
//! A [`Connection`] uses its stream from one thread. If the stream is a [`Socket`], [`Connection::sender`] and
//! [`Connection::into_split`] return halves for different threads. A TLS stream is no `Socket`, because its two directions
//! share state. To receive and send on one at the same time, use [`tokio`](crate::tokio).
//!
//! # Timeouts
//!
//! Set the timeouts of the stream before you connect, or through [`Connection::stream`]. If the read timeout expires, `next`
//! returns [`Error::Io`](crate::Error::Io). Nothing is lost, and you can call `next` again. If the write timeout
//! expires, `send` returns the error, and the rest of the message is written by the next call of `send`, `flush`
//! or `next`. [`Error::is_recoverable`](crate::Error::is_recoverable) is `true` for both.
//!
//! The limit on the duration of a link stage is checked whenever the stream returns, so a stream without a timeout can
//! exceed it.

mod connection;
mod link;
mod receiver;
mod sender;
mod session;
mod shared;
mod transport;
#[cfg(all(unix, feature = "descriptors"))]
mod unix_socket;

pub use connection::Connection;
pub use link::{Accepted, accept, accept_with, connect, connect_with};
pub use receiver::Receiver;
pub use sender::Sender;
pub use session::{Events, Session, tcp_stream};
pub use transport::{Socket, Transport};
#[cfg(all(unix, feature = "descriptors"))]
pub use unix_socket::UnixSocket;
