//! Agent messages inside of main's `agent_data`.

use std::collections::BTreeMap;

use spice_agent::{AgentObserver, ObservedMessage, StreamError};
use spice_capture::Side as Sender;
use spice_proto_gen::model::Side;

use super::item::{Content, Item};
use crate::catalog::{Address, Catalog};

/// Type of the main channel.
pub const MAIN: u8 = 1;

/// Limit on the number of connections whose streams are followed.
const MAX_CONNECTIONS: usize = 16;

/// Limit on the data of an agent message, in bytes.
const MAX_MESSAGE: u32 = 8 << 20;

/// An agent message, or why the stream cannot be read.
pub type Found = Result<ObservedMessage, StreamError>;

/// Follows the agent's streams of all main channels.
pub struct Agent<'m> {
    /// The messages of the agent. The channels are the dialects.
    pub catalog: &'m Catalog<'m>,
    observers: BTreeMap<Option<u64>, AgentObserver>,
}

impl<'m> Agent<'m> {
    /// Follows the agent's streams of SPICE. Another protocol has none.
    pub fn of(spice: &Catalog<'_>, catalog: &'m Catalog<'m>) -> Option<Self> {
        let has_stream = |side| spice.id(MAIN, side, "agent_data").is_some();
        let has_streams = has_stream(Side::Server) && has_stream(Side::Client);
        has_streams.then_some(Self {
            catalog,
            observers: BTreeMap::new(),
        })
    }

    /// Handles a message, and returns the agent messages that end with it.
    pub fn observe(&mut self, item: &Item<'_>) -> Vec<Found> {
        let address = item.address;
        if address.channel_type != MAIN {
            return Vec::new();
        }
        let observer = self.observer(item.place.map(|place| place.connection));
        let side = sender(address.side);
        match item.content {
            Content::Body(body) => observer.observe(side, address.id, body),
            Content::Unknown { .. } => observer.lose(side),
        }
        std::iter::from_fn(|| observer.next_message()).collect()
    }

    /// Handles missing bytes of a connection.
    pub fn lose(&mut self, connection: u64, side: Side) {
        if let Some(observer) = self.observers.get_mut(&Some(connection)) {
            observer.lose(sender(side));
        }
    }

    /// Returns the observer of a connection. The oldest one makes room for a new one.
    fn observer(&mut self, connection: Option<u64>) -> &mut AgentObserver {
        if self.observers.len() >= MAX_CONNECTIONS && !self.observers.contains_key(&connection) {
            self.observers.pop_first();
        }
        let new = || AgentObserver::new().with_limit(MAX_MESSAGE);
        self.observers.entry(connection).or_insert_with(new)
    }
}

/// Returns an agent message as an item, in the place of the message that ends it.
pub fn item<'a>(observed: &'a ObservedMessage, carrier: &Item<'_>) -> Item<'a> {
    Item {
        place: carrier.place,
        address: Address {
            channel_type: observed.dialect.channel_type().0,
            side: carrier.address.side,
            id: observed.message.id(),
        },
        content: Content::Body(&observed.message.data),
        is_agent: true,
    }
}

const fn sender(side: Side) -> Sender {
    match side {
        Side::Server => Sender::Server,
        Side::Client => Sender::Client,
    }
}
