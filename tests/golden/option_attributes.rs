// `types` of option_attributes.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Point` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `int16 x` |
    /// | 2 | `int16 y` |
    #[doc(alias = "EchoPoint")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub struct Point {
        /// `int16 x` on the wire.
        #[doc(alias = "left")]
        pub x: i16,
        /// `int16 y` on the wire.
        pub y: i16,
    }
    wire::impl_fixed_size!(Point: 4 bytes { 0 x: i16, 2 y: i16 } [2 "x", 4 "y"]);
}
// `echo::server` of option_attributes.proto

    /// Messages from the server on `EchoChannel`.
    pub mod server {
        use super::super::__wire::{self as wire, prelude::*};
        /// Any message from the server on `EchoChannel`.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd)]
        #[non_exhaustive]
        #[cfg(all())]
        pub enum Message<'a> {
            /// `answer` in the proto.
            Answer(Answer),
            /// A message that the protocol does not define on this channel.
            Unknown {
                /// Message id.
                id: u16,
                /// Message body.
                body: wire::Bytes<'a>,
            },
        }
        wire::impl_messages!(Message "echo.server" {
            1 ANSWER Answer "answer",
        });
        wire::impl_from_bodies!(Message { Answer(Answer) });
        /// `answer` in the proto.
        ///
        /// Message 1 (`ECHO_MSG_ECHO_ANSWER`) from the server on `EchoChannel`.
        ///
        /// | byte | on the wire |
        /// |---:|---|
        /// | 0 | [`Point`](super::super::types::Point) `point` |
        #[doc(alias("1", "ECHO_MSG_ECHO_ANSWER", "EchoMsgEchoAnswer"))]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd)]
        #[must_use]
        pub struct Answer {
            /// `Point point` on the wire.
            pub point: super::super::types::Point,
        }
        wire::impl_fixed_size!(1 Answer: 4 bytes
            { 0 point: super::super::types::Point }
            [2 "point.x", 4 "point.y"]
        );
    }
