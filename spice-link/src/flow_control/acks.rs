//! Acknowledgement windows.
//!
//! A server starts a window with `set_ack`. From then on the client sends an `ack` after each window
//! of messages, so the server knows how many messages are still on the way.

use spice_messages::base::{client, server};

/// The client's count of messages since its last acknowledgement.
///
/// ```
/// use spice_link::AckWindow;
/// use spice_messages::base::server::SetAck;
/// let mut window = AckWindow::new();
/// assert!(!window.received());
/// let answer = window.set(&SetAck { generation: 1, window: 2 });
/// assert_eq!(answer.generation, 1);
/// assert_eq!([window.received(), window.received(), window.received()], [false, true, false]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AckWindow {
    window: u32,
    received: u32,
}

impl AckWindow {
    /// Creates a window that needs no acknowledgements.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            window: 0,
            received: 0,
        }
    }

    /// Starts the window that the server asks for, and returns the answer to send.
    ///
    /// A window of 0 turns acknowledgements off.
    #[must_use]
    pub const fn set(&mut self, set_ack: &server::SetAck) -> client::AckSync {
        self.window = set_ack.window;
        self.received = 0;
        client::AckSync {
            generation: set_ack.generation,
        }
    }

    /// Counts a received frame and returns whether an `ack` is due.
    ///
    /// Call this once per frame, before handling its messages. A message and its sub-messages are
    /// one frame.
    #[inline]
    #[must_use]
    pub const fn received(&mut self) -> bool {
        if self.window == 0 {
            return false;
        }
        self.received += 1;
        let is_due = self.received >= self.window;
        if is_due {
            self.received = 0;
        }
        is_due
    }

    /// Returns the number of frames in a window; 0 if the server wants no acknowledgements.
    #[must_use]
    pub const fn window(&self) -> u32 {
        self.window
    }

    /// Returns the number of frames received since the last acknowledgement.
    #[must_use]
    pub const fn unacknowledged(&self) -> u32 {
        self.received
    }
}

/// The server's count of messages that the client has not acknowledged.
///
/// Clients differ on whether `set_ack` is the first message of its window: spice-html5 counts it,
/// spice-gtk does not. Both are fine, whether you count it or not. Like spice-server, the ledger
/// does not judge the client's numbers: a client that acknowledges too much harms only itself.
///
/// ```
/// use spice_link::AckLedger;
/// let mut ledger = AckLedger::new();
/// let set_ack = ledger.begin(10);
/// ledger.ack_sync(set_ack.generation);
/// (0..25).for_each(|_| ledger.sent());
/// assert!(!ledger.may_send());
/// ledger.ack();
/// assert!(ledger.may_send());
/// assert_eq!(ledger.unacknowledged(), 15);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AckLedger {
    /// Generation of the last `set_ack`.
    generation: u32,
    /// Generation of the last `ack_sync`.
    confirmed: u32,
    window: u32,
    /// Number of unacknowledged messages since the last `set_ack`.
    sent: u64,
}

