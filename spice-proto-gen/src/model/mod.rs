//! The meaning of a proto: ids assigned, types resolved, inheritance flattened, sizes computed and every
//! case decided.
//!
//! A model is immutable. Backends and the interpreter read it and derive nothing that another of them
//! needs too.

mod body;
mod field;
mod names;
mod segments;
mod switch;
mod types;
mod used_types;

pub use self::body::{Contains, Member, Origin, Size, Struct};
pub use self::field::{Array, Field, FieldRef, PointeeOrder, Pointer, Role};
pub(crate) use self::segments::assign as assign_segments;
pub use self::segments::{FieldEnd, Part, Segment, SegmentField};
pub use self::switch::{Case, Discriminant, Label, Switch, Variant, VariantName, When};
pub use self::types::{
    Alias, Attribute, Attributes, Enum, Int, Item, Type, TypeDef, TypeId, TypeRef,
};
pub(crate) use self::types::{enum_of, int_of, is_lazy, struct_of, type_contains, type_size};
pub use crate::ast::{Docs, Side};

/// Index of a [`Channel`] in [`Model::channels`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChannelId(pub usize);

/// A compiled proto.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Model {
    /// All types in definition order. An inline struct precedes the body that contains it; the body of
    /// a channel's message has the position of the message.
    pub types: Vec<TypeDef>,
    /// All channels in definition order: a parent precedes its children.
    pub channels: Vec<Channel>,
    /// The protocol.
    pub protocol: Protocol,
}

/// The `protocol` block.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Protocol {
    /// Name.
    pub name: String,
    /// Documentation.
    pub docs: Docs,
    /// Channels in source order.
    pub channels: Vec<ProtocolChannel>,
}

/// A channel of the protocol.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProtocolChannel {
    /// Name in the protocol.
    pub name: String,
    /// Channel type on the wire.
    pub number: u8,
    /// Definition.
    pub channel: ChannelId,
    /// Documentation.
    pub docs: Docs,
}

/// A channel with everything it inherits.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Channel {
    /// Name of the definition.
    pub name: String,
    /// Documentation.
    pub docs: Docs,
    /// Attributes.
    pub attributes: Attributes,
    /// The channel it is derived from.
    pub parent: Option<ChannelId>,
    /// The parent, its parent, and so on.
    pub ancestors: Vec<ChannelId>,
    /// Messages of the server by id, inherited ones included.
    pub server: Vec<Message>,
    /// Messages of the client by id, inherited ones included.
    pub client: Vec<Message>,
    /// Indexes in [`Protocol::channels`] of the entries that use this definition.
    pub entries: Vec<usize>,
}

impl Channel {
    /// The messages that `side` sends.
    #[must_use]
    pub fn messages(&self, side: Side) -> &[Message] {
        match side {
            Side::Server => &self.server,
            Side::Client => &self.client,
        }
    }
}

/// A message of a channel.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Message {
    /// Name.
    pub name: String,
    /// Id on the wire.
    pub id: u16,
    /// Body: always a [`Struct`].
    pub body: TypeId,
    /// The channel that defines the message: this one or an ancestor.
    pub owner: ChannelId,
    /// Documentation.
    pub docs: Docs,
}

impl Model {
    /// The definition with this id, which must be of this model.
    #[must_use]
    pub fn definition(&self, id: TypeId) -> &TypeDef {
        match self.types.get(id.0) {
            Some(found) => found,
            None => unreachable!("a type id is an index of the model's types"),
        }
    }

    /// The channel with this id, which must be of this model.
    #[must_use]
    pub fn channel(&self, id: ChannelId) -> &Channel {
        match self.channels.get(id.0) {
            Some(found) => found,
            None => unreachable!("a channel id is an index of the model's channels"),
        }
    }

    /// The enum or flags type with this id.
    #[must_use]
    pub fn enumeration(&self, id: TypeId) -> Option<&Enum> {
        match self.types.get(id.0) {
            Some(TypeDef::Enum(found)) => Some(found),
            _ => None,
        }
    }

    /// The struct or message body with this id.
    #[must_use]
    pub fn body(&self, id: TypeId) -> Option<&Struct> {
        match self.types.get(id.0) {
            Some(TypeDef::Struct(found)) => Some(found),
            _ => None,
        }
    }

    /// Size of one value of a type in bytes.
    #[must_use]
    pub fn size(&self, ty: Type) -> Size {
        types::type_size(&self.types, ty)
    }

    /// The integer that represents a value on the wire, unless it is a struct or a descriptor.
    #[must_use]
    pub fn int(&self, ty: Type) -> Option<Int> {
        types::int_of(&self.types, ty)
    }

    /// Contents of a value of a type.
    #[must_use]
    pub fn contains(&self, ty: Type) -> Contains {
        types::type_contains(&self.types, ty)
    }

    /// Whether every value of a type has the same size and any bytes of that size are a value.
    #[must_use]
    pub fn is_fixed_size(&self, ty: Type) -> bool {
        types::is_fixed_size(&self.types, ty)
    }

    /// Whether a field points to a struct that is decoded on demand: a large one.
    ///
    /// A struct with descriptors is decoded with the message, which owns the descriptors.
    #[must_use]
    pub fn is_lazy(&self, field: &Field) -> bool {
        types::is_lazy(&self.types, field)
    }
}
