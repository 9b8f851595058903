// `types` of names_of_the_prelude.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `String` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 length` |
    /// | 1 | `uint8 text[length]` |
    #[doc(alias = "String")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct DemoString<'a> {
        /// `uint8 text[length]` on the wire.
        pub text: wire::Bytes<'a>,
    }
    wire::impl_body!(DemoString<'_> { text });
    impl<'a> wire::Decode<'a> for DemoString<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "length")])?;
            let length = u8::get(segment, 0);
            let text = reader.bytes(Some(u64::from(length)), "text")?.into();
            Ok(Self { text })
        }
    }
    impl wire::Encode for DemoString<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let length: u8 = writer.count(self.text.len(), "length")?;
            writer.segment(|segment: &mut [u8; 1]| length.put(segment, 0))?;
            writer.bytes(&self.text)
        }
    }
    /// `Some` in the proto.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[doc(alias = "Some")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct DemoSome(pub u8);
    impl DemoSome {
        /// `None` in the proto.
        #[doc(alias = "DEMO_SOME_None")]
        pub const NONE: Self = Self(0);
    }
    wire::impl_enum!(DemoSome, u8 { "None" NONE });
    /// `Result` in the proto.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[doc(alias = "Result")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct DemoResult(pub u8);
    impl DemoResult {
        /// `Ok` in the proto.
        #[doc(alias = "DEMO_RESULT_Ok")]
        pub const OK: Self = Self(0);
        /// `Err` in the proto.
        #[doc(alias = "DEMO_RESULT_Err")]
        pub const ERR: Self = Self(1);
    }
    wire::impl_enum!(DemoResult, u8 { "Ok" OK, "Err" ERR });
    /// `path` in the proto.
    #[doc(alias = "path")]
    pub type DemoPath = u32;
    /// `text` in the proto.
    ///
    /// A `flags8`: one byte on the wire. Unnamed bits are preserved.
    #[doc(alias = "text")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct DemoText(pub u8);
    impl DemoText {
        /// `BOLD` in the proto.
        #[doc(alias = "DEMO_TEXT_BOLD")]
        pub const BOLD: Self = Self(1);
    }
    wire::impl_flags!(DemoText, u8 { "BOLD" BOLD });
}
