// `types` of enum_values.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// Colours of the palette.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[doc(alias = "DemoColour")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Colour(pub u8);
    impl Colour {
        /// The default.
        #[doc(alias = "DEMO_COLOUR_RED")]
        pub const RED: Self = Self(0);
        /// `GREEN` in the proto.
        #[doc(alias = "DEMO_COLOUR_GREEN")]
        pub const GREEN: Self = Self(10);
        /// `BLUE` in the proto.
        #[doc(alias = "DEMO_COLOUR_BLUE")]
        pub const BLUE: Self = Self(11);
        /// `1BIT_GREY` in the proto.
        #[doc(alias = "DEMO_COLOUR_1BIT_GREY")]
        pub const _1BIT_GREY: Self = Self(20);
    }
    wire::impl_enum!(Colour, u8 { "RED" RED, "GREEN" GREEN, "BLUE" BLUE, "1BIT_GREY" _1BIT_GREY });
    /// `wide` in the proto.
    ///
    /// An `enum32`: 4 bytes on the wire. Unnamed values are preserved.
    #[doc(alias = "DemoWide")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Wide(pub u32);
    impl Wide {
        /// `SMALL` in the proto.
        #[doc(alias = "DEMO_WIDE_SMALL")]
        pub const SMALL: Self = Self(0);
        /// `LARGE` in the proto.
        #[doc(alias = "DEMO_WIDE_LARGE")]
        pub const LARGE: Self = Self(4294967295);
    }
    wire::impl_enum!(Wide, u32 { "SMALL" SMALL, "LARGE" LARGE });
}
