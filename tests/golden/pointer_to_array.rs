// `types` of pointer_to_array.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Lists` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint16 num` |
    /// | 2 | `uint16 *numbers[num]` (offset or 0) |
    /// | 6 | `uint32 size` |
    /// | 10 | `uint8 *data[size]` (nonzero offset) |
    /// | 14 | `uint32 *pair[2]` (offset or 0) |
    #[doc(alias = "DemoLists")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Lists<'a> {
        /// `uint16 *numbers[num]` on the wire.
        pub numbers: wire::List<'a, u16>,
        /// `uint8 *data[size]` on the wire.
        pub data: wire::Bytes<'a>,
        /// `uint32 *pair[2]` on the wire.
        pub pair: ::core::option::Option<[u32; 2]>,
    }
    wire::impl_body!(Lists<'_> { numbers, data, pair });
    impl<'a> wire::Decode<'a> for Lists<'a> {
        const WIRE_SIZE: ::core::option::Option<usize> = Some(18);
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 18] = reader
                .segment(
                    &[(2, "num"), (6, "numbers"), (10, "size"), (14, "data"), (18, "pair")],
                )?;
            let num = u16::get(segment, 0);
            let numbers = reader
                .array_pointee(
                    u32::get(segment, 2),
                    16,
                    "numbers",
                    (Some(u64::from(num)), 2),
                    |reader| reader.list(u64::from(num), "numbers"),
                )?;
            let size = u32::get(segment, 6);
            let data = reader
                .pointee_with(
                    u32::get(segment, 10),
                    8,
                    "data",
                    |reader| Ok(reader.bytes(Some(u64::from(size)), "data")?.into()),
                )?;
            let pair = match u32::get(segment, 14) {
                0 => None,
                target => Some(reader.pointee(target, 4, "pair")?),
            };
            Ok(Self { numbers, data, pair })
        }
    }
    impl wire::Encode for Lists<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let num: u16 = writer.count(self.numbers.len(), "num")?;
            let size: u32 = writer.count(self.data.len(), "size")?;
            writer
                .segment(|segment: &mut [u8; 18]| {
                    num.put(segment, 0);
                    size.put(segment, 6);
                })?;
            if !self.numbers.is_empty() {
                writer.pointer(16);
            }
            writer.pointer(8);
            if self.pair.is_some() {
                writer.pointer(4);
            }
            Ok(())
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write_pointees<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            if !self.numbers.is_empty() {
                writer.pointee(&self.numbers, wire::PointeeOrder::BreadthFirst, "numbers")?;
            }
            writer.pointee(&self.data, wire::PointeeOrder::BreadthFirst, "data")?;
            if let Some(target) = &self.pair {
                writer.pointee(target, wire::PointeeOrder::BreadthFirst, "pair")?;
            }
            Ok(())
        }
    }
}
