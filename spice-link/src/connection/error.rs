//! Errors of connections.

use std::fmt;
use std::io;
use std::time::Duration;

use spice_messages::ChannelType;

use crate::frame_error::FrameError;
use crate::link_error::LinkError;
use crate::ticket::TicketError;

/// Error of a connection or a session.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Reading from or writing to the stream failed.
    Io(io::Error),
    /// The link stage failed.
    Link(LinkError),
    /// The password cannot be encrypted.
    Ticket(TicketError),
    /// The link stage took longer than [`Options::link_timeout`](crate::Options::link_timeout).
    LinkTimeout(Duration),
    /// A received frame is invalid, or a message cannot be sent.
    Frame(FrameError),
    /// A message is damaged. The connection continues: the next call returns the next message.
    Message(spice_wire::Error),
    /// The peer closed the connection in the middle of a message.
    ///
    /// A peer that closes it between two messages is no error: `next` returns `None`.
    Truncated {
        /// Number of bytes that the message still lacked.
        missing: usize,
    },
    /// The type of the connection is for another type of channel than the link stage.
    ChannelType {
        /// The type of channel in the request.
        requested: ChannelType,
        /// The type of channel of the connection's type.
        expected: ChannelType,
    },
    /// The type `C` is a channel that only others inherit from. No server has it.
    NoChannelType(&'static str),
    /// The message has descriptors, and the stream cannot carry them. A `UnixSocket` can.
    NoDescriptors,
    /// This number of main's messages was dropped, because more than 256 were waiting for
    /// `Events::next`. The next call returns the next message.
    Missed(u64),
    /// The server closed main, or sent too many other messages, before its list of channels.
    NoSession,
}

impl Error {
    /// Returns whether the connection continues after this error.
    ///
    /// `true` for a message or a frame that is damaged, for a message that could not be encoded, for messages that
    /// were dropped, and for a timeout of a blocking stream.
    #[must_use]
    pub fn is_recoverable(&self) -> bool {
        match self {
            Self::Message(_) | Self::NoDescriptors | Self::Missed(_) => true,
            Self::Io(error) => is_timeout(error),
            Self::Frame(error) => !matches!(
                error,
                FrameError::TooLarge { .. } | FrameError::TooManyDescriptors
            ),
            _ => false,
        }
    }
}

/// Returns whether an error of a stream says that its timeout has expired.
///
/// On Unix the `TimedOut` of a socket says that the peer does not answer any more. The timeout of a socket is `WouldBlock` there.
pub(crate) fn is_timeout(error: &io::Error) -> bool {
    match error.kind() {
        io::ErrorKind::WouldBlock => true,
        io::ErrorKind::TimedOut => cfg!(windows) || error.raw_os_error().is_none(),
        _ => false,
    }
}

/// Returns whether an error of a stream says that the peer has closed it.
pub(crate) fn is_closed(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    matches!(
        error.kind(),
        BrokenPipe | ConnectionAborted | ConnectionReset
    )
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Link(error) => error.fmt(f),
            Self::Ticket(error) => error.fmt(f),
            Self::LinkTimeout(limit) => {
                write!(f, "the link stage was not complete after {limit:?}")
            }
            Self::Frame(error) => error.fmt(f),
            Self::Message(error) => error.fmt(f),
            Self::Truncated { missing } => write!(
                f,
                "the peer closed the connection in a message that lacks {missing} bytes"
            ),
            Self::ChannelType {
                requested,
                expected,
            } => write!(
                f,
                "the channel is of type {requested}, the connection is for {expected}"
            ),
            Self::NoChannelType(name) => {
                write!(
                    f,
                    "{name} is only a parent of channels, so it cannot be connected"
                )
            }
            Self::NoDescriptors => f.write_str(
                "the message has descriptors, which only a connection over a UnixSocket can carry",
            ),
            Self::Missed(count) => write!(
                f,
                "{count} messages of the main channel were dropped, because nobody took them"
            ),
            Self::NoSession => f.write_str("the server did not list its channels"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Link(error) => Some(error),
            Self::Ticket(error) => Some(error),
            Self::Frame(error) => Some(error),
            Self::Message(error) => Some(error),
            Self::LinkTimeout(_)
            | Self::Truncated { .. }
            | Self::ChannelType { .. }
            | Self::NoChannelType(_)
            | Self::NoDescriptors
            | Self::Missed(_)
            | Self::NoSession => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<LinkError> for Error {
    fn from(error: LinkError) -> Self {
        Self::Link(error)
    }
}

impl From<TicketError> for Error {
    fn from(error: TicketError) -> Self {
        Self::Ticket(error)
    }
}

impl From<FrameError> for Error {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}

impl From<spice_wire::Error> for Error {
    fn from(error: spice_wire::Error) -> Self {
        Self::Message(error)
    }
}

/// An error of the stream is kept. Other errors become the source of the new one.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error {
            Error::Io(error) => return error,
            Error::Link(error) => return error.into(),
            Error::Truncated { .. } | Error::NoSession => io::ErrorKind::UnexpectedEof,
            Error::LinkTimeout(_) => io::ErrorKind::TimedOut,
            _ => io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}
