// `types` of array_image_size.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Glyph` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint16 width` |
    /// | 2 | `uint16 height` |
    /// | 4 | `uint8 pixels[image_size(4, width, height)]` |
    #[doc(alias = "DemoGlyph")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Glyph<'a> {
        /// `uint16 width` on the wire.
        pub width: u16,
        /// `uint16 height` on the wire.
        pub height: u16,
        /// `uint8 pixels[image_size(4, width, height)]` on the wire.
        pub pixels: wire::Bytes<'a>,
    }
    wire::impl_body!(Glyph<'_> { width, height, pixels });
    impl<'a> wire::Decode<'a> for Glyph<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 4] = reader.segment(&[(2, "width"), (4, "height")])?;
            let width = u16::get(segment, 0);
            let height = u16::get(segment, 2);
            let pixels = reader
                .bytes(wire::image_size(4, u64::from(width), u64::from(height)), "pixels")?
                .into();
            Ok(Self { width, height, pixels })
        }
    }
    impl wire::Encode for Glyph<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer
                .segment(|segment: &mut [u8; 4]| {
                    self.width.put(segment, 0);
                    self.height.put(segment, 2);
                })?;
            writer
                .check_image_size(
                    wire::image_size(4, u64::from(self.width), u64::from(self.height)),
                    self.pixels.len(),
                    "pixels",
                )?;
            writer.bytes(&self.pixels)
        }
    }
}
