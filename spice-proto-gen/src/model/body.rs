//! Bodies: structs and message bodies, their fields and switches.

use super::{Attributes, ChannelId, Part, Segment, Side, TypeId, TypeRef};
use crate::ast::Docs;

/// Where a body is defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `struct NAME { … }` at the top level.
    Struct,
    /// `struct NAME { … }` in another body.
    Inline,
    /// `message NAME { … }`
    Message,
    /// `message { … } NAME` in a channel.
    Body {
        /// The channel.
        channel: ChannelId,
        /// The sender.
        side: Side,
        /// The message id.
        id: u16,
    },
}

/// A body: fields and switches in wire order.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Struct {
    /// Name. For [`Origin::Body`], the name of the message.
    pub name: String,
    /// Documentation.
    pub docs: Docs,
    /// Attributes.
    pub attributes: Attributes,
    /// Where the body is defined.
    pub origin: Origin,
    /// Fields and switches.
    pub members: Vec<Member>,
    /// The block as segments and members of variable size, in wire order.
    pub parts: Vec<Part>,
    /// Size of the block in bytes, without pointees.
    pub size: Size,
    /// What the body contains, nested structs and pointees included.
    pub contains: Contains,
    /// Upper bound on a decoded value's size in memory, in bytes.
    pub memory: u64,
    /// Depth of nested types in a value.
    pub nesting: u32,
}

/// What a type contains, nested structs and pointees included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contains {
    /// Arrays or text whose size is sent, descriptors, or pointees that are decoded on demand: a decoded
    /// value borrows them.
    pub borrowed: bool,
    /// Pointers.
    pub pointers: bool,
    /// Switches.
    pub switches: bool,
    /// File descriptors.
    pub fds: bool,
    /// An array to the end of the message.
    pub remaining: bool,
    /// Fields that are written as zero.
    pub padding: bool,
}

impl Contains {
    pub(crate) const FD: Self = Self {
        borrowed: true,
        pointers: false,
        switches: false,
        fds: true,
        remaining: false,
        padding: false,
    };
}

/// A size in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// The same for every value.
    Static(u64),
    /// A minimum.
    AtLeast(u64),
}

impl Size {
    /// The minimum.
    #[must_use]
    pub const fn min(self) -> u64 {
        match self {
            Self::Static(n) | Self::AtLeast(n) => n,
        }
    }

    /// The size, if it is the same for every value.
    #[must_use]
    pub const fn exact(self) -> Option<u64> {
        match self {
            Self::Static(n) => Some(n),
            Self::AtLeast(_) => None,
        }
    }
}

/// A member of a body.
#[derive(Clone, Debug)]
pub enum Member {
    /// A field.
    Field(Field),
    /// A switch.
    Switch(Switch),
}

impl Member {
    /// The name of the field or switch.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Field(field) => &field.name,
            Self::Switch(switch) => &switch.name,
        }
    }

    /// The field itself, or the fields of a switch's reachable cases.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        let (field, cases) = match self {
            Self::Field(field) => (Some(field), [].as_slice()),
            Self::Switch(switch) => (None, switch.cases.as_slice()),
        };
        let live = cases.iter().filter(|case| case.live);
        field.into_iter().chain(live.map(|case| &case.field))
    }
}

/// A field.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Field {
    /// Name.
    pub name: String,
    /// Documentation.
    pub docs: Docs,
    /// Attributes.
    pub attributes: Attributes,
    /// Type, or element type of an array.
    pub ty: TypeRef,
    /// Set if the value is a pointee.
    pub pointer: Option<Pointer>,
    /// Set if the value is an array.
    pub array: Option<Array>,
    /// Role.
    pub role: Role,
    /// Size in the block: 4 bytes for a pointer, none for a virtual field.
    pub size: Size,
    /// Size of the pointee, for a pointer.
    pub pointee: Option<Size>,
    /// Whether the value is text: `@zero_terminated` or `cstring()` on 8-bit elements.
    pub text: bool,
}

/// The kind of a pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// Whether null is refused.
    pub nonnull: bool,
    /// Position of the pointee.
    pub order: PointeeOrder,
}

/// Where a pointee's block follows in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PointeeOrder {
    /// `@marshall`: directly after the block with the pointer, followed by its own depth-first pointees.
    DepthFirst,
    /// After the pointees of all earlier pointers.
    BreadthFirst,
}

/// The length of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Array {
    /// A constant.
    Fixed(u64),
    /// The value of a count field.
    Count(CountRef),
    /// The size of an image in bytes. Width and rows are earlier members of the same body.
    ImageSize {
        /// Bits per pixel.
        bits: u32,
        /// Index of the member with the width in pixels.
        width: usize,
        /// Index of the member with the number of rows.
        rows: usize,
    },
    /// Up to and including a zero byte.
    CString,
    /// To the end of the message.
    Remaining,
}

/// A count field: a member of the same body, or the field of a case in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountRef {
    /// Index of the member.
    pub member: usize,
    /// Index of the case, if the member is a switch.
    pub case: Option<usize>,
}

impl CountRef {
    /// A member that is a field.
    #[must_use]
    pub const fn member(member: usize) -> Self {
        Self { member, case: None }
    }

    /// The field of a case.
    #[must_use]
    pub const fn case(member: usize, case: usize) -> Self {
        Self {
            member,
            case: Some(case),
        }
    }
}

