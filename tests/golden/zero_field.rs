// `types` of zero_field.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `State` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 kind` |
    /// | 1 | `uint8 reserved[3]` (zero) |
    /// | 4 | `uint32 value` |
    #[doc(alias = "DemoState")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct State {
        /// `uint8 kind` on the wire.
        pub kind: u8,
        /// `uint32 value` on the wire.
        pub value: u32,
    }
    wire::impl_fixed_size!(State: 8 bytes; padding: true
        { 0 kind: u8, 4 value: u32 }
        [1 "kind", 4 "reserved", 8 "value"]
    );
}
