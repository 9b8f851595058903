// `types` of count_stored.proto

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
        /// `NUMBERS` in the proto.
        #[doc(alias = "DEMO_KIND_NUMBERS")]
        pub const NUMBERS: Self = Self(2);
    }
    wire::impl_enum!(Kind, u8 { "NONE" NONE, "TEXT" TEXT, "NUMBERS" NUMBERS });
    /// `Item` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`kind`](Kind) `kind` |
    /// | 1 | [`kind`](Kind) `other` |
    /// | 2 | `uint16 num` |
    /// | 4 | if `TEXT`: `uint8 text[num]` |
    /// | then | if `NUMBERS`: `uint16 numbers[num]` |
    #[doc(alias = "DemoItem")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Item<'a> {
        /// `uint16 num` on the wire.
        pub num: u16,
        /// Selected by `kind`.
        pub first: ItemFirst<'a>,
        /// Selected by `other`.
        pub second: ItemSecond<'a>,
    }
    /// The switch `first` of `Item`.
    ///
    /// The variant is selected by `kind`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum ItemFirst<'a> {
        /// `uint8 text[num]`
        Text(wire::Bytes<'a>),
        /// No case matches: no bytes.
        Other {
            /// `kind` in the proto.
            kind: Kind,
        },
    }
    impl ::core::default::Default for ItemFirst<'_> {
        fn default() -> Self {
            Self::Other {
                kind: ::core::default::Default::default(),
            }
        }
    }
    wire::impl_owned!(ItemFirst<'_> { Text(value), Other { kind } });
    /// The switch `second` of `Item`.
    ///
    /// The variant is selected by `other`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum ItemSecond<'a> {
        /// `uint16 numbers[num]`
        Numbers(wire::List<'a, u16>),
        /// No case matches: no bytes.
        Other {
            /// `other` in the proto.
            other: Kind,
        },
    }
    impl ::core::default::Default for ItemSecond<'_> {
        fn default() -> Self {
            Self::Other {
                other: ::core::default::Default::default(),
            }
        }
    }
    wire::impl_owned!(ItemSecond<'_> { Numbers(value), Other { other } });
    wire::impl_body!(Item<'_> { num, first, second });
    impl<'a> wire::Decode<'a> for Item<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 4] = reader.segment(&[(1, "kind"), (2, "other"), (4, "num")])?;
            let kind = Kind::get(segment, 0);
            let other = Kind::get(segment, 1);
            let num = u16::get(segment, 2);
            let first = wire::ManuallyDrop::new(
                match kind {
                    Kind::TEXT => {
                        ItemFirst::Text(reader.bytes(Some(u64::from(num)), "first.text")?.into())
                    }
                    _ => ItemFirst::Other { kind },
                },
            );
            let second = match other {
                Kind::NUMBERS => {
                    ItemSecond::Numbers(reader.list(u64::from(num), "second.numbers")?)
                }
                _ => ItemSecond::Other { other },
            };
            Ok(Self {
                num,
                first: wire::ManuallyDrop::into_inner(first),
                second,
            })
        }
    }
    impl wire::Encode for Item<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let kind = match &self.first {
                ItemFirst::Text(_) => Kind::TEXT,
                ItemFirst::Other { kind } => *kind,
            };
            let other = match &self.second {
                ItemSecond::Numbers(_) => Kind::NUMBERS,
                ItemSecond::Other { other } => *other,
            };
            writer
                .segment(|segment: &mut [u8; 4]| {
                    kind.put(segment, 0);
                    other.put(segment, 1);
                    self.num.put(segment, 2);
                })?;
            match &self.first {
                ItemFirst::Text(value) => {
                    writer.check_count(u64::from(self.num), value.len(), "first.text")?;
                    writer.bytes(value)?;
                }
                ItemFirst::Other { .. } => {
                    if kind == Kind::TEXT {
                        return Err(writer.variant_mismatch("first"));
                    }
                }
            }
            match &self.second {
                ItemSecond::Numbers(value) => {
                    writer.check_count(u64::from(self.num), value.len(), "second.numbers")?;
                    writer.field(value, "second.numbers")?;
                }
                ItemSecond::Other { .. } => {
                    if other == Kind::NUMBERS {
                        return Err(writer.variant_mismatch("second"));
                    }
                }
            }
            Ok(())
        }
    }
}
