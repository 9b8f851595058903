// `types` of pointer_marshall.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Leaf` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 tag` |
    #[doc(alias = "DemoLeaf")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Leaf {
        /// `uint8 tag` on the wire.
        pub tag: u8,
    }
    wire::impl_fixed_size!(Leaf: 1 bytes { 0 tag: u8 } [1 "tag"]);
    /// `Branch` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`Leaf`] `*queued` (offset or 0) |
    /// | 4 | [`Leaf`] `*first` (offset or 0, depth-first) |
    /// | 8 | [`Leaf`] `*second` (nonzero offset, depth-first) |
    #[doc(alias = "DemoBranch")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Branch {
        /// `Leaf *queued` on the wire.
        pub queued: ::core::option::Option<Leaf>,
        /// `Leaf *first` on the wire.
        pub first: ::core::option::Option<Leaf>,
        /// `Leaf *second` on the wire.
        pub second: Leaf,
    }
    wire::impl_body!(Branch { queued, first, second });
    impl<'a> wire::Decode<'a> for Branch {
        const WIRE_SIZE: ::core::option::Option<usize> = Some(12);
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 12] = reader
                .segment(&[(4, "queued"), (8, "first"), (12, "second")])?;
            let queued = match u32::get(segment, 0) {
                0 => None,
                target => Some(reader.pointee(target, 12, "queued")?),
            };
            let first = match u32::get(segment, 4) {
                0 => None,
                target => Some(reader.pointee(target, 8, "first")?),
            };
            let second = reader.pointee(u32::get(segment, 8), 4, "second")?;
            Ok(Self { queued, first, second })
        }
    }
    impl wire::Encode for Branch {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.zeros::<12>()?;
            if self.queued.is_some() {
                writer.pointer(12);
            }
            if self.first.is_some() {
                writer.pointer(8);
            }
            writer.pointer(4);
            Ok(())
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write_pointees<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            if let Some(target) = &self.queued {
                writer.pointee(target, wire::PointeeOrder::BreadthFirst, "queued")?;
            }
            if let Some(target) = &self.first {
                writer.pointee(target, wire::PointeeOrder::DepthFirst, "first")?;
            }
            writer.pointee(&self.second, wire::PointeeOrder::DepthFirst, "second")
        }
    }
}
