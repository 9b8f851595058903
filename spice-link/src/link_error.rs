//! Why a link stage failed.

use core::fmt;

use spice_messages::types::LinkErr;

use crate::proto::types::{AuthMethod, LinkMagic, LinkMajor, LinkMinor};

/// Why a link stage failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkError {
    /// The peer does not speak SPICE: its first bytes are others.
    Magic(LinkMagic),
    /// The peer has another major version.
    Version(LinkMajor, LinkMinor),
    /// A link message is larger than any can be.
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u32,
    },
    /// A link message ends too early.
    Truncated(spice_wire::Error),
    /// The capability words begin inside of the fixed part of a link message.
    CapsInside {
        /// Where they begin.
        offset: u32,
        /// Length of the fixed part.
        fixed: u32,
    },
    /// The capability words end behind the end of a link message.
    CapsOutside {
        /// Number of words.
        words: u64,
        /// Where they begin.
        offset: u32,
        /// Length of the link message.
        length: usize,
    },
    /// The server offers no way to authenticate that this crate knows.
    NoMethod,
    /// The client wants to authenticate in a way that this crate does not know.
    Method(AuthMethod),
    /// The server refused the channel, or the ticket.
    Refused(LinkErr),
    /// A step of the link stage was taken before its turn.
    OutOfTurn,
    /// The peer closed the connection in the link stage.
    Ended {
        /// How many bytes were awaited.
        awaited: usize,
    },
}

impl LinkError {
    /// What a server tells a client that made this error.
    #[must_use]
    pub const fn reason(&self) -> LinkErr {
        match self {
            Self::Magic(_) => LinkErr::INVALID_MAGIC,
            Self::Version(..) => LinkErr::VERSION_MISMATCH,
            Self::Refused(reason) => *reason,
            Self::NoMethod | Self::OutOfTurn | Self::Ended { .. } => LinkErr::ERROR,
            Self::TooLarge { .. }
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
                write!(f, "the peer does not speak SPICE: it begins with `{bytes}`")
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
            Self::Truncated(error) => write!(f, "the link message ends early: {error}"),
            Self::CapsInside { offset, fixed } => write!(
                f,
                "the capabilities begin at byte {offset}, inside of the fixed {fixed} bytes of the link message"
            ),
            Self::CapsOutside {
                words,
                offset,
                length,
            } => write!(
                f,
                "{words} capability words from byte {offset} on do not fit in a link message of {length} bytes"
            ),
            Self::NoMethod => f.write_str("the server does not accept passwords"),
            Self::Method(method) => {
                write!(f, "the client wants to authenticate by {method:?}")
            }
            Self::Refused(LinkErr::PERMISSION_DENIED) => {
                f.write_str("permission denied: the password is wrong or missing")
            }
            Self::Refused(reason) => write!(f, "the server refused the channel: {reason:?}"),
            Self::OutOfTurn => f.write_str("this step of the link stage is not due"),
            Self::Ended { awaited } => write!(
                f,
                "the peer closed the connection in the link stage, where {awaited} more bytes were awaited"
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
