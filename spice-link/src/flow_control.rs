//! Acknowledgements and pings, which every channel has.

mod acks;
mod pings;

use spice_messages::base::{client, server};
use spice_messages::types::Empty;
use spice_wire::Decode;

use crate::raw_message::RawMessage;

pub use acks::{AckLedger, AckWindow};
pub use pings::PingLog;

/// Answers acknowledgement requests and pings of a server, on any channel.
///
/// The answers are messages of the base channel. Every channel has them, so you can write them on
/// the channel as they are.
///
/// ```
/// use spice_link::{ClientFlowControl, RawMessage};
/// use spice_messages::base::{client, server};
/// let mut flow = ClientFlowControl::default();
/// assert_eq!(flow.received(), None);
/// let ping = RawMessage::new(server::id::PING, &[3, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0]);
/// let pong = flow.answer(&ping)?.unwrap();
/// assert_eq!(pong, client::Message::Pong(client::Pong { id: 3, timestamp: 99 }));
/// # Ok::<(), spice_messages::wire::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClientFlowControl {
    acks: AckWindow,
}

impl ClientFlowControl {
    /// Counts a received frame and returns the `ack` to send, if one is due.
    ///
    /// Call this once per frame, before handling its messages.
    #[inline]
    #[must_use]
    pub fn received(&mut self) -> Option<client::Message<'static>> {
        let is_due = self.acks.received();
        is_due.then_some(client::Message::Ack(Empty {}))
    }

    /// Returns the answer to send for `set_ack` and `ping`; `None` for all other messages.
    ///
    /// # Errors
    /// Returns an error if the message is an invalid `set_ack` or `ping`.
    pub fn answer(
        &mut self,
        message: &RawMessage<'_>,
    ) -> spice_wire::Result<Option<client::Message<'static>>> {
        Ok(match message.id {
            server::id::SET_ACK => {
                let set_ack = server::SetAck::decode(message.body)?;
                Some(client::Message::AckSync(self.acks.set(&set_ack)))
            }
            server::id::PING => {
                let server::Ping { id, timestamp, .. } = server::Ping::decode(message.body)?;
                Some(client::Message::Pong(client::Pong { id, timestamp }))
            }
            _ => None,
        })
    }

    /// Returns the acknowledgement window.
    #[must_use]
    pub const fn acks(&self) -> &AckWindow {
        &self.acks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_answers_set_ack_and_acknowledges_windows() {
        let mut flow = ClientFlowControl::default();
        let set_ack = RawMessage::new(server::id::SET_ACK, &[9, 0, 0, 0, 2, 0, 0, 0]);
        let sync = client::AckSync { generation: 9 };
        let answer = flow.answer(&set_ack);
        assert_eq!(answer, Ok(Some(client::Message::AckSync(sync))));
        assert_eq!(flow.received(), None);
        assert_eq!((flow.acks().window(), flow.acks().unacknowledged()), (2, 1));
        let ack = client::Message::Ack(Empty {});
        assert_eq!(flow.received(), Some(ack));
        let other = RawMessage::new(server::id::NOTIFY, &[]);
        assert_eq!(flow.answer(&other), Ok(None));
        let damaged = RawMessage::new(server::id::PING, &[1]);
        assert!(flow.answer(&damaged).is_err());
    }
}
