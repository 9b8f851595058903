//! Pings.

use alloc::collections::VecDeque;

use spice_messages::base::{client, server};

/// Limit on unanswered pings. The oldest one is forgotten first.
const MAX_OPEN_PINGS: usize = 64;

/// The server's pings that the client has not answered.
///
/// ```
/// use spice_link::PingLog;
/// use spice_messages::base::client::Pong;
/// let mut log = PingLog::new();
/// let ping = log.ping(1_000);
/// assert_eq!(log.pong(&Pong { id: ping.id, timestamp: 1_000 }, 1_250), Some(250));
/// assert_eq!(log.pong(&Pong { id: ping.id, timestamp: 1_000 }, 1_250), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PingLog {
    /// Id of the last ping.
    last: u32,
    /// Id and time of the unanswered pings, oldest first.
    open: VecDeque<(u32, u64)>,
}

impl PingLog {
    /// Creates a log without pings.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            last: 0,
            open: VecDeque::new(),
        }
    }

    /// Returns a ping to send. `now` is the current time of any clock.
    #[must_use]
    pub fn ping(&mut self, now: u64) -> server::Ping<'static> {
        self.last = self.last.wrapping_add(1);
        if self.open.len() == MAX_OPEN_PINGS {
            self.open.pop_front();
        }
        self.open.push_back((self.last, now));
        server::Ping {
            id: self.last,
            timestamp: now,
            data: Default::default(),
        }
    }

    /// Handles a `pong` of the client and returns the round-trip time, by the clock of
    /// [`PingLog::ping`].
    ///
    /// Returns `None` if no such ping is unanswered. The timestamp in `pong` is not trusted.
    pub fn pong(&mut self, pong: &client::Pong, now: u64) -> Option<u64> {
        let index = self.open.iter().position(|(id, _)| *id == pong.id)?;
        let (_, sent) = self.open.remove(index)?;
        Some(now.saturating_sub(sent))
    }

    /// Returns the number of unanswered pings.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.len()
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn oldest_pings_are_forgotten() {
        let mut log = PingLog::new();
        let pings: Vec<u32> = (0..100).map(|now| log.ping(now).id).collect();
        assert_eq!(log.open(), 64);
        let mut pong = |id, now| log.pong(&client::Pong { id, timestamp: 0 }, now);
        assert_eq!(pong(pings[0], 1000), None);
        assert_eq!(pong(pings[99], 1099), Some(1000));
        // Answers in any order are fine.
        assert_eq!(pong(pings[50], 1050), Some(1000));
        assert_eq!(log.open(), 62);
    }
}
