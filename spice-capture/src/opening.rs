//! The first bytes of a connection.

use crate::direction::{Both, Direction};
use crate::link_stage::{self, Linked, MAGIC, MAX_LINK_STAGE, Progress};

/// A connection whose link stage is not complete.
#[derive(Debug, Default)]
pub(crate) struct Opening {
    /// The direction from the client to the server.
    pub(crate) to_server: Option<Direction>,
    /// Whether the capture has the first segment.
    pub(crate) has_start: bool,
    /// The first bytes of both streams.
    pub(crate) bytes: Both<Vec<u8>>,
}

/// The result of looking at the first bytes of a connection.
pub(crate) enum Recognized {
    /// More bytes are needed.
    Unknown,
    /// A link stage.
    Spice(Progress),
    /// A link stage that lacks bytes. The link messages are known if the capture has both.
    Interrupted(Option<Box<Linked>>),
    Tls,
    Other,
}

/// The start of a TLS record with a handshake.
const TLS: [u8; 2] = [0x16, 3];

impl Opening {
    pub(crate) fn progress(&self, to_server: Direction) -> Recognized {
        let client = self.bytes.of(to_server).as_slice();
        let server = self.bytes.of(to_server.opposite()).as_slice();
        let has_start = |bytes: &[u8], start: &[u8]| {
            let common = bytes.len().min(start.len());
            bytes.get(..common) == start.get(..common)
        };
        if has_start(client, &TLS) && !client.is_empty() {
            if client.len() < TLS.len() {
                return Recognized::Unknown;
            }
            return Recognized::Tls;
        }
        if !has_start(client, MAGIC) || (client.is_empty() && !has_start(server, MAGIC)) {
            return Recognized::Other;
        }
        if client.len() < MAGIC.len() {
            return if server.len() > MAX_LINK_STAGE {
                Recognized::Other
            } else {
                Recognized::Unknown
            };
        }
        Recognized::Spice(link_stage::read(client, server))
    }

    /// Whether the connection can be one of SPICE that is older than the capture.
    pub(crate) fn can_be_older(&self) -> bool {
        // A record of TLS: its type, and the version.
        let is_tls = |bytes: &[u8]| matches!(bytes, [0x14..=0x17, 3, 1..=4, ..]);
        !self.has_start && !is_tls(&self.bytes.up) && !is_tls(&self.bytes.down)
    }

    /// The link stage cannot be completed because bytes are missing.
    pub(crate) fn interrupted(&self, to_server: Direction) -> Recognized {
        let client = self.bytes.of(to_server);
        let server = self.bytes.of(to_server.opposite());
        if client.starts_with(MAGIC) || server.starts_with(MAGIC) {
            Recognized::Interrupted(link_stage::read_messages(client, server).map(Box::new))
        } else {
            Recognized::Other
        }
    }
}
