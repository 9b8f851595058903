//! Clipboard messages of the client, in the dialect of the session.

use super::ClientAgent;
use crate::capabilities::Dialect;
use crate::error::AgentError;
use crate::message::RawMessage;
use crate::proto::types::{
    AgentCapability, Clipboard, ClipboardGrab, ClipboardRelease, ClipboardRequest,
    ClipboardSelection, ClipboardType, SelectionClipboard, SelectionClipboardGrab,
    SelectionClipboardRelease, SelectionClipboardRequest, SelectionSerialClipboardGrab,
    SerialClipboardGrab,
};
use crate::proto::{plain, plain_base, plain_serial, selection, selection_base, selection_serial};

impl ClientAgent {
    /// Announces that the client has copied. The guest requests the data when a program pastes.
    ///
    /// # Errors
    /// Fails if no agent is connected, or if it has no clipboard or not this selection.
    pub fn clipboard_grab(
        &mut self,
        selection: ClipboardSelection,
        types: &[ClipboardType],
    ) -> Result<(), AgentError> {
        self.require_clipboard(selection)?;
        let types = types.into();
        match self.dialect() {
            Dialect::Plain => {
                let grab = ClipboardGrab { types };
                self.queue_message(&plain::client::Message::from(grab))
            }
            Dialect::PlainSerial => {
                let serial = self.next_serial(selection);
                let grab = SerialClipboardGrab { serial, types };
                self.queue_message(&plain_serial::client::Message::from(grab))
            }
            Dialect::Selection => {
                let grab = SelectionClipboardGrab { selection, types };
                self.queue_message(&selection::client::Message::from(grab))
            }
            Dialect::SelectionSerial => {
                let serial = self.next_serial(selection);
                let grab = SelectionSerialClipboardGrab {
                    selection,
                    serial,
                    types,
                };
                self.queue_message(&selection_serial::client::Message::from(grab))
            }
        }
    }

    /// Requests what the guest has grabbed. [`AgentEvent::ClipboardData`](crate::AgentEvent::ClipboardData) is the answer.
    ///
    /// # Errors
    /// Fails if no agent is connected, or if it has no clipboard or not this selection.
    pub fn clipboard_request(
        &mut self,
        selection: ClipboardSelection,
        r#type: ClipboardType,
    ) -> Result<(), AgentError> {
        self.require_clipboard(selection)?;
        if self.dialect().has_selections() {
            let request = SelectionClipboardRequest { selection, r#type };
            self.queue_message(&selection_base::client::Message::from(request))
        } else {
            let body = ClipboardRequest { r#type };
            self.queue_message(&plain_base::client::Message::from(body))
        }
    }

    /// Answers [`AgentEvent::ClipboardRequest`](crate::AgentEvent::ClipboardRequest). Without data, the type is
    /// [`ClipboardType::NONE`].
    ///
    /// # Errors
    /// Fails if no agent is connected, or if it has no clipboard or not this selection.
    pub fn clipboard_data(
        &mut self,
        selection: ClipboardSelection,
        r#type: ClipboardType,
        data: &[u8],
    ) -> Result<(), AgentError> {
        self.require_clipboard(selection)?;
        let data = data.into();
        if self.dialect().has_selections() {
            let clipboard = SelectionClipboard {
                selection,
                r#type,
                data,
            };
            self.queue_message(&selection_base::client::Message::from(clipboard))
        } else {
            let body = Clipboard { r#type, data };
            self.queue_message(&plain_base::client::Message::from(body))
        }
    }

    /// Withdraws a grab of the client.
    ///
    /// # Errors
    /// Fails if no agent is connected, or if it has no clipboard or not this selection.
    pub fn clipboard_release(&mut self, selection: ClipboardSelection) -> Result<(), AgentError> {
        self.require_clipboard(selection)?;
        if self.dialect().has_selections() {
            let release = SelectionClipboardRelease { selection };
            self.queue_message(&selection_base::client::Message::from(release))
        } else {
            let body = ClipboardRelease {};
            self.queue_message(&plain_base::client::Message::from(body))
        }
    }

    /// Returns the serial of the client's next grab.
    fn next_serial(&mut self, selection: ClipboardSelection) -> u32 {
        let next = self.serials.entry(selection).or_default();
        let serial = *next;
        *next = next.wrapping_add(1);
        serial
    }

    /// Follows the serial of the agent's grab.
    pub(super) fn follow_serial(&mut self, dialect: Dialect, raw: &RawMessage) {
        use plain_serial::server::Message as PlainSerial;
        use selection_serial::server::Message as SelectionSerial;

        let grab = match dialect {
            Dialect::Plain | Dialect::Selection => None,
            Dialect::PlainSerial => match raw.decode() {
                Ok(PlainSerial::ClipboardGrab(grab)) => {
                    Some((ClipboardSelection::CLIPBOARD, grab.serial))
                }
                _ => None,
            },
            Dialect::SelectionSerial => match raw.decode() {
                Ok(SelectionSerial::ClipboardGrab(grab)) => Some((grab.selection, grab.serial)),
                _ => None,
            },
        };
        if let Some((selection, serial)) = grab {
            self.serials.insert(selection, serial.wrapping_add(1));
        }
    }

    /// Fails unless the agent has a clipboard with this selection.
    fn require_clipboard(&self, selection: ClipboardSelection) -> Result<(), AgentError> {
        self.require(AgentCapability::CLIPBOARD_BY_DEMAND)?;
        if !self.dialect().has_selections() && selection != ClipboardSelection::CLIPBOARD {
            return Err(AgentError::Unsupported(
                AgentCapability::CLIPBOARD_SELECTION,
            ));
        }
        Ok(())
    }
}
