// `types` of count_in_earlier_switch.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `line_flags` in the proto.
    ///
    /// A `flags8`: one byte on the wire. Unnamed bits are preserved.
    #[doc(alias = "DemoLineFlags")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct LineFlags(pub u8);
    impl LineFlags {
        /// `DASHED` in the proto.
        #[doc(alias = "DEMO_LINE_FLAGS_DASHED")]
        pub const DASHED: Self = Self(1);
        /// `WIDE` in the proto.
        #[doc(alias = "DEMO_LINE_FLAGS_WIDE")]
        pub const WIDE: Self = Self(2);
    }
    wire::impl_flags!(LineFlags, u8 { "DASHED" DASHED, "WIDE" WIDE });
    /// `Line` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`line_flags`](LineFlags) `flags` |
    /// | 1 | if `DASHED`: `uint8 num_dashes` |
    /// | then | if `DASHED`: `uint16 dashes[num_dashes]` |
    #[doc(alias = "DemoLine")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Line<'a> {
        /// `line_flags flags` on the wire.
        pub flags: LineFlags,
        /// Selected by `flags`.
        pub style: LineStyle<'a>,
    }
    /// The switch `style` of `Line`.
    ///
    /// The variant is selected by `flags`.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub enum LineStyle<'a> {
        /// `uint16 dashes[num_dashes]`
        Dashed(wire::List<'a, u16>),
        /// No case matches: no bytes.
        #[default]
        Absent,
    }
    wire::impl_owned!(LineStyle<'_> { Dashed(value), Absent });
    wire::impl_body!(Line<'_> { flags, style });
    impl<'a> wire::Decode<'a> for Line<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "flags")])?;
            let flags = LineFlags::get(segment, 0);
            let mut count_num_dashes: u8 = 0;
            if flags.intersects(LineFlags::DASHED) {
                let segment: &[u8; 1] = reader.segment(&[(1, "count.num_dashes")])?;
                count_num_dashes = u8::get(segment, 0);
            }
            let style = if flags.intersects(LineFlags::DASHED) {
                LineStyle::Dashed(reader.list(u64::from(count_num_dashes), "style.dashes")?)
            } else {
                LineStyle::Absent
            };
            Ok(Self { flags, style })
        }
    }
    impl wire::Encode for Line<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let len = match &self.style {
                LineStyle::Dashed(value) => value.len(),
                _ => 0,
            };
            let count_num_dashes: u8 = writer.count(len, "count.num_dashes")?;
            writer.segment(|segment: &mut [u8; 1]| self.flags.put(segment, 0))?;
            if self.flags.intersects(LineFlags::DASHED) {
                writer.segment(|segment: &mut [u8; 1]| count_num_dashes.put(segment, 0))?;
            }
            match (self.flags.intersects(LineFlags::DASHED), &self.style) {
                (true, LineStyle::Dashed(value)) => writer.field(value, "style.dashes")?,
                (false, LineStyle::Absent) => {}
                _ => return Err(writer.variant_mismatch("style")),
            }
            Ok(())
        }
    }
}
