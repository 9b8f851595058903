// `types` of pointer_to_text.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Names` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint32 name_size` |
    /// | 4 | `uint8 *name[name_size]` (nonzero offset, depth-first, text) |
    /// | 8 | `uint8 *title[cstring()]` (offset or 0) |
    #[doc(alias = "DemoNames")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Names<'a> {
        /// `uint8 *name[name_size]` on the wire.
        pub name: wire::Text<'a>,
        /// `uint8 *title[cstring()]` on the wire.
        pub title: ::core::option::Option<wire::Text<'a>>,
    }
    wire::impl_body!(Names<'_> { name, title });
    impl<'a> wire::Decode<'a> for Names<'a> {
        const WIRE_SIZE: ::core::option::Option<usize> = Some(12);
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 12] = reader
                .segment(&[(4, "name_size"), (8, "name"), (12, "title")])?;
            let name_size = u32::get(segment, 0);
            let name = reader
                .pointee_with(
                    u32::get(segment, 4),
                    8,
                    "name",
                    |reader| reader.text(Some(u64::from(name_size)), "name"),
                )?;
            let title = match u32::get(segment, 8) {
                0 => None,
                target => {
                    Some(
                        reader
                            .pointee_with(target, 4, "title", |reader| reader.cstring("title"))?,
                    )
                }
            };
            Ok(Self { name, title })
        }
    }
    impl wire::Encode for Names<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let name_size: u32 = writer.count(self.name.wire_len(), "name_size")?;
            writer.segment(|segment: &mut [u8; 12]| name_size.put(segment, 0))?;
            writer.pointer(8);
            if let Some(target) = &self.title {
                writer.check_cstring(target, "title")?;
                writer.pointer(4);
            }
            Ok(())
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write_pointees<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.pointee(&self.name, wire::PointeeOrder::DepthFirst, "name")?;
            if let Some(target) = &self.title {
                writer.pointee(target, wire::PointeeOrder::BreadthFirst, "title")?;
            }
            Ok(())
        }
    }
}
