// `types` of struct_empty.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Nothing` in the proto.
    ///
    /// On the wire: no bytes.
    #[doc(alias = "DemoNothing")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Nothing {}
    wire::impl_fixed_size!(Nothing: 0 bytes {} []);
}
// `demo::server` of struct_empty.proto

    /// Messages from the server on `DemoChannel`.
    pub mod server {
        use super::super::__wire::{self as wire, prelude::*};
        /// Any message from the server on `DemoChannel`.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Message<'a> {
            /// `wrapped` in the proto.
            Wrapped(Wrapped),
            /// `bare` in the proto.
            Bare(Bare),
            /// A message that the protocol does not define on this channel.
            Unknown {
                /// Message id.
                id: u16,
                /// Message body.
                body: wire::Bytes<'a>,
            },
        }
        wire::impl_messages!(Message "demo.server" {
            1 WRAPPED Wrapped "wrapped",
            2 BARE Bare "bare",
        });
        wire::impl_from_bodies!(Message { Wrapped(Wrapped), Bare(Bare) });
        /// `wrapped` in the proto.
        ///
        /// Message 1 (`DEMO_MSG_DEMO_WRAPPED`) from the server on `DemoChannel`.
        ///
        /// | byte | on the wire |
        /// |---:|---|
        /// | 0 | [`Nothing`](super::super::types::Nothing) `nothing` |
        #[doc(alias("1", "DEMO_MSG_DEMO_WRAPPED", "DemoMsgDemoWrapped"))]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct Wrapped {
            /// `Nothing nothing` on the wire.
            pub nothing: super::super::types::Nothing,
        }
        wire::impl_fixed_size!(1 Wrapped: 0 bytes { 0 nothing: super::super::types::Nothing } []);
        /// `bare` in the proto.
        ///
        /// Message 2 (`DEMO_MSG_DEMO_BARE`) from the server on `DemoChannel`.
        ///
        /// On the wire: no bytes.
        #[doc(alias("2", "DEMO_MSG_DEMO_BARE", "DemoMsgDemoBare"))]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct Bare {}
        wire::impl_fixed_size!(2 Bare: 0 bytes {} []);
    }
