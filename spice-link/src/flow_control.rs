//! Acknowledgements and pings, which every channel has.

mod acks;
mod pings;

use spice_messages::base::{client, server};
use spice_messages::types::Empty;

pub use acks::{AckError, AckLedger, AckWindow};
pub use pings::PingLog;

/// Answers acknowledgement requests and pings of a server, on any channel.
///
/// ```
/// use spice_link::ClientFlowControl;
/// use spice_messages::base::{client, server};
/// let mut flow = ClientFlowControl::default();
/// assert_eq!(flow.received(), None);
/// let ping = server::Ping { id: 3, timestamp: 99, data: (&[][..]).into() };
/// let pong = flow.answer(&server::Message::Ping(ping)).unwrap();
/// assert_eq!(pong, client::Message::Pong(client::Pong { id: 3, timestamp: 99 }));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientFlowControl {
    acks: AckWindow,
}

impl ClientFlowControl {
    /// Counts a received frame and returns the `ack` to send, if one is due.
    ///
    /// Call this once per frame, before handling its messages.
    #[must_use]
    pub fn received(&mut self) -> Option<client::Message<'static>> {
        let is_due = self.acks.received();
        is_due.then_some(client::Message::Ack(Empty {}))
    }

    /// Returns the answer to send for `set_ack` and `ping`; `None` for all other messages.
    #[must_use]
    pub fn answer(&mut self, message: &server::Message<'_>) -> Option<client::Message<'static>> {
        match message {
            server::Message::SetAck(set_ack) => {
                Some(client::Message::AckSync(self.acks.set(set_ack)))
            }
            server::Message::Ping(ping) => Some(client::Message::Pong(client::Pong {
                id: ping.id,
                timestamp: ping.timestamp,
            })),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_answers_set_ack_and_acknowledges_windows() {
        let mut flow = ClientFlowControl::default();
        let set_ack = server::SetAck {
            generation: 9,
            window: 2,
        };
        let answer = flow.answer(&server::Message::SetAck(set_ack));
        let sync = client::AckSync { generation: 9 };
        assert_eq!(answer, Some(client::Message::AckSync(sync)));
        assert_eq!(flow.received(), None);
        let ack = client::Message::Ack(Empty {});
        assert_eq!(flow.received(), Some(ack));
        let other = server::Message::Notify(server::Notify::default());
        assert_eq!(flow.answer(&other), None);
    }
}