/// The role of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// A value.
    Value,
    /// A count that is part of the value and must agree with the arrays it counts.
    StoredCount,
    /// A count that follows from an array and is not part of the value.
    ComputedCount,
    /// A count whose arrays are all in cases of one switch. Variants without such an array carry it.
    CarriedCount {
        /// Member index of the switch.
        switch: usize,
    },
    /// A discriminant that follows from the variant of a switch.
    ImpliedDiscriminant {
        /// Member index of the switch.
        switch: usize,
    },
    /// Written as zero, ignored when read.
    Zero,
    /// Not on the wire; a constant.
    Virtual(i64),
}

impl Role {
    /// Whether the field takes part in the wire format.
    #[must_use]
    pub const fn is_on_wire(&self) -> bool {
        !matches!(self, Self::Virtual(_))
    }
}

/// A switch.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Switch {
    /// Name.
    pub name: String,
    /// Documentation.
    pub docs: Docs,
    /// Attributes.
    pub attributes: Attributes,
    /// What selects the case.
    pub discriminant: Discriminant,
    /// Cases in source order.
    pub cases: Vec<Case>,
    /// Variants in the order in which they are tried: one for each item of an enum's case, one for each
    /// case of a flags type, and one for no case if there is no `default`.
    pub variants: Vec<Variant>,
    /// Whether the switch is part of the value. It is not if all cases are computed counts and the
    /// discriminant is part of the value.
    pub stored: bool,
    /// Size of the selected case in bytes.
    pub size: Size,
    /// What the cases contain.
    pub contains: Contains,
}

/// The field that selects a switch's case.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Discriminant {
    /// Member indexes: the first in this body, each next one in the struct of the field before.
    pub path: Vec<usize>,
    /// Its enum or flags type.
    pub ty: TypeId,
    /// Whether the type is a flags type.
    pub flags: bool,
    /// Whether the variant implies the discriminant, which is then not part of the value.
    pub implied: bool,
}

/// A case of a switch.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Case {
    /// Labels.
    pub labels: Vec<Label>,
    /// Field.
    pub field: Field,
    /// The field as a segment, if its size is fixed.
    pub segment: Option<Segment>,
    /// Whether the case can be selected.
    pub live: bool,
}

/// A label of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// `default:`
    Default,
    /// `case ITEM:`
    Item {
        /// Index of the item.
        item: usize,
        /// Whether the label is `!ITEM`.
        negated: bool,
    },
}

/// A value of a switch.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Variant {
    /// What names the variant.
    pub name: VariantName,
    /// Index of the case; `None` for the variant of no case.
    pub case: Option<usize>,
    /// When it is selected, unless an earlier variant is.
    pub when: When,
    /// Whether it carries the discriminant, which it does not imply.
    pub carries_discriminant: bool,
    /// Member indexes of the counts it carries because it has no array that they count.
    pub carried_counts: Vec<usize>,
    /// Whether it carries the value of its case's field. It does not carry a computed count or zero.
    pub value: bool,
}

/// What names a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariantName {
    /// An item of the discriminant's type.
    Item(usize),
    /// The field of the case.
    Field,
    /// No case matches.
    NoCase,
}

/// When a variant is selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// The discriminant equals this item.
    Equals(usize),
    /// One of these bits is set, or clear where `true` is beside it.
    AnyBit(Vec<(usize, bool)>),
    /// Always.
    Always,
}

/// An array that a count field counts.
#[derive(Clone, Copy, Debug)]
pub struct CountedArray<'m> {
    /// Position of the array: a member, or a case of one.
    pub position: CountRef,
    /// The array.
    pub field: &'m Field,
}

impl Struct {
    /// Whether every value has the same size and any bytes of that size are a value.
    #[must_use]
    pub const fn is_fixed_size(&self) -> bool {
        let contains = self.contains;
        !(contains.borrowed || contains.pointers || contains.fds || contains.switches)
    }

    /// The field at a position.
    #[must_use]
    pub fn field(&self, position: CountRef) -> Option<&Field> {
        match (self.members.get(position.member)?, position.case) {
            (Member::Field(field), None) => Some(field),
            (Member::Switch(switch), Some(case)) => Some(&switch.cases.get(case)?.field),
            _ => None,
        }
    }

    /// The switch with this member index.
    #[must_use]
    pub fn switch(&self, member: usize) -> Option<&Switch> {
        match self.members.get(member)? {
            Member::Switch(switch) => Some(switch),
            Member::Field(_) => None,
        }
    }

    /// The arrays that the field at `count` counts, in member order. Cases that cannot be selected are
    /// left out.
    #[must_use]
    pub fn counted_arrays(&self, count: CountRef) -> Vec<CountedArray<'_>> {
        let is_counted = |field: &Field| field.array == Some(Array::Count(count));
        let mut arrays = Vec::new();
        for (member, found) in self.members.iter().enumerate() {
            match found {
                Member::Field(field) if is_counted(field) => arrays.push(CountedArray {
                    position: CountRef::member(member),
                    field,
                }),
                Member::Field(_) => {}
                Member::Switch(switch) => {
                    let cases = switch.cases.iter().enumerate();
                    let cases = cases.filter(|(_, case)| case.live && is_counted(&case.field));
                    arrays.extend(cases.map(|(case, found)| CountedArray {
                        position: CountRef::case(member, case),
                        field: &found.field,
                    }));
                }
            }
        }
        arrays
    }
}
