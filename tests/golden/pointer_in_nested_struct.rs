// `types` of pointer_in_nested_struct.proto

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
    /// | 0 | `uint8 tag` |
    /// | 1 | [`Leaf`] `*leaf` (offset or 0) |
    #[doc(alias = "DemoBranch")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Branch {
        /// `uint8 tag` on the wire.
        pub tag: u8,
        /// `Leaf *leaf` on the wire.
        pub leaf: ::core::option::Option<Leaf>,
    }
    wire::impl_body!(Branch { tag, leaf });
    impl<'a> wire::Decode<'a> for Branch {
        const WIRE_SIZE: ::core::option::Option<usize> = Some(5);
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 5] = reader.segment(&[(1, "tag"), (5, "leaf")])?;
            let tag = u8::get(segment, 0);
            let leaf = match u32::get(segment, 1) {
                0 => None,
                target => Some(reader.pointee(target, 4, "leaf")?),
            };
            Ok(Self { tag, leaf })
        }
    }
    impl wire::Encode for Branch {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.segment(|segment: &mut [u8; 5]| self.tag.put(segment, 0))?;
            if self.leaf.is_some() {
                writer.pointer(4);
            }
            Ok(())
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write_pointees<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            if let Some(target) = &self.leaf {
                writer.pointee(target, wire::PointeeOrder::BreadthFirst, "leaf")?;
            }
            Ok(())
        }
    }
    /// `Tree` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`Branch`] `left` |
    /// | 5 | [`Leaf`] `*top` (offset or 0) |
    /// | 9 | [`Branch`] `others[2]` |
    #[doc(alias = "DemoTree")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Tree {
        /// `Branch left` on the wire.
        pub left: Branch,
        /// `Leaf *top` on the wire.
        pub top: ::core::option::Option<Leaf>,
        /// `Branch others[2]` on the wire.
        pub others: [Branch; 2],
    }
    wire::impl_body!(Tree { left, top, others });
    impl<'a> wire::Decode<'a> for Tree {
        const WIRE_SIZE: ::core::option::Option<usize> = Some(19);
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let left = reader.value("left")?;
            let segment: &[u8; 4] = reader.segment(&[(4, "top")])?;
            let top = match u32::get(segment, 0) {
                0 => None,
                target => Some(reader.pointee(target, 4, "top")?),
            };
            let others = reader.array("others")?;
            Ok(Self { left, top, others })
        }
    }
    impl wire::Encode for Tree {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.field(&self.left, "left")?;
            writer.zeros::<4>()?;
            if self.top.is_some() {
                writer.pointer(4);
            }
            writer.elements(&self.others, "others")
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write_pointees<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.pointees(&self.left, "left")?;
            if let Some(target) = &self.top {
                writer.pointee(target, wire::PointeeOrder::BreadthFirst, "top")?;
            }
            writer.element_pointees(&self.others, "others")
        }
    }
}
