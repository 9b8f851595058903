// `types` of option_feature_gated.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `kind` in the proto.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[doc(alias = "DemoKind")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Kind(pub u8);
    impl Kind {
        /// `NONE` in the proto.
        #[doc(alias = "DEMO_KIND_NONE")]
        pub const NONE: Self = Self(0);
        /// `TEXT` in the proto.
        #[doc(alias = "DEMO_KIND_TEXT")]
        pub const TEXT: Self = Self(1);
    }
    wire::impl_enum!(Kind, u8 { "NONE" NONE, "TEXT" TEXT });
    #[cfg(feature = "serde")]
    wire::impl_serde!(Kind, u8, serialize_enum, deserialize_enum);
    #[cfg(feature = "arbitrary")]
    impl<'a> wire::arbitrary::Arbitrary<'a> for Kind {
        fn arbitrary(
            input: &mut wire::arbitrary::Unstructured<'a>,
        ) -> wire::arbitrary::Result<Self> {
            wire::random::enumeration::<u8, Self>(input)
        }
    }
    /// `Key` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`kind`](Kind) `kind` |
    /// | 1 | `uint8 code[40]` |
    #[doc(alias = "DemoKey")]
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[cfg_attr(feature = "serde", derive(wire::serde::Serialize, wire::serde::Deserialize))]
    #[cfg_attr(feature = "serde", serde(crate = "::spice_wire::__private::serde"))]
    pub struct Key {
        /// `kind kind` on the wire.
        pub kind: Kind,
        /// `uint8 code[40]` on the wire.
        #[cfg_attr(feature = "serde", serde(with = "::spice_wire::__private::form::byte_array"))]
        pub code: [u8; 40],
    }
    impl ::core::default::Default for Key {
        fn default() -> Self {
            Self {
                kind: ::core::default::Default::default(),
                code: ::core::array::from_fn(|_| ::core::default::Default::default()),
            }
        }
    }
    wire::impl_fixed_size!(Key: 41 bytes { 0 kind: Kind, 1 code: [u8; 40] } [1 "kind", 41 "code"]);
    #[cfg(feature = "arbitrary")]
    impl<'a> wire::arbitrary::Arbitrary<'a> for Key {
        fn arbitrary(
            input: &mut wire::arbitrary::Unstructured<'a>,
        ) -> wire::arbitrary::Result<Self> {
            let kind = input.arbitrary()?;
            let code = input.arbitrary()?;
            Ok(Self { kind, code })
        }
    }
}
