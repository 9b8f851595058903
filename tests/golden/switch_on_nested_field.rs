// `types` of switch_on_nested_field.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
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
        /// `SOLID` in the proto.
        #[doc(alias = "DEMO_KIND_SOLID")]
        pub const SOLID: Self = Self(1);
    }
    wire::impl_enum!(Kind, u8 { "NONE" NONE, "SOLID" SOLID });
    /// `Header` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint32 id` |
    /// | 4 | [`kind`](Kind) `kind` |
    #[doc(alias = "DemoHeader")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Header {
        /// `uint32 id` on the wire.
        pub id: u32,
        /// `kind kind` on the wire.
        pub kind: Kind,
    }
    wire::impl_fixed_size!(Header: 5 bytes { 0 id: u32, 4 kind: Kind } [4 "id", 5 "kind"]);
    /// `Item` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`Header`] `header` |
    /// | 5 | if `SOLID`: `uint32 ink` |
    #[doc(alias = "DemoItem")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Item {
        /// `Header header` on the wire.
        pub header: Header,
        /// Selected by `header.kind`.
        pub body: ItemBody,
    }
    /// The switch `body` of `Item`.
    ///
    /// The variant is selected by `header.kind`.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub enum ItemBody {
        /// `uint32 ink`
        Solid(u32),
        /// No case matches: no bytes.
        #[default]
        Absent,
    }
    wire::impl_owned!(ItemBody);
    wire::impl_body!(Item { header, body });
    impl<'a> wire::Decode<'a> for Item {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 5] = reader.segment(&[(4, "header.id"), (5, "header.kind")])?;
            let header = Header::get(segment, 0);
            let body = match header.kind {
                Kind::SOLID => {
                    let segment: &[u8; 4] = reader.segment(&[(4, "body.ink")])?;
                    ItemBody::Solid(u32::get(segment, 0))
                }
                _ => ItemBody::Absent,
            };
            Ok(Self { header, body })
        }
    }
    impl wire::Encode for Item {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.segment(|segment: &mut [u8; 5]| self.header.put(segment, 0))?;
            match (self.header.kind, &self.body) {
                (Kind::SOLID, ItemBody::Solid(value)) => {
                    writer.segment(|segment: &mut [u8; 4]| value.put(segment, 0))?
                }
                (_, ItemBody::Absent) if self.header.kind != Kind::SOLID => {}
                _ => return Err(writer.variant_mismatch("body")),
            }
            Ok(())
        }
    }
}
