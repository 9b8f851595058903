// `types` of array_zero_terminated.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Hello` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint32 size` |
    /// | 4 | `uint8 name[size]` (text) |
    /// | then | `uint8 rest[]` (text) |
    #[doc(alias = "DemoHello")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Hello<'a> {
        /// `uint8 name[size]` on the wire.
        pub name: wire::Text<'a>,
        /// `uint8 rest[]` on the wire.
        pub rest: wire::Text<'a>,
    }
    wire::impl_body!(Hello<'_> { name, rest });
    impl<'a> wire::Decode<'a> for Hello<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 4] = reader.segment(&[(4, "size")])?;
            let size = u32::get(segment, 0);
            let name = reader.text(Some(u64::from(size)), "name")?;
            let rest = wire::Text::from_wire(reader.remaining());
            Ok(Self { name, rest })
        }
    }
    impl wire::Encode for Hello<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let size: u32 = writer.count(self.name.wire_len(), "size")?;
            writer.segment(|segment: &mut [u8; 4]| size.put(segment, 0))?;
            writer.text(&self.name)?;
            writer.text(&self.rest)
        }
    }
}
