// `types` of switch_with_pointers.proto

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
        /// `LEAF` in the proto.
        #[doc(alias = "DEMO_KIND_LEAF")]
        pub const LEAF: Self = Self(1);
        /// `NAME` in the proto.
        #[doc(alias = "DEMO_KIND_NAME")]
        pub const NAME: Self = Self(2);
    }
    wire::impl_enum!(Kind, u8 { "NONE" NONE, "LEAF" LEAF, "NAME" NAME });
    /// `Leaf` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 tag` |
    #[doc(alias = "DemoLeaf")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Leaf {
        /// `uint8 tag` on the wire.
        pub tag: u8,
    }
    wire::impl_fixed_size!(Leaf: 1 bytes { 0 tag: u8 } [1 "tag"]);
    /// `Item` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`kind`](Kind) `kind` |
    /// | 1 | if `LEAF`: [`Leaf`] `*leaf` (nonzero offset) |
    /// | 1 | if `NAME`: `uint8 *name[cstring()]` (offset or 0) |
    #[doc(alias = "DemoItem")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Item<'a> {
        /// Selected by `kind`.
        pub body: ItemBody<'a>,
    }
    /// The switch `body` of `Item`.
    ///
    /// The variant is selected by `kind`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum ItemBody<'a> {
        /// `Leaf *leaf`
        Leaf(Leaf),
        /// `uint8 *name[cstring()]`
        Name(::core::option::Option<wire::Text<'a>>),
        /// No case matches: no bytes.
        Other {
            /// `kind` in the proto.
            kind: Kind,
        },
    }
    impl ::core::default::Default for ItemBody<'_> {
        fn default() -> Self {
            Self::Other {
                kind: ::core::default::Default::default(),
            }
        }
    }
    wire::impl_owned!(ItemBody<'_> { Leaf(value), Name(value), Other { kind } });
    wire::impl_body!(Item<'_> { body });
    impl<'a> wire::Decode<'a> for Item<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "kind")])?;
            let kind = Kind::get(segment, 0);
            let body = match kind {
                Kind::LEAF => {
                    let segment: &[u8; 4] = reader.segment(&[(4, "body.leaf")])?;
                    ItemBody::Leaf(reader.pointee(u32::get(segment, 0), 4, "body.leaf")?)
                }
                Kind::NAME => {
                    let segment: &[u8; 4] = reader.segment(&[(4, "body.name")])?;
                    ItemBody::Name(
                        match u32::get(segment, 0) {
                            0 => None,
                            target => {
                                Some(
                                    reader
                                        .pointee_with(
                                            target,
                                            4,
                                            "body.name",
                                            |reader| reader.cstring("body.name"),
                                        )?,
                                )
                            }
                        },
                    )
                }
                _ => ItemBody::Other { kind },
            };
            Ok(Self { body })
        }
    }
    impl wire::Encode for Item<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let kind = match &self.body {
                ItemBody::Leaf(_) => Kind::LEAF,
                ItemBody::Name(_) => Kind::NAME,
                ItemBody::Other { kind } => *kind,
            };
            writer.segment(|segment: &mut [u8; 1]| kind.put(segment, 0))?;
            match &self.body {
                ItemBody::Leaf(_) => {
                    writer.zeros::<4>()?;
                    writer.pointer(4);
                }
                ItemBody::Name(value) => {
                    writer.zeros::<4>()?;
                    if let Some(target) = value {
                        writer.check_cstring(target, "body.name")?;
                        writer.pointer(4);
                    }
                }
                ItemBody::Other { .. } => {
                    if ::core::matches!(kind, Kind::LEAF | Kind::NAME) {
                        return Err(writer.variant_mismatch("body"));
                    }
                }
            }
            Ok(())
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write_pointees<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            match &self.body {
                ItemBody::Leaf(value) => {
                    writer.pointee(value, wire::PointeeOrder::BreadthFirst, "body.leaf")?
                }
                ItemBody::Name(value) => {
                    if let Some(target) = value {
                        writer.pointee(target, wire::PointeeOrder::BreadthFirst, "body.name")?;
                    }
                }
                _ => {}
            }
            Ok(())
        }
    }
}
