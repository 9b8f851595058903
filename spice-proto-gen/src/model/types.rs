//! Types: aliases, enums, integers, and references to them.

use super::{Contains, Docs, Field, Size, Struct};

/// Index of a [`TypeDef`] in [`Model::types`](super::Model::types).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub usize);

/// A type definition.
#[derive(Clone, Debug)]
pub enum TypeDef {
    /// `typedef`
    Alias(Alias),
    /// `enum…` or `flags…`
    Enum(Enum),
    /// `struct`, `message`, or the body of a channel's message
    Struct(Struct),
}

/// Another name for a type.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Alias {
    /// Name.
    pub name: String,
    /// Documentation.
    pub docs: Docs,
    /// Attributes.
    pub attributes: Attributes,
    /// The aliased type.
    pub target: TypeRef,
}

/// A type as a field, an element or an alias names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeRef {
    /// The alias, if the type was named by one.
    pub alias: Option<TypeId>,
    /// The type.
    pub ty: Type,
}

impl TypeRef {
    /// The definition that is named: an alias, an enum or a struct.
    #[must_use]
    pub const fn definition(self) -> Option<TypeId> {
        match self.alias {
            Some(alias) => Some(alias),
            None => self.ty.definition(),
        }
    }
}

/// A type with all aliases followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// An integer.
    Int(Int),
    /// A file descriptor: no bytes on the wire.
    Fd,
    /// An enum or flags type.
    Enum(TypeId),
    /// A struct.
    Struct(TypeId),
}

impl Type {
    /// The definition of an enum or struct.
    #[must_use]
    pub const fn definition(self) -> Option<TypeId> {
        match self {
            Self::Int(_) | Self::Fd => None,
            Self::Enum(id) | Self::Struct(id) => Some(id),
        }
    }
}

/// An integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Int {
    /// Size in bytes: 1, 2, 4 or 8.
    pub bytes: u8,
    /// Whether it is signed.
    pub signed: bool,
}

/// `enum…` or `flags…`
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Enum {
    /// Name.
    pub name: String,
    /// Documentation.
    pub docs: Docs,
    /// Attributes.
    pub attributes: Attributes,
    /// Whether the items are bits.
    pub flags: bool,
    /// Size in bytes: 1, 2 or 4.
    pub bytes: u8,
    /// Items in source order.
    pub items: Vec<Item>,
}

/// An item of an enum or flags type.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Item {
    /// Name.
    pub name: String,
    /// Documentation.
    pub docs: Docs,
    /// Value. The value of a flag is the bit itself, `1 << index`.
    pub value: u32,
    /// Whether the item is deprecated.
    pub deprecated: bool,
}

/// The attributes of a definition in source order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes(pub Vec<Attribute>);

/// An attribute and its argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Name.
    pub name: String,
    /// Argument as text.
    pub argument: Option<String>,
}

impl Attributes {
    /// Whether an attribute is present.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|attribute| attribute.name == name)
    }

    /// The argument of an attribute.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|attribute| attribute.name == name)
            .and_then(|attribute| attribute.argument.as_deref())
    }
}

/// The struct that a [`Type::Struct`] names.
pub(crate) fn struct_of(types: &[TypeDef], id: TypeId) -> &Struct {
    match types.get(id.0) {
        Some(TypeDef::Struct(found)) => found,
        _ => unreachable!("`Type::Struct` holds the id of a struct"),
    }
}

/// The enum or flags type that a [`Type::Enum`] names.
pub(crate) fn enum_of(types: &[TypeDef], id: TypeId) -> &Enum {
    match types.get(id.0) {
        Some(TypeDef::Enum(found)) => found,
        _ => unreachable!("`Type::Enum` holds the id of an enum or flags type"),
    }
}

/// The integer that represents a value on the wire, unless it is a struct or a descriptor.
pub(crate) fn int_of(types: &[TypeDef], ty: Type) -> Option<Int> {
    match ty {
        Type::Int(int) => Some(int),
        Type::Enum(id) => Some(Int {
            bytes: enum_of(types, id).bytes,
            signed: false,
        }),
        Type::Fd | Type::Struct(_) => None,
    }
}

/// Size of one value of a type in bytes.
pub(crate) fn type_size(types: &[TypeDef], ty: Type) -> Size {
    match (ty, int_of(types, ty)) {
        (Type::Struct(id), _) => struct_of(types, id).size,
        (_, Some(int)) => Size::Static(int.bytes.into()),
        (_, None) => Size::Static(0),
    }
}

/// Contents of a value of a type.
pub(crate) fn type_contains(types: &[TypeDef], ty: Type) -> Contains {
    match ty {
        Type::Int(_) | Type::Enum(_) => Contains::default(),
        Type::Fd => Contains {
            borrowed: true,
            fds: true,
            ..Contains::default()
        },
        Type::Struct(id) => struct_of(types, id).contains,
    }
}

/// Whether every value of a type has the same size and any bytes of that size are a value.
pub(super) fn is_fixed_size(types: &[TypeDef], ty: Type) -> bool {
    match ty {
        Type::Int(_) | Type::Enum(_) => true,
        Type::Fd => false,
        Type::Struct(id) => struct_of(types, id).is_fixed_size(),
    }
}

/// Whether a field points to a struct that is decoded on demand.
pub(crate) fn is_lazy(types: &[TypeDef], field: &Field) -> bool {
    match (field.pointer, field.array, field.ty.ty) {
        (Some(_), None, Type::Struct(id)) => {
            let body = struct_of(types, id);
            body.memory > LARGE && !body.contains.fds
        }
        _ => false,
    }
}

/// Size in memory above which a struct is large.
const LARGE: u64 = 80;
