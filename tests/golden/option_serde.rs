// `types` of option_serde.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, serde, prelude::*};
    /// `kind` in the proto.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[doc(alias = "DemoKind")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Kind(pub u8);
    impl Kind {
        /// `NONE` in the proto.
        #[doc(alias = "DEMO_KIND_NONE")]
        pub const NONE: Self = Self(0);
        /// `TEXT` in the proto.
        #[doc(alias = "DEMO_KIND_TEXT")]
        pub const TEXT: Self = Self(1);
    }
    wire::impl_enum!(Kind, u8 { "NONE" NONE, "TEXT" TEXT });
    wire::impl_serde!(Kind, u8, serialize_enum, deserialize_enum);
    /// `Point` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `int16 x` |
    /// | 2 | `int16 y` |
    #[doc(alias = "DemoPoint")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    #[derive(wire::serde::Serialize, wire::serde::Deserialize)]
    #[serde(crate = "::spice_wire::__private::serde")]
    pub struct Point {
        /// `int16 x` on the wire.
        pub x: i16,
        /// `int16 y` on the wire.
        pub y: i16,
    }
    wire::impl_fixed_size!(Point: 4 bytes { 0 x: i16, 2 y: i16 } [2 "x", 4 "y"]);
    /// `Item` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`kind`](Kind) `kind` |
    /// | 1 | if `TEXT`: `uint8 text[cstring()]` |
    /// | then | `uint8 num` |
    /// | then | [`Point`] `points[num]` |
    #[doc(alias = "DemoItem")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[derive(wire::serde::Serialize, wire::serde::Deserialize)]
    #[serde(crate = "::spice_wire::__private::serde")]
    pub struct Item<'a> {
        /// Selected by `kind`.
        pub body: ItemBody<'a>,
        /// `Point points[num]` on the wire.
        pub points: wire::List<'a, Point>,
    }
    /// The switch `body` of `Item`.
    ///
    /// The variant is selected by `kind`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[derive(wire::serde::Serialize, wire::serde::Deserialize)]
    #[serde(crate = "::spice_wire::__private::serde")]
    pub enum ItemBody<'a> {
        /// `uint8 text[cstring()]`
        #[serde(rename = "TEXT")]
        Text(wire::Text<'a>),
        /// No case matches: no bytes.
        #[serde(rename = "other")]
        Other {
            /// `kind` in the proto.
            kind: Kind,
        },
    }
    impl ::core::default::Default for ItemBody<'_> {
        fn default() -> Self {
            Self::Other {
                kind: ::core::default::Default::default(),
            }
        }
    }
    wire::impl_owned!(ItemBody<'_> { Text(value), Other { kind } });
    wire::impl_body!(Item<'_> { body, points });
    impl<'a> wire::Decode<'a> for Item<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "kind")])?;
            let kind = Kind::get(segment, 0);
            let body = wire::ManuallyDrop::new(
                match kind {
                    Kind::TEXT => ItemBody::Text(reader.cstring("body.text")?),
                    _ => ItemBody::Other { kind },
                },
            );
            let segment: &[u8; 1] = reader.segment(&[(1, "num")])?;
            let num = u8::get(segment, 0);
            let points = reader.list(u64::from(num), "points")?;
            Ok(Self {
                body: wire::ManuallyDrop::into_inner(body),
                points,
            })
        }
    }
    impl wire::Encode for Item<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let kind = match &self.body {
                ItemBody::Text(_) => Kind::TEXT,
                ItemBody::Other { kind } => *kind,
            };
            let num: u8 = writer.count(self.points.len(), "num")?;
            writer.segment(|segment: &mut [u8; 1]| kind.put(segment, 0))?;
            match &self.body {
                ItemBody::Text(value) => writer.cstring(value, "body.text")?,
                ItemBody::Other { .. } => {
                    if kind == Kind::TEXT {
                        return Err(writer.variant_mismatch("body"));
                    }
                }
            }
            writer.segment(|segment: &mut [u8; 1]| num.put(segment, 0))?;
            writer.field(&self.points, "points")
        }
    }
}
// `demo::server` of option_serde.proto

    /// Messages from the server on `DemoChannel`.
    pub mod server {
        use super::super::__wire::{self as wire, serde, prelude::*};
        /// Any message from the server on `DemoChannel`.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[derive(wire::serde::Serialize, wire::serde::Deserialize)]
        #[serde(crate = "::spice_wire::__private::serde")]
        #[non_exhaustive]
        pub enum Message<'a> {
            /// `demo` in the proto.
            #[serde(rename = "demo")]
            Demo(Demo<'a>),
            /// A message that the protocol does not define on this channel.
            #[serde(rename = "unknown")]
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
        wire::impl_from_bodies!(Message { Demo(Demo<'a>) });
        /// `demo` in the proto.
        ///
        /// Message 1 (`DEMO_MSG_DEMO_DEMO`) from the server on `DemoChannel`.
        ///
        /// | byte | on the wire |
        /// |---:|---|
        /// | 0 | [`Item`](super::super::types::Item) `item` |
        #[doc(alias("1", "DEMO_MSG_DEMO_DEMO", "DemoMsgDemoDemo"))]
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        #[derive(wire::serde::Serialize, wire::serde::Deserialize)]
        #[serde(crate = "::spice_wire::__private::serde")]
        pub struct Demo<'a> {
            /// `Item item` on the wire.
            pub item: super::super::types::Item<'a>,
        }
        wire::impl_body!(1 Demo<'_> { item });
        impl<'a> wire::Decode<'a> for Demo<'a> {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
                let item = reader.value("item")?;
                Ok(Self { item })
            }
        }
        impl wire::Encode for Demo<'_> {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
                writer.field(&self.item, "item")
            }
        }
    }
