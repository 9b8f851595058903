// `types` of names_with_digits.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `format` in the proto.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[doc(alias = "DemoFormat")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Format(pub u8);
    impl Format {
        /// `1BIT_LE` in the proto.
        #[doc(alias = "DEMO_FORMAT_1BIT_LE")]
        pub const _1BIT_LE: Self = Self(0);
        /// `32_xRGB` in the proto.
        #[doc(alias = "DEMO_FORMAT_32_xRGB")]
        pub const _32_XRGB: Self = Self(1);
        /// `8bit` in the proto.
        #[doc(alias = "DEMO_FORMAT_8bit")]
        pub const _8BIT: Self = Self(2);
    }
    wire::impl_enum!(Format, u8 { "1BIT_LE" _1BIT_LE, "32_xRGB" _32_XRGB, "8bit" _8BIT });
    /// `Surface` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`format`](Format) `format` |
    /// | 1 | `uint8 With2Digits` |
    /// | 2 | `uint8 camelCase` |
    #[doc(alias = "DemoSurface")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Surface {
        /// `format format` on the wire.
        pub format: Format,
        /// `uint8 With2Digits` on the wire.
        pub with2_digits: u8,
        /// `uint8 camelCase` on the wire.
        pub camel_case: u8,
    }
    wire::impl_fixed_size!(Surface: 3 bytes
        { 0 format: Format, 1 with2_digits: u8, 2 camel_case: u8 }
        [1 "format", 2 "With2Digits", 3 "camelCase"]
    );
}
