// `types` of switch_with_stored_discriminant.proto

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
    /// `Pair` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`kind`](Kind) `kind` |
    /// | 1 | if `TEXT`: `uint8 title[cstring()]` |
    /// | then | if `TEXT`: `uint8 text[cstring()]` |
    #[doc(alias = "DemoPair")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Pair<'a> {
        /// `kind kind` on the wire.
        pub kind: Kind,
        /// Selected by `kind`.
        pub first: PairFirst<'a>,
        /// Selected by `kind`.
        pub second: PairSecond<'a>,
    }
    /// The switch `first` of `Pair`.
    ///
    /// The variant is selected by `kind`.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub enum PairFirst<'a> {
        /// `uint8 title[cstring()]`
        Text(wire::Text<'a>),
        /// No case matches: no bytes.
        #[default]
        Absent,
    }
    wire::impl_owned!(PairFirst<'_> { Text(value), Absent });
    /// The switch `second` of `Pair`.
    ///
    /// The variant is selected by `kind`.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub enum PairSecond<'a> {
        /// `uint8 text[cstring()]`
        Text(wire::Text<'a>),
        /// No case matches: no bytes.
        #[default]
        Absent,
    }
    wire::impl_owned!(PairSecond<'_> { Text(value), Absent });
    wire::impl_body!(Pair<'_> { kind, first, second });
    impl<'a> wire::Decode<'a> for Pair<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "kind")])?;
            let kind = Kind::get(segment, 0);
            let first = wire::ManuallyDrop::new(
                match kind {
                    Kind::TEXT => PairFirst::Text(reader.cstring("first.title")?),
                    _ => PairFirst::Absent,
                },
            );
            let second = match kind {
                Kind::TEXT => PairSecond::Text(reader.cstring("second.text")?),
                _ => PairSecond::Absent,
            };
            Ok(Self {
                kind,
                first: wire::ManuallyDrop::into_inner(first),
                second,
            })
        }
    }
    impl wire::Encode for Pair<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.segment(|segment: &mut [u8; 1]| self.kind.put(segment, 0))?;
            match (self.kind, &self.first) {
                (Kind::TEXT, PairFirst::Text(value)) => writer.cstring(value, "first.title")?,
                (_, PairFirst::Absent) if self.kind != Kind::TEXT => {}
                _ => return Err(writer.variant_mismatch("first")),
            }
            match (self.kind, &self.second) {
                (Kind::TEXT, PairSecond::Text(value)) => writer.cstring(value, "second.text")?,
                (_, PairSecond::Absent) if self.kind != Kind::TEXT => {}
                _ => return Err(writer.variant_mismatch("second")),
            }
            Ok(())
        }
    }
}
