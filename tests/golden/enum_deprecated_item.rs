// `types` of enum_deprecated_item.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `codec` in the proto.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Codec(pub u8);
    impl Codec {
        /// `RAW` in the proto.
        pub const RAW: Self = Self(0);
        /// Nobody sends it.
        ///
        /// Deprecated.
        pub const OLD: Self = Self(1);
        /// `NEW` in the proto.
        pub const NEW: Self = Self(2);
    }
    wire::impl_enum!(Codec, u8 { "RAW" RAW, "OLD" OLD, "NEW" NEW });
}
