//! What every channel needs beside its own messages: acknowledgements and signs of life.

use alloc::collections::VecDeque;
use core::fmt;

use spice_messages::base::{client, server};
use spice_messages::types::Empty;

/// The client's count of the messages that it has to acknowledge.
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
#[derive(Clone, Debug, Default)]
pub struct AckWindow {
    window: u32,
    received: u32,
}

impl AckWindow {
    /// Nothing is to be acknowledged yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            window: 0,
            received: 0,
        }
    }

    /// Begins a new window, as the server asks; the result is the answer to it. A window of 0 means
    /// that nothing is to be acknowledged.
    pub const fn set(&mut self, set_ack: &server::SetAck) -> client::AckSync {
        self.window = set_ack.window;
        self.received = 0;
        client::AckSync {
            generation: set_ack.generation,
        }
    }

    /// Counts a message of the server; a message with its sub-messages is one. To be called before
    /// the message is handled. If the result is true, an `ack` is to be sent.
    #[must_use]
    pub const fn received(&mut self) -> bool {
        if self.window == 0 {
            return false;
        }
        self.received += 1;
        let full = self.received >= self.window;
        if full {
            self.received = 0;
        }
        full
    }
}

/// What a client answers by itself on any channel.
///
/// ```
/// use spice_link::ClientUpkeep;
/// use spice_messages::base::{client, server};
/// let mut upkeep = ClientUpkeep::default();
/// assert_eq!(upkeep.received(), None);
/// let ping = server::Ping { id: 3, timestamp: 99, data: (&[][..]).into() };
/// let pong = upkeep.answer(&server::Message::Ping(ping)).unwrap();
/// assert_eq!(pong, client::Message::Pong(client::Pong { id: 3, timestamp: 99 }));
/// ```
#[derive(Clone, Debug, Default)]
pub struct ClientUpkeep {
    acks: AckWindow,
}

impl ClientUpkeep {
    /// Counts a message of the server; to be called for each frame, before its messages are handled.
    /// The result is to be sent.
    #[must_use]
    pub fn received(&mut self) -> Option<client::Message<'static>> {
        let due = self.acks.received();
        due.then_some(client::Message::Ack(Empty {}))
    }

    /// Answers `set_ack` and `ping`. The result is to be sent; `None` for all other messages.
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

/// A client acknowledged what it was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AckError {
    /// More messages than were sent.
    TooMany,
    /// A setting that does not exist.
    Generation(u32),
}

impl fmt::Display for AckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => f.write_str("the client acknowledged more messages than it was sent"),
            Self::Generation(generation) => {
                write!(
                    f,
                    "the client confirmed setting {generation}, which it was not sent"
                )
            }
        }
    }
}

impl core::error::Error for AckError {}

/// The server's account of the messages that a client has not acknowledged.
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
#[derive(Clone, Debug, Default)]
pub struct AckLedger {
    generation: u32,
    confirmed: u32,
    window: u32,
    /// Messages sent under the present setting and not acknowledged.
    sent: u64,
}

impl AckLedger {
    /// Nothing is to be acknowledged yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            generation: 0,
            confirmed: 0,
            window: 0,
            sent: 0,
        }
    }

    /// Begins a new setting: the result is to be sent. Messages after it count.
    pub const fn begin(&mut self, window: u32) -> server::SetAck {
        self.generation = self.generation.wrapping_add(1);
        self.window = window;
        self.sent = 0;
        server::SetAck {
            generation: self.generation,
            window,
        }
    }

    /// Counts a message that is sent after `set_ack`; a message with its sub-messages is one.
    pub const fn sent(&mut self) {
        if self.window != 0 {
            self.sent = self.sent.saturating_add(1);
        }
    }

    /// Takes the client's `ack_sync`.
    ///
    /// # Errors
    /// [`AckError::Generation`] if no such setting was sent.
    pub const fn ack_sync(&mut self, generation: u32) -> Result<(), AckError> {
        // An older setting that was replaced before the client could confirm it.
        let age = self.generation.wrapping_sub(generation);
        if age > u32::MAX / 2 || generation == 0 {
            return Err(AckError::Generation(generation));
        }
        self.confirmed = generation;
        Ok(())
    }

    /// Takes the client's `ack`, which stands for a window of messages. One that belongs to an
    /// older setting does not count.
    ///
    /// # Errors
    /// [`AckError::TooMany`] if fewer messages were sent.
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

    /// How many messages the client has not acknowledged.
    #[must_use]
    pub const fn unacknowledged(&self) -> u64 {
        self.sent
    }

    /// Whether the client keeps up: no more than two windows of messages are unacknowledged.
    #[must_use]
    pub const fn may_send(&self) -> bool {
        self.sent <= 2 * self.window as u64
    }
}

/// The server's account of the pings that a client has not answered.
///
/// ```
/// use spice_link::PingLog;
/// use spice_messages::base::client::Pong;
/// let mut log = PingLog::new();
/// let ping = log.ping(1_000);
/// assert_eq!(log.pong(&Pong { id: ping.id, timestamp: 1_000 }, 1_250), Some(250));
/// assert_eq!(log.pong(&Pong { id: ping.id, timestamp: 1_000 }, 1_250), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct PingLog {
    last: u32,
    /// Number and time of the pings that have no answer, oldest first.
    open: VecDeque<(u32, u64)>,
}

/// Pings that are older than so many others are given up.
const MAX_OPEN_PINGS: usize = 64;

impl PingLog {
    /// No ping yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            last: 0,
            open: VecDeque::new(),
        }
    }

    /// A ping to be sent at this moment of the caller's clock.
    pub fn ping(&mut self, now: u64) -> server::Ping<'static> {
        self.last = self.last.wrapping_add(1);
        if self.open.len() == MAX_OPEN_PINGS {
            self.open.pop_front();
        }
        self.open.push_back((self.last, now));
        server::Ping {
            id: self.last,
            timestamp: now,
            data: alloc::borrow::Cow::Borrowed(&[]),
        }
    }

    /// Takes the client's answer: the result is how long it took on the caller's clock, or `None` if
    /// there is no such ping. The time that the client repeats is not trusted.
    pub fn pong(&mut self, pong: &client::Pong, now: u64) -> Option<u64> {
        let place = self.open.iter().position(|(id, _)| *id == pong.id)?;
        let (_, sent) = self.open.remove(place)?;
        Some(now.saturating_sub(sent))
    }

    /// How many pings have no answer.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.len()
    }
}
