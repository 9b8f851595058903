//! Errors.

use core::fmt;

use crate::proto::types::{AgentCapability, ChunkPort};

/// Error in the stream of an agent. The position of the next message is unknown, so it does not recover
/// until the agent or its peer connects again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StreamError {
    /// The header of a message has another protocol version than 1.
    Protocol {
        /// The version.
        protocol: u32,
        /// Offset of the header in the stream, in bytes since the start or the last reset.
        offset: u64,
    },
    /// A message is larger than the limit allows.
    TooLarge {
        /// Id of the message.
        r#type: u32,
        /// Length of its data in bytes.
        size: u32,
        /// The limit in bytes.
        limit: u32,
        /// Offset of the header in the stream, in bytes since the start or the last reset.
        offset: u64,
    },
    /// A chunk has a port that does not exist.
    Port {
        /// The port.
        port: ChunkPort,
        /// Offset of the chunk's header in the stream, in bytes since the start or the last reset.
        offset: u64,
    },
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Protocol { protocol, offset } => write!(
                f,
                "the agent message at byte {offset} has protocol version {protocol}, not 1"
            ),
            Self::TooLarge {
                r#type,
                size,
                limit,
                offset,
            } => write!(
                f,
                "agent message {type} at byte {offset} has {size} bytes, more than the limit of {limit}"
            ),
            Self::Port { port, offset } => {
                write!(f, "the chunk at byte {offset} has port {port}, not 1 or 2")
            }
        }
    }
}

impl core::error::Error for StreamError {}

/// Error of [`ClientAgent`](crate::ClientAgent) or [`AgentRelay`](crate::AgentRelay).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AgentError {
    /// The received stream is invalid.
    Stream(StreamError),
    /// A received message is invalid. The next one can be read.
    Decode {
        /// Id of the message.
        r#type: u32,
        /// The invalid field and its offset.
        error: spice_wire::Error,
    },
    /// The message cannot be encoded.
    Encode(spice_wire::Error),
    /// No agent is connected.
    NotConnected,
    /// The agent has not announced this capability, or has not announced any yet.
    Unsupported(AgentCapability),
    /// The client has sent a part of the stream without a token for it.
    NoToken,
    /// The client has sent a part of more than 2048 bytes.
    PartTooLarge {
        /// Length of the part in bytes.
        size: usize,
    },
}

impl fmt::Display for AgentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stream(error) => write!(f, "{error}"),
            Self::Decode { r#type, error } => write!(f, "agent message {type}: {error}"),
            Self::Encode(error) => write!(f, "{error}"),
            Self::NotConnected => f.write_str("no agent is connected"),
            Self::Unsupported(capability) => {
                write!(f, "the agent has not announced {capability}")
            }
            Self::NoToken => f.write_str("the client has sent `agent_data` without a token"),
            Self::PartTooLarge { size } => {
                write!(
                    f,
                    "the client's `agent_data` has {size} bytes, more than 2048"
                )
            }
        }
    }
}

impl core::error::Error for AgentError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Stream(error) => Some(error),
            Self::Decode { error, .. } | Self::Encode(error) => Some(error),
            _ => None,
        }
    }
}

impl From<StreamError> for AgentError {
    fn from(error: StreamError) -> Self {
        Self::Stream(error)
    }
}

#[cfg(feature = "std")]
impl From<StreamError> for std::io::Error {
    fn from(error: StreamError) -> Self {
        Self::new(std::io::ErrorKind::InvalidData, error)
    }
}

#[cfg(feature = "std")]
impl From<AgentError> for std::io::Error {
    fn from(error: AgentError) -> Self {
        let kind = match error {
            AgentError::NotConnected => std::io::ErrorKind::NotConnected,
            AgentError::Unsupported(_) => std::io::ErrorKind::Unsupported,
            AgentError::Encode(_) => std::io::ErrorKind::InvalidInput,
            _ => std::io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn errors_name_message_size_and_offset() {
        let error = AgentError::from(StreamError::TooLarge {
            r#type: 4,
            size: 2000,
            limit: 1000,
            offset: 60,
        });
        let text = "agent message 4 at byte 60 has 2000 bytes, more than the limit of 1000";
        assert_eq!(error.to_string(), text);
        let error = StreamError::Port {
            port: ChunkPort(3),
            offset: 8,
        };
        let text = "the chunk at byte 8 has port 3, not 1 or 2";
        assert_eq!(error.to_string(), text);
        let error = AgentError::Unsupported(AgentCapability::MONITORS_CONFIG);
        assert_eq!(
            error.to_string(),
            "the agent has not announced MONITORS_CONFIG"
        );
    }
}
