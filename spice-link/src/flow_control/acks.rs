//! Acknowledgement windows.
//!
//! A server starts a window with `set_ack`. From then on the client sends an `ack` after each window
//! of messages, so the server knows how many messages are still on the way.

use core::fmt;

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
}

/// A client acknowledged something that it was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AckError {
    /// The client acknowledged more messages than it was sent.
    TooMany,
    /// The client confirmed a generation that no `set_ack` had.
    Generation(u32),
}

impl fmt::Display for AckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => f.write_str("the client acknowledged more messages than it was sent"),
            Self::Generation(generation) => {
                write!(
                    f,
                    "the client confirmed generation {generation}, which no `set_ack` had"
                )
            }
        }
    }
}

impl core::error::Error for AckError {}

/// The server's count of messages that the client has not acknowledged.
///
/// ```
/// use spice_link::AckLedger;
/// let mut ledger = AckLedger::new();
/// let set_ack = ledger.begin(10);
/// ledger.ack_sync(set_ack.generation).unwrap();
/// (0..25).for_each(|_| ledger.sent());
/// assert!(!ledger.may_send());
/// ledger.ack().unwrap();
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
    /// Messages sent after it count.
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

    /// Handles an `ack_sync` of the client.
    ///
    /// # Errors
    /// Returns [`AckError::Generation`] if no `set_ack` had this generation.
    pub const fn ack_sync(&mut self, generation: u32) -> Result<(), AckError> {
        // An older generation is valid: a newer `set_ack` was sent before the client's answer
        // arrived.
        let age = self.generation.wrapping_sub(generation);
        if age > u32::MAX / 2 || generation == 0 {
            return Err(AckError::Generation(generation));
        }
        self.confirmed = generation;
        Ok(())
    }

    /// Handles an `ack` of the client, which acknowledges one window of messages.
    ///
    /// Ignored until the client has confirmed the current generation.
    ///
    /// # Errors
    /// Returns [`AckError::TooMany`] if fewer messages were sent.
    pub const fn ack(&mut self) -> Result<(), AckError> {
        if self.confirmed != self.generation {
            return Ok(());
        }
        match self.sent.checked_sub(self.window as u64) {
            Some(left) if self.window != 0 => {
                self.sent = left;
                Ok(())
            }
            _ => Err(AckError::TooMany),
        }
    }

    /// Returns the number of messages that the client has not acknowledged.
    #[must_use]
    pub const fn unacknowledged(&self) -> u64 {
        self.sent
    }

    /// Returns whether the client keeps up: at most two windows of messages are unacknowledged.
    #[must_use]
    pub const fn may_send(&self) -> bool {
        self.sent <= 2 * self.window as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_client_may_not_be_sent_more() {
        let mut ledger = AckLedger::new();
        let set_ack = ledger.begin(10);
        ledger.ack_sync(set_ack.generation).unwrap();
        (0..20).for_each(|_| ledger.sent());
        assert!(ledger.may_send());
        ledger.sent();
        assert!(!ledger.may_send());
        ledger.ack().unwrap();
        ledger.ack().unwrap();
        assert_eq!(ledger.unacknowledged(), 1);
        assert_eq!(ledger.ack(), Err(AckError::TooMany));
    }

    #[test]
    fn acks_of_an_older_generation_do_not_count() {
        let mut ledger = AckLedger::new();
        let first = ledger.begin(10).generation;
        ledger.ack_sync(first).unwrap();
        (0..10).for_each(|_| ledger.sent());
        let second = ledger.begin(4).generation;
        (0..4).for_each(|_| ledger.sent());
        // The client sent this ack before it received the second `set_ack`.
        ledger.ack().unwrap();
        assert_eq!(ledger.unacknowledged(), 4);
        ledger.ack_sync(second).unwrap();
        ledger.ack().unwrap();
        assert_eq!(ledger.unacknowledged(), 0);
        let unknown = AckError::Generation(second + 1);
        assert_eq!(ledger.ack_sync(second + 1), Err(unknown));
        assert_eq!(ledger.ack_sync(0), Err(AckError::Generation(0)));
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
        assert!(ledger.may_send());
        ledger.ack_sync(generation).unwrap();
        assert_eq!(ledger.ack(), Err(AckError::TooMany));
    }
}
