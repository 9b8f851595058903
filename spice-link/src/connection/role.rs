//! The two ends of a connection, as types.

use spice_wire::{Channel, ChannelMessage, Side};

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Client {}
    impl Sealed for super::Server {}
}

/// The end of a connection that this program is: [`Client`] or [`Server`].
pub trait Role: sealed::Sealed + Send + Sync + Unpin + 'static {
    /// The side that this end is.
    const OWN: Side;
    /// The side that the other end is.
    const PEER: Side;
    /// The messages that this end receives on a channel.
    type Incoming<'a, C: Channel>: ChannelMessage<'a>;
    /// The messages that this end sends on a channel.
    type Outgoing<'a, C: Channel>: ChannelMessage<'a>;
}

/// The client's end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Client {}

/// The server's end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Server {}

impl Role for Client {
    const OWN: Side = Side::Client;
    const PEER: Side = Side::Server;
    type Incoming<'a, C: Channel> = C::Server<'a>;
    type Outgoing<'a, C: Channel> = C::Client<'a>;
}

impl Role for Server {
    const OWN: Side = Side::Server;
    const PEER: Side = Side::Client;
    type Incoming<'a, C: Channel> = C::Client<'a>;
    type Outgoing<'a, C: Channel> = C::Server<'a>;
}
