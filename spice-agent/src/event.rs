//! Events of an agent.

use alloc::vec::Vec;

use spice_link::{CapabilitySet, LinkErr};
use spice_wire::{Fds, IntoOwned};

use crate::capabilities::Dialect;
use crate::error::AgentError;
use crate::message::RawMessage;
use crate::proto::ServerMessage;
use crate::proto::agent::server::Reply;
use crate::proto::types::{ClipboardSelection, ClipboardType, FileXferStatus};
use crate::proto::{plain, plain_serial, selection, selection_serial};

/// An event that [`ClientAgent`](crate::ClientAgent) reports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AgentEvent {
    /// The agent has connected. Its capabilities follow.
    Connected,
    /// The agent has disconnected. Everything that waited to be sent is forgotten.
    Disconnected(LinkErr),
    /// The agent has announced its capabilities. From now on messages can be sent.
    Capabilities(CapabilitySet),
    /// A program in the guest has copied. Take over the selection on the client's side, and request
    /// the data when a program asks for it.
    ClipboardGrab {
        /// The selection; `CLIPBOARD` in the dialects without selections.
        selection: ClipboardSelection,
        /// Available formats.
        types: Vec<ClipboardType>,
    },
    /// A program in the guest pastes what the client has grabbed. Answer with
    /// [`ClientAgent::clipboard_data`](crate::ClientAgent::clipboard_data).
    ClipboardRequest {
        /// The selection; `CLIPBOARD` in the dialects without selections.
        selection: ClipboardSelection,
        /// Requested format.
        r#type: ClipboardType,
    },
    /// Data that the client has requested.
    ClipboardData {
        /// The selection; `CLIPBOARD` in the dialects without selections.
        selection: ClipboardSelection,
        /// Format; `NONE` if the guest has no such data.
        r#type: ClipboardType,
        /// The data.
        data: Vec<u8>,
    },
    /// The guest withdraws its grab.
    ClipboardRelease {
        /// The selection; `CLIPBOARD` in the dialects without selections.
        selection: ClipboardSelection,
    },
    /// Answers a message, such as `monitors_config`.
    Reply(Reply),
    /// State of a file transfer.
    FileStatus(FileXferStatus<'static>),
    /// A message that `agent.proto` does not have for this direction.
    Unknown(RawMessage),
}

impl AgentEvent {
    /// Converts a message of the agent that its dialect determines.
    pub(crate) fn from_dialect(dialect: Dialect, raw: RawMessage) -> Result<Self, AgentError> {
        use plain::server::Message as Plain;
        use plain_serial::server::Message as PlainSerial;
        use selection::server::Message as Selection;
        use selection_serial::server::Message as SelectionSerial;

        let decoded =
            ServerMessage::decode(dialect.channel_type(), raw.id(), &raw.data, Fds::default());
        let message = decoded.map_err(|error| AgentError::Decode {
            r#type: raw.r#type,
            error,
        })?;
        let event = match message {
            ServerMessage::Plain(Plain::Clipboard(body))
            | ServerMessage::PlainSerial(PlainSerial::Clipboard(body)) => Self::ClipboardData {
                selection: ClipboardSelection::CLIPBOARD,
                r#type: body.r#type,
                data: body.data.into_vec(),
            },
            ServerMessage::Plain(Plain::ClipboardGrab(body)) => Self::ClipboardGrab {
                selection: ClipboardSelection::CLIPBOARD,
                types: body.types.iter().collect(),
            },
            ServerMessage::PlainSerial(PlainSerial::ClipboardGrab(body)) => Self::ClipboardGrab {
                selection: ClipboardSelection::CLIPBOARD,
                types: body.types.iter().collect(),
            },
            ServerMessage::Plain(Plain::ClipboardRequest(body))
            | ServerMessage::PlainSerial(PlainSerial::ClipboardRequest(body)) => {
                Self::ClipboardRequest {
                    selection: ClipboardSelection::CLIPBOARD,
                    r#type: body.r#type,
                }
            }
            ServerMessage::Plain(Plain::ClipboardRelease(_))
            | ServerMessage::PlainSerial(PlainSerial::ClipboardRelease(_)) => {
                Self::ClipboardRelease {
                    selection: ClipboardSelection::CLIPBOARD,
                }
            }
            ServerMessage::Selection(Selection::Clipboard(body))
            | ServerMessage::SelectionSerial(SelectionSerial::Clipboard(body)) => {
                Self::ClipboardData {
                    selection: body.selection,
                    r#type: body.r#type,
                    data: body.data.into_vec(),
                }
            }
            ServerMessage::Selection(Selection::ClipboardGrab(body)) => Self::ClipboardGrab {
                selection: body.selection,
                types: body.types.iter().collect(),
            },
            ServerMessage::SelectionSerial(SelectionSerial::ClipboardGrab(body)) => {
                Self::ClipboardGrab {
                    selection: body.selection,
                    types: body.types.iter().collect(),
                }
            }
            ServerMessage::Selection(Selection::ClipboardRequest(body))
            | ServerMessage::SelectionSerial(SelectionSerial::ClipboardRequest(body)) => {
                Self::ClipboardRequest {
                    selection: body.selection,
                    r#type: body.r#type,
                }
            }
            ServerMessage::Selection(Selection::ClipboardRelease(body))
            | ServerMessage::SelectionSerial(SelectionSerial::ClipboardRelease(body)) => {
                Self::ClipboardRelease {
                    selection: body.selection,
                }
            }
            _ => return Ok(Self::Unknown(raw)),
        };
        Ok(event)
    }

    /// Converts a state of a file transfer.
    pub(crate) fn from_status(status: FileXferStatus<'_>) -> Self {
        Self::FileStatus(status.into_owned())
    }
}
