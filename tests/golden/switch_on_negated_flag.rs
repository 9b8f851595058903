// `types` of switch_on_negated_flag.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `image_flags` in the proto.
    ///
    /// A `flags8`: one byte on the wire. Unnamed bits are preserved.
    #[doc(alias = "DemoImageFlags")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct ImageFlags(pub u8);
    impl ImageFlags {
        /// `CACHED` in the proto.
        #[doc(alias = "DEMO_IMAGE_FLAGS_CACHED")]
        pub const CACHED: Self = Self(1);
        /// `TOP_DOWN` in the proto.
        #[doc(alias = "DEMO_IMAGE_FLAGS_TOP_DOWN")]
        pub const TOP_DOWN: Self = Self(2);
    }
    wire::impl_flags!(ImageFlags, u8 { "CACHED" CACHED, "TOP_DOWN" TOP_DOWN });
    /// `Show` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`image_flags`](ImageFlags) `flags` |
    /// | 1 | if not `TOP_DOWN`: `uint16 rows` |
    #[doc(alias = "DemoShow")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Show {
        /// `image_flags flags` on the wire.
        pub flags: ImageFlags,
        /// Selected by `flags`.
        pub upside: ShowUpside,
    }
    /// The switch `upside` of `Show`.
    ///
    /// The variant is selected by `flags`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum ShowUpside {
        /// `uint16 rows`
        Rows(u16),
        /// No case matches: no bytes.
        Absent,
    }
    impl ::core::default::Default for ShowUpside {
        fn default() -> Self {
            Self::Rows(::core::default::Default::default())
        }
    }
    wire::impl_owned!(ShowUpside);
    wire::impl_body!(Show { flags, upside });
    impl<'a> wire::Decode<'a> for Show {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "flags")])?;
            let flags = ImageFlags::get(segment, 0);
            let upside = if !flags.intersects(ImageFlags::TOP_DOWN) {
                let segment: &[u8; 2] = reader.segment(&[(2, "upside.rows")])?;
                ShowUpside::Rows(u16::get(segment, 0))
            } else {
                ShowUpside::Absent
            };
            Ok(Self { flags, upside })
        }
    }
    impl wire::Encode for Show {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.segment(|segment: &mut [u8; 1]| self.flags.put(segment, 0))?;
            match (self.flags.intersects(ImageFlags::TOP_DOWN), &self.upside) {
                (false, ShowUpside::Rows(value)) => {
                    writer.segment(|segment: &mut [u8; 2]| value.put(segment, 0))?
                }
                (true, ShowUpside::Absent) => {}
                _ => return Err(writer.variant_mismatch("upside")),
            }
            Ok(())
        }
    }
}
