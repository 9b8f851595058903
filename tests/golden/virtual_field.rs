// `types` of virtual_field.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `version` in the proto.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[doc(alias = "DemoVersion")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Version(pub u8);
    impl Version {
        /// `OLD` in the proto.
        #[doc(alias = "DEMO_VERSION_OLD")]
        pub const OLD: Self = Self(0);
        /// `NEW` in the proto.
        #[doc(alias = "DEMO_VERSION_NEW")]
        pub const NEW: Self = Self(1);
    }
    wire::impl_enum!(Version, u8 { "OLD" OLD, "NEW" NEW });
    /// `State` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 kind` |
    /// | 1 | `uint32 value` |
    #[doc(alias = "DemoState")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct State {
        /// `uint8 kind` on the wire.
        pub kind: u8,
        /// `uint32 value` on the wire.
        pub value: u32,
    }
    impl State {
        /// `size`: a constant that is not on the wire.
        pub const SIZE: u16 = 2;
        /// `version`: a constant that is not on the wire.
        pub const VERSION: Version = Version::NEW;
    }
    wire::impl_fixed_size!(State: 5 bytes { 0 kind: u8, 1 value: u32 } [1 "kind", 5 "value"]);
}
