// `types` of array_fixed_long.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Curve` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 kind` |
    /// | 1 | `uint16 values[256]` |
    #[doc(alias = "DemoCurve")]
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Curve {
        /// `uint8 kind` on the wire.
        pub kind: u8,
        /// `uint16 values[256]` on the wire.
        pub values: [u16; 256],
    }
    impl ::core::default::Default for Curve {
        fn default() -> Self {
            Self {
                kind: ::core::default::Default::default(),
                values: ::core::array::from_fn(|_| ::core::default::Default::default()),
            }
        }
    }
    wire::impl_fixed_size!(Curve: 513 bytes
        { 0 kind: u8, 1 values: [u16; 256] }
        [1 "kind", 513 "values"]
    );
}
