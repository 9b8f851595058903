//! Errors of a link stage.

use core::fmt;

use spice_messages::types::LinkErr;

use crate::proto::types::{AuthMethod, LinkMagic, LinkMajor, LinkMinor};

/// Error of a link stage.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkError {
    /// The first four bytes are not `REDQ`: the peer does not speak SPICE.
    Magic(LinkMagic),
    /// The peer has another major version.
    Version(LinkMajor, LinkMinor),
    /// A link message is larger than [`MAX_LINK_SIZE`](crate::MAX_LINK_SIZE).
    TooLarge {
        /// Size of the message in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u32,
    },
    /// The link message of a client is smaller than its fixed part.
    TooSmall {
        /// Size of the message in bytes.
        size: u32,
    },
    /// A link message is incomplete.
    Truncated(spice_wire::Error),
    /// The capability words start inside the fixed part of a link message.
    CapsInside {
        /// Offset of the capability words.
        offset: u32,
        /// Length of the fixed part.
        fixed: u32,
    },
    /// The capability words end after the end of a link message.
    CapsOutside {
        /// Number of words.
        words: u64,
        /// Offset of the first word.
        offset: u32,
        /// Length of the link message.
        length: usize,
    },
    /// The server supports no authentication method that this crate supports.
    NoMethod,
    /// The client chose an authentication method that this crate does not support.
    Method(AuthMethod),
    /// The server refused the channel, or the ticket.
    Refused(LinkErr),
    /// A method was called before the link stage was ready for it.
    OutOfTurn,
    /// The peer closed the connection during the link stage.
    ///
    /// spice-server does so without an answer if it does not have the requested type of channel.
    Ended {
        /// Number of bytes that the expected message still lacked.
        awaited: usize,
    },
}

impl LinkError {
    /// Returns the code that a server sends to a client which caused this error.
    #[must_use]
    pub const fn reason(&self) -> LinkErr {
        match self {
            Self::Magic(_) => LinkErr::INVALID_MAGIC,
            Self::Version(..) => LinkErr::VERSION_MISMATCH,
            Self::Refused(reason) => *reason,
            Self::NoMethod | Self::OutOfTurn | Self::Ended { .. } => LinkErr::ERROR,
            Self::TooLarge { .. }
            | Self::TooSmall { .. }
            | Self::Truncated(_)
            | Self::CapsInside { .. }
            | Self::CapsOutside { .. }
            | Self::Method(_) => LinkErr::INVALID_DATA,
        }
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic(magic) => {
                let bytes = magic.0.to_le_bytes();
                let bytes = bytes.escape_ascii();
                write!(f, "the peer does not speak SPICE: it starts with `{bytes}`")
            }
            Self::Version(major, minor) => {
                write!(f, "the peer speaks version {}.{}", major.0, minor.0)?;
                write!(f, ", not {}", LinkMajor::CURRENT.0)
            }
            Self::TooLarge { size, limit } => {
                write!(
                    f,
                    "a link message of {size} bytes is larger than the limit of {limit}"
                )
            }
            Self::TooSmall { size } => {
                write!(f, "a link message of {size} bytes is incomplete")
            }
            Self::Truncated(error) => write!(f, "the link message is incomplete: {error}"),
            Self::CapsInside { offset, fixed } => write!(
                f,
                "the capabilities start at byte {offset}, inside the fixed part of {fixed} bytes"
            ),
            Self::CapsOutside {
                words,
                offset,
                length,
            } => write!(
                f,
                "{words} capability words from byte {offset} exceed the link message of {length} bytes"
            ),
            Self::NoMethod => f.write_str("the server does not accept passwords"),
            Self::Method(method) => {
                write!(f, "the client wants to authenticate by {method:?}")
            }
            Self::Refused(LinkErr::PERMISSION_DENIED) => {
                f.write_str("permission denied: the password is wrong or missing")
            }
            Self::Refused(reason) => write!(f, "the server refused the channel: {reason:?}"),
            Self::OutOfTurn => f.write_str("the link stage is not ready for this call"),
            Self::Ended { awaited } => write!(
                f,
                "the peer closed the connection during the link stage, {awaited} bytes early"
            ),
        }
    }
}

impl core::error::Error for LinkError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Truncated(error) => Some(error),
            _ => None,
        }
    }
}

/// Decoding a link message fails only if it is incomplete.
impl From<spice_wire::Error> for LinkError {
    fn from(error: spice_wire::Error) -> Self {
        Self::Truncated(error)
    }
}

#[cfg(feature = "std")]
impl From<LinkError> for std::io::Error {
    fn from(error: LinkError) -> Self {
        use std::io::ErrorKind;
        let kind = match error {
            LinkError::Ended { .. } => ErrorKind::UnexpectedEof,
            LinkError::Refused(LinkErr::PERMISSION_DENIED) => ErrorKind::PermissionDenied,
            LinkError::Refused(_) => ErrorKind::ConnectionRefused,
            LinkError::OutOfTurn => ErrorKind::InvalidInput,
            _ => ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn display_names_the_cause() {
        for (error, text) in [
            (
                LinkError::Magic(LinkMagic(u32::from_le_bytes(*b"HTTP"))),
                "the peer does not speak SPICE: it starts with `HTTP`",
            ),
            (
                LinkError::Version(LinkMajor(1), LinkMinor(9)),
                "the peer speaks version 1.9, not 2",
            ),
            (
                LinkError::Method(AuthMethod::SASL),
                "the client wants to authenticate by SASL",
            ),
            (
                LinkError::Refused(LinkErr::PERMISSION_DENIED),
                "permission denied: the password is wrong or missing",
            ),
            (
                LinkError::Ended { awaited: 4 },
                "the peer closed the connection during the link stage, 4 bytes early",
            ),
        ] {
            assert_eq!(error.to_string(), text);
        }
    }

    #[cfg(feature = "std")]
    #[test]
    fn io_error_keeps_the_link_error() {
        let error = std::io::Error::from(LinkError::Ended { awaited: 4 });
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
        let inner = error.get_ref().and_then(|error| error.downcast_ref());
        assert_eq!(inner, Some(&LinkError::Ended { awaited: 4 }));
    }
}
