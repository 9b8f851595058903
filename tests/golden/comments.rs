// `types` of comments.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// A kind with \[brackets], \<angles> and `code`.
    ///
    /// Indented text stays text.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[doc(alias = "DemoKind")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Kind(pub u8);
    impl Kind {
        /// The first.
        #[doc(alias = "DEMO_KIND_ONE")]
        pub const ONE: Self = Self(0);
        /// Before the item.
        #[doc(alias = "DEMO_KIND_TWO")]
        pub const TWO: Self = Self(1);
    }
    wire::impl_enum!(Kind, u8 { "ONE" ONE, "TWO" TWO });
    /// A block
    /// of two lines.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 a` |
    /// | 1 | [`kind`](Kind) `kind` |
    /// | 2 | if `ONE`: `uint8 one` |
    #[doc(alias = "DemoItem")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Item {
        /// Before the field.
        /// And after it.
        pub a: u8,
        /// After the switch.
        pub body: ItemBody,
    }
    /// After the switch.
    ///
    /// The variant is selected by `kind`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum ItemBody {
        /// Before the case.
        /// After the case.
        One(u8),
        /// No case matches: no bytes.
        Other {
            /// `kind` in the proto.
            kind: Kind,
        },
    }
    impl ::core::default::Default for ItemBody {
        fn default() -> Self {
            Self::One(::core::default::Default::default())
        }
    }
    wire::impl_owned!(ItemBody);
    wire::impl_body!(Item { a, body });
    impl<'a> wire::Decode<'a> for Item {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 2] = reader.segment(&[(1, "a"), (2, "kind")])?;
            let a = u8::get(segment, 0);
            let kind = Kind::get(segment, 1);
            let body = match kind {
                Kind::ONE => {
                    let segment: &[u8; 1] = reader.segment(&[(1, "body.one")])?;
                    ItemBody::One(u8::get(segment, 0))
                }
                _ => ItemBody::Other { kind },
            };
            Ok(Self { a, body })
        }
    }
    impl wire::Encode for Item {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let kind = match &self.body {
                ItemBody::One(_) => Kind::ONE,
                ItemBody::Other { kind } => *kind,
            };
            writer
                .segment(|segment: &mut [u8; 2]| {
                    self.a.put(segment, 0);
                    kind.put(segment, 1);
                })?;
            match &self.body {
                ItemBody::One(value) => {
                    writer.segment(|segment: &mut [u8; 1]| value.put(segment, 0))?
                }
                ItemBody::Other { .. } => {
                    if kind == Kind::ONE {
                        return Err(writer.variant_mismatch("body"));
                    }
                }
            }
            Ok(())
        }
    }
}
// `demo` of comments.proto

/// The channel.
pub mod demo {
    use super::__wire::{self as wire, prelude::*};
    /// The type of the channel.
    pub const CHANNEL_TYPE: super::ChannelType = super::ChannelType::DEMO;
    /// `DemoChannel` as a type, for code that is generic over channels.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Channel;
    impl wire::Channel for Channel {
        const NAME: &'static str = "demo";
        const CHANNEL_TYPE: ::core::option::Option<u8> = Some(1);
        type Server<'a> = server::Message<'a>;
        type Client<'a> = client::Message<'a>;
    }
    wire::impl_channel!();
    /// Messages from the server on `DemoChannel`.
    pub mod server {
        use super::super::__wire::{self as wire, prelude::*};
        /// Any message from the server on `DemoChannel`.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Message<'a> {
            /// The message.
            Demo(Demo),
            /// A message that the protocol does not define on this channel.
            Unknown {
                /// Message id.
                id: u16,
                /// Message body.
                body: wire::Bytes<'a>,
            },
        }
        wire::impl_messages!(Message "demo.server" {
            1 DEMO Demo "demo",
        });
        wire::impl_from_bodies!(Message { Demo(Demo) });
        /// The message.
        ///
        /// Message 1 (`DEMO_MSG_DEMO_DEMO`) from the server on `DemoChannel`.
        ///
        /// | byte | on the wire |
        /// |---:|---|
        /// | 0 | [`Item`](super::super::types::Item) `item` |
        #[doc(alias("1", "DEMO_MSG_DEMO_DEMO", "DemoMsgDemoDemo"))]
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Demo {
            /// `Item item` on the wire.
            pub item: super::super::types::Item,
        }
        wire::impl_body!(1 Demo { item });
        impl<'a> wire::Decode<'a> for Demo {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
                let item = reader.value("item")?;
                Ok(Self { item })
            }
        }
        impl wire::Encode for Demo {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
                writer.field(&self.item, "item")
            }
        }
    }
    /// Messages from the client on `DemoChannel`.
    pub mod client {
        use super::super::__wire::{self as wire, prelude::*};
        /// Any message from the client on `DemoChannel`.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Message<'a> {
            /// A message that the protocol does not define on this channel.
            Unknown {
                /// Message id.
                id: u16,
                /// Message body.
                body: wire::Bytes<'a>,
            },
        }
        wire::impl_messages!(Message "demo.client" {});
    }
}
