//! Errors of framing.

use core::fmt;

/// Error of reading or writing a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameError {
    /// A message is larger than the limit allows.
    TooLarge {
        /// Id of the message.
        id: u16,
        /// Size of the body in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u32,
    },
    /// The sub-message list starts after the end of the body.
    ListOutside {
        /// Offset of the list.
        offset: u32,
        /// Length of the body.
        length: usize,
    },
    /// The sub-message list ends after the end of the body.
    ListCutOff {
        /// Length of the list in bytes.
        needed: u64,
        /// Number of bytes from the start of the list to the end of the body.
        available: usize,
    },
    /// A sub-message is not inside the body.
    SubMessage {
        /// Index in the list.
        index: u16,
        /// Offset of the sub-message.
        offset: u32,
        /// Minimum length of the sub-message in bytes.
        size: u64,
        /// Length of the body.
        length: usize,
    },
    /// A sub-message overlaps another one, or the list.
    Overlap {
        /// Index in the list.
        index: u16,
        /// Index of the other sub-message; `None` for the list.
        other: Option<u16>,
    },
    /// A sub-message is a `list`.
    ListInList {
        /// Index in the list.
        index: u16,
    },
    /// More descriptors are waiting than any message takes.
    TooManyDescriptors,
    /// The message cannot be encoded.
    Encode(spice_wire::Error),
    /// A mini header has no field for sub-messages. Use
    /// [`FrameWriter::list`](crate::FrameWriter::list).
    ShortHeader,
    /// A list cannot count this many sub-messages.
    TooManySubMessages {
        /// Number of sub-messages.
        count: usize,
    },
    /// The message has descriptors, which this method cannot write. Use
    /// [`FrameWriter::message_with_fds`](crate::FrameWriter::message_with_fds) or
    /// [`FrameWriter::forward_with_fds`](crate::FrameWriter::forward_with_fds).
    Descriptors,
    /// A `gl_scanout_unix` has a descriptor, but its `drm_fourcc_format` is 0. The receiver would
    /// not expect the descriptor.
    NoFormat,
    /// spice-server disconnects clients that send a message of this size, although the protocol
    /// allows it. [`FrameWriter::raw`](crate::FrameWriter::raw) does not check the size.
    PeerLimit {
        /// Path of the message, such as `main.client.agent_data`.
        message: &'static str,
        /// Size of the body in bytes.
        size: usize,
        /// Maximum size that spice-server accepts.
        limit: usize,
    },
    /// A descriptor cannot be duplicated because the process has too many open.
    NoDescriptor,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { id, size, limit } => write!(
                f,
                "message {id} has {size} bytes, more than the limit of {limit}"
            ),
            Self::ListOutside { offset, length } => write!(
                f,
                "the sub-message list starts at byte {offset}, beyond the body of {length} bytes"
            ),
            Self::ListCutOff { needed, available } => write!(
                f,
                "the sub-message list needs {needed} bytes, but {available} are left"
            ),
            Self::SubMessage {
                index,
                offset,
                size,
                length,
            } => write!(
                f,
                "sub-message {index} needs {size} bytes from byte {offset}, beyond the body of {length} bytes"
            ),
            Self::Overlap {
                index,
                other: Some(other),
            } => write!(f, "sub-message {index} overlaps sub-message {other}"),
            Self::Overlap { index, other: None } => {
                write!(f, "sub-message {index} overlaps the sub-message list")
            }
            Self::ListInList { index } => {
                write!(f, "sub-message {index} is itself a list of sub-messages")
            }
            Self::TooManyDescriptors => {
                f.write_str("more descriptors are waiting than any message takes")
            }
            Self::Encode(error) => write!(f, "{error}"),
            Self::ShortHeader => {
                f.write_str("with mini headers only `list` can carry sub-messages")
            }
            Self::TooManySubMessages { count } => {
                write!(f, "{count} sub-messages are more than a list can count")
            }
            Self::NoDescriptor => f.write_str("the process has too many open descriptors"),
            Self::Descriptors => {
                f.write_str("the message has descriptors, which this method cannot write")
            }
            Self::NoFormat => f.write_str(
                "the scanout has a descriptor, but its `drm_fourcc_format` is 0: the receiver would \
                 not expect the descriptor",
            ),
            Self::PeerLimit {
                message,
                size,
                limit,
            } => write!(
                f,
                "{message} has {size} bytes: spice-server disconnects clients that send more than {limit}"
            ),
        }
    }
}

impl core::error::Error for FrameError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Encode(error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(feature = "std")]
impl From<FrameError> for std::io::Error {
    fn from(error: FrameError) -> Self {
        Self::new(std::io::ErrorKind::InvalidData, error)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn display_names_id_size_and_limit() {
        let error = FrameError::TooLarge {
            id: 7,
            size: 1001,
            limit: 1000,
        };
        let text = "message 7 has 1001 bytes, more than the limit of 1000";
        assert_eq!(error.to_string(), text);
    }
}
