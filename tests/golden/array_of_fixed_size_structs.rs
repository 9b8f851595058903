// `types` of array_of_fixed_size_structs.proto

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
    /// `Polygon` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint16 num_points` |
    /// | 2 | [`Point`] `points[num_points]` |
    #[doc(alias = "DemoPolygon")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Polygon<'a> {
        /// `Point points[num_points]` on the wire.
        pub points: wire::List<'a, Point>,
    }
    wire::impl_body!(Polygon<'_> { points });
    impl<'a> wire::Decode<'a> for Polygon<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 2] = reader.segment(&[(2, "num_points")])?;
            let num_points = u16::get(segment, 0);
            let points = reader.list(u64::from(num_points), "points")?;
            Ok(Self { points })
        }
    }
    impl wire::Encode for Polygon<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let num_points: u16 = writer.count(self.points.len(), "num_points")?;
            writer.segment(|segment: &mut [u8; 2]| num_points.put(segment, 0))?;
            writer.field(&self.points, "points")
        }
    }
}
