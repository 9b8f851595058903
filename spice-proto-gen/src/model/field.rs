//! Fields.

use super::{Attributes, Size, TypeRef};
use crate::ast::Docs;

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
    Count(FieldRef),
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

/// A reference to a field: a member of the same body, or the field of a case in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldRef {
    /// Index of the member.
    pub member: usize,
    /// Index of the case, if the member is a switch.
    pub case: Option<usize>,
}

impl FieldRef {
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
