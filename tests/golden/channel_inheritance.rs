// `printer` of channel_inheritance.proto

/// `PrinterChannel` in the proto.
pub mod printer {
    use super::__wire::{self as wire, prelude::*};
    /// The type of the channel.
    pub const CHANNEL_TYPE: super::ChannelType = super::ChannelType::PRINTER;
    /// `PrinterChannel` as a type, for code that is generic over channels.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Channel;
    impl wire::Channel for Channel {
        const NAME: &'static str = "printer";
        const CHANNEL_TYPE: ::core::option::Option<u8> = Some(1);
        type Server<'a> = server::Message<'a>;
        type Client<'a> = client::Message<'a>;
    }
    wire::impl_channel!();
    wire::impl_derived_from!(super::base, by super::base);
    /// Messages from the server on `PrinterChannel`.
    pub mod server {
        use super::super::__wire::{self as wire, prelude::*};
        #[doc(no_inline)]
        pub use super::super::base::server::Ping;
        /// Any message from the server on `PrinterChannel`, inherited ones included.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Message<'a> {
            /// See [`base::server::Ping`](super::super::base::server::Ping).
            Ping(super::super::base::server::Ping),
            /// `paper_left` in the proto.
            PaperLeft(PaperLeft),
            /// A message that the protocol does not define on this channel.
            Unknown {
                /// Message id.
                id: u16,
                /// Message body.
                body: wire::Bytes<'a>,
            },
        }
        wire::impl_messages!(Message "printer.server" {
            1 PING Ping "ping",
            101 PAPER_LEFT PaperLeft "paper_left",
        });
        wire::impl_from_bodies!(Message {
            Ping(super::super::base::server::Ping), PaperLeft(PaperLeft),
        });
        wire::impl_parent_messages!(Message, super::super::base::server { Ping });
        /// `paper_left` in the proto.
        ///
        /// Message 101 (`OFFICE_MSG_PRINTER_PAPER_LEFT`) from the server on `PrinterChannel`.
        ///
        /// | byte | on the wire |
        /// |---:|---|
        /// | 0 | `uint16 sheets` |
        #[doc(alias("101", "OFFICE_MSG_PRINTER_PAPER_LEFT", "OfficeMsgPrinterPaperLeft"))]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct PaperLeft {
            /// `uint16 sheets` on the wire.
            pub sheets: u16,
        }
        wire::impl_fixed_size!(101 PaperLeft: 2 bytes { 0 sheets: u16 } [2 "sheets"]);
    }
    /// Messages from the client on `PrinterChannel`.
    pub mod client {
        use super::super::__wire::{self as wire, prelude::*};
        #[doc(no_inline)]
        pub use super::super::base::client::Pong;
        /// Any message from the client on `PrinterChannel`, inherited ones included.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Message<'a> {
            /// See [`base::client::Pong`](super::super::base::client::Pong).
            Pong(super::super::base::client::Pong),
            /// A message that the protocol does not define on this channel.
            Unknown {
                /// Message id.
                id: u16,
                /// Message body.
                body: wire::Bytes<'a>,
            },
        }
        wire::impl_messages!(Message "printer.client" {
            1 PONG Pong "pong",
        });
        wire::impl_from_bodies!(Message { Pong(super::super::base::client::Pong) });
        wire::impl_parent_messages!(Message, super::super::base::client { Pong });
    }
}
