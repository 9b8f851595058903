// `types` of switch_with_default.proto

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
    }
    wire::impl_enum!(FillType, u8 { "NONE" NONE, "SOLID" SOLID, "GRADIENT" GRADIENT });
    /// `Setting` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`fill_type`](FillType) `type` |
    /// | 1 | if `NONE`: `uint8 reason` |
    /// | 1 | otherwise: `uint32 argument` |
    #[doc(alias = "DemoSetting")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Setting {
        /// Selected by `type`.
        pub what: SettingWhat,
    }
    /// The switch `what` of `Setting`.
    ///
    /// The variant is selected by `type`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum SettingWhat {
        /// `uint8 reason`
        None(u8),
        /// `uint32 argument`
        Argument {
            /// `type` in the proto.
            r#type: FillType,
            /// The value of the case.
            value: u32,
        },
    }
    impl ::core::default::Default for SettingWhat {
        fn default() -> Self {
            Self::None(::core::default::Default::default())
        }
    }
    wire::impl_owned!(SettingWhat);
    wire::impl_body!(Setting { what });
    impl<'a> wire::Decode<'a> for Setting {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "type")])?;
            let r#type = FillType::get(segment, 0);
            let what = match r#type {
                FillType::NONE => {
                    let segment: &[u8; 1] = reader.segment(&[(1, "what.reason")])?;
                    SettingWhat::None(u8::get(segment, 0))
                }
                _ => {
                    let segment: &[u8; 4] = reader.segment(&[(4, "what.argument")])?;
                    SettingWhat::Argument {
                        r#type,
                        value: u32::get(segment, 0),
                    }
                }
            };
            Ok(Self { what })
        }
    }
    impl wire::Encode for Setting {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let r#type = match &self.what {
                SettingWhat::None(_) => FillType::NONE,
                SettingWhat::Argument { r#type, .. } => *r#type,
            };
            writer.segment(|segment: &mut [u8; 1]| r#type.put(segment, 0))?;
            match &self.what {
                SettingWhat::None(value) => {
                    writer.segment(|segment: &mut [u8; 1]| value.put(segment, 0))?
                }
                SettingWhat::Argument { value, .. } => {
                    if r#type == FillType::NONE {
                        return Err(writer.variant_mismatch("what"));
                    }
                    writer.segment(|segment: &mut [u8; 4]| value.put(segment, 0))?;
                }
            }
            Ok(())
        }
    }
}
