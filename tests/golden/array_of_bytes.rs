// `types` of array_of_bytes.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Blob` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 kind` |
    /// | 1 | `uint32 size` |
    /// | 5 | `uint8 data[size]` |
    #[doc(alias = "DemoBlob")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Blob<'a> {
        /// `uint8 kind` on the wire.
        pub kind: u8,
        /// `uint8 data[size]` on the wire.
        pub data: wire::Bytes<'a>,
    }
    wire::impl_body!(Blob<'_> { kind, data });
    impl<'a> wire::Decode<'a> for Blob<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 5] = reader.segment(&[(1, "kind"), (5, "size")])?;
            let kind = u8::get(segment, 0);
            let size = u32::get(segment, 1);
            let data = reader.bytes(Some(u64::from(size)), "data")?.into();
            Ok(Self { kind, data })
        }
    }
    impl wire::Encode for Blob<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let size: u32 = writer.count(self.data.len(), "size")?;
            writer
                .segment(|segment: &mut [u8; 5]| {
                    self.kind.put(segment, 0);
                    size.put(segment, 1);
                })?;
            writer.bytes(&self.data)
        }
    }
}
