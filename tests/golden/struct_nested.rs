// `types` of struct_nested.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Point` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `int16 x` |
    /// | 2 | `int16 y` |
    #[doc(alias = "DemoPoint")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Point {
        /// `int16 x` on the wire.
        pub x: i16,
        /// `int16 y` on the wire.
        pub y: i16,
    }
    wire::impl_fixed_size!(Point: 4 bytes { 0 x: i16, 2 y: i16 } [2 "x", 4 "y"]);
    /// `Frame` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`Point`] `top_left` |
    /// | 4 | [`Point`] `bottom_right` |
    #[doc(alias = "DemoFrame")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Frame {
        /// `Point top_left` on the wire.
        pub top_left: Point,
        /// `Point bottom_right` on the wire.
        pub bottom_right: Point,
    }
    wire::impl_fixed_size!(Frame: 8 bytes
        { 0 top_left: Point, 4 bottom_right: Point }
        [2 "top_left.x", 4 "top_left.y", 6 "bottom_right.x", 8 "bottom_right.y"]
    );
    /// `Window` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 layer` |
    /// | 1 | [`Frame`] `frame` |
    /// | 9 | `uint8 title[cstring()]` |
    /// | then | `uint8 alpha` |
    #[doc(alias = "DemoWindow")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Window<'a> {
        /// `uint8 layer` on the wire.
        pub layer: u8,
        /// `Frame frame` on the wire.
        pub frame: Frame,
        /// `uint8 title[cstring()]` on the wire.
        pub title: wire::Text<'a>,
        /// `uint8 alpha` on the wire.
        pub alpha: u8,
    }
    wire::impl_body!(Window<'_> { layer, frame, title, alpha });
    impl<'a> wire::Decode<'a> for Window<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 9] = reader
                .segment(
                    &[
                        (1, "layer"),
                        (3, "frame.top_left.x"),
                        (5, "frame.top_left.y"),
                        (7, "frame.bottom_right.x"),
                        (9, "frame.bottom_right.y"),
                    ],
                )?;
            let layer = u8::get(segment, 0);
            let frame = Frame::get(segment, 1);
            let title = reader.cstring("title")?;
            let segment: &[u8; 1] = reader.segment(&[(1, "alpha")])?;
            let alpha = u8::get(segment, 0);
            Ok(Self { layer, frame, title, alpha })
        }
    }
    impl wire::Encode for Window<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer
                .segment(|segment: &mut [u8; 9]| {
                    self.layer.put(segment, 0);
                    self.frame.put(segment, 1);
                })?;
            writer.cstring(&self.title, "title")?;
            writer.segment(|segment: &mut [u8; 1]| self.alpha.put(segment, 0))
        }
    }
}
