// `types` of names_keywords.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Type` in the proto.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[doc(alias = "DemoType")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Type(pub u8);
    impl Type {
        /// `self` in the proto.
        #[doc(alias = "DEMO_TYPE_self")]
        pub const SELF: Self = Self(0);
        /// `fn` in the proto.
        #[doc(alias = "DEMO_TYPE_fn")]
        pub const FN: Self = Self(1);
        /// `type` in the proto.
        #[doc(alias = "DEMO_TYPE_type")]
        pub const TYPE: Self = Self(2);
    }
    wire::impl_enum!(Type, u8 { "self" SELF, "fn" FN, "type" TYPE });
    /// `Keywords` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`Type`] `type` |
    /// | 1 | `uint8 self` |
    /// | 2 | `uint8 match` |
    /// | 3 | `uint8 channel` |
    /// | 4 | `uint32 in` |
    /// | 8 | `uint8 super[in]` |
    #[doc(alias = "DemoKeywords")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Keywords<'a> {
        /// `Type type` on the wire.
        pub r#type: Type,
        /// `uint8 self` on the wire.
        pub self_: u8,
        /// `uint8 match` on the wire.
        pub r#match: u8,
        /// `uint8 channel` on the wire.
        pub channel: u8,
        /// `uint8 super[in]` on the wire.
        pub super_: wire::Bytes<'a>,
    }
    wire::impl_body!(Keywords<'_> { r#type, self_, r#match, channel, super_ });
    impl<'a> wire::Decode<'a> for Keywords<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 8] = reader
                .segment(&[(1, "type"), (2, "self"), (3, "match"), (4, "channel"), (8, "in")])?;
            let r#type = Type::get(segment, 0);
            let self_ = u8::get(segment, 1);
            let r#match = u8::get(segment, 2);
            let channel = u8::get(segment, 3);
            let r#in = u32::get(segment, 4);
            let super_ = reader.bytes(Some(u64::from(r#in)), "super")?.into();
            Ok(Self {
                r#type,
                self_,
                r#match,
                channel,
                super_,
            })
        }
    }
    impl wire::Encode for Keywords<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let r#in: u32 = writer.count(self.super_.len(), "in")?;
            writer
                .segment(|segment: &mut [u8; 8]| {
                    self.r#type.put(segment, 0);
                    self.self_.put(segment, 1);
                    self.r#match.put(segment, 2);
                    self.channel.put(segment, 3);
                    r#in.put(segment, 4);
                })?;
            writer.bytes(&self.super_)
        }
    }
}
