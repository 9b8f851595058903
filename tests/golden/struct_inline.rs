// `types` of struct_inline.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Margin` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 left` |
    /// | 1 | `uint8 right` |
    #[doc(alias = "DemoMargin")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Margin {
        /// `uint8 left` on the wire.
        pub left: u8,
        /// `uint8 right` on the wire.
        pub right: u8,
    }
    wire::impl_fixed_size!(Margin: 2 bytes { 0 left: u8, 1 right: u8 } [1 "left", 2 "right"]);
    /// `Place` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 layer` |
    /// | 1 | [`Margin`] `margin` |
    #[doc(alias = "DemoPlace")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Place {
        /// `uint8 layer` on the wire.
        pub layer: u8,
        /// `Margin margin` on the wire.
        pub margin: Margin,
    }
    wire::impl_fixed_size!(Place: 3 bytes
        { 0 layer: u8, 1 margin: Margin }
        [1 "layer", 2 "margin.left", 3 "margin.right"]
    );
}
