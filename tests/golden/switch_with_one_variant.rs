// `types` of switch_with_one_variant.proto

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
        /// `ONE` in the proto.
        #[doc(alias = "DEMO_KIND_ONE")]
        pub const ONE: Self = Self(0);
        /// `TWO` in the proto.
        #[doc(alias = "DEMO_KIND_TWO")]
        pub const TWO: Self = Self(1);
    }
    wire::impl_enum!(Kind, u8 { "ONE" ONE, "TWO" TWO });
    /// `Thing` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`kind`](Kind) `kind` |
    /// | 1 | otherwise: `uint16 any` |
    #[doc(alias = "DemoThing")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Thing {
        /// Selected by `kind`.
        pub value: ThingValue,
    }
    /// The switch `value` of `Thing`.
    ///
    /// The variant is selected by `kind`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum ThingValue {
        /// `uint16 any`
        Any {
            /// `kind` in the proto.
            kind: Kind,
            /// The value of the case.
            value: u16,
        },
    }
    impl ::core::default::Default for ThingValue {
        fn default() -> Self {
            Self::Any {
                kind: ::core::default::Default::default(),
                value: ::core::default::Default::default(),
            }
        }
    }
    wire::impl_owned!(ThingValue);
    wire::impl_body!(Thing { value });
    impl<'a> wire::Decode<'a> for Thing {
        const WIRE_SIZE: ::core::option::Option<usize> = Some(3);
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "kind")])?;
            let kind = Kind::get(segment, 0);
            let segment: &[u8; 2] = reader.segment(&[(2, "value.any")])?;
            let value_ = ThingValue::Any {
                kind,
                value: u16::get(segment, 0),
            };
            Ok(Self { value: value_ })
        }
    }
    impl wire::Encode for Thing {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let kind = match &self.value {
                ThingValue::Any { kind, .. } => *kind,
            };
            writer.segment(|segment: &mut [u8; 1]| kind.put(segment, 0))?;
            let ThingValue::Any { value, .. } = &self.value;
            writer.segment(|segment: &mut [u8; 2]| value.put(segment, 0))
        }
    }
}