impl AckLedger {
    /// Creates a ledger that needs no acknowledgements.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            generation: 0,
            confirmed: 0,
            window: 0,
            sent: 0,
        }
    }

    /// Starts a new window and returns the `set_ack` to send.
    ///
    /// A window of 0 turns acknowledgements off.
    #[must_use]
    pub const fn begin(&mut self, window: u32) -> server::SetAck {
        self.generation = self.generation.wrapping_add(1);
        self.window = window;
        self.sent = 0;
        server::SetAck {
            generation: self.generation,
            window,
        }
    }

    /// Counts a frame sent after `set_ack`. A message and its sub-messages are one frame.
    pub const fn sent(&mut self) {
        if self.window != 0 {
            self.sent = self.sent.saturating_add(1);
        }
    }

    /// Handles an `ack_sync` of the client, with the generation that it confirms.
    pub const fn ack_sync(&mut self, generation: u32) {
        self.confirmed = generation;
    }

    /// Handles an `ack` of the client, which acknowledges one window of messages.
    ///
    /// Ignored until the client has confirmed the current generation.
    pub const fn ack(&mut self) {
        if self.is_confirmed() {
            self.sent = self.sent.saturating_sub(self.window as u64);
        }
    }

    /// Returns the number of messages that the client has not acknowledged.
    ///
    /// A client that does not count `set_ack` may leave one message unacknowledged if you count it.
    #[must_use]
    pub const fn unacknowledged(&self) -> u64 {
        self.sent
    }

    /// Returns whether the client keeps up: at most two windows of messages are unacknowledged.
    #[must_use]
    pub const fn may_send(&self) -> bool {
        self.sent <= 2 * self.window as u64
    }

    /// Returns the number of messages in a window; 0 if acknowledgements are off.
    #[must_use]
    pub const fn window(&self) -> u32 {
        self.window
    }

    /// Returns the generation of the last `set_ack`; 0 if there was none.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// Returns whether the client has confirmed the last `set_ack`.
    #[must_use]
    pub const fn is_confirmed(&self) -> bool {
        self.confirmed == self.generation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_client_may_not_be_sent_more() {
        let mut ledger = AckLedger::new();
        let set_ack = ledger.begin(10);
        assert!(!ledger.is_confirmed());
        ledger.ack_sync(set_ack.generation);
        assert!(ledger.is_confirmed());
        (0..20).for_each(|_| ledger.sent());
        assert!(ledger.may_send());
        ledger.sent();
        assert!(!ledger.may_send());
        ledger.ack();
        ledger.ack();
        assert_eq!(ledger.unacknowledged(), 1);
        assert_eq!((ledger.window(), ledger.generation()), (10, 1));
    }

    #[test]
    fn clients_may_count_set_ack_or_not() {
        for server_counts in [0, 1] {
            for client_counts in [0, 1] {
                let mut ledger = AckLedger::new();
                let set_ack = ledger.begin(4);
                (0..server_counts).for_each(|_| ledger.sent());
                ledger.ack_sync(set_ack.generation);
                for count in 1..=1000 {
                    assert!(ledger.may_send());
                    ledger.sent();
                    if (count + client_counts) % 4 == 0 {
                        ledger.ack();
                        assert!(ledger.unacknowledged() <= 1);
                    }
                }
            }
        }
    }

    #[test]
    fn excessive_acks_are_harmless() {
        let mut ledger = AckLedger::new();
        let set_ack = ledger.begin(4);
        ledger.ack_sync(set_ack.generation);
        ledger.ack();
        assert_eq!(ledger.unacknowledged(), 0);
        (0..9).for_each(|_| ledger.sent());
        assert!(!ledger.may_send());
    }

    #[test]
    fn acks_of_another_generation_do_not_count() {
        let mut ledger = AckLedger::new();
        let first = ledger.begin(10).generation;
        ledger.ack_sync(first);
        (0..10).for_each(|_| ledger.sent());
        let second = ledger.begin(4).generation;
        (0..4).for_each(|_| ledger.sent());
        // The client sent this ack before it received the second `set_ack`.
        ledger.ack();
        assert_eq!(ledger.unacknowledged(), 4);
        ledger.ack_sync(second + 1);
        ledger.ack();
        assert_eq!(ledger.unacknowledged(), 4);
        ledger.ack_sync(second);
        ledger.ack();
        assert_eq!(ledger.unacknowledged(), 0);
    }

    #[test]
    fn window_of_zero_turns_acknowledgements_off() {
        let mut window = AckWindow::new();
        let set_ack = server::SetAck {
            generation: 5,
            window: 0,
        };
        assert_eq!(window.set(&set_ack).generation, 5);
        assert!((0..1000).all(|_| !window.received()));
        let mut ledger = AckLedger::new();
        let generation = ledger.begin(0).generation;
        (0..1000).for_each(|_| ledger.sent());
        ledger.ack_sync(generation);
        ledger.ack();
        assert!(ledger.may_send());
    }

    #[test]
    fn client_tells_its_window() {
        let mut window = AckWindow::new();
        let set_ack = server::SetAck {
            generation: 1,
            window: 3,
        };
        let _ = window.set(&set_ack);
        assert!(!window.received() && !window.received());
        assert_eq!((window.window(), window.unacknowledged()), (3, 2));
        assert!(window.received());
        assert_eq!(window.unacknowledged(), 0);
    }
}
