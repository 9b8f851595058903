// `types` of enum_deprecated_item.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `codec` in the proto.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[doc(alias = "DemoCodec")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Codec(pub u8);
    impl Codec {
        /// `RAW` in the proto.
        #[doc(alias = "DEMO_CODEC_RAW")]
        pub const RAW: Self = Self(0);
        /// Nobody sends it.
        ///
        /// Deprecated.
        #[doc(alias = "DEMO_CODEC_OLD")]
        pub const OLD: Self = Self(1);
        /// `NEW` in the proto.
        #[doc(alias = "DEMO_CODEC_NEW")]
        pub const NEW: Self = Self(2);
    }
    wire::impl_enum!(Codec, u8 { "RAW" RAW, "OLD" OLD, "NEW" NEW });
}
