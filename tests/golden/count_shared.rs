// `types` of count_shared.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Stereo` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 num` |
    /// | 1 | `uint16 left[num]` |
    /// | then | `uint16 right[num]` |
    #[doc(alias = "DemoStereo")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Stereo<'a> {
        /// `uint16 left[num]` on the wire.
        pub left: wire::List<'a, u16>,
        /// `uint16 right[num]` on the wire.
        pub right: wire::List<'a, u16>,
    }
    wire::impl_body!(Stereo<'_> { left, right });
    impl<'a> wire::Decode<'a> for Stereo<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "num")])?;
            let num = u8::get(segment, 0);
            let left = reader.list(u64::from(num), "left")?;
            let right = reader.list(u64::from(num), "right")?;
            Ok(Self { left, right })
        }
    }
    impl wire::Encode for Stereo<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let longest = self.left.len().max(self.right.len());
            let num: u8 = writer.count(longest, "num")?;
            writer.segment(|segment: &mut [u8; 1]| num.put(segment, 0))?;
            writer.check_count(u64::from(num), self.left.len(), "left")?;
            writer.field(&self.left, "left")?;
            writer.check_count(u64::from(num), self.right.len(), "right")?;
            writer.field(&self.right, "right")
        }
    }
}
