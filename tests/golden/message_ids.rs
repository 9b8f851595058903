// `demo::server` of message_ids.proto

    /// Messages from the server on `DemoChannel`.
    pub mod server {
        use super::super::__wire::{self as wire, prelude::*};
        /// Any message from the server on `DemoChannel`.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Message<'a> {
            /// `first` in the proto.
            First(First),
            /// `third` in the proto.
            Third(Third),
            /// `tenth` in the proto.
            Tenth(Tenth),
            /// `eleventh` in the proto.
            Eleventh(Eleventh),
            /// A message that the protocol does not define on this channel.
            Unknown {
                /// Message id.
                id: u16,
                /// Message body.
                body: wire::Bytes<'a>,
            },
        }
        wire::impl_messages!(Message "demo.server" {
            1 FIRST First "first",
            3 THIRD Third "third",
            10 TENTH Tenth "tenth",
            11 ELEVENTH Eleventh "eleventh",
        });
        wire::impl_from_bodies!(Message {
            First(First), Third(Third), Tenth(Tenth), Eleventh(Eleventh),
        });
        /// `first` in the proto.
        ///
        /// Message 1 (`DEMO_MSG_DEMO_FIRST`) from the server on `DemoChannel`.
        ///
        /// | byte | on the wire |
        /// |---:|---|
        /// | 0 | `uint8 a` |
        #[doc(alias("1", "DEMO_MSG_DEMO_FIRST", "DemoMsgDemoFirst"))]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct First {
            /// `uint8 a` on the wire.
            pub a: u8,
        }
        wire::impl_fixed_size!(1 First: 1 bytes { 0 a: u8 } [1 "a"]);
        /// `tenth` in the proto.
        ///
        /// Message 10 (`DEMO_MSG_DEMO_TENTH`) from the server on `DemoChannel`.
        ///
        /// | byte | on the wire |
        /// |---:|---|
        /// | 0 | `uint8 a` |
        #[doc(alias("10", "DEMO_MSG_DEMO_TENTH", "DemoMsgDemoTenth"))]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct Tenth {
            /// `uint8 a` on the wire.
            pub a: u8,
        }
        wire::impl_fixed_size!(10 Tenth: 1 bytes { 0 a: u8 } [1 "a"]);
        /// `eleventh` in the proto.
        ///
        /// Message 11 (`DEMO_MSG_DEMO_ELEVENTH`) from the server on `DemoChannel`.
        ///
        /// | byte | on the wire |
        /// |---:|---|
        /// | 0 | `uint8 a` |
        #[doc(alias("11", "DEMO_MSG_DEMO_ELEVENTH", "DemoMsgDemoEleventh"))]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct Eleventh {
            /// `uint8 a` on the wire.
            pub a: u8,
        }
        wire::impl_fixed_size!(11 Eleventh: 1 bytes { 0 a: u8 } [1 "a"]);
        /// `third` in the proto.
        ///
        /// Message 3 (`DEMO_MSG_DEMO_THIRD`) from the server on `DemoChannel`.
        ///
        /// | byte | on the wire |
        /// |---:|---|
        /// | 0 | `uint8 a` |
        #[doc(alias("3", "DEMO_MSG_DEMO_THIRD", "DemoMsgDemoThird"))]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct Third {
            /// `uint8 a` on the wire.
            pub a: u8,
        }
        wire::impl_fixed_size!(3 Third: 1 bytes { 0 a: u8 } [1 "a"]);
    }
