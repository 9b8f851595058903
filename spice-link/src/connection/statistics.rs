//! Counters of a connection.

use std::time::Duration;

/// Counters of a connection since the end of its link stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Statistics {
    /// Number of received frames.
    pub received_frames: u64,
    /// Number of received bytes, headers included.
    pub received_bytes: u64,
    /// Number of frames queued to be sent.
    pub sent_frames: u64,
    /// Number of bytes written to the stream, headers included.
    pub sent_bytes: u64,
    /// Duration between the last `ping` of this server and its `pong`.
    pub round_trip: Option<Duration>,
}
