// `types` of pointer_to_large_struct.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Large` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint64 values[12]` |
    #[doc(alias = "DemoLarge")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Large {
        /// `uint64 values[12]` on the wire.
        pub values: [u64; 12],
    }
    wire::impl_fixed_size!(Large: 96 bytes { 0 values: [u64; 12] } [96 "values"]);
    /// `Holder` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`Large`] `*large` (offset or 0) |
    /// | 4 | [`Large`] `*always` (nonzero offset) |
    #[doc(alias = "DemoHolder")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Holder<'a> {
        /// `Large *large` on the wire.
        pub large: ::core::option::Option<wire::Pointee<'a, Large>>,
        /// `Large *always` on the wire.
        pub always: wire::Pointee<'a, Large>,
    }
    wire::impl_body!(Holder<'_> { large, always });
    impl<'a> wire::Decode<'a> for Holder<'a> {
        const WIRE_SIZE: ::core::option::Option<usize> = Some(8);
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 8] = reader.segment(&[(4, "large"), (8, "always")])?;
            let large = match u32::get(segment, 0) {
                0 => None,
                target => Some(reader.lazy_pointee(target, 8, "large")?),
            };
            let always = reader.lazy_pointee(u32::get(segment, 4), 4, "always")?;
            Ok(Self { large, always })
        }
    }
    impl wire::Encode for Holder<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.zeros::<8>()?;
            if self.large.is_some() {
                writer.pointer(8);
            }
            writer.pointer(4);
            Ok(())
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write_pointees<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            if let Some(target) = &self.large {
                writer.pointee(target, wire::PointeeOrder::BreadthFirst, "large")?;
            }
            writer.pointee(&self.always, wire::PointeeOrder::BreadthFirst, "always")
        }
    }
}
