// `types` of switch_on_flags.proto

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
    /// | 1 | if `CACHED`: `uint64 cache_id` |
    /// | 1 | otherwise: `uint8 shade` |
    #[doc(alias = "DemoShow")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Show {
        /// `image_flags flags` on the wire.
        pub flags: ImageFlags,
        /// Selected by `flags`.
        pub source: ShowSource,
    }
    /// The switch `source` of `Show`.
    ///
    /// The variant is selected by `flags`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum ShowSource {
        /// `uint64 cache_id`
        Cached(u64),
        /// `uint8 shade`
        Shade(u8),
    }
    impl ::core::default::Default for ShowSource {
        fn default() -> Self {
            Self::Shade(::core::default::Default::default())
        }
    }
    wire::impl_owned!(ShowSource);
    wire::impl_body!(Show { flags, source });
    impl<'a> wire::Decode<'a> for Show {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "flags")])?;
            let flags = ImageFlags::get(segment, 0);
            let source = if flags.intersects(ImageFlags::CACHED) {
                let segment: &[u8; 8] = reader.segment(&[(8, "source.cache_id")])?;
                ShowSource::Cached(u64::get(segment, 0))
            } else {
                let segment: &[u8; 1] = reader.segment(&[(1, "source.shade")])?;
                ShowSource::Shade(u8::get(segment, 0))
            };
            Ok(Self { flags, source })
        }
    }
    impl wire::Encode for Show {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.segment(|segment: &mut [u8; 1]| self.flags.put(segment, 0))?;
            match (self.flags.intersects(ImageFlags::CACHED), &self.source) {
                (true, ShowSource::Cached(value)) => {
                    writer.segment(|segment: &mut [u8; 8]| value.put(segment, 0))?
                }
                (false, ShowSource::Shade(value)) => {
                    writer.segment(|segment: &mut [u8; 1]| value.put(segment, 0))?
                }
                _ => return Err(writer.variant_mismatch("source")),
            }
            Ok(())
        }
    }
}
