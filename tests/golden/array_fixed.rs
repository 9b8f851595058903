// `types` of array_fixed.proto

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
    /// `Name` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 text[cstring()]` |
    #[doc(alias = "DemoName")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Name<'a> {
        /// `uint8 text[cstring()]` on the wire.
        pub text: wire::Text<'a>,
    }
    wire::impl_body!(Name<'_> { text });
    impl<'a> wire::Decode<'a> for Name<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let text = reader.cstring("text")?;
            Ok(Self { text })
        }
    }
    impl wire::Encode for Name<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.cstring(&self.text, "text")
        }
    }
    /// `Link` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 address[6]` |
    /// | 6 | [`Point`] `ends[2]` |
    /// | 14 | [`Name`] `names[2]` |
    #[doc(alias = "DemoLink")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Link<'a> {
        /// `uint8 address[6]` on the wire.
        pub address: [u8; 6],
        /// `Point ends[2]` on the wire.
        pub ends: [Point; 2],
        /// `Name names[2]` on the wire.
        pub names: [Name<'a>; 2],
    }
    wire::impl_body!(Link<'_> { address, ends; names });
    impl<'a> wire::Decode<'a> for Link<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 14] = reader.segment(&[(6, "address"), (14, "ends")])?;
            let address = <[u8; 6]>::get(segment, 0);
            let ends = <[Point; 2]>::get(segment, 6);
            let names = reader.array("names")?;
            Ok(Self { address, ends, names })
        }
    }
    impl wire::Encode for Link<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer
                .segment(|segment: &mut [u8; 14]| {
                    self.address.put(segment, 0);
                    self.ends.put(segment, 6);
                })?;
            writer.elements(&self.names, "names")
        }
    }
}
