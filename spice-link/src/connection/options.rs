//! Settings of a connection.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::frame::{DEFAULT_LIMIT, Frame};

/// Settings of a connection.
///
/// # Memory
///
/// A connection on `tokio` that waits for its first message takes less than 8 KiB. Received bytes take at most twice
/// the sum of the limit and 128 KiB, and four times if you call `next_frame`. Memory grows with received bytes, not with
/// announced sizes, and is kept for the next messages. Sent messages take memory until the stream has taken them, so wait for each `send`. An empty output
/// keeps at most 64 KiB.
///
/// ```
/// use std::time::Duration;
/// use spice_link::Options;
/// let options = Options::new()
///     .limit(1 << 20)
///     .link_timeout(Some(Duration::from_secs(5)))
///     .inspect(|frame| eprintln!("{} {}: {} bytes", frame.sender, frame.id, frame.body().len()));
/// ```
#[derive(Clone)]
pub struct Options {
    pub(crate) limit: u32,
    pub(crate) link_timeout: Option<Duration>,
    pub(crate) flow_control: bool,
    pub(crate) pings: bool,
    pub(crate) sub_messages: bool,
    pub(crate) inspect: Option<Inspect>,
}

/// A function that sees the frames of a connection.
pub(crate) type Inspect = Arc<dyn Fn(&Frame) + Send + Sync>;

impl Options {
    /// Creates the settings that most programs need.
    #[must_use]
    pub fn new() -> Self {
        Self {
            limit: DEFAULT_LIMIT,
            link_timeout: Some(Duration::from_secs(30)),
            flow_control: true,
            pings: true,
            sub_messages: true,
            inspect: None,
        }
    }

    /// Sets the limit on the body of a received message, in bytes. The default is
    /// [`DEFAULT_LIMIT`].
    #[must_use]
    pub const fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// Sets the limit on the duration of the link stage. The default is 30 seconds.
    ///
    /// A blocking stream must have a read timeout of its own, so that the limit is checked while the
    /// peer sends nothing. With `tokio` the runtime must have its timer enabled, unless the limit is
    /// `None`.
    #[must_use]
    pub const fn link_timeout(mut self, limit: Option<Duration>) -> Self {
        self.link_timeout = limit;
        self
    }

    /// Sets whether the connection handles acknowledgements. The default is `true`.
    ///
    /// If it does not, `set_ack`, `ack_sync` and `ack` are returned as messages.
    #[must_use]
    pub const fn flow_control(mut self, is_handled: bool) -> Self {
        self.flow_control = is_handled;
        self
    }

    /// Sets whether the connection handles pings. The default is `true`.
    ///
    /// If it does not, `ping` and `pong` are returned as messages.
    #[must_use]
    pub const fn pings(mut self, is_handled: bool) -> Self {
        self.pings = is_handled;
        self
    }

    /// Sets whether the connection returns sub-messages. The default is `true`.
    ///
    /// If it does not, `next` returns only the message that carries them, and base's `list` as it
    /// is. A proxy that forwards frames needs no sub-messages.
    #[must_use]
    pub const fn sub_messages(mut self, are_returned: bool) -> Self {
        self.sub_messages = are_returned;
        self
    }

    /// Sets a function that sees each frame: the received ones before they are handled, the sent
    /// ones when they are queued. [`Frame::sender`] tells them apart.
    ///
    /// Frames are copied for it, the sent ones without their descriptors.
    #[must_use]
    pub fn inspect(mut self, inspect: impl Fn(&Frame) + Send + Sync + 'static) -> Self {
        self.inspect = Some(Arc::new(inspect));
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows whether there is a function that sees the frames.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("limit", &self.limit)
            .field("link_timeout", &self.link_timeout)
            .field("flow_control", &self.flow_control)
            .field("pings", &self.pings)
            .field("sub_messages", &self.sub_messages)
            .field("inspect", &self.inspect.is_some())
            .finish()
    }
}
