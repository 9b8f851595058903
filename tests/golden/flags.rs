// `types` of flags.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// How text looks.
    ///
    /// A `flags16`: 2 bytes on the wire. Unnamed bits are preserved.
    #[doc(alias = "DemoStyle")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Style(pub u16);
    impl Style {
        /// `BOLD` in the proto.
        #[doc(alias = "DEMO_STYLE_BOLD")]
        pub const BOLD: Self = Self(1);
        /// Slanted.
        #[doc(alias = "DEMO_STYLE_ITALIC")]
        pub const ITALIC: Self = Self(2);
        /// `STRIKE` in the proto.
        #[doc(alias = "DEMO_STYLE_STRIKE")]
        pub const STRIKE: Self = Self(256);
        /// `UNDERLINE` in the proto.
        #[doc(alias = "DEMO_STYLE_UNDERLINE")]
        pub const UNDERLINE: Self = Self(512);
    }
    wire::impl_flags!(Style, u16 {
        "BOLD" BOLD, "ITALIC" ITALIC, "STRIKE" STRIKE, "UNDERLINE" UNDERLINE,
    });
}
