// `types` of count_carried.proto

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
        /// `COLOUR` in the proto.
        #[doc(alias = "DEMO_KIND_COLOUR")]
        pub const COLOUR: Self = Self(2);
    }
    wire::impl_enum!(Kind, u8 { "NONE" NONE, "TEXT" TEXT, "COLOUR" COLOUR });
    /// `Caption` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`kind`](Kind) `kind` |
    /// | 1 | `uint16 length` |
    /// | 3 | if `TEXT`: `uint8 text[length]` |
    /// | 3 | if `COLOUR`: `uint32 colour` |
    #[doc(alias = "DemoCaption")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Caption<'a> {
        /// Selected by `kind`.
        pub what: CaptionWhat<'a>,
    }
    /// The switch `what` of `Caption`.
    ///
    /// The variant is selected by `kind`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum CaptionWhat<'a> {
        /// `uint8 text[length]`
        Text(wire::Bytes<'a>),
        /// `uint32 colour`
        Colour {
            /// `length` in the proto.
            length: u16,
            /// The value of the case.
            value: u32,
        },
        /// No case matches: no bytes.
        Other {
            /// `kind` in the proto.
            kind: Kind,
            /// `length` in the proto.
            length: u16,
        },
    }
    impl ::core::default::Default for CaptionWhat<'_> {
        fn default() -> Self {
            Self::Other {
                kind: ::core::default::Default::default(),
                length: ::core::default::Default::default(),
            }
        }
    }
    wire::impl_owned!(CaptionWhat<'_> {
        Text(value), Colour { length, value }, Other { kind, length },
    });
    wire::impl_body!(Caption<'_> { what });
    impl<'a> wire::Decode<'a> for Caption<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 3] = reader.segment(&[(1, "kind"), (3, "length")])?;
            let kind = Kind::get(segment, 0);
            let length = u16::get(segment, 1);
            let what = match kind {
                Kind::TEXT => {
                    CaptionWhat::Text(reader.bytes(Some(u64::from(length)), "what.text")?.into())
                }
                Kind::COLOUR => {
                    let segment: &[u8; 4] = reader.segment(&[(4, "what.colour")])?;
                    CaptionWhat::Colour {
                        length,
                        value: u32::get(segment, 0),
                    }
                }
                _ => CaptionWhat::Other { kind, length },
            };
            Ok(Self { what })
        }
    }
    impl wire::Encode for Caption<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let kind = match &self.what {
                CaptionWhat::Text(_) => Kind::TEXT,
                CaptionWhat::Colour { .. } => Kind::COLOUR,
                CaptionWhat::Other { kind, .. } => *kind,
            };
            let length: u16 = match &self.what {
                CaptionWhat::Text(value) => writer.count(value.len(), "length")?,
                CaptionWhat::Colour { length, .. } => *length,
                CaptionWhat::Other { length, .. } => *length,
            };
            writer
                .segment(|segment: &mut [u8; 3]| {
                    kind.put(segment, 0);
                    length.put(segment, 1);
                })?;
            match &self.what {
                CaptionWhat::Text(value) => writer.bytes(value)?,
                CaptionWhat::Colour { value, .. } => {
                    writer.segment(|segment: &mut [u8; 4]| value.put(segment, 0))?
                }
                CaptionWhat::Other { .. } => {
                    if ::core::matches!(kind, Kind::TEXT | Kind::COLOUR) {
                        return Err(writer.variant_mismatch("what"));
                    }
                }
            }
            Ok(())
        }
    }
}
