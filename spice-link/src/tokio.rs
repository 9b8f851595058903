//! Connections for programs on `tokio`.
//!
//! [`Session`] is a client with all its channels. [`connect`] and [`accept`] make a [`Connection`] of one
//! stream: TCP, a Unix socket, TLS, or any other stream that reads and writes.
//!
//! A client that prints what the first display draws:
//!
//! ```no_run
//! use spice_link::tokio::{Session, tcp_stream};
//! use spice_messages::display;
//! use spice_messages::wire::ChannelMessage;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), spice_link::Error> {
//!     let connect = || tcp_stream("127.0.0.1:5930");
//!     let (session, _) = Session::open(connect, "password").await?;
//!     println!("{:?} has {:?}", session.info().name, session.info().channels);
//!     let mut display = session.channel::<display::Channel>(0).await?;
//!     while let Some(message) = display.next().await? {
//!         println!("{}", message.name().unwrap_or("unknown"));
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Cancellation
//!
//! Dropping a future loses and repeats nothing: what `next` has received is returned by the next call, and what was
//! passed to `send` is written by the next call of `send`, `flush` or `next`. [`connect`], [`accept`] and
//! [`Session::open`] own their stream, so dropping their futures closes it.

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
pub use sender::{Sender, Sending};
pub use session::{Events, Session, tcp_stream};
pub use transport::Transport;
#[cfg(all(unix, feature = "descriptors"))]
pub use unix_socket::UnixSocket;
