// `types` of switch_on_enum.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `fill_type` in the proto.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[doc(alias = "DemoFillType")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct FillType(pub u8);
    impl FillType {
        /// `NONE` in the proto.
        #[doc(alias = "DEMO_FILL_TYPE_NONE")]
        pub const NONE: Self = Self(0);
        /// `SOLID` in the proto.
        #[doc(alias = "DEMO_FILL_TYPE_SOLID")]
        pub const SOLID: Self = Self(1);
        /// `GRADIENT` in the proto.
        #[doc(alias = "DEMO_FILL_TYPE_GRADIENT")]
        pub const GRADIENT: Self = Self(2);
        /// `HATCH` in the proto.
        #[doc(alias = "DEMO_FILL_TYPE_HATCH")]
        pub const HATCH: Self = Self(3);
    }
    wire::impl_enum!(FillType, u8 {
        "NONE" NONE, "SOLID" SOLID, "GRADIENT" GRADIENT, "HATCH" HATCH,
    });
    /// `Paint` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`fill_type`](FillType) `type` |
    /// | 1 | if `SOLID`: `uint32 ink` |
    /// | 1 | if `GRADIENT`, if `HATCH`: `uint32 inks[2]` |
    /// | then | `uint8 layer` |
    #[doc(alias = "DemoPaint")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Paint {
        /// Selected by `type`.
        pub fill: PaintFill,
        /// `uint8 layer` on the wire.
        pub layer: u8,
    }
    /// The switch `fill` of `Paint`.
    ///
    /// The variant is selected by `type`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum PaintFill {
        /// The colour.
        Solid(u32),
        /// `uint32 inks[2]`
        Gradient([u32; 2]),
        /// `uint32 inks[2]`
        Hatch([u32; 2]),
        /// No case matches: no bytes.
        Other {
            /// `type` in the proto.
            r#type: FillType,
        },
    }
    impl ::core::default::Default for PaintFill {
        fn default() -> Self {
            Self::Other {
                r#type: ::core::default::Default::default(),
            }
        }
    }
    wire::impl_owned!(PaintFill);
    wire::impl_body!(Paint { fill, layer });
    impl<'a> wire::Decode<'a> for Paint {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "type")])?;
            let r#type = FillType::get(segment, 0);
            let fill = match r#type {
                FillType::SOLID => {
                    let segment: &[u8; 4] = reader.segment(&[(4, "fill.ink")])?;
                    PaintFill::Solid(u32::get(segment, 0))
                }
                FillType::GRADIENT => {
                    let segment: &[u8; 8] = reader.segment(&[(8, "fill.inks")])?;
                    PaintFill::Gradient(<[u32; 2]>::get(segment, 0))
                }
                FillType::HATCH => {
                    let segment: &[u8; 8] = reader.segment(&[(8, "fill.inks")])?;
                    PaintFill::Hatch(<[u32; 2]>::get(segment, 0))
                }
                _ => PaintFill::Other { r#type },
            };
            let segment: &[u8; 1] = reader.segment(&[(1, "layer")])?;
            let layer = u8::get(segment, 0);
            Ok(Self { fill, layer })
        }
    }
    impl wire::Encode for Paint {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let r#type = match &self.fill {
                PaintFill::Solid(_) => FillType::SOLID,
                PaintFill::Gradient(_) => FillType::GRADIENT,
                PaintFill::Hatch(_) => FillType::HATCH,
                PaintFill::Other { r#type } => *r#type,
            };
            writer.segment(|segment: &mut [u8; 1]| r#type.put(segment, 0))?;
            match &self.fill {
                PaintFill::Solid(value) => {
                    writer.segment(|segment: &mut [u8; 4]| value.put(segment, 0))?
                }
                PaintFill::Gradient(value) | PaintFill::Hatch(value) => {
                    writer.segment(|segment: &mut [u8; 8]| value.put(segment, 0))?
                }
                PaintFill::Other { .. } => {
                    if ::core::matches!(
                        r#type, FillType::SOLID | FillType::GRADIENT | FillType::HATCH
                    ) {
                        return Err(writer.variant_mismatch("fill"));
                    }
                }
            }
            writer.segment(|segment: &mut [u8; 1]| self.layer.put(segment, 0))
        }
    }
}
