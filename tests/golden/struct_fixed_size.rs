// `types` of struct_fixed_size.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `unit` in the proto.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[doc(alias = "DemoUnit")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Unit(pub u8);
    impl Unit {
        /// `PIXEL` in the proto.
        #[doc(alias = "DEMO_UNIT_PIXEL")]
        pub const PIXEL: Self = Self(0);
        /// `CELL` in the proto.
        #[doc(alias = "DEMO_UNIT_CELL")]
        pub const CELL: Self = Self(1);
    }
    wire::impl_enum!(Unit, u8 { "PIXEL" PIXEL, "CELL" CELL });
    /// A position on the screen.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `int16 x` |
    /// | 2 | `int16 y` |
    /// | 4 | [`unit`](Unit) `unit` |
    /// | 5 | `uint64 serial` |
    #[doc(alias = "DemoPoint")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Point {
        /// Grows to the right.
        pub x: i16,
        /// Grows downwards.
        pub y: i16,
        /// `unit unit` on the wire.
        pub unit: Unit,
        /// `uint64 serial` on the wire.
        pub serial: u64,
    }
    wire::impl_fixed_size!(Point: 13 bytes
        { 0 x: i16, 2 y: i16, 4 unit: Unit, 5 serial: u64 }
        [2 "x", 4 "y", 5 "unit", 13 "serial"]
    );
}
