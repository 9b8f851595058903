//! Structs and message bodies.

use super::{Array, Attributes, ChannelId, Field, FieldRef, Part, Side, Switch};
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
    /// Contents of the body, nested structs and pointees included.
    pub contains: Contains,
    /// Upper bound on a decoded value's size in memory, in bytes.
    pub memory: u64,
    /// Depth of nested types in a value.
    pub nesting: u32,
}

/// Contents of a type, nested structs and pointees included.
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

/// A size in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// An exact size.
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

    /// The exact size. `None` if values differ in size.
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

    /// Whether the member takes part in the wire format.
    #[must_use]
    pub const fn is_on_wire(&self) -> bool {
        match self {
            Self::Field(field) => field.role.is_on_wire(),
            Self::Switch(_) => true,
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

impl Struct {
    /// Whether every value has the same size and any bytes of that size are a value.
    #[must_use]
    pub const fn is_fixed_size(&self) -> bool {
        let contains = self.contains;
        !(contains.borrowed || contains.pointers || contains.fds || contains.switches)
    }

    /// The field at a position.
    #[must_use]
    pub fn field(&self, position: FieldRef) -> Option<&Field> {
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

    /// The switches and their member indexes.
    pub fn switches(&self) -> impl Iterator<Item = (usize, &Switch)> {
        let members = self.members.iter().enumerate();
        members.filter_map(|(index, member)| match member {
            Member::Switch(switch) => Some((index, switch)),
            Member::Field(_) => None,
        })
    }

    /// The fields of the body and of its switches' reachable cases, with their positions.
    pub fn fields(&self) -> impl Iterator<Item = (FieldRef, &Field)> {
        self.members.iter().enumerate().flat_map(|(member, found)| {
            let (field, cases) = match found {
                Member::Field(field) => (Some((FieldRef::member(member), field)), &[][..]),
                Member::Switch(switch) => (None, &*switch.cases),
            };
            let live = cases.iter().enumerate().filter(|(_, case)| case.live);
            let in_cases =
                live.map(move |(case, found)| (FieldRef::case(member, case), &found.field));
            field.into_iter().chain(in_cases)
        })
    }

    /// The arrays that the field at `count` counts, with their positions. Cases that cannot be selected are
    /// left out.
    pub fn counted_arrays(&self, count: FieldRef) -> impl Iterator<Item = (FieldRef, &Field)> {
        let fields = self.fields();
        fields.filter(move |(_, field)| field.array == Some(Array::Count(count)))
    }
}
