// `types` of pointer_nonnull.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Palette` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 num` |
    /// | 1 | `uint32 colours[num]` |
    #[doc(alias = "DemoPalette")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Palette<'a> {
        /// `uint32 colours[num]` on the wire.
        pub colours: wire::List<'a, u32>,
    }
    wire::impl_body!(Palette<'_> { colours });
    impl<'a> wire::Decode<'a> for Palette<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "num")])?;
            let num = u8::get(segment, 0);
            let colours = reader.list(u64::from(num), "colours")?;
            Ok(Self { colours })
        }
    }
    impl wire::Encode for Palette<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let num: u8 = writer.count(self.colours.len(), "num")?;
            writer.segment(|segment: &mut [u8; 1]| num.put(segment, 0))?;
            writer.field(&self.colours, "colours")
        }
    }
    /// `Picture` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint16 id` |
    /// | 2 | [`Palette`] `*palette` (nonzero offset) |
    #[doc(alias = "DemoPicture")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Picture<'a> {
        /// `uint16 id` on the wire.
        pub id: u16,
        /// `Palette *palette` on the wire.
        pub palette: Palette<'a>,
    }
    wire::impl_body!(Picture<'_> { id, palette });
    impl<'a> wire::Decode<'a> for Picture<'a> {
        const WIRE_SIZE: ::core::option::Option<usize> = Some(6);
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 6] = reader.segment(&[(2, "id"), (6, "palette")])?;
            let id = u16::get(segment, 0);
            let palette = reader.pointee(u32::get(segment, 2), 4, "palette")?;
            Ok(Self { id, palette })
        }
    }
    impl wire::Encode for Picture<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.segment(|segment: &mut [u8; 6]| self.id.put(segment, 0))?;
            writer.pointer(4);
            Ok(())
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write_pointees<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.pointee(&self.palette, wire::PointeeOrder::BreadthFirst, "palette")
        }
    }
}
