// `types` of switch_with_every_item.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `axis` in the proto.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[doc(alias = "DemoAxis")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Axis(pub u8);
    impl Axis {
        /// `X` in the proto.
        #[doc(alias = "DEMO_AXIS_X")]
        pub const X: Self = Self(0);
        /// `Y` in the proto.
        #[doc(alias = "DEMO_AXIS_Y")]
        pub const Y: Self = Self(1);
    }
    wire::impl_enum!(Axis, u8 { "X" X, "Y" Y });
    /// `Move` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`axis`](Axis) `axis` |
    /// | 1 | if `X`: `int16 x` |
    /// | 1 | if `Y`: `int32 y` |
    #[doc(alias = "DemoMove")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Move {
        /// Selected by `axis`.
        pub by: MoveBy,
    }
    /// The switch `by` of `Move`.
    ///
    /// The variant is selected by `axis`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum MoveBy {
        /// `int16 x`
        X(i16),
        /// `int32 y`
        Y(i32),
        /// No case matches: no bytes.
        Other {
            /// `axis` in the proto.
            axis: Axis,
        },
    }
    impl ::core::default::Default for MoveBy {
        fn default() -> Self {
            Self::X(::core::default::Default::default())
        }
    }
    wire::impl_owned!(MoveBy);
    wire::impl_body!(Move { by });
    impl<'a> wire::Decode<'a> for Move {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "axis")])?;
            let axis = Axis::get(segment, 0);
            let by = match axis {
                Axis::X => {
                    let segment: &[u8; 2] = reader.segment(&[(2, "by.x")])?;
                    MoveBy::X(i16::get(segment, 0))
                }
                Axis::Y => {
                    let segment: &[u8; 4] = reader.segment(&[(4, "by.y")])?;
                    MoveBy::Y(i32::get(segment, 0))
                }
                _ => MoveBy::Other { axis },
            };
            Ok(Self { by })
        }
    }
    impl wire::Encode for Move {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let axis = match &self.by {
                MoveBy::X(_) => Axis::X,
                MoveBy::Y(_) => Axis::Y,
                MoveBy::Other { axis } => *axis,
            };
            writer.segment(|segment: &mut [u8; 1]| axis.put(segment, 0))?;
            match &self.by {
                MoveBy::X(value) => {
                    writer.segment(|segment: &mut [u8; 2]| value.put(segment, 0))?
                }
                MoveBy::Y(value) => {
                    writer.segment(|segment: &mut [u8; 4]| value.put(segment, 0))?
                }
                MoveBy::Other { .. } => {
                    if ::core::matches!(axis, Axis::X | Axis::Y) {
                        return Err(writer.variant_mismatch("by"));
                    }
                }
            }
            Ok(())
        }
    }
}
