// `types` of names_of_the_prelude.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, Decode as _, Encode as _, FixedSize as _};
    /// `String` in the proto.
    ///
    /// On the wire:
    /// ```text
    ///    0  uint8 length
    ///    1  uint8 text[length]
    /// ```
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct String<'a> {
        /// `uint8 text[length]` on the wire.
        pub text: wire::Cow<'a, [u8]>,
    }
    wire::impl_body!(String<'_> { text });
    impl<'a> wire::Decode<'a> for String<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "length")])?;
            let length = u8::get(segment, 0);
            let text = reader.bytes(Some(u64::from(length)), "text")?.into();
            Ok(Self { text })
        }
    }
    impl wire::Encode for String<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let length: u8 = writer.count(self.text.len(), "length")?;
            writer.segment(|segment: &mut [u8; 1]| length.put(segment, 0))?;
            writer.bytes(&self.text)
        }
    }
    /// `Option` in the proto.
    ///
    /// On the wire:
    /// ```text
    ///    0  String *some  (offset or 0)
    /// ```
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Option<'a> {
        /// `String *some` on the wire.
        pub some: ::core::option::Option<String<'a>>,
    }
    wire::impl_body!(Option<'_> { some });
    impl<'a> wire::Decode<'a> for Option<'a> {
        const WIRE_SIZE: ::core::option::Option<usize> = Some(4);
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 4] = reader.segment(&[(4, "some")])?;
            let some = match u32::get(segment, 0) {
                0 => None,
                target => Some(reader.pointee(target, 4, "some")?),
            };
            Ok(Self { some })
        }
    }
    impl wire::Encode for Option<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.zeros::<4>()?;
            if self.some.is_some() {
                writer.pointer(4);
            }
            Ok(())
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write_pointees<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            if let Some(target) = &self.some {
                writer.pointee(target, wire::PointeeOrder::BreadthFirst, "some")?;
            }
            Ok(())
        }
    }
    /// `Some` in the proto.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Some_(pub u8);
    impl Some_ {
        /// `None` in the proto.
        pub const NONE: Self = Self(0);
    }
    wire::impl_enum!(Some_, u8 { "None" NONE });
    /// `Result` in the proto.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Result(pub u8);
    impl Result {
        /// `Ok` in the proto.
        pub const OK: Self = Self(0);
        /// `Err` in the proto.
        pub const ERR: Self = Self(1);
    }
    wire::impl_enum!(Result, u8 { "Ok" OK, "Err" ERR });
}
