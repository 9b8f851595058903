// `types` of array_of_variable_size_structs.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Word` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 length` |
    /// | 1 | `uint8 text[length]` |
    #[doc(alias = "DemoWord")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Word<'a> {
        /// `uint8 text[length]` on the wire.
        pub text: wire::Bytes<'a>,
    }
    wire::impl_body!(Word<'_> { text });
    impl<'a> wire::Decode<'a> for Word<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "length")])?;
            let length = u8::get(segment, 0);
            let text = reader.bytes(Some(u64::from(length)), "text")?.into();
            Ok(Self { text })
        }
    }
    impl wire::Encode for Word<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let length: u8 = writer.count(self.text.len(), "length")?;
            writer.segment(|segment: &mut [u8; 1]| length.put(segment, 0))?;
            writer.bytes(&self.text)
        }
    }
    /// `Line` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint16 num_words` |
    /// | 2 | [`Word`] `words[num_words]` |
    #[doc(alias = "DemoLine")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Line<'a> {
        /// `Word words[num_words]` on the wire.
        pub words: wire::List<'a, Word<'a>>,
    }
    wire::impl_body!(Line<'_> { words });
    impl<'a> wire::Decode<'a> for Line<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 2] = reader.segment(&[(2, "num_words")])?;
            let num_words = u16::get(segment, 0);
            let words = reader.list(u64::from(num_words), "words")?;
            Ok(Self { words })
        }
    }
    impl wire::Encode for Line<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let num_words: u16 = writer.count(self.words.len(), "num_words")?;
            writer.segment(|segment: &mut [u8; 2]| num_words.put(segment, 0))?;
            writer.field(&self.words, "words")
        }
    }
}
