// `types` of array_cstring.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Label` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 title[cstring()]` |
    /// | then | `uint8 kind` |
    #[doc(alias = "DemoLabel")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Label<'a> {
        /// `uint8 title[cstring()]` on the wire.
        pub title: wire::Text<'a>,
        /// `uint8 kind` on the wire.
        pub kind: u8,
    }
    wire::impl_body!(Label<'_> { title, kind });
    impl<'a> wire::Decode<'a> for Label<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let title = reader.cstring("title")?;
            let segment: &[u8; 1] = reader.segment(&[(1, "kind")])?;
            let kind = u8::get(segment, 0);
            Ok(Self { title, kind })
        }
    }
    impl wire::Encode for Label<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.cstring(&self.title, "title")?;
            writer.segment(|segment: &mut [u8; 1]| self.kind.put(segment, 0))
        }
    }
}
