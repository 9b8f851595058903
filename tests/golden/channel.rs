// `lamps` of channel.proto

/// A channel for lamps.
pub mod lamps {
    use super::__wire::{self as wire, prelude::*};
    /// The type of the channel.
    pub const CHANNEL_TYPE: super::ChannelType = super::ChannelType::LAMPS;
    /// `LampChannel` as a type, for code that is generic over channels.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Channel;
    impl wire::Channel for Channel {
        const NAME: &'static str = "lamps";
        const CHANNEL_TYPE: ::core::option::Option<u8> = Some(7);
        type Server<'a> = server::Message<'a>;
        type Client<'a> = client::Message<'a>;
    }
    wire::impl_channel!();
    /// Messages from the server on `LampChannel`.
    pub mod server {
        use super::super::__wire::{self as wire, prelude::*};
        /// Any message from the server on `LampChannel`.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Message<'a> {
            /// Reports the current state.
            Report(Report),
            /// A message that the protocol does not define on this channel.
            Unknown {
                /// Message id.
                id: u16,
                /// Message body.
                body: wire::Bytes<'a>,
            },
        }
        wire::impl_messages!(Message "lamps.server" {
            1 REPORT Report "report",
        });
        wire::impl_from_bodies!(Message { Report(Report) });
        /// Reports the current state.
        ///
        /// Message 1 (`HOUSE_MSG_LAMPS_REPORT`) from the server on `LampChannel`.
        ///
        /// | byte | on the wire |
        /// |---:|---|
        /// | 0 | `uint16 lamp` |
        /// | 2 | `uint8 state` |
        #[doc(alias("1", "HOUSE_MSG_LAMPS_REPORT", "HouseMsgLampsReport"))]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct Report {
            /// `uint16 lamp` on the wire.
            pub lamp: u16,
            /// `uint8 state` on the wire.
            pub state: u8,
        }
        wire::impl_fixed_size!(1 Report: 3 bytes
            { 0 lamp: u16, 2 state: u8 }
            [2 "lamp", 3 "state"]
        );
    }
    /// Messages from the client on `LampChannel`.
    pub mod client {
        use super::super::__wire::{self as wire, prelude::*};
        /// Any message from the client on `LampChannel`.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Message<'a> {
            /// Requests another state.
            Change(Change),
            /// Requests a report.
            Ask(Ask),
            /// A message that the protocol does not define on this channel.
            Unknown {
                /// Message id.
                id: u16,
                /// Message body.
                body: wire::Bytes<'a>,
            },
        }
        wire::impl_messages!(Message "lamps.client" {
            1 CHANGE Change "change",
            2 ASK Ask "ask",
        });
        wire::impl_from_bodies!(Message { Change(Change), Ask(Ask) });
        /// Requests another state.
        ///
        /// Message 1 (`HOUSE_MSGC_LAMPS_CHANGE`) from the client on `LampChannel`.
        ///
        /// | byte | on the wire |
        /// |---:|---|
        /// | 0 | `uint16 lamp` |
        /// | 2 | `uint8 state` |
        #[doc(alias("1", "HOUSE_MSGC_LAMPS_CHANGE", "HouseMsgcLampsChange"))]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct Change {
            /// `uint16 lamp` on the wire.
            pub lamp: u16,
            /// `uint8 state` on the wire.
            pub state: u8,
        }
        wire::impl_fixed_size!(1 Change: 3 bytes
            { 0 lamp: u16, 2 state: u8 }
            [2 "lamp", 3 "state"]
        );
        /// Requests a report.
        ///
        /// Message 2 (`HOUSE_MSGC_LAMPS_ASK`) from the client on `LampChannel`.
        ///
        /// On the wire: no bytes.
        #[doc(alias("2", "HOUSE_MSGC_LAMPS_ASK", "HouseMsgcLampsAsk"))]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct Ask {}
        wire::impl_fixed_size!(2 Ask: 0 bytes {} []);
    }
}
